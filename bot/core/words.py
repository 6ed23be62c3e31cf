"""Words: one sentence in every language of the house, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Words:
    """The same sentence in each language, as the care team wrote it."""

    by_language: Mapping[str, str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_language", MappingProxyType(dict(self.by_language)))

    def say(self, language: str, **values: object) -> str:
        """Return the sentence in `language` with its {blanks} filled.

        Raises KeyError when the language is missing: a blank line must never
        reach a patient, so the pathway check refuses such files beforehand.
        """
        text = self.by_language[language]
        return text.format(**values) if values else text

    def missing(self) -> tuple[str, ...]:
        """Languages of the house without a sentence here."""
        return tuple(one for one in LANGUAGES if not self.by_language.get(one, "").strip())

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.by_language.items())))

    def __reduce__(self) -> tuple[type[Words], tuple[dict[str, str]]]:
        return (Words, (dict(self.by_language),))


def joined_words(between: str, *pieces: Words | str) -> Words:
    """Pieces of a sentence put together in each language; a `str` reads the same in all."""
    return Words(
        {
            language: between.join(
                one if isinstance(one, str) else one.say(language) for one in pieces
            )
            for language in LANGUAGES
        }
    )
