"""Nurse asks: the stand-in for a pathway of which nothing can be read any more."""

from __future__ import annotations

from datetime import time, timedelta

from bot.core.condition import parse
from bot.core.pathway import (
    TIERS,
    Anchor,
    CheckInPlan,
    Late,
    Lateness,
    Pathway,
    Rule,
    SilenceLadder,
)
from bot.core.shared import Shared
from bot.core.triage_level import TriageLevel
from bot.core.words import Words

ANY = "not tier is none"  # always holds
REASON = Words(
    {"zh": "随访方案读不出来，请护士亲自询问", "en": "The pathway cannot be read: ask her yourself"}
)


def nurse_asks(id: str, shared: Shared) -> Pathway:
    """A pathway that asks nothing: every check-in it is handed becomes a nurse's at once.

    A check-in that was already open ends as "a nurse contacts you today", never as
    "all is well". The patient's own words are screened as ever.
    """
    same_day = TriageLevel.SAME_DAY
    plan = CheckInPlan(
        id="nurse_asks",
        day=0,
        anchor=Anchor.SURGERY,
        opens=time(9),
        closes=time(19),
        questions=(),
        tiers=TIERS,
        silence=SilenceLadder(timedelta(0), timedelta(0), same_day),
        # Too late before it begins, so it is never asked and always a nurse's.
        lateness=Lateness(timedelta(seconds=-1), Late.SKIP_AND_TELL_NURSE),
    )
    rule = Rule(
        id="nurse_asks",
        when=parse(ANY),
        level=same_day,
        tell=shared.levels[same_day].tell_patient,
        reason=REASON,
        source=(),
        when_text=ANY,
    )
    return Pathway(
        id=id,
        version="none",
        number=0,
        title=Words({"zh": id, "en": id}),
        procedures=(),
        respondent="patient",
        check_ins=(plan,),
        questions={},
        ask_when={},
        if_unknown={},
        rules=(rule,),
        teaching=(),
        reminders=(),
        answers={},
        cases=(),
        shared=shared,
    )
