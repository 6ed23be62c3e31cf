"""Send again: a nurse decides that a message which was given up is worth another try."""

from __future__ import annotations

from dataclasses import replace

from bot.core.conversation import Conversation
from bot.core.errors import AlreadyDone, NotFound
from bot.core.permissions import Permission
from bot.core.staff import Nurse, NurseTask
from bot.services.audit import note
from bot.services.outbox import put
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require
from bot.services.ports import Transaction
from bot.services.staff_accounts import Refused
from bot.services.whom import chat_for

DEAD_LETTER = "dead_letter"


def send_again(parts: Parts, nurse: Nurse, task_id: str) -> NurseTask:
    """Queue the words of a dead letter once more, in the nurse's name, and end the task.

    They go to the same chat, or to another one of this patient when that is lost.
    Buttons are left out: what they stood for is over. Raises NotFound, NotAllowed,
    AlreadyDone, and Refused when no chat of the patient can be written to.
    """
    require(nurse, Permission.DO_TASK)
    with parts.record.transaction() as tx:
        task = tx.tasks.get(task_id)
        letter = tx.outbound.get(task.key.partition(":")[2]) if task else None
        if task is None or task.kind != DEAD_LETTER or letter is None or not task.patient_id:
            raise NotFound(f"no message to send again behind task {task_id}")
        patient_in_scope(tx, nurse, task.patient_id)
        chat = _chat(tx, task)
        if chat is None:
            raise Refused({"task": "no_chat"})
        done = replace(task, done_at=parts.clock.now(), done_by=nurse.id, outcome="sent_again")
        if task.done_at is not None or not tx.tasks.swap(task, done):
            by = tx.nurses.get(task.done_by) if task.done_by else None
            raise AlreadyDone(by.name if by else "")
        put(tx, parts, chat.id, letter.text, key=f"again:{task.id}", kind="nurse")
        note(tx, parts, who=nurse.id, action="task.send_again", about=task.id)
    return done


def _chat(tx: Transaction, task: NurseTask) -> Conversation | None:
    same = tx.conversations.get(task.conversation_id) if task.conversation_id else None
    if same is not None and not same.unreachable:
        return same
    episode = tx.episodes.get(task.episode_id) if task.episode_id else None
    return chat_for(tx, episode) if episode else None
