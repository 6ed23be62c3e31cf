"""Scan: every listed word of a text, found in one pass from left to right."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from bot.core.screening.lexicon import Trie

WHOLE = "whole"  # key of a trie node: lists of the words that end here
ANY_LETTERS = "*"  # key of a trie node: any further letters of the same word


@dataclass(frozen=True, slots=True)
class Hit:
    """A listed word at a place of the text."""

    start: int
    end: int
    list: int


def is_letter(char: str) -> bool:
    return "a" <= char <= "z"


def scan(text: str, trie: Trie) -> list[Hit]:
    """All listed words, sorted by start."""
    hits: list[Hit] = []
    for start, char in enumerate(text):
        node: Any = trie.get(char)
        if node is None or (start and is_letter(char) and is_letter(text[start - 1])):
            continue
        _walk(hits, text, start, node)
    return hits


def _walk(hits: list[Hit], text: str, start: int, node: dict[str, Any]) -> None:
    """Follow the trie from one place; a stem forks into `as it is` and `any letters`."""
    size = len(text)
    place = start + 1
    forks: list[tuple[dict[str, Any], int]] = []
    while True:
        ends_here = place == size or not (is_letter(text[place]) and is_letter(text[place - 1]))
        if ends_here and WHOLE in node:
            for number in node[WHOLE]:
                hits.append(Hit(start, place, number))
        if ANY_LETTERS in node:
            end = place
            while end < size and is_letter(text[end]):
                end += 1
            forks.append((node[ANY_LETTERS], end))
        following = node.get(text[place]) if place < size else None
        if following is not None:
            node, place = following, place + 1
        elif forks:
            node, place = forks.pop()
        else:
            return


def without_masked(hits: list[Hit], harmless: int) -> list[Hit]:
    """Drop hits that share letters with a harmless saying and are not longer than it."""
    masks = [(hit.start, hit.end) for hit in hits if hit.list == harmless]
    if not masks:
        return hits
    kept: list[Hit] = []
    first = 0
    for hit in hits:
        while first < len(masks) and masks[first][1] <= hit.start:
            first += 1
        if hit.list == harmless or not any(
            start < hit.end and hit.start < end and hit.end - hit.start <= end - start
            for start, end in masks[first : first + 4]
        ):
            kept.append(hit)
    return kept


def longest_of_each_list(hits: list[Hit], context: Mapping[str, int]) -> list[Hit]:
    """Of one list, 发烧 stands and the 烧 inside it goes; steering words all stay."""
    steering = frozenset(context.values())
    last: dict[int, Hit] = {}
    dropped: set[Hit] = set()
    for hit in hits:
        if hit.list in steering:
            continue
        before = last.get(hit.list)
        if before is None or hit.start >= before.end:
            last[hit.list] = hit
        elif hit.end > before.end:
            if hit.start == before.start:
                dropped.add(before)
            last[hit.list] = hit
        elif hit != before:
            dropped.add(hit)
    return [hit for hit in hits if hit not in dropped]


class Cover:
    """Which stretches of text these hits cover, to tell what lies inside a longer one."""

    def __init__(self, hits: Iterable[Hit]) -> None:
        longest: dict[int, int] = {}
        for hit in hits:
            longest[hit.start] = max(hit.end, longest.get(hit.start, 0))
        self._longest = longest
        self._starts = sorted(longest)
        self._reach = list(accumulate((longest[start] for start in self._starts), max))

    def swallows(self, hit: Hit) -> bool:
        """Whether a longer hit holds this one (不 inside 尿不出)."""
        if self._longest.get(hit.start, 0) > hit.end:
            return True
        before = bisect_left(self._starts, hit.start)
        return before > 0 and self._reach[before - 1] >= hit.end
