"""Facts: from stored observations to what the pathway's rules are weighed against."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.check_in import CheckIn, Observation
from bot.core.condition import UNKNOWN, Answered, EarlierCheckIn, Facts
from bot.services.ports import Transaction
from bot.services.whom import Whom


def value_of(one: Observation) -> Answered:
    """The stored value as the rules know it: lists are tuples, not understood is UNKNOWN."""
    if not one.understood or one.value is None:
        return UNKNOWN
    value: Any = tuple(one.value) if isinstance(one.value, list) else one.value
    return value  # type: ignore[no-any-return]


def answers_of(tx: Transaction, who: Whom, check_in: CheckIn) -> dict[str, Answered]:
    """Every answer of one check-in as it stands, corrections applied.

    Only answers to this very version's questions: another version that stood in, or that
    this one stands in for, may have meant something else by the same name. It is asked again.
    """
    stored = tx.observations.find(
        check_in_id=check_in.id,
        superseded_by=None,
        pathway_version=who.pathway.version,
        order_by="observed_at",
    )
    return {one.question_id: value_of(one) for one in stored}


def _answers_of_many(
    tx: Transaction, check_ins: Sequence[CheckIn]
) -> dict[str, dict[str, Answered]]:
    """The same for many check-ins, by id, in one look: after two months there are dozens."""
    found: dict[str, dict[str, Answered]] = {one.id: {} for one in check_ins}
    if found:
        for one in tx.observations.find(
            check_in_id__in=list(found), superseded_by=None, order_by="observed_at"
        ):
            found[one.check_in_id or ""][one.question_id] = value_of(one)
    return found


def facts_of(tx: Transaction, who: Whom, check_in: CheckIn | None, now: datetime) -> Facts:
    """All that is known of this patient at this moment, oldest check-in first."""
    zone, surgery = ZoneInfo(who.patient.time_zone), who.episode.surgery_on

    def day_of(moment: datetime) -> int:
        return (moment.astimezone(zone).date() - surgery).days

    earlier: list[EarlierCheckIn] = []
    opened = tx.check_ins.find(episode_id=who.episode.id, opened_at__not=None, order_by="opened_at")
    others = [one for one in opened if check_in is None or one.id != check_in.id]
    answered = _answers_of_many(tx, others)
    for one in others:
        if answered[one.id] and one.opened_at is not None:
            earlier.append(EarlierCheckIn(day=day_of(one.opened_at), answers=answered[one.id]))
    today = now.astimezone(zone).date()
    return Facts(
        answers=answers_of(tx, who, check_in) if check_in else {},
        day=(today - surgery).days,
        days_home=(today - who.episode.discharge_on).days,
        tier=str(who.episode.risk_tier),
        procedure=who.episode.procedure_code,
        earlier=tuple(earlier),
    )


def facts_after(tx: Transaction, who: Whom, before: Facts, check_in: CheckIn) -> Facts:
    """`before` with the answers as they stand now: within one message, nothing else changes,
    and reading two months of check-ins once is enough."""
    return before.with_answers(answers_of(tx, who, check_in))
