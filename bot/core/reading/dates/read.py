"""Read: one day as an answer."""

from __future__ import annotations

import re
from datetime import date

from bot.core.reading.corrections import read_corrected
from bot.core.reading.dates.days import Found, all_dates
from bot.core.reading.folding import Text
from bot.core.reading.manners import manner
from bot.core.reading.own_words import OwnWords
from bot.core.reading.quantities import DENIED
from bot.core.reading.result import Outcome, Reading

OTHERWISE = re.compile(r"(?<![a-z])or(?![a-z])|还是|或者|不然")
LAST = re.compile(r"(?<![a-z])last(?![a-z])|上一?次|最近一次")
PAUSE = re.compile(r"[,，;；。.!！?？\n…]|(?<![a-z])(?:but|and)(?![a-z])")


def read_date(text: Text, own: OwnWords, today: date | None, language: str | None) -> Reading:
    """Read one day; several different days are asked back."""
    found = _in_question(text, own, today, language)
    return read_corrected(
        text,
        own,
        lambda part, _: _read(part, own, today, language),
        _days(found),
        tuple((start, end) for start, end, _ in found),
    )


def _read(text: Text, own: OwnWords, today: date | None, language: str | None) -> Reading:
    """Read words that no clear correction stands between."""
    found = _in_question(text, own, today, language)
    days = _days(found)
    if (
        len(days) == 1
        and not OTHERWISE.search(text.folded)
        and not _undone(text.folded, own, found)
    ):
        place, end, _ = found[0]
        return Reading(Outcome.UNDERSTOOD, days[0], span=text.span(place, end))
    if days:
        return Reading(Outcome.ASK_BACK, span=text.raw.strip(), candidates=days)
    return manner(text, own.words) or Reading(Outcome.NOT_UNDERSTOOD, span=text.raw.strip())


def _undone(text: str, own: OwnWords, found: list[Found]) -> bool:
    """Whether the day is denied: "nothing since monday", 昨天没拉, "tried yesterday, nothing"."""
    if not found:
        return False
    start, end = found[0][0], found[-1][1]
    pauses = [match.end() for match in PAUSE.finditer(text, 0, start)]
    for hit in own.words.talked(text, max(pauses, default=0)):
        kinds = own.words.kinds_of(hit.phrase)
        if not kinds & {"denial", "no", "except", "almost"} or kinds & {"correction"}:
            continue
        after = text[hit.end :]
        bare = not after.strip() or PAUSE.match(after.lstrip()) or own.topic_book.at(text, hit.end)
        if hit.end <= start or (hit.start >= end and bare):
            return True
    return False


def _in_question(
    text: Text, own: OwnWords, today: date | None, language: str | None
) -> list[Found]:
    """Every day that is named; the last time is not to come."""
    found = [
        one
        for one in all_dates(text.folded, own, today, language)
        if not DENIED.search(text.folded[: one[0]])
    ]
    if today is not None and LAST.search(own.ask):
        found = [one for one in found if min(one[2]) <= today]
    return found


def _days(found: list[Found]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(day.isoformat() for _, _, some in found for day in some))
