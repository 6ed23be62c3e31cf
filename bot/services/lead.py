"""Lead: which nurse leads which chat, and how a takeover's row begins, goes on and ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.conversation import Conversation, Inbound, Mode
from bot.core.escalation import Escalation
from bot.core.staff import Nurse
from bot.core.takeover import Ended, Takeover
from bot.services.audit import note
from bot.services.check_ins_due import TRIGGER
from bot.services.outbox import NewButton, phrase
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.sign_in import IDLE
from bot.services.step_escalation import can_be_paged
from bot.services.tell import tell_nurse
from bot.services.whom import chat_for


def takeover_of(tx: Transaction, chat: Conversation) -> Takeover | None:
    """The takeover of this chat that has not ended."""
    return tx.takeovers.one(conversation_id=chat.id, ended_at=None)


def led_by(tx: Transaction, nurse_id: str) -> list[Takeover]:
    """Every chat that this nurse leads now, in the order in which she took them over."""
    return tx.takeovers.find(nurse_id=nurse_id, ended_at=None, order_by="started_at,id")


def chat_of_case(tx: Transaction, case: Escalation) -> Conversation | None:
    """The chat to talk in about a case: where it was raised, else the patient's own."""
    raised_in = tx.conversations.get(case.conversation_id) if case.conversation_id else None
    if raised_in is not None and raised_in.mode in (Mode.BOT, Mode.NURSE):
        return raised_in
    episode = tx.episodes.get(case.episode_id)
    return chat_for(tx, episode) if episode else None


def unanswered(tx: Transaction, takeover: Takeover) -> Inbound | None:
    """The first thing the patient said after the nurse's last words."""
    found = tx.inbound.find(
        conversation_id=takeover.conversation_id,
        received_at__gt=takeover.touched_at,
        part__not=TRIGGER,
        order_by="seq",
        limit=1,
    )
    return found[0] if found else None


def touch(tx: Transaction, parts: Parts, chat: Conversation, nurse_id: str) -> None:
    """She wrote to the patient: her silence counts from now."""
    takeover = takeover_of(tx, chat)
    if takeover is None or takeover.nurse_id != nurse_id:
        return
    policy = parts.library.shared.takeover
    tx.takeovers.swap(takeover, takeover.touched(policy, at=parts.clock.now()))


def end(tx: Transaction, parts: Parts, takeover: Takeover, how: Ended, *, by: str = "") -> None:
    """Close the takeover's row. Who leads the chat from now on is the caller's to write."""
    now = parts.clock.now()
    ended = replace(takeover, ended_at=now, look_at=None, ended=str(how), ended_by=by)
    tx.takeovers.swap(takeover, ended)


def lose(tx: Transaction, parts: Parts, chat: Conversation) -> None:
    """The patient left this chat (STOP, a new phone, a new code): the nurse must know."""
    takeover = takeover_of(tx, chat)
    if takeover is None:
        return
    end(tx, parts, takeover, Ended.LOST)
    details = str(Ended.LOST)
    note(tx, parts, who="system", action="chat.end", about=takeover.patient_id, details=details)
    nurse = tx.nurses.get(takeover.nurse_id)
    if nurse is not None:
        tell_leader(tx, parts, takeover, nurse, "staff_takeover_lost")


def look_now(tx: Transaction, parts: Parts, nurse_id: str) -> None:
    """She left (signed out, lost her phone, account closed): look at what she leads."""
    for takeover in led_by(tx, nurse_id):
        tx.takeovers.swap(takeover, replace(takeover, look_at=parts.clock.now()))
        tx.wake("takeover", takeover.id)


def can_hear(tx: Transaction, parts: Parts, nurse: Nurse) -> bool:
    """Whether a reminder can reach her: in her own chat, or in the console while signed in."""
    if not nurse.active:
        return False
    if can_be_paged(tx, nurse):
        return True
    now = parts.clock.now()
    opened = tx.sign_ins.find(nurse_id=nurse.id, ended_at=None, expires_at__gt=now, waits_for="")
    return any(now - one.seen_at < IDLE for one in opened)


def about_patient(
    tx: Transaction, parts: Parts, patient_id: str, nurse: Nurse, key: str, /, **values: object
) -> str:
    """A sentence to a nurse with the patient's name in front of it."""
    patient = tx.patients.get(patient_id)
    return f"{patient.name if patient else ''} · {phrase(parts, key, nurse.language, **values)}"


def tell_leader(
    tx: Transaction,
    parts: Parts,
    takeover: Takeover,
    nurse: Nurse,
    key: str,
    /,
    *,
    mark: str = "",
    buttons: Sequence[Sequence[NewButton]] = (),
    **values: object,
) -> None:
    """One sentence about a takeover to a nurse's own chat, once per key and `mark`."""
    text = about_patient(tx, parts, takeover.patient_id, nurse, key, **values)
    once = f"takeover:{takeover.id}:{key}:{mark}"
    tell_nurse(tx, parts, nurse, text, key=once, buttons=buttons)


def lead_button(
    parts: Parts, nurse: Nurse, do: str, conversation_id: str, **more: str
) -> NewButton:
    """A button in a nurse's chat that does one thing with a patient's chat."""
    titles = {
        "take": "staff_button_take_over",
        "hand_back": "staff_button_hand_back",
        "quick_list": "staff_button_quick",
    }
    return NewButton(
        title=phrase(parts, titles[do], nurse.language),
        action="takeover",
        payload={"do": do, "conversation_id": conversation_id, **more},
    )


def lead_buttons(parts: Parts, nurse: Nurse, conversation_id: str) -> list[list[NewButton]]:
    """What a nurse who leads can press."""
    return [[lead_button(parts, nurse, do, conversation_id) for do in ("quick_list", "hand_back")]]


def take_from_button(
    parts: Parts, nurse: Nurse, conversation_id: str, leader: Nurse
) -> list[list[NewButton]]:
    """Taking a chat from a colleague is its own press, with her name on it."""
    title = phrase(parts, "staff_button_take_from", nurse.language, nurse=leader.name)
    payload = {"do": "take", "conversation_id": conversation_id, "from": leader.id}
    return [[NewButton(title=title, action="takeover", payload=payload)]]
