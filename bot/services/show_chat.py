"""Show a web chat: the lines that its page shows, from a place onwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.conversation import Conversation, Inbound, Mode, Outbound, OutboundState, Priority
from bot.core.message import Part
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.show_transcript import said_by_someone

CHANNEL, ACCOUNT = "webchat", "web"
MOST_LINES = 200
# A message may be delivered after one that follows it: look back a little.
LOOK_BACK = 30


@dataclass(frozen=True)
class ChatLine:
    """One line of the page. `mine` is what this browser sent; `client_id` how it named it."""

    id: str
    at: datetime
    mine: bool
    kind: str
    text: str
    urgent: bool = False
    photo: bool = False
    buttons: tuple[tuple[str, str], ...] = ()
    external_id: str = ""


@dataclass(frozen=True)
class Chat:
    """The page's state. `heard` and `said` are the place up to which it is known."""

    language: str | None
    mode: Mode
    lines: tuple[ChatLine, ...]
    heard: int
    said: int


NO_CHAT = Chat(language=None, mode=Mode.UNKNOWN, lines=(), heard=0, said=0)


def show_chat(parts: Parts, *, address: str, heard: int = 0, said: int = 0) -> Chat:
    """The newest lines after a place that the page knows already."""
    with parts.record.reading() as tx:
        chat = conversation_at(tx, address)
        if chat is None:
            return NO_CHAT
        came = tx.inbound.find(
            conversation_id=chat.id, seq__gt=heard, order_by="-seq", limit=MOST_LINES
        )
        went = tx.outbound.find(
            conversation_id=chat.id,
            seq__gt=max(0, said - LOOK_BACK),
            state=OutboundState.SENT,
            order_by="-seq",
            limit=MOST_LINES,
        )
        open_buttons = _open_buttons(tx, chat, went)
    lines = [_mine(one) for one in came if said_by_someone(one)]
    lines += [_theirs(one, open_buttons) for one in went]
    lines.sort(key=lambda one: (one.at, not one.mine))
    return Chat(
        language=chat.language,
        mode=chat.mode,
        lines=tuple(lines[-MOST_LINES:]),
        heard=max((one.seq for one in came), default=heard),
        said=max((one.seq for one in went), default=said),
    )


def language_of(parts: Parts, *, address: str) -> str | None:
    """The language of the chat at this address; None when there is no chat yet."""
    with parts.record.reading() as tx:
        chat = conversation_at(tx, address)
    return chat.language if chat else None


def conversation_at(tx: Transaction, address: str) -> Conversation | None:
    """The web chat with this address."""
    return tx.conversations.one(channel=CHANNEL, account=ACCOUNT, address=address)


def opened_with(parts: Parts, *, address: str, code: str) -> str:
    """What a chat is to a code: "same" if it was opened with it before, "other" if the
    code is for somebody else than this chat already belongs to, else "new".

    A link is tapped again and again; that must not be a new message each time. And
    on a shared telephone one person must not land in the chat of another.
    """
    code_hash = parts.hash_code(code)
    with parts.record.reading() as tx:
        chat = conversation_at(tx, address)
        if chat is None:
            return "new"
        if tx.inbound.one(conversation_id=chat.id, start_code_hash=code_hash) is not None:
            return "same"
        invitation = tx.invitations.one(code_hash=code_hash)
        bound = chat.contact_id or chat.state.get("contact_id")
        if invitation is not None and bound and invitation.contact_id != bound:
            return "other"
    return "new"


def _mine(one: Inbound) -> ChatLine:
    return ChatLine(
        id=one.id,
        at=one.received_at,
        mine=True,
        kind="patient",
        text=one.text,
        photo=one.part == Part.PHOTO,
        external_id=one.external_id,
    )


def _theirs(one: Outbound, open_buttons: set[str]) -> ChatLine:
    return ChatLine(
        id=one.id,
        at=one.created_at,
        mine=False,
        kind=one.kind,
        text=one.text,
        urgent=one.priority <= Priority.URGENT_ADVICE,
        buttons=tuple(
            (button[0], button[1])
            for row in one.buttons
            for button in row
            if button[0] in open_buttons
        ),
    )


def _open_buttons(tx: Transaction, chat: Conversation, went: list[Outbound]) -> set[str]:
    """The buttons that may still be pressed: those of the newest message with any,
    unless one of them was."""
    newest = next((one for one in went if one.buttons), None)
    if newest is None:
        return set()
    offered = {button[0] for row in newest.buttons for button in row}
    pressed = tx.inbound.find(conversation_id=chat.id, button__in=sorted(offered), limit=1)
    used = tx.buttons.find(outbound_id=newest.id, used_at__not=None, limit=1)
    return set() if pressed or used else offered


def photo_of(parts: Parts, *, address: str, line_id: str) -> str | None:
    """The media id of a photo that this chat itself sent."""
    with parts.record.reading() as tx:
        chat = conversation_at(tx, address)
        one = tx.inbound.get(line_id)
        if chat is None or one is None or one.conversation_id != chat.id or not one.media:
            return None
        return one.media[0]
