"""Courtesy: greetings, thanks and who passes it on. They say nothing of how somebody is.

A message must weigh the same with and without them, so they are taken out before
anything is judged. `courtesy` in context.yml holds the phrases; `teller` those that only
say whose words follow ("my wife says"), which steer the rules and have no points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.core.screening.scan import Hit

Span = tuple[int, int]


def spans_of(hits: Iterable[Hit], lists: frozenset[int]) -> tuple[Span, ...]:
    """The stretches of text that phrases of these lists cover, joined where they touch."""
    spans: list[Span] = []
    for hit in hits:
        if hit.list not in lists:
            continue
        if spans and hit.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], hit.end))
        else:
            spans.append((hit.start, hit.end))
    return tuple(spans)


def taken_out(text: str, spans: Iterable[Span]) -> str:
    """The text with a line break for each of these letters, so that places stay."""
    pieces: list[str] = []
    done = 0
    for start, end in spans:
        pieces += text[done:start], "\n" * (end - start)
        done = end
    return "".join((*pieces, text[done:]))


def outside(hits: Sequence[Hit], spans: Sequence[Span]) -> list[Hit]:
    """The hits that do not lie inside one of these stretches."""
    kept: list[Hit] = []
    place = 0
    for hit in hits:
        while place < len(spans) and spans[place][1] <= hit.start:
            place += 1
        if place == len(spans) or not (spans[place][0] <= hit.start and hit.end <= spans[place][1]):
            kept.append(hit)
    return kept
