"""Release cases: who leaves the staff holds no case any more; each is open again at once."""

from __future__ import annotations

from bot.core.escalation import EscalationState
from bot.services.acting_nurse import held_case
from bot.services.audit import note
from bot.services.parts import Parts


def release_cases(parts: Parts, *, nurse_id: str, by: str) -> int:
    """Open every case that this nurse has, one step higher; says how many they were.

    One transaction for each: the locks of two cases at once could meet another's.
    """
    with parts.record.reading() as tx:
        hers = tx.escalations.find(state=EscalationState.ACKNOWLEDGED, acknowledged_by=nurse_id)
    return sum(_release(parts, one.id, nurse_id, by) for one in hers)


def _release(parts: Parts, escalation_id: str, nurse_id: str, by: str) -> bool:
    with parts.record.transaction() as tx:
        case = held_case(tx, parts, escalation_id, nurse_id)
        if case.state is not EscalationState.ACKNOWLEDGED or case.acknowledged_by != nurse_id:
            return False
        if not tx.escalations.swap(case, case.reopened(at=parts.clock.now())):
            return False
        tx.wake("escalation", case.id)
        details = f"{nurse_id} left the staff"
        note(tx, parts, who=by, action="case.reopen", about=case.id, details=details)
        return True
