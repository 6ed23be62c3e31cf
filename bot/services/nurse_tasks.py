"""Nurse tasks: work for a nurse that is not an escalation, until she says it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final, TypedDict, Unpack

from bot.core.conversation import Inbound
from bot.core.errors import AlreadyDone, NotFound
from bot.core.permissions import Permission
from bot.core.staff import NurseTask
from bot.core.triage_level import TriageLevel
from bot.services.audit import note
from bot.services.parts import Parts
from bot.services.permissions import require
from bot.services.ports import Transaction
from bot.services.whom import Whom

# How soon each kind is due: as soon as a case of this level has its outcome.
# Deadlines themselves stand in the shared levels. Doubt goes up: an unknown kind
# is due the same day.
DUE_LIKE: Final[Mapping[str, TriageLevel]] = {
    "nobody_on_rota": TriageLevel.EMERGENCY,
    "silence": TriageLevel.WITHIN_48_HOURS,
    "question": TriageLevel.WITHIN_48_HOURS,
    "late_check_in": TriageLevel.WITHIN_48_HOURS,
    "late_reminder": TriageLevel.WITHIN_48_HOURS,
    "opted_out": TriageLevel.WITHIN_48_HOURS,
    "code_locked": TriageLevel.WITHIN_48_HOURS,
    "rota_gap": TriageLevel.WITHIN_48_HOURS,
    "transferred": TriageLevel.WITHIN_48_HOURS,
}
LONGEST_OUTCOME: Final = 200
NO_DEADLINE: Final = timedelta(days=1)


class About(TypedDict, total=False):
    """What a task is about; each of these may be left out."""

    patient_id: str | None
    episode_id: str | None
    conversation_id: str | None
    inbound_id: str | None


def make_task(
    tx: Transaction,
    parts: Parts,
    *,
    kind: str,
    key: str,
    text: str = "",
    level: TriageLevel | None = None,
    **about: Unpack[About],
) -> bool:
    """Make a task, at most once per `key`; says whether it is new.

    `text` is what the nurse must read (the patient's own words). `level` makes
    it due like a case of that level, where the kind alone does not say it.
    """
    now = parts.clock.now()
    return tx.tasks.add_if_new(
        NurseTask(
            id=parts.ids.new(),
            key=key,
            kind=kind,
            patient_id=about.get("patient_id"),
            episode_id=about.get("episode_id"),
            conversation_id=about.get("conversation_id"),
            inbound_id=about.get("inbound_id"),
            text=text,
            created_at=now,
            due_at=now + _time_for(parts, level or DUE_LIKE.get(kind, TriageLevel.SAME_DAY)),
        )
    )


def message_task(
    tx: Transaction, parts: Parts, who: Whom, message: Inbound, kind: str, *, key: str = ""
) -> bool:
    """A nurse reads this message of a patient we know; once per kind, or per `key`."""
    return make_task(
        tx,
        parts,
        kind=kind,
        key=key or f"{kind}:{message.id}",
        patient_id=who.patient.id,
        episode_id=who.episode.id,
        conversation_id=message.conversation_id,
        inbound_id=message.id,
        text=message.text,
    )


def _time_for(parts: Parts, level: TriageLevel) -> timedelta:
    policy = parts.library.shared.levels[max(level, TriageLevel.WITHIN_48_HOURS)]
    return policy.outcome_within or NO_DEADLINE


def finish_task(parts: Parts, *, task_id: str, nurse_id: str, outcome: str) -> NurseTask:
    """A named nurse says what became of it. Raises NotFound, AlreadyDone, ValueError."""
    if not outcome.strip():
        raise ValueError("say what became of it")
    with parts.record.transaction() as tx:
        task, nurse = tx.tasks.get(task_id, lock=True), tx.nurses.get(nurse_id)
        if task is None or nurse is None:
            raise NotFound(f"no task {task_id}" if task is None else f"no nurse {nurse_id}")
        require(nurse, Permission.DO_TASK)
        now, call_back = parts.clock.now(), task.solve_by is not None
        done = replace(
            task,
            done_at=now,
            done_by=nurse_id,
            outcome=outcome.strip()[:LONGEST_OUTCOME],
            answered_at=task.answered_at or (now if call_back else None),
            answered_by=task.answered_by or (nurse_id if call_back else None),
            look_at=None,
        )
        if task.done_at is not None or not tx.tasks.swap(task, done):
            by = tx.nurses.get(task.done_by) if task.done_by else None
            raise AlreadyDone(by.name if by else "")
        note(tx, parts, who=nurse_id, action="task.finish", about=task_id, details=task.kind)
    return done
