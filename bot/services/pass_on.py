"""Pass on: a nurse cannot take a case, or keep it; the next step is told at once."""

from __future__ import annotations

from bot.core.errors import AlreadyDone
from bot.core.escalation import LONGEST_REASON, Escalation
from bot.services.acting_nurse import by_name, held_case, nurse_for_case, write
from bot.services.audit import note
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.step_escalation import take_step
from bot.services.tell import about_case, tell_nurse


def pass_on(parts: Parts, *, escalation_id: str, nurse_id: str, reason: str = "") -> Escalation:
    """Give the case to the next step. Raises AlreadyDone when another nurse has it."""
    with parts.record.transaction() as tx:
        return pass_on_in(tx, parts, escalation_id=escalation_id, nurse_id=nurse_id, reason=reason)


def pass_on_in(
    tx: Transaction, parts: Parts, *, escalation_id: str, nurse_id: str, reason: str = ""
) -> Escalation:
    """The same inside a transaction of the caller."""
    nurse, case = nurse_for_case(tx, nurse_id), held_case(tx, parts, escalation_id, nurse_id)
    try:
        passed = case.passed_on(nurse_id=nurse_id, at=parts.clock.now())
    except AlreadyDone as fault:
        raise by_name(tx, fault) from None
    write(tx, case, passed)
    details = reason.strip()[:LONGEST_REASON]
    note(tx, parts, who=nurse_id, action="case.pass_on", about=case.id, details=details)
    stepped = take_step(tx, parts, passed, without=nurse_id)
    reached = stepped.times_told > passed.times_told
    key = "staff_passed_on" if reached else "staff_nobody_else"
    text = about_case(tx, parts, stepped, nurse, key)
    tell_nurse(tx, parts, nurse, text, key=f"case:{case.id}:{passed.changes}:passed-on")
    return stepped
