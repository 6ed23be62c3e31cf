"""Finish a nurse's task, once, with what came of it."""

from __future__ import annotations

from dataclasses import replace

from bot.core.errors import AlreadyDone, NotFound
from bot.core.permissions import Permission
from bot.core.staff import Nurse
from bot.services.audit import note
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require
from bot.services.staff_accounts import Refused

TASK_OUTCOMES = ("called", "answered", "seen", "unreachable", "nothing_needed")


def finish_task(parts: Parts, nurse: Nurse, *, task_id: str, outcome: str) -> None:
    """Raises NotFound, AlreadyDone with the name of who was first, Refused."""
    require(nurse, Permission.DO_TASK)
    if outcome not in TASK_OUTCOMES:
        raise Refused({"outcome": "choose"})
    with parts.record.transaction() as tx:
        task = tx.tasks.get(task_id, lock=True)
        if task is None:
            raise NotFound(f"no task {task_id}")
        if task.patient_id:
            patient_in_scope(tx, nurse, task.patient_id)
        if task.done_at is not None:
            first = tx.nurses.get(task.done_by or "")
            raise AlreadyDone(first.name if first else "")
        done = replace(task, done_at=parts.clock.now(), done_by=nurse.id, outcome=outcome)
        if not tx.tasks.swap(task, done):
            raise AlreadyDone("")
        note(
            tx,
            parts,
            who=nurse.id,
            action="finished_task",
            about=task.patient_id or task.id,
            details=f"{task.id} {outcome}",
        )
