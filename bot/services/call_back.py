"""Call back: an unhappy patient hears from a nurse, and her matter is solved, each in time.

Her words were screened when they came in, as every message is: what is here never
changes what a red flag in them leads to.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.conversation import Inbound
from bot.core.errors import AlreadyDone, NotFound
from bot.core.permissions import Permission
from bot.core.reading import Outcome
from bot.core.schedule import next_opening
from bot.core.staff import NurseTask
from bot.services.ask import Said
from bot.services.audit import note
from bot.services.moments import when
from bot.services.outbox import phrase
from bot.services.parts import Parts
from bot.services.permissions import require
from bot.services.ports import Transaction
from bot.services.record_answer import Given, short_name
from bot.services.whom import Whom


def call_back_if_unhappy(
    tx: Transaction, parts: Parts, who: Whom, given: Given, language: str
) -> list[Said]:
    """A low score, or an answer that nobody could read: one call-back for each check-in."""
    question, reading, message = given.question, given.reading, given.message
    left_open = reading.outcome in (Outcome.DONT_KNOW, Outcome.REFUSED)
    if question.call_back_below is None or left_open:
        return []
    value = reading.value if reading.understood else None
    if isinstance(value, int | float) and value >= question.call_back_below:
        return []
    said = f"{short_name(question, parts.house.language)}: {message.text or reading.span}"
    key = f"call_back:{given.check_in.id}:{question.id}"
    task = open_call_back(tx, parts, who, message, kind="call_back", key=key, text=said)
    if task is None:
        return []
    by = when(parts, task.due_at, who, language)
    return [Said(phrase(parts, "call_back_promised", language, when=by))]


def open_call_back(
    tx: Transaction,
    parts: Parts,
    who: Whom,
    message: Inbound,
    *,
    kind: str,
    key: str,
    text: str,
) -> NurseTask | None:
    """The task with its two clocks, at most once per `key`; None when it is there.

    A nurse on duty is told of it at once, or by night as soon as the quiet hours end;
    but never later than its hour is over.
    """
    now, policy = parts.clock.now(), parts.library.shared.call_back
    answer_by = now + policy.answer_within
    by_day = next_opening(now, parts.house.default_time_zone, who.pathway)
    task = NurseTask(
        id=parts.ids.new(),
        key=key,
        kind=kind,
        patient_id=who.patient.id,
        episode_id=who.episode.id,
        conversation_id=message.conversation_id,
        inbound_id=message.id,
        text=text,
        created_at=now,
        due_at=answer_by,
        solve_by=now + policy.solve_within,
        look_at=min(by_day, answer_by),
    )
    return task if tx.tasks.add_if_new(task) else None


def is_call_back(parts: Parts, task_id: str) -> bool:
    """Whether this task has the two clocks, and so ends only with what was done about it."""
    with parts.record.reading() as tx:
        task = tx.tasks.get(task_id)
        return task is not None and task.solve_by is not None


def answer_call_back(parts: Parts, *, task_id: str, nurse_id: str) -> NurseTask:
    """A named nurse has spoken with her: now it is to be solved.

    Raises NotFound, and AlreadyDone with the name of whoever was first.
    """
    with parts.record.transaction() as tx:
        task, nurse = tx.tasks.get(task_id, lock=True), tx.nurses.get(nurse_id)
        if task is None or nurse is None or task.solve_by is None:
            raise NotFound(f"no call-back {task_id} for {nurse_id}")
        require(nurse, Permission.DO_TASK)
        first = task.answered_by or task.done_by
        answered = replace(
            task,
            answered_at=parts.clock.now(),
            answered_by=nurse_id,
            due_at=task.solve_by,
            look_at=task.solve_by,
        )
        if first is not None or not tx.tasks.swap(task, answered):
            by = tx.nurses.get(first) if first else None
            raise AlreadyDone(by.name if by else "")
        note(tx, parts, who=nurse_id, action="task.answer", about=task_id, details=task.kind)
    return answered
