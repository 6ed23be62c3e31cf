"""Response: how soon a nurse has a case, how soon it has its outcome, which clocks ran out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.core.programme.figure import Figure, middle, nine_in_ten, share
from bot.core.programme.rows import CallBackRow, CaseRow
from bot.core.triage_level import TriageLevel


def to_acknowledge(cases: Iterable[CaseRow]) -> list[float]:
    """Minutes from when a case reached its level until the first nurse had it there."""
    return [_minutes(one.heard_at - one.since) for one in cases if one.heard_at is not None]


def to_outcome(cases: Iterable[CaseRow]) -> list[float]:
    """Minutes from the opening of a case until it was closed with an outcome."""
    return [_minutes(one.closed_at - one.opened_at) for one in cases if one.closed_at is not None]


def acknowledge_median(cases: Sequence[CaseRow]) -> Figure:
    """预警接手时间, median, in minutes.

    From the moment a case reached its level to its first acknowledgement there; a case
    that was raised starts again. Left out: cases that nobody has yet.
    """
    taken = to_acknowledge(cases)
    return middle(taken, left_out=len(cases) - len(taken))


def acknowledge_p90(cases: Sequence[CaseRow]) -> Figure:
    """预警接手时间, 90th percentile, in minutes; see `acknowledge_median`."""
    taken = to_acknowledge(cases)
    return nine_in_ten(taken, left_out=len(cases) - len(taken))


def outcome_median(cases: Sequence[CaseRow]) -> Figure:
    """预警处置时间, median, in minutes, from the opening to the close.

    Left out: cases that are not closed.
    """
    taken = to_outcome(cases)
    return middle(taken, left_out=len(cases) - len(taken))


def outcome_p90(cases: Sequence[CaseRow]) -> Figure:
    """预警处置时间, 90th percentile, in minutes; see `outcome_median`."""
    taken = to_outcome(cases)
    return nine_in_ten(taken, left_out=len(cases) - len(taken))


def acknowledged_late(
    cases: Iterable[CaseRow], within: Mapping[TriageLevel, timedelta], now: datetime
) -> Figure:
    """接手超时率, in percent.

    Counted: cases that nobody had within the time of their level (`levels.yml`), also those
    that nobody has now. Of: cases that were acknowledged or whose time is over. Left out:
    cases whose time still runs.
    """
    return _late(
        [(one.since + within[one.level], one.heard_at) for one in cases if one.level in within],
        now,
    )


def outcome_late(cases: Iterable[CaseRow], now: datetime) -> Figure:
    """处置超时率, in percent.

    Counted: cases without an outcome within the time copied into them, from the first
    acknowledgement at their level; an extension does not move it. Of: cases that were
    acknowledged and are closed or late. Left out: cases whose time still runs.
    """
    return _late(
        [
            (one.heard_at + one.outcome_within, one.closed_at)
            for one in cases
            if one.heard_at is not None
        ],
        now,
    )


def call_back_answered_late(call_backs: Iterable[CallBackRow], now: datetime) -> Figure:
    """回电超时率, in percent: call-backs not answered by their first clock (SEED001: 1 h)."""
    return _late([(one.due_at, one.answered_at) for one in call_backs], now)


def call_back_solved_late(call_backs: Iterable[CallBackRow], now: datetime) -> Figure:
    """回电解决超时率, in percent: call-backs not solved by their second clock (SEED001: 24 h)."""
    return _late([(one.solve_by, one.done_at) for one in call_backs], now)


def _late(clocks: Sequence[tuple[datetime, datetime | None]], now: datetime) -> Figure:
    """Of clocks (deadline, when it was met) those that ran out; what runs still is left out."""
    ripe = [(due, met) for due, met in clocks if met is not None or due < now]
    late = sum((met or now) > due for due, met in ripe)
    return share(late, len(ripe), left_out=len(clocks) - len(ripe))


def _minutes(span: timedelta) -> float:
    return span.total_seconds() / 60
