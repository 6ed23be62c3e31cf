"""Hand back: the nurse has finished, and the chatbot goes on where it was."""

from __future__ import annotations

from dataclasses import replace

from bot.core.check_in import CheckInState
from bot.core.conversation import Conversation, Mode
from bot.core.errors import AlreadyDone, NotFound
from bot.core.schedule import in_quiet_hours, next_opening
from bot.core.staff import Nurse, StaffRole
from bot.core.takeover import Ended, Takeover
from bot.services.ask import ask_again, open_question
from bot.services.audit import note
from bot.services.case_notes import name_of
from bot.services.lead import end, takeover_of, tell_leader
from bot.services.outbox import phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.take_over import may_lead
from bot.services.whom import Whom, open_check_in, whom

# They may hand back what a colleague leads: she may have gone home.
MAY_END_OTHERS = frozenset({StaffRole.CHARGE_NURSE, StaffRole.DOCTOR, StaffRole.ADMINISTRATOR})


def hand_back(parts: Parts, *, conversation_id: str, nurse_id: str) -> None:
    """Let the chatbot lead again. Raises AlreadyDone (who leads), NotFound, NotAllowed."""
    with parts.record.transaction() as tx:
        hand_back_in(tx, parts, conversation_id=conversation_id, nurse_id=nurse_id)


def hand_back_in(tx: Transaction, parts: Parts, *, conversation_id: str, nurse_id: str) -> None:
    """The same inside a transaction of the caller. Her second press changes nothing."""
    chat = tx.conversations.get(conversation_id, lock=True)
    nurse, _ = may_lead(tx, chat, nurse_id)
    if chat is None:
        raise NotFound(f"no chat {conversation_id}")
    takeover = takeover_of(tx, chat)
    if chat.mode is not Mode.NURSE or takeover is None:
        return
    if takeover.nurse_id != nurse.id and nurse.role not in MAY_END_OTHERS:
        raise AlreadyDone(name_of(tx, takeover.nurse_id))
    leader = tx.nurses.get(takeover.nurse_id) or nurse
    give_back(tx, parts, chat, takeover, Ended.HANDED_BACK, by=nurse.id)
    for told in {one.id: one for one in (leader, nurse)}.values():
        tell_leader(tx, parts, takeover, told, "staff_handed_back")


def give_back(
    tx: Transaction,
    parts: Parts,
    chat: Conversation,
    takeover: Takeover,
    how: Ended,
    *,
    by: str = "",
    line: str = "nurse_handed_back",
) -> None:
    """The chatbot leads from now on: a line for the patient, and the open question again.

    In the patient's quiet hours the question waits for the morning. `line` says what she
    reads; after "nurse_led_away" she waits for a nurse, so nothing is asked at once.
    """
    back = replace(chat, mode=Mode.BOT, nurse_id=None, epoch=chat.epoch + 1)
    tx.conversations.swap(chat, back)
    end(tx, parts, takeover, how, by=by)
    who, nurse = whom(tx, parts, back), tx.nurses.get(takeover.nurse_id)
    asked = who is not None and line == "nurse_handed_back" and _may_ask(tx, parts, who)
    again = asked and open_question(tx, parts, back) is not None
    text = phrase(parts, line, back.language, nurse=_name(nurse))
    if again:
        text = f"{text}\n{phrase(parts, 'check_in_again', back.language)}"
    put(tx, parts, back.id, text, key=f"takeover:{takeover.id}:ended", kind="system")
    if again:
        ask_again(tx, parts, back, key=f"takeover:{takeover.id}:again")
    if who is not None:
        _wake_check_ins(tx, parts, who)
    details = f"{chat.id} {how}"
    note(
        tx,
        parts,
        who=by or "system",
        action="chat.hand_back",
        about=takeover.patient_id,
        details=details,
    )


def _name(nurse: Nurse | None) -> str:
    return nurse.name if nurse else ""


def _may_ask(tx: Transaction, parts: Parts, who: Whom) -> bool:
    """Whether a question may be asked now; at night it is put off until the morning."""
    now, zone = parts.clock.now(), who.patient.time_zone
    if not in_quiet_hours(now, zone, who.pathway):
        return True
    check_in = open_check_in(tx, who.episode, lock=True)
    if check_in is not None and check_in.postponed_until is None:
        morning = next_opening(now, zone, who.pathway)
        waiting = replace(check_in, postponed_until=morning, follow_up_at=morning)
        tx.check_ins.swap(check_in, waiting)
    return False


def _wake_check_ins(tx: Transaction, parts: Parts, who: Whom) -> None:
    """What fell due while the nurse led goes out now and not at the next look."""
    now = parts.clock.now()
    for one in tx.check_ins.find(
        episode_id=who.episode.id, state=CheckInState.PLANNED, due_at__lte=now
    ):
        tx.check_ins.swap(one, replace(one, follow_up_at=now))
        tx.wake("check_in", one.id)
