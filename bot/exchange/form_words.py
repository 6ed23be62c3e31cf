"""Form words: what an XLSForm says, by the language of its columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

LANGUAGES: Final = {
    "zh": ("zh", "chinese", "mandarin", "中文", "汉语", "简体"),
    "en": ("en", "english", "英文", "英语"),
}
# Other names of columns that XLSForm allows.
ALSO: Final = {
    "caption": "label",
    "relevance": "relevant",
    "list name": "list_name",
    "value": "name",
    "constraint message": "constraint_message",
    "guidance hint": "guidance_hint",
}
HAN: Final = re.compile(r"[\u4e00-\u9fff]")


def with_usual_names(cells: Mapping[str, str]) -> dict[str, str]:
    """A row by the usual names of its columns: small letters, two colons before a language."""
    found: dict[str, str] = {}
    for name, cell in cells.items():
        head, colon, rest = name.partition(":")
        head = head.strip().casefold()
        head = ALSO.get(head, head)
        usual = f"{head}::{rest.lstrip(':').strip()}" if colon else head
        if not found.get(usual):
            found[usual] = cell
    return found


def said_by_language(cells: Mapping[str, str], column: str) -> tuple[dict[str, str], list[str]]:
    """The words of a column such as label by language, and the languages we do not have."""
    said: dict[str, str] = {}
    foreign: list[str] = []
    for name, cell in cells.items():
        head, _, language = name.partition("::")
        if head.strip() != column or not cell:
            continue
        known = language_of(language) if language else written_in(cell)
        if known:
            said.setdefault(known, cell)
        else:
            foreign.append(language)
    return said, foreign


def language_of(name: str) -> str:
    """zh or en by the name of a column: `label::Chinese (zh)`; empty for any other language."""
    words = set(re.findall(r"[a-z]+|[\u4e00-\u9fff]+", name.casefold()))
    return next((one for one, names in LANGUAGES.items() if words & set(names)), "")


def written_in(text: str) -> str:
    """The language of words without one in their column."""
    return "zh" if HAN.search(text) else "en"


def words_of_title(text: str) -> dict[str, str]:
    """A title that may be written in both: `hip replacement · 髋关节置换术`."""
    parts = [" ".join(one.split()) for one in text.split("·") if one.strip()]
    return {written_in(one): one for one in parts}
