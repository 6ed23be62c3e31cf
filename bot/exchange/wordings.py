"""Wordings: every sentence of a file as a row for a translator, zh and en side by side."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from bot.core.words import LANGUAGES
from bot.pathfiles.check_words import LONGEST_ADVICE, LONGEST_BUTTON, LONGEST_QUESTION
from bot.pathfiles.sentences import Said, Sentence, read_sentences

# `longest` tells how many characters fit, `as_exported` how the sentence stood when it left,
# and `file_then` how the whole file did.
COLUMNS: Final = ("file", "place", *LANGUAGES, "longest", "as_exported", "file_then")
BETWEEN: Final = "|"  # stands between the phrases of a list
# Texts of the shared folder that are more than advice: the consent, phrases of the chatbot.
# A chat message has room for 4096 characters.
LONGEST_TEXT: Final = {"zh": 1000, "en": 2000}


def rows(folder: Path, file: str) -> Iterator[Sequence[str]]:
    """The rows of one file, in its order. Raises Unreadable."""
    then = version(folder, file)
    for sentence in read_sentences(folder / file, file):
        longest = longest_at(file, sentence)
        yield (
            *(file, sentence.place),
            *(as_cell(sentence.said.get(language, "")) for language in LANGUAGES),
            " / ".join(f"{language} {longest[language]}" for language in LANGUAGES),
            fingerprint(file, sentence),
            then,
        )


def as_cell(said: Said) -> str:
    return said if isinstance(said, str) else f" {BETWEEN} ".join(said)


def as_said(cell: str, like: Said) -> Said:
    """A cell as the file holds it: one sentence, or a list of phrases where one stood."""
    if isinstance(like, str):
        return cell
    return tuple(one.strip() for one in cell.split(BETWEEN) if one.strip())


def fingerprint(file: str, sentence: Sentence) -> str:
    """Tells whether a sentence still stands as it was exported."""
    said = [as_cell(sentence.said.get(language, "")) for language in LANGUAGES]
    return _hash("\0".join((file, sentence.place, *said)).encode())


def version(folder: Path, file: str) -> str:
    """Tells whether a file still is as it was exported."""
    return _hash((folder / file).read_bytes())


def _hash(content: bytes) -> str:
    # A letter in front: programs for tables take 3e51234567 for a number.
    return f"v{hashlib.sha256(content).hexdigest()[:10]}"


def longest_at(file: str, sentence: Sentence) -> dict[str, int]:
    """How many characters fit at a place, by language; a list of phrases has no such end."""
    last = sentence.place.rpartition(".")[2]
    if last == "button" or last.startswith("button_"):
        return LONGEST_BUTTON
    if any(not isinstance(said, str) for said in sentence.said.values()):
        return LONGEST_TEXT
    if last == "ask":
        return LONGEST_QUESTION
    if file.startswith("shared/") and file not in ("shared/questions.yml", "shared/rules.yml"):
        return LONGEST_TEXT
    return LONGEST_ADVICE
