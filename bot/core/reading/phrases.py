"""Phrases: finding listed words in a folded text, longest first, in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """A listed phrase standing at text[start:end]."""

    start: int
    end: int
    phrase: str


class Book:
    """A set of folded phrases. Latin phrases match whole words only."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self.phrases = frozenset(one for one in phrases if one)
        lengths: dict[str, set[int]] = {}
        for one in self.phrases:
            lengths.setdefault(one[0], set()).add(len(one))
        self._lengths = {first: sorted(some, reverse=True) for first, some in lengths.items()}

    def at(self, text: str, start: int) -> Hit | None:
        """The longest phrase that begins exactly at `start`."""
        for end in self.ends_from(text, start) if start < len(text) else ():
            return Hit(start, end, text[start:end])
        return None

    def ends_from(self, text: str, start: int) -> Iterator[int]:
        """Where each phrase that begins exactly at `start` ends, the longest first."""
        for length in self._lengths.get(text[start], ()):
            end = start + length
            if text[start:end] in self.phrases and end <= len(text) and _whole(text, start, end):
                yield end

    def hits(self, text: str, start: int = 0, end: int | None = None) -> Iterator[Hit]:
        """Phrases in text[start:end], leftmost and longest, never overlapping."""
        end = len(text) if end is None else end
        place = start
        while place < end:
            hit = self.at(text, place)
            if hit is not None and hit.end <= end:
                yield hit
                place = hit.end
            else:
                place += 1

    def ends_at(self, text: str, end: int) -> bool:
        """Whether a phrase stands right before `end`, spaces aside."""
        while end and text[end - 1] == " ":
            end -= 1
        return any(
            text.endswith(one, 0, end) and _whole(text, end - len(one), end) for one in self.phrases
        )


def _letter(char: str) -> bool:
    return "a" <= char <= "z"


def _whole(text: str, start: int, end: int) -> bool:
    """No latin word is cut in two at either end."""
    if start and _letter(text[start]) and _letter(text[start - 1]):
        return False
    if start and text[start].isdigit() and text[start - 1].isdigit():
        return False
    return not (end < len(text) and _letter(text[end - 1]) and _letter(text[end]))
