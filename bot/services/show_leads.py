"""Show leads: who talks in each chat of a patient, and which patients wait for a nurse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.core.conversation import Conversation, Mode
from bot.core.patient import Contact, Patient
from bot.core.staff import Nurse
from bot.core.takeover import Takeover
from bot.services.lead import takeover_of, unanswered
from bot.services.permissions import patients_in_scope
from bot.services.ports import Transaction


@dataclass(frozen=True)
class Lead:
    """One chat of a patient. `nurse` leads it since `since`; None: the chatbot does.

    `waits_since` is when the patient said what nobody has answered yet; `can_be_led`
    is false where nobody can be talked to (no consent, STOP, blocked).
    """

    chat: Conversation
    contact: Contact
    nurse: Nurse | None
    since: datetime | None
    waits_since: datetime | None
    can_be_led: bool


@dataclass(frozen=True)
class LedLine:
    """One chat that a nurse leads, as the worklist shows it."""

    takeover: Takeover
    patient: Patient
    nurse: str
    waits_since: datetime | None


def leads_of(
    tx: Transaction, contacts: Iterable[Contact], chats: Iterable[Conversation]
) -> tuple[Lead, ...]:
    """Every chat that belongs to one of these contacts."""
    people = {one.id: one for one in contacts}
    return tuple(
        _lead(tx, chat, people[chat.contact_id]) for chat in chats if chat.contact_id in people
    )


def _lead(tx: Transaction, chat: Conversation, contact: Contact) -> Lead:
    takeover = takeover_of(tx, chat) if chat.mode is Mode.NURSE else None
    return Lead(
        chat=chat,
        contact=contact,
        nurse=tx.nurses.get(takeover.nurse_id) if takeover else None,
        since=takeover.started_at if takeover else None,
        waits_since=waits_since(tx, takeover) if takeover else None,
        can_be_led=chat.mode in (Mode.BOT, Mode.NURSE) and not chat.unreachable,
    )


def waits_since(tx: Transaction, takeover: Takeover) -> datetime | None:
    """When the patient said what the nurse who leads has not answered yet."""
    found = unanswered(tx, takeover)
    return found.received_at if found else None


def led_now(tx: Transaction, nurse: Nurse) -> tuple[LedLine, ...]:
    """Every chat of this nurse's ward that somebody leads: who waits longest comes first."""
    found = tx.takeovers.find(ended_at=None, order_by="started_at,id")
    patients = patients_in_scope(tx, nurse, (one.patient_id for one in found))
    lines = [
        _line(tx, one, patients[one.patient_id]) for one in found if one.patient_id in patients
    ]
    lines.sort(
        key=lambda one: (one.waits_since is None, one.waits_since or one.takeover.started_at)
    )
    return tuple(lines)


def _line(tx: Transaction, takeover: Takeover, patient: Patient) -> LedLine:
    leader = tx.nurses.get(takeover.nurse_id)
    return LedLine(
        takeover=takeover,
        patient=patient,
        nurse=leader.name if leader else "",
        waits_since=waits_since(tx, takeover),
    )
