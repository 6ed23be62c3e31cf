"""Tell: word what happens to an escalation, for the patient and for the nurses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.core.conversation import Conversation, Priority
from bot.core.escalation import OUTCOMES, Escalation
from bot.core.staff import Nurse
from bot.core.words import Words
from bot.services.case_notes import name_of, patient_of
from bot.services.outbox import NewButton, numbers, phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction

OUTCOMES_IN_A_ROW = 2


def tell_chats(
    tx: Transaction,
    parts: Parts,
    chats: Iterable[Conversation],
    words: Words,
    *,
    key: str,
    priority: Priority = Priority.CONVERSATION,
    nurse: str = "",
) -> None:
    """One sentence to each of the patient's chats, in the language of that chat."""
    for chat in chats:
        text = words.say(chat.language, nurse=nurse, **numbers(parts))
        put(tx, parts, chat.id, text, key=f"{key}:{chat.id}", priority=priority, kind="system")


def tell_nurse(
    tx: Transaction,
    parts: Parts,
    nurse: Nurse,
    text: str,
    *,
    key: str,
    buttons: Sequence[Sequence[NewButton]] = (),
) -> str | None:
    """One message to a nurse's own chat; None when she has none, or was told already."""
    if nurse.conversation_id is None:
        return None
    return put(
        tx,
        parts,
        nurse.conversation_id,
        text,
        key=f"{key}:{nurse.id}",
        priority=Priority.NURSE_PAGE,
        buttons=buttons,
        kind="page",
    )


def about_case(
    tx: Transaction, parts: Parts, case: Escalation, nurse: Nurse, key: str, /, **values: object
) -> str:
    """A sentence to a nurse about a case, with the patient's name in front of it."""
    said = phrase(parts, key, nurse.language, **values)
    return f"{patient_of(tx, case).name} · {said}"


def tell_others(
    tx: Transaction,
    parts: Parts,
    case: Escalation,
    nurses: Iterable[Nurse],
    key: str,
    /,
    **values: object,
) -> None:
    """The same sentence to several nurses, once for this change of the case."""
    for nurse in nurses:
        blanks = dict(values)
        if "outcome" in blanks:
            blanks["outcome"] = phrase(parts, f"outcome_{blanks['outcome']}", nurse.language)
        text = about_case(tx, parts, case, nurse, key, **blanks)
        tell_nurse(tx, parts, nurse, text, key=f"case:{case.id}:{case.changes}:{key}")


def case_button(parts: Parts, nurse: Nurse, case: Escalation, do: str) -> NewButton:
    """A button that does one thing with this case."""
    titles = {
        "acknowledge": "staff_button_have_it",
        "pass_on": "staff_button_pass_on",
        "close": "staff_button_close",
    }
    return NewButton(
        title=phrase(parts, titles[do], nurse.language),
        action="escalation",
        payload={"do": do, "escalation_id": case.id},
    )


def case_buttons(parts: Parts, nurse: Nurse, case: Escalation) -> list[list[NewButton]]:
    """What this nurse may do with the case now."""
    first = "close" if case.acknowledged_by == nurse.id else "acknowledge"
    talk = NewButton(
        title=phrase(parts, "staff_button_take_over", nurse.language),
        action="takeover",
        payload={"do": "take", "escalation_id": case.id},
    )
    return [[case_button(parts, nurse, case, do) for do in (first, "pass_on")], [talk]]


def outcome_buttons(parts: Parts, nurse: Nurse, case: Escalation) -> list[list[NewButton]]:
    """One button for each way in which a case may end."""
    offered = [
        NewButton(
            title=phrase(parts, f"outcome_{outcome}", nurse.language),
            action="escalation",
            payload={"do": "outcome", "escalation_id": case.id, "outcome": outcome},
        )
        for outcome in OUTCOMES
    ]
    width = OUTCOMES_IN_A_ROW
    return [offered[start : start + width] for start in range(0, len(offered), width)]


def who_has_it(tx: Transaction, parts: Parts, case: Escalation, nurse: Nurse) -> str:
    """A kind answer to a press that came too late."""
    key = "staff_already_closed" if case.is_closed else "staff_taken_by"
    return about_case(tx, parts, case, nurse, key, nurse=name_of(tx, case.holder))
