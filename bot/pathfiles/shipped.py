"""Shipped: what came with this software, where a ward's own shared folder is older than it.

An upgrade may bring a phrase or a list of answer words that a ward's copy cannot have yet. The
service starts all the same, with the software's own; the check names each as a warning.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from bot.pathfiles.file_text import Unreadable
from bot.pathfiles.spots import Spot, read_spots

SHARED: Final = Path(__file__).resolve().parents[2] / "pathways" / "shared"
ANSWER_WORDS: Final = SHARED / "answer_words"


@cache
def shipped(file: str) -> dict[str, Spot]:
    """The blocks of one shared file such as `phrases.yml`, by name; none without the file."""
    if not (SHARED / file).is_file():
        return {}
    try:
        spot, _ = read_spots(SHARED / file, f"shared/{file}")
    except Unreadable:
        return {}
    return spot.entries or {}
