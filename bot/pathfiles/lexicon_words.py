"""Lexicon words: phrases as a nurse writes them -> word lists and the trie of all of them.

Phrases are separated by `|`. Inside a phrase `(a/b)` means either; `(a)?`, `a?` or
`[a]` mean perhaps; `*` at the end of an English word means any ending.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.core.errors import PathwayError
from bot.core.screening.plain import CAN_NOT, TOKEN, written_out
from bot.core.screening.scan import WHOLE
from bot.pathfiles.spots import Spot

BRACKETS: Final = {"(": ")", "[": "]"}
MOST_SPELLINGS: Final = 2000
NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
WORD: Final = re.compile(r"[a-z]+\*?")


def where(spot: Spot) -> str:
    return f"{spot.file}:{spot.line}"


def phrases_of(spot: Spot | None) -> list[str]:
    """The phrases of one entry, however many lines it takes."""
    if spot is None:
        return []
    if spot.text is None:
        raise PathwayError(where(spot), "phrases are written in a row, separated by |")
    return [phrase for part in spot.text.split("|") if (phrase := " ".join(part.split()))]


def spellings(phrase: str, spot: Spot) -> list[str]:
    """Write out every reading of `(a/b)`, `(a)?`, `a?` and `[a]`; brackets may nest."""
    readings, rest = _readings(phrase, "")
    if rest is None or len(readings) > MOST_SPELLINGS:
        what = "its brackets do not match" if rest is None else f"it has {len(readings)} readings"
        raise PathwayError(where(spot), f"'{phrase}': {what}", "Split or mend it")
    return sorted({" ".join(reading.split()) for reading in readings})


def _readings(text: str, closing: str) -> tuple[list[str], str | None]:
    """Readings up to the `closing` bracket, and the text after it (None: no such bracket)."""
    options: list[str] = []
    built = [""]
    while text:
        char, text = text[0], text[1:]
        if char == closing:
            return [*options, *built], text
        if char == "/" and closing:
            options, built = [*options, *built], [""]
            continue
        choices: list[str] = [char]
        if char in BRACKETS:
            inner, rest = _readings(text, BRACKETS[char])
            if rest is None:
                return [], None
            choices, text = (inner, rest) if char == "(" else ([*inner, ""], rest)
        elif char in BRACKETS.values():
            return [], None
        if text[:1] == "?":
            choices, text = [*choices, ""], text[1:]
        if len(built) * len(choices) > MOST_SPELLINGS:
            return [""] * (MOST_SPELLINGS + 1), ""
        built = [one + choice for one in built for choice in choices]
    return ([], None) if closing else (built, "")


class WordReader:
    """Collects word lists and grows the trie."""

    def __init__(self, simplified: Mapping[str, str]) -> None:
        self.simplified = simplified
        self.mistyped: dict[str, str] = {}
        self.spelled: dict[str, str] = {}
        self.names: list[str] = []
        self.number: dict[str, int] = {}
        self.body: set[int] = set()
        self.fluids: set[int] = set()
        self.unions: dict[str, tuple[list[str], Spot]] = {}
        self.members: dict[str, tuple[int, ...]] = {}
        self.trie: dict[str, Any] = {}
        self.latin_words: set[str] = set()
        self.stems: set[str] = set()
        self.mendable: set[str] = set()

    def slips(self, spot: Spot) -> None:
        """Read the usual slips: `wrong = right`."""
        entries = spot.entries or {}
        for pair, place in self._pairs(entries.get("chinese")):
            wrong, right = pair
            if len(wrong) != len(right):
                raise PathwayError(where(place), f"'{wrong}' and '{right}' differ in length")
            self.mistyped[wrong] = right
        for (wrong, right), _ in self._pairs(entries.get("english")):
            self.spelled[wrong.replace("'", "")] = right
        for known in phrases_of(entries.get("real_words")):
            self.latin_words.add(known)

    def _pairs(self, spot: Spot | None) -> Iterator[tuple[tuple[str, str], Spot]]:
        for phrase in phrases_of(spot):
            wrong, equals, right = (part.strip() for part in phrase.partition("="))
            if spot is not None:
                if not (wrong and equals and right):
                    raise PathwayError(where(spot), f"'{phrase}' must be wrong = right")
                yield (wrong, right), spot

    def lists(self, spot: Spot, *, kind: str) -> None:
        """Read a file of word lists; body.yml and fluids.yml are special."""
        for name, entry in (spot.entries or {}).items():
            if not NAME.fullmatch(name):
                raise PathwayError(where(entry), f"'{name}' is not a good name for a list")
            if name in self.number or name in self.unions:
                raise PathwayError(where(entry), f"there are two lists '{name}'", "Join them")
            self._list(name, entry, kind=kind)

    def procedures(self, spot: Spot) -> dict[str, int]:
        """Read by what words each operation is spoken of."""
        found: dict[str, int] = {}
        for name, entry in (spot.entries or {}).items():
            self._list(f"operation:{name}", entry, kind="procedures")
            found[name] = self.number[f"operation:{name}"]
        return found

    def _list(self, name: str, entry: Spot, *, kind: str) -> None:
        parts = entry.entries
        if parts is None or not set(parts) <= {"zh", "en", "any_of"}:
            raise PathwayError(where(entry), f"'{name}' must have zh and en (or any_of)")
        number = self.new_list(name)
        if kind == "body":
            self.body.add(number)
        elif kind == "fluids":
            self.fluids.add(number)
        for language in ("zh", "en"):
            for phrase in phrases_of(parts.get(language)):
                self.add(phrase, number, entry)
        if "any_of" in parts:
            self.unions[name] = (phrases_of(parts["any_of"]), parts["any_of"])

    def new_list(self, name: str) -> int:
        self.number[name] = len(self.names)
        self.names.append(name)
        return self.number[name]

    def resolve_unions(self) -> None:
        """Work out which lists a list of lists stands for."""
        for name in self.names:
            self.members[name] = tuple(sorted(self._members(name, ())))

    def _members(self, name: str, above: tuple[str, ...]) -> set[int]:
        found = {self.number[name]}
        if name in self.unions:
            inner, spot = self.unions[name]
            for one in inner:
                if one not in self.number:
                    raise PathwayError(where(spot), f"there is no word list '{one}'")
                if one in above or one == name:
                    raise PathwayError(where(spot), f"'{name}' contains itself")
                found |= self._members(one, (*above, name))
        return found

    def add(self, phrase: str, number: int, spot: Spot) -> None:
        """Put every reading of a phrase into the trie."""
        for reading in spellings(phrase, spot):
            self._grow(reading, number, spot)

    def _grow(self, reading: str, number: int, spot: Spot) -> None:
        text = self.tidy(reading)
        if not text.strip("* "):
            raise PathwayError(where(spot), "there is an empty phrase", "Look for || or …(a)?…")
        if "…" in text or "{" in text:
            raise PathwayError(where(spot), f"'{reading}': no … or {{}} in a word list")
        for word in WORD.findall(text):
            if word.endswith("*"):
                self.stems.add(word.rstrip("*"))
            else:
                self.latin_words.add(word)
                self.mendable.add(word)
        node = self.trie
        for char in text:
            node = node.setdefault(char, {})
        if number not in node.get(WHOLE, ()):
            node[WHOLE] = (*node.get(WHOLE, ()), number)

    def tidy(self, text: str) -> str:
        """The spelling that messages are brought into as well."""
        text = text.lower().replace("’", "'")
        text = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text)
        text = CAN_NOT.sub("cant", text)
        text = TOKEN.sub(lambda found: written_out(found[0]), text).replace("'", "")
        text = "".join(self.simplified.get(char, char) for char in text)
        return re.sub(r"(?<=[一-鿿])\s+|\s+(?=[一-鿿])", "", text)
