"""FHIR talk: every message between a person and the house, as Communication."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.core.conversation import Inbound, Outbound, OutboundState
from bot.core.patient_file import Said
from bot.core.triage_level import TriageLevel
from bot.exchange.fhir_plan import PRIORITIES
from bot.exchange.fhir_scribe import CHATBOT, Scribe, given
from bot.exchange.fhir_words import Json

STATES: Final = {
    OutboundState.QUEUED: "preparation",
    OutboundState.SENDING: "in-progress",
    OutboundState.SENT: "completed",
    OutboundState.DEAD: "not-done",
    OutboundState.CANCELLED: "not-done",
}


def talk(scribe: Scribe) -> Iterator[Json]:
    """What came in and what went out, each with who said it and when."""
    for one in scribe.file.said:
        if isinstance(one.message, Inbound):
            yield _heard(scribe, one, one.message)
        else:
            yield _told(scribe, one, one.message)


def _heard(scribe: Scribe, said: Said, message: Inbound) -> Json:
    """`priority` is what screening made of it. Of a photo there is only that it came."""
    photos = [{"contentAttachment": {"title": "photo"}} for _ in message.media]
    levels = {one.word: one for one in TriageLevel}
    return {
        **scribe.head("Communication", message.id),
        "status": "completed",
        "priority": PRIORITIES[levels.get(message.level, TriageLevel.ROUTINE)],
        "subject": scribe.subject,
        "recipient": [scribe.ref("Device", CHATBOT)],
        "sender": scribe.person(said.contact_id),
        **given(
            sent=scribe.at(message.sent_at) if message.sent_at else "",
            received=scribe.at(message.received_at),
            payload=[*_words(scribe, message.text), *photos],
        ),
    }


def _told(scribe: Scribe, said: Said, message: Outbound) -> Json:
    state = STATES[message.state]
    settled = message.settled_at if message.state is OutboundState.SENT else None
    nurse = scribe.nurse(said.nurse_id or None)
    why = {"text": str(message.state)} if state == "not-done" else None
    return {
        **scribe.head("Communication", message.id),
        "status": state,
        "subject": scribe.subject,
        "recipient": [scribe.person(said.contact_id)],
        "sender": nurse or scribe.ref("Device", CHATBOT),
        **given(
            statusReason=why,
            sent=scribe.at(settled) if settled else "",
            payload=_words(scribe, message.text),
        ),
    }


def _words(scribe: Scribe, text: str) -> list[Json]:
    told = scribe.words(text)
    return [{"contentString": told}] if told else []
