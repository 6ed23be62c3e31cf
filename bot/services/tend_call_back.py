"""Tend a call-back: whoever is on duty hears of a new one, the charge nurse of a late one.

Each is told once. A new one is no emergency: by night it is not told, only its clock counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.rota import on_rota
from bot.core.staff import Nurse, NurseTask
from bot.services.audit import note
from bot.services.lead import about_patient
from bot.services.parts import Parts
from bot.services.permissions import patients_in_scope
from bot.services.ports import Transaction
from bot.services.tell import tell_nurse

UPWARDS = ("charge", "second", "first")  # who is told first of what nobody did
NEW = UPWARDS[::-1]  # who is told first of what is to be done


def tend_call_back(parts: Parts, task_id: str) -> None:
    """Tell whoever is on duty; with nobody there, look again when somebody may be."""
    with parts.record.transaction() as tx:
        task, now = tx.tasks.get(task_id, lock=True), parts.clock.now()
        if task is None or task.done_at is not None or task.look_at is None or task.look_at > now:
            return
        policy = parts.library.shared.call_back
        if task.answered_at is None and now < task.due_at:
            _tell_new(tx, parts, task, now)
            return
        nurses = _on_duty(tx, task, now, UPWARDS)
        if not nurses:
            tx.tasks.swap(task, replace(task, look_at=now + policy.answer_within))
            return
        solve = task.solve_by is not None and now >= task.solve_by
        key = "staff_call_back_unsolved" if solve else "staff_call_back_unanswered"
        minutes = int(policy.answer_within / timedelta(minutes=1))
        hours = int(policy.solve_within / timedelta(hours=1))
        blanks = {"hours": hours} if solve else {"minutes": minutes}
        for nurse in nurses:
            text = about_patient(tx, parts, task.patient_id or "", nurse, key, **blanks)
            tell_nurse(tx, parts, nurse, text, key=f"{key}:{task.id}")
        tx.tasks.swap(task, replace(task, look_at=None if solve else task.solve_by))
        told = " ".join(one.id for one in nurses)
        note(tx, parts, who="system", action="task.go_up", about=task.id, details=told)


def _tell_new(tx: Transaction, parts: Parts, task: NurseTask, now: datetime) -> None:
    """To whoever is there now; with nobody there, its clock speaks when the hour is over."""
    key, by = "staff_call_back_new", task.due_at.astimezone(ZoneInfo(parts.house.default_time_zone))
    nurses = _on_duty(tx, task, now, NEW)
    for nurse in nurses:
        text = about_patient(tx, parts, task.patient_id or "", nurse, key, by=f"{by:%H:%M}")
        tell_nurse(tx, parts, nurse, text, key=f"{key}:{task.id}")
    tx.tasks.swap(task, replace(task, look_at=task.due_at))
    if nurses:
        told = " ".join(one.id for one in nurses)
        note(tx, parts, who="system", action="task.tell", about=task.id, details=told)


def _on_duty(tx: Transaction, task: NurseTask, now: datetime, rotas: Sequence[str]) -> list[Nurse]:
    """The first of these rotas with somebody who may see this patient and can be written to."""
    shifts = tx.shifts.find(starts_at__lte=now, ends_at__gt=now)
    for rota in rotas:
        found = [tx.nurses.get(id) for id in on_rota(shifts, rota, now)]
        there = [one for one in found if one is not None and _can_be_told(tx, task, one)]
        if there:
            return sorted(there, key=lambda one: one.conversation_id or "")
    return []


def _can_be_told(tx: Transaction, task: NurseTask, nurse: Nurse) -> bool:
    chat = tx.conversations.get(nurse.conversation_id) if nurse.conversation_id else None
    if not nurse.active or chat is None or chat.unreachable or task.patient_id is None:
        return False
    return task.patient_id in patients_in_scope(tx, nurse, [task.patient_id])
