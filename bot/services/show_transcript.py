"""Show the transcript: who said what to whom about one patient, in order of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.conversation import Conversation, Inbound, Outbound
from bot.core.message import Part
from bot.core.patient import Contact, Role
from bot.services.ports import Transaction
from bot.services.show_worklist import names_of
from bot.services.whose_chat import turns_of, whose

MOST_LINES = 400
SAID = frozenset(str(one) for one in Part) | {"group"}
WROTE = "wrote_to_patient"  # the audit action that names the nurse behind a message


@dataclass(frozen=True)
class Line:
    """One message of the transcript.

    `speaker` is patient, caregiver, unknown, bot, nurse or system; `level` is
    what screening made of a patient's words, `spans` the words it stopped at.
    """

    id: str
    at: datetime
    speaker: str
    name: str
    text: str
    level: str = "routine"
    spans: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    part: str = "text"
    edited: bool = False
    forwarded: bool = False
    state: str = ""
    choices: tuple[str, ...] = ()
    channel: str = ""


def chats_of(
    tx: Transaction, contacts: Iterable[Contact], also: str | None = None
) -> list[Conversation]:
    """Every chat of these contacts, and the one with id `also`."""
    ids = [one.id for one in contacts]
    found = tx.conversations.find(contact_id__in=ids) if ids else []
    extra = tx.conversations.get(also) if also else None
    if extra is not None and extra.id not in {one.id for one in found}:
        found.append(extra)
    return found


def transcript_of(
    tx: Transaction, contacts: Iterable[Contact], chats: Iterable[Conversation]
) -> tuple[Line, ...]:
    """The newest lines of these chats, oldest first.

    Of a phone that was another patient's before or after, only what was said while it was
    these contacts', or nobody's.
    """
    people = {one.id: one for one in contacts}
    by_id = {one.id: one for one in chats}
    if not by_id:
        return ()
    came = tx.inbound.find(
        conversation_id__in=sorted(by_id), order_by="-received_at", limit=MOST_LINES
    )
    went = tx.outbound.find(
        conversation_id__in=sorted(by_id), order_by="-created_at", limit=MOST_LINES
    )
    authors = _authors(tx, went)
    turns = turns_of(tx, by_id.values())

    def hers(chat_id: str, at: datetime) -> bool:
        holder = whose(turns[chat_id], at)
        return not people or not holder or holder in people

    lines = [
        _heard(one, by_id[one.conversation_id], people)
        for one in came
        if said_by_someone(one) and hers(one.conversation_id, one.received_at)
    ]
    lines += [
        _said(one, by_id[one.conversation_id], authors)
        for one in went
        if one.kind != "page" and hers(one.conversation_id, one.created_at)
    ]
    # What came in at a moment stands before what it led to.
    lines.sort(key=lambda one: (one.at, one.speaker in ("bot", "nurse", "system")))
    return tuple(lines[-MOST_LINES:])


def said_by_someone(one: Inbound) -> bool:
    """Whether a person said this. Opening a link and our own marks in the lane are no words."""
    return one.part in SAID and not (one.start_code_hash and not one.text)


def _heard(one: Inbound, chat: Conversation, people: dict[str, Contact]) -> Line:
    contact = people.get(chat.contact_id or str(chat.state.get("contact_id", "")))
    speaker = "unknown"
    if contact is not None:
        speaker = "patient" if contact.role is Role.PATIENT else "caregiver"
    return Line(
        id=one.id,
        at=one.received_at,
        speaker=speaker,
        name=contact.name if contact else "",
        text=one.text,
        level=one.level,
        spans=tuple(_spans(one.screening)),
        media=tuple(one.media),
        part=one.part,
        edited=one.edited,
        forwarded=one.forwarded,
        channel=one.channel,
    )


def _said(one: Outbound, chat: Conversation, authors: dict[str, str]) -> Line:
    return Line(
        id=one.id,
        at=one.settled_at or one.created_at,
        speaker=one.kind if one.kind in ("nurse", "system") else "bot",
        name=authors.get(one.id, ""),
        text=one.text,
        state=str(one.state),
        choices=tuple(button[1] for row in one.buttons for button in row),
        channel=chat.channel,
    )


def _authors(tx: Transaction, went: list[Outbound]) -> dict[str, str]:
    """The nurse behind each nurse's line, from the audit that was written with it."""
    ids = [one.id for one in went if one.kind == "nurse"]
    if not ids:
        return {}
    entries = tx.audit.find(action=WROTE, details__in=ids)
    names = names_of(tx, (one.who for one in entries))
    return {one.details: names.get(one.who, "") for one in entries}


def _spans(screening: dict[str, Any]) -> Iterable[str]:
    for flag in screening.get("red_flags", ()):
        if flag.get("span"):
            yield str(flag["span"])
