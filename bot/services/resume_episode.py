"""Resume an episode that a nurse ended: it was the wrong patient, or she is back.

What was withdrawn with it and still lies ahead is planned again; a check-in whose hours
passed meanwhile is missed, and a nurse hears of it.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.check_in import CheckInState
from bot.core.conversation import Mode
from bot.core.errors import AlreadyDone
from bot.core.nudge import NudgeState
from bot.core.patient import END_MERGED, Episode, EpisodeState
from bot.core.permissions import Permission
from bot.core.staff import Nurse
from bot.services.audit import note
from bot.services.case_notes import name_of
from bot.services.end_episode import hold_episode, tell
from bot.services.nurse_tasks import make_task
from bot.services.parts import Parts
from bot.services.permissions import require
from bot.services.ports import Transaction
from bot.services.staff_accounts import Refused
from bot.services.whom import LIVING


def resume_episode(parts: Parts, nurse: Nurse, *, episode_id: str) -> Episode:
    """Go on where it was. Raises NotFound, NotAllowed, AlreadyDone when it runs, and Refused
    when it ran its course or another follow-up of this patient runs."""
    require(nurse, Permission.CHANGE_PATIENT)
    with parts.record.transaction() as tx:
        episode, patient, chats = hold_episode(tx, nurse, episode_id)
        if episode.state in LIVING:
            raise AlreadyDone(name_of(tx, episode.ended_by))
        if not can_resume(tx, episode):
            raise Refused({"episode": "cannot_resume"})
        reached = any(one.mode in (Mode.BOT, Mode.NURSE) for one in chats)
        begun = EpisodeState.ACTIVE if reached else EpisodeState.ON_HOLD
        state = EpisodeState.PLANNED if episode.started_at is None else begun
        back = replace(
            episode, state=state, ended_at=None, ended_by=None, end_reason="", end_note=""
        )
        tx.episodes.swap(episode, back)
        plan_again(tx, parts, episode)
        note(tx, parts, who=nurse.id, action="episode.resume", about=episode.id)
        tell(tx, parts, back, patient, chats, "follow_up_goes_on", nurse)
    return back


def can_resume(tx: Transaction, episode: Episode) -> bool:
    """Whether a nurse ended it and no other follow-up speaks to this patient."""
    living = tx.episodes.one(patient_id=episode.patient_id, state__in=LIVING)
    by_nurse = episode.ended_by is not None and episode.end_reason != END_MERGED
    return by_nurse and living is None


def plan_again(tx: Transaction, parts: Parts, episode: Episode) -> None:
    """What was withdrawn when `episode`, as it was then, ended. What lies ahead is due again, and
    a check-in whose hours passed is missed and becomes a task."""
    now, with_it = parts.clock.now(), episode.ended_at
    for one in tx.check_ins.find(
        episode_id=episode.id, state=CheckInState.CANCELLED, ended_at=with_it, opened_at=None
    ):
        if one.window_end > now:
            tx.check_ins.swap(one, replace(one, state=CheckInState.PLANNED, ended_at=None))
            continue
        tx.check_ins.swap(one, replace(one, state=CheckInState.MISSED, ended_at=now))
        make_task(
            tx,
            parts,
            kind="late_check_in",
            key=f"late_check_in:{one.id}",
            patient_id=episode.patient_id,
            episode_id=episode.id,
            text=one.plan_id,
        )
    for nudge in tx.nudges.find(
        episode_id=episode.id, state=NudgeState.CANCELLED, settled_at=with_it, due_at__gt=now
    ):
        again = replace(nudge, state=NudgeState.PLANNED, settled_at=None, look_at=nudge.due_at)
        tx.nudges.swap(nudge, again)
