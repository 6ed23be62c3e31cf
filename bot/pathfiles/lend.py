"""Lend: what a file kept by an older release lacks comes from today's file of the same name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.pathfiles.file_text import Unreadable
from bot.pathfiles.spots import Spot, read_spots

Place = tuple[str, int, int]


def place_of(spot: Spot) -> Place:
    """File, line and column: no two blocks of a library share them."""
    return spot.file, spot.line, spot.column


def lenders(kept: Spot, today: Path, name: str) -> dict[Place, Spot]:
    """For every block of a kept file, the block of today's file under the same names.

    Only names that the reader must have, and does not find, are ever taken from it:
    whatever the care team wrote into the kept file stands.
    """
    if not (today / name).is_file():
        return {}
    try:
        spot, _ = read_spots(today / name, name)
    except Unreadable:
        return {}
    return dict(_pairs(kept, spot))


def _pairs(kept: Spot, today: Spot) -> Iterator[tuple[Place, Spot]]:
    if kept.entries is None or today.entries is None:
        return
    yield place_of(kept), today
    for name, entry in kept.entries.items():
        if name in today.entries:
            yield from _pairs(entry, today.entries[name])
