"""Whole: screen a message of any length in time that grows with its length only.

The work of judging signs against each other grows faster than the text, so a
very long message is read in pieces that overlap, and what it only repeats is read a few
times. Nothing else in it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.core.screening.lexicon import Lexicons
from bot.core.screening.result import RedFlag, Screening
from bot.core.screening.screen import screen as screen_piece

PIECE: Final = 4_000  # characters; Telegram's longest message is 4,096
OVERLAP: Final = 200  # longer than any sign, so that none is cut in two
LONG: Final = 400  # characters; a person may repeat herself in fewer
STUTTER: Final = re.compile(r"(.{1,16}?)\1{7,}", re.DOTALL)  # the same again and again
KEPT: Final = 5  # times that it is read
MOST_FLAGS: Final = 50  # as many as anybody reads; the worst come first


def screen(
    text: str,
    *,
    lexicons: Lexicons,
    procedure: str | None = None,
    day: int | None = None,
    recent: Sequence[str] = (),
) -> Screening:
    """Find the signs of danger in a message; see `bot.core.screening.screen`."""
    told = text if len(text) < LONG else STUTTER.sub(lambda found: found[1] * KEPT, text)
    pieces = [told]
    if len(told) > PIECE:
        starts = range(0, len(told), PIECE - OVERLAP)
        pieces = [told[start : start + PIECE] for start in starts]
    found = [
        screen_piece(
            one,
            lexicons=lexicons,
            procedure=procedure,
            day=day,
            recent=recent if number == 0 else (),
        )
        for number, one in enumerate(pieces)
    ]
    return replace(found[0], text=text) if len(found) == 1 else _joined(text, found)


def _joined(text: str, found: list[Screening]) -> Screening:
    """The highest level of all pieces, and each sign once with its first words."""
    flags: dict[tuple[str, int], RedFlag] = {}
    for one in found:
        for flag in one.red_flags:
            flags.setdefault((flag.code, int(flag.level)), flag)
    worst = sorted(flags.values(), key=lambda flag: -flag.level)
    level = max(one.level for one in found)
    return Screening(
        text=text,
        level=level,
        ask=any(one.ask for one in found) and not level.needs_nurse,
        red_flags=tuple(worst[:MOST_FLAGS]),
        another_person=not level.needs_nurse and any(one.another_person for one in found),
        version=found[0].version,
    )
