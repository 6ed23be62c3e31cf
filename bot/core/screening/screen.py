"""Screen: one message in, its red flags and its level out.

Each sign is judged in its own clause: whose it is, whether it is there now, and
how it weighs for this operation and day. Then the whole message is weighed, see
`weigh.py`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.core.screening import other_tongue
from bot.core.screening.animals import Animals
from bot.core.screening.judged import Judged
from bot.core.screening.lexicon import Lexicons, Sign
from bot.core.screening.match import Found, match
from bot.core.screening.measures import (
    disproved,
    ended_fevers,
    measured,
    signs_of,
)
from bot.core.screening.other_tongue import is_other_tongue
from bot.core.screening.page import Page, lay_out, lay_out_joined, lay_out_mended
from bot.core.screening.result import RedFlag, Screening, raised_by
from bot.core.screening.status import Status, is_reassured, status_of
from bot.core.screening.weigh import weigh
from bot.core.screening.whose import is_another
from bot.core.screening.wording import stretches
from bot.core.triage_level import TriageLevel
from bot.core.words import Words, joined_words

MOST_RECENT: Final = 5  # messages that may combine with this one
LONGEST_RECENT: Final = 500  # characters kept of each of them
LONGEST_SHOWN: Final = 80  # letters of a message that was not read
ENOUGH_OF_ONE: Final = 30  # times that one sign is there; more of it say nothing new
NEAR: Final = 1  # clauses around a milder reading in which it replaces another

STANDING: Final = {
    Status.PRESENT: Words({"zh": "现在有，没有否认", "en": "now, not denied"}),
    Status.OVER: Words(
        {"zh": "以前有过或一直如此，需要问清", "en": "past or unchanged, to be asked"}
    ),
    Status.IMAGINED: Words({"zh": "只是提到，仍需问清", "en": "only mentioned, still to be asked"}),
    Status.DENIED: Words({"zh": "已否认", "en": "denied"}),
}
ANOTHER: Final = Words({"zh": "说的是别人", "en": "said of another person"})


def screen(
    text: str,
    *,
    lexicons: Lexicons,
    procedure: str | None = None,
    day: int | None = None,
    recent: Sequence[str] = (),
) -> Screening:
    """Find the signs of danger in a message.

    `recent` are the patient's messages just before, oldest first: fragments such
    as "小腿肿" and "39.2度" are read together, but only what this message adds is
    reported.
    """
    before = [message[-LONGEST_RECENT:] for message in recent[-MOST_RECENT:]]
    page = lay_out(text, before, lexicons)
    judged = _judge_all(page, lexicons, procedure, day)
    result = _result(text, judged, page, lexicons.version)
    result = weigh(result, judged, page, lexicons)
    if is_other_tongue(text, page, lexicons):
        result = _asked(result, text)
    for lay_out_again in (lay_out_joined, lay_out_mended):
        if result.level is TriageLevel.EMERGENCY:
            break  # nothing can raise it further
        other = lay_out_again(page, before, lexicons)
        if other is not None:
            found = _judge_all(other, lexicons, procedure, day)
            found = [one for one in found if _is_new_here(one, other)]
            result = raised_by(result, _result(text, found, other, lexicons.version))
    return result


def _asked(result: Screening, text: str) -> Screening:
    """A nurse looks at what was not read, whatever was found in it."""
    span = " ".join(text.split())[:LONGEST_SHOWN]
    flag = RedFlag(
        code=other_tongue.CODE,
        level=TriageLevel.ROUTINE,
        span=span,
        why=other_tongue.WHY,
    )
    ask = result.ask or not result.level.needs_nurse
    return replace(result, ask=ask, red_flags=(*result.red_flags, flag))


def _is_new_here(one: Judged, page: Page) -> bool:
    """Whether a sign is there only because a break was read over or a slip mended."""
    joins = page.plain.joins
    first = bisect_right(joins, one.found.start)
    return one.is_there and first < len(joins) and joins[first] < one.found.end


def judge(text: str, lexicons: Lexicons) -> tuple[Page, list[Judged]]:
    """A message laid out, and its signs: what the points tables are learned from."""
    page = lay_out(text, (), lexicons)
    return page, _judge_all(page, lexicons, None, None)


def _judge_all(
    page: Page, lexicons: Lexicons, procedure: str | None, day: int | None
) -> list[Judged]:
    """Every sign that the new message adds, judged."""
    patient = (procedure or _procedure_named(page, lexicons), day)
    readings = measured(page, lexicons)
    found = [*match(page, lexicons), *signs_of(readings, lexicons)]
    bare = bool(readings) or _is_bare(page)
    found = [one for one in found if not _ruled_out(lexicons.signs[one.sign], page, bare)]
    otherwise = disproved(readings, lexicons)
    ended = ended_fevers(readings)
    judged: list[Judged] = []
    times: Counter[int] = Counter()
    for candidate in found:
        if times[candidate.sign] < ENOUGH_OF_ONE:
            one = _judge(candidate, page, ended, otherwise, lexicons, patient)
            times[candidate.sign] += one.is_there and one.is_new
            judged.append(one)
    judged = _without_replaced(judged)
    judged += _together(judged, lexicons, patient)
    return _without_lonely([one for one in judged if one.is_new])


def _is_bare(page: Page) -> bool:
    """A few words only, such as the answer "小腿": not a story that was not understood."""
    return all(part.is_bare for part in stretches(page))


def _ruled_out(sign: Sign, page: Page, bare: bool) -> bool:
    """Whether something in the message keeps this sign away."""
    if sign.only_alone and sign.level.needs_nurse and bare:
        return True
    return any(number in page.anywhere for number in sign.unless_anywhere)


def _procedure_named(page: Page, lexicons: Lexicons) -> str | None:
    """The operation that the patient speaks of, where nobody told us which it was."""
    for name, number in lexicons.procedures.items():
        if number in page.anywhere:
            return name
    return None


def _judge(
    found: Found,
    page: Page,
    ended: frozenset[int],
    otherwise: frozenset[str],
    lexicons: Lexicons,
    patient: tuple[str | None, int | None],
) -> Judged:
    sign = lexicons.signs[found.sign]
    level, ask = sign.level_for(*patient)
    status = status_of(
        found, page, lexicons, urgent=ask or level is TriageLevel.EMERGENCY, brief=sign.brief
    )
    if status is Status.IMAGINED and sign.even_asked:
        status = Status.PRESENT
    if status is Status.PRESENT and found.start in ended:
        status = Status.OVER
    another = is_another(found, sign, status, page, lexicons, patient[0])
    if (sign.code in otherwise and not sign.measured) or Animals(found, page, lexicons).its_own():
        status = Status.DENIED
    mild = level <= TriageLevel.WITHIN_48_HOURS and not ask
    if mild and status is Status.PRESENT and is_reassured(found, page, lexicons):
        status = Status.DENIED
    return Judged(found, sign, status, another, level, ask, found.end > page.new_from)


def _without_replaced(judged: list[Judged]) -> list[Judged]:
    """Where a milder reading of the same words stands, it is the one that counts."""
    milder = [
        (name, one.found.clause, one.sign.near)
        for one in judged
        if one.status is not Status.DENIED
        for name in one.sign.replaces
    ]
    return [one for one in judged if not any(_replaced(one, *each) for each in milder)]


def _replaced(one: Judged, name: str, clause: int, near: bool) -> bool:
    reach = 0 if one.level is TriageLevel.EMERGENCY and not near else NEAR
    named = name in (one.sign.key, one.sign.code) and not one.sign.measured
    return named and abs(clause - one.found.clause) <= reach and not _replaces(one, name)


def _replaces(one: Judged, name: str) -> bool:
    """A milder reading does not replace another milder reading of the same code."""
    return name in one.sign.replaces


def _together(
    judged: list[Judged], lexicons: Lexicons, patient: tuple[str | None, int | None]
) -> list[Judged]:
    """Signs that mean more when they are there at the same time."""
    present = {
        one.sign.code: one
        for one in sorted(judged, key=lambda one: one.is_new)
        if one.status is Status.PRESENT and not one.another
    }
    raised: list[Judged] = []
    for rule in lexicons.together:
        parts = [
            next((present[code] for code in codes if code in present), None) for codes in rule.codes
        ]
        there = [part for part in parts if part is not None]
        if len(there) < len(parts) or len({id(part) for part in there}) < len(parts):
            continue
        latest = max(there, key=lambda one: one.found.start)
        sign = lexicons.signs[rule.sign]
        level, ask = sign.level_for(*patient)
        pieces = tuple(piece for part in there for piece in part.found.pieces)
        raised.append(
            replace(
                latest,
                found=replace(latest.found, sign=rule.sign, pieces=pieces),
                sign=sign,
                level=level,
                ask=ask,
                is_new=any(part.is_new for part in there),
            )
        )
    return raised


def _without_lonely(judged: list[Judged]) -> list[Judged]:
    """Drop "is this normal?" where the message says what it is about."""
    if all(one.sign.only_alone for one in judged):
        return judged
    return [one for one in judged if not one.sign.only_alone]


def _result(text: str, judged: list[Judged], page: Page, version: str) -> Screening:
    level, ask, another = TriageLevel.ROUTINE, False, False
    flags: dict[str, RedFlag] = {}
    for one in judged:
        raised, asks = one.adds()
        if one.another and one.status in (Status.PRESENT, Status.OVER):
            another = True
        elif raised is TriageLevel.ROUTINE and not asks:
            continue
        level, ask = max(level, raised), ask or asks
        flag = _flag(one, raised, page)
        if flag.code not in flags or flags[flag.code].level < flag.level:
            flags[flag.code] = flag
    return Screening(
        text=text,
        level=level,
        ask=ask and level <= TriageLevel.SELF_CARE,
        red_flags=tuple(sorted(flags.values(), key=lambda flag: -flag.level)),
        another_person=another,
        version=version,
    )


def _flag(one: Judged, raised: TriageLevel, page: Page) -> RedFlag:
    standing = ANOTHER if one.another else STANDING[one.status]
    level = one.level if one.another else raised
    pieces = one.found.pieces
    if one.found.end - one.found.start > 80:  # a pair of signs far apart
        span = " … ".join(
            page.plain.words(piece.start, piece.end)
            for piece in sorted(pieces, key=lambda piece: piece.start)
        )
    else:
        span = page.plain.words(one.found.start, one.found.end)
    why = joined_words("; ", one.sign.why, standing, one.sign.source)
    return RedFlag(code=one.sign.code, level=level, span=span, why=why)
