"""Texts of the console, one file per language. Every key stands in both."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from bot.core.plurals import fill_in

HERE = Path(__file__).parent


@cache
def texts(language: str) -> dict[str, str]:
    """Every text in one language, by `group.key`."""
    with (HERE / f"{language}.toml").open("rb") as file:
        groups = tomllib.load(file)
    return {f"{group}.{key}": text for group, own in groups.items() for key, text in own.items()}


class Texts:
    """Says a text in one language. A key that does not exist is an error, not a blank."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = texts(language)

    def __call__(self, key: str, **values: object) -> str:
        text = self._texts[key]
        return fill_in(text, **values) if values else text

    def known(self, group: str, key: str) -> str:
        """The text of a word that comes from the record; the word itself if it is new."""
        return self._texts.get(f"{group}.{key}", key.replace("_", " "))

    def __contains__(self, key: object) -> bool:
        return key in self._texts

    def group(self, group: str) -> dict[str, str]:
        """The texts of one group, for a page's script."""
        start = f"{group}."
        return {
            key.removeprefix(start): text
            for key, text in self._texts.items()
            if key.startswith(start)
        }
