"""Move time zone: the patient has travelled; what is planned keeps its local hours there."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.core.check_in import CheckInState
from bot.core.errors import AftercareError, NotFound
from bot.core.nudge import NudgeState
from bot.core.schedule import moved
from bot.services.audit import note
from bot.services.one_person import by_number
from bot.services.parts import Parts


class NoSuchZone(AftercareError):
    """The name is not in the IANA time zone database."""


def move_time_zone(parts: Parts, *, hospital_id: str, zone: str, by: str) -> int:
    """Re-plan every planned check-in at the same local time in `zone`; how many moved.

    The rows stay the same rows, so nothing goes out twice. What is open goes on as it
    is. Raises NotFound, NoSuchZone.
    """
    try:
        ZoneInfo(zone)
    except (LookupError, ValueError, OSError):
        raise NoSuchZone(f"no time zone '{zone[:40]}'; write it like Europe/London") from None
    with parts.record.transaction() as tx:
        known = by_number(tx, hospital_id)
        if known is None:
            raise NotFound("no patient with this hospital number")
        known = tx.patients.get(known.id, lock=True) or known
        if known.time_zone == zone:
            return 0
        episodes = [one.id for one in tx.episodes.find(patient_id=known.id)]
        planned = tx.check_ins.find(episode_id__in=episodes, state=CheckInState.PLANNED)
        for one in planned:
            there = replace(
                one,
                due_at=moved(one.due_at, known.time_zone, zone),
                window_end=moved(one.window_end, known.time_zone, zone),
                follow_up_at=None,
            )
            tx.check_ins.swap(one, there)
        for nudge in tx.nudges.find(episode_id__in=episodes, state=NudgeState.PLANNED):
            due_at = moved(nudge.due_at, known.time_zone, zone)
            until = moved(nudge.send_until, known.time_zone, zone)
            later = replace(nudge, due_at=due_at, send_until=until, look_at=due_at)
            tx.nudges.swap(nudge, later)
        tx.patients.swap(known, replace(known, time_zone=zone))
        details = f"{known.time_zone} → {zone}"
        note(tx, parts, who=by, action="patient.move", about=known.id, details=details)
        return len(planned)
