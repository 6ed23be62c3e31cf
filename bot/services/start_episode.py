"""Start an episode: write its plan, and end the follow-up of an earlier operation."""

from __future__ import annotations

from dataclasses import replace

from bot.core.check_in import CheckIn, CheckInState
from bot.core.nudge import NudgeState
from bot.core.patient import Episode, EpisodeState
from bot.core.schedule import plan_check_ins
from bot.services.audit import note
from bot.services.nurse_tasks import make_task
from bot.services.parts import Parts
from bot.services.plan_nudges import write_nudges
from bot.services.ports import Transaction
from bot.services.whom import Whom


def start_episode(tx: Transaction, parts: Parts, who: Whom) -> None:
    """Write the plan: every check-in of this pathway version as a row of its own."""
    now, episode = parts.clock.now(), who.episode
    for earlier in tx.episodes.find(
        patient_id=who.patient.id, state__in=(EpisodeState.ACTIVE, EpisodeState.ON_HOLD)
    ):
        _end(tx, parts, earlier, episode)
    tx.episodes.swap(episode, replace(episode, state=EpisodeState.ACTIVE, started_at=now))
    due = plan_check_ins(
        who.pathway,
        surgery_on=episode.surgery_on,
        discharge_on=episode.discharge_on,
        zone=who.patient.time_zone,
        tier=str(episode.risk_tier),
        enrolled_at=now,
    )
    tx.check_ins.add_all(
        CheckIn(
            id=parts.ids.new(),
            episode_id=episode.id,
            plan_id=one.plan_id,
            occurrence=one.occurrence,
            due_at=one.due_at,
            window_end=one.window_end,
            state=CheckInState.PLANNED if one.goes_out else CheckInState.MISSED,
        )
        for one in due
    )
    write_nudges(tx, parts, who)


def _end(tx: Transaction, parts: Parts, earlier: Episode, newer: Episode) -> None:
    """One follow-up at a time speaks to a patient; a nurse decides what the old one needs."""
    now = parts.clock.now()
    tx.episodes.swap(earlier, replace(earlier, state=EpisodeState.FINISHED, ended_at=now))
    waiting = (CheckInState.PLANNED, CheckInState.OPEN)
    for one in tx.check_ins.find(episode_id=earlier.id, state__in=waiting):
        tx.check_ins.swap(one, replace(one, state=CheckInState.CANCELLED, ended_at=now))
    for nudge in tx.nudges.find(episode_id=earlier.id, state=NudgeState.PLANNED):
        tx.nudges.swap(nudge, replace(nudge, state=NudgeState.CANCELLED, settled_at=now))
    note(tx, parts, who="system", action="episode.replace", about=earlier.id, details=newer.id)
    make_task(
        tx,
        parts,
        kind="look",
        key=f"replaced:{earlier.id}",
        patient_id=earlier.patient_id,
        episode_id=earlier.id,
        text=f"{earlier.procedure_code} {earlier.surgery_on} → "
        f"{newer.procedure_code} {newer.surgery_on}",
    )
