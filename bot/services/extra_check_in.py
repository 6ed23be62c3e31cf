"""Extra check-in: a nurse wants to hear of a patient before the pathway would ask again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.check_in import EXTRA_FROM, CheckIn, CheckInState
from bot.core.errors import NotFound
from bot.core.patient import Episode, EpisodeState
from bot.core.permissions import Permission
from bot.core.schedule import utc_of
from bot.core.staff import Nurse
from bot.services.audit import note
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require
from bot.services.ports import Transaction
from bot.services.staff_accounts import Refused

FARTHEST: Final = timedelta(days=60)
SAME: Final = timedelta(minutes=1)


def plan_extra_check_in(
    parts: Parts, nurse: Nurse, *, episode_id: str, plan_id: str, at: str
) -> CheckIn:
    """Plan one more contact with the questions of `plan_id`, at `at` on the patient's own clock
    ("2026-11-30T18:00"). The same press again plans nothing more.

    It goes out as every check-in does: not by night, and not while a nurse leads the chat.
    Raises NotFound, NotAllowed, and Refused with a reason per field.
    """
    require(nurse, Permission.ACT_ON_CASE)
    with parts.record.transaction() as tx:
        episode = tx.episodes.get(episode_id, lock=True)
        if episode is None:
            raise NotFound(f"no episode {episode_id}")
        patient = patient_in_scope(tx, nurse, episode.patient_id)
        if episode.state is not EpisodeState.ACTIVE:
            raise Refused({"extra_at": "not_followed"})
        due = _moment(at, patient.time_zone)
        now = parts.clock.now()
        if due is None or not now - SAME <= due <= now + FARTHEST:
            raise Refused({"extra_at": "extra_when"})
        return _planned(tx, parts, nurse, episode, plan_id, due)


def _moment(typed: str, zone: str) -> datetime | None:
    try:
        local = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return utc_of(local.date(), local.time().replace(tzinfo=None), ZoneInfo(zone))


def _planned(
    tx: Transaction, parts: Parts, nurse: Nurse, episode: Episode, plan_id: str, due: datetime
) -> CheckIn:
    pathway = parts.library.followed(episode.pathway_id, episode.pathway_version)
    plan = next((one for one in pathway.check_ins if one.id == plan_id), None)
    if plan is None:
        raise Refused({"extra_plan": "extra_plan"})
    extra = tx.check_ins.find(
        episode_id=episode.id, plan_id=plan_id, occurrence__gte=EXTRA_FROM, order_by="occurrence"
    )
    same = [one for one in extra if one.due_at == due and one.state is CheckInState.PLANNED]
    if same:
        return same[0]
    made = CheckIn(
        id=parts.ids.new(),
        episode_id=episode.id,
        plan_id=plan_id,
        occurrence=extra[-1].occurrence + 1 if extra else EXTRA_FROM,
        due_at=due,
        window_end=due + plan.lateness.send_within,
        state=CheckInState.PLANNED,
    )
    tx.check_ins.add(made)
    note(tx, parts, who=nurse.id, action="check_in.extra", about=episode.id, details=made.id)
    return made
