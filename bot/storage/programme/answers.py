"""Answer statements: how often each number was given, to which question, where in the plan."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import String, cast, func, select

from bot.core.programme.rows import AnswerRow, ScoreRow
from bot.services.ports import Selection
from bot.storage.programme.selecting import (
    MONTH,
    PLACE,
    Statements,
    in_period,
    month,
    of_episode,
    within,
)
from bot.storage.tables import check_ins, observations


class AnswerStatements(Statements):
    """What patients answered, as counts of values."""

    def scores(self, asked: Selection, codes: Iterable[str]) -> list[ScoreRow]:
        """How often each number was given to each of these questions."""
        o = observations.c
        joined = of_episode(observations)
        query = (
            select(*PLACE, month(asked, o.observed_at), o.code, _value(), func.count())
            .select_from(joined)
            .where(*_understood(asked, codes), *within(asked))
            .group_by(*PLACE, MONTH, o.code, "given")
        )
        return [
            ScoreRow(
                ward=ward,
                procedure=procedure,
                month=asked.months[number].name,
                code=code,
                value=value,
                count=times,
            )
            for ward, procedure, number, code, given, times in self._connection.execute(query)
            if (value := _number(given)) is not None
        ]

    def answers(self, asked: Selection, codes: Iterable[str]) -> list[AnswerRow]:
        """How often each number was given at each place in the plan."""
        o, c = observations.c, check_ins.c
        joined = of_episode(observations).join(check_ins, c.id == o.check_in_id)
        place = (o.code, o.pathway_id, c.plan_id, c.occurrence)
        query = (
            select(*place, _value(), func.count())
            .select_from(joined)
            .where(*_understood(asked, codes), *within(asked))
            # What differs most comes first: SQLite sorts by it, and most answers are alike.
            .group_by("given", c.plan_id, o.code, c.occurrence, o.pathway_id)
        )
        return [
            AnswerRow(code, pathway, plan, turn, value, times)
            for code, pathway, plan, turn, given, times in self._connection.execute(query)
            if (value := _number(given)) is not None
        ]


def _value() -> Any:
    """An answer as its JSON text: both databases can group by that."""
    return cast(observations.c.value, String).label("given")


def _understood(asked: Selection, codes: Iterable[str]) -> tuple[Any, ...]:
    o = observations.c
    return (
        o.code.in_(list(codes)),
        in_period(asked, o.observed_at),
        o.understood.is_(True),
        o.superseded_by.is_(None),
        o.value.is_not(None),
    )


def _number(given: str | None) -> float | None:
    """The number in a JSON text; None where somebody's answer is no number."""
    try:
        value = json.loads(given or "null")
    except ValueError:
        return None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
