"""Conversation: one chat, what came in, what goes out, and who leads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any


class Mode(StrEnum):
    """Who leads the conversation. The chatbot speaks freely only in BOT."""

    UNKNOWN = "unknown"  # no code yet: we know nothing of this person
    VERIFYING = "verifying"  # code accepted, year of birth asked
    CONSENTING = "consenting"
    BOT = "bot"
    NURSE = "nurse"  # takeover
    STOPPED = "stopped"  # STOP was said; only START is heard


@dataclass(frozen=True)
class Conversation:
    """One chat on one channel. `lane` fields hold the right to process it.

    `last_seq` numbers what comes in, `last_out` what goes out: the order of a
    conversation is ours, never a queue's. `epoch` grows when the lead changes;
    a message written under an older epoch is not sent.
    """

    id: str
    channel: str
    account: str
    address: str
    mode: Mode
    language: str
    created_at: datetime
    contact_id: str | None = None
    nurse_id: str | None = None  # who leads in Mode.NURSE, or whose own chat this is
    epoch: int = 0
    last_seq: int = 0
    last_out: int = 0
    lane_token: int = 0
    lane_until: datetime | None = None
    unreachable: bool = False
    busy_until: datetime | None = None  # its provider's pace: see bot.core.pace
    state: dict[str, Any] = field(default_factory=dict)  # small notes between two turns


class InboundState(StrEnum):
    RECEIVED = "received"
    DONE = "done"
    FAILED = "failed"  # given up: the fixed text was sent and a nurse task made


@dataclass(frozen=True)
class Inbound:
    """One message that was sent to us, kept before anything else happens."""

    id: str
    conversation_id: str
    seq: int
    channel: str
    account: str
    external_id: str
    part: str
    text: str
    received_at: datetime
    state: InboundState = InboundState.RECEIVED
    button: str = ""
    media: list[str] = field(default_factory=list)
    edited: bool = False
    forwarded: bool = False
    start_code_hash: str = ""
    message_id: str = ""
    note: str = ""  # what the channel says of it, for the nurse: coordinates, a file's name
    sent_at: datetime | None = None
    level: str = "routine"
    screening: dict[str, Any] = field(default_factory=dict)
    attempts: int = 0
    not_before: datetime | None = None
    done_at: datetime | None = None


class Priority(IntEnum):
    """Which waiting message goes first when a provider makes us wait."""

    NURSE_PAGE = 0
    URGENT_ADVICE = 1
    CONVERSATION = 2
    CHECK_IN = 3


class OutboundState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"  # will never be taken; a nurse task owns it
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Outbound:
    """One message to one chat. `key` makes it exist at most once."""

    id: str
    conversation_id: str
    seq: int
    key: str
    priority: Priority
    text: str
    created_at: datetime
    buttons: list[list[list[str]]] = field(default_factory=list)  # rows of [id, title]
    kind: str = "bot"  # bot | nurse | system | page
    state: OutboundState = OutboundState.QUEUED
    epoch: int = 0
    not_before: datetime | None = None
    attempts: int = 0
    possible_duplicate: bool = False
    external_id: str = ""
    settled_at: datetime | None = None
    note: str = ""
    sender: str = ""  # "channel:account": whose pace it goes by
    check_in_id: str | None = None  # the check-in it asks for; not sent when that is over


@dataclass(frozen=True)
class ButtonPress:
    """What a button we sent stands for. Its id is opaque; `used_at` closes it."""

    id: str
    conversation_id: str
    action: str  # answer | consent | command | escalation
    payload: dict[str, Any]
    created_at: datetime
    title: str = ""
    outbound_id: str = ""
    used_at: datetime | None = None


@dataclass(frozen=True)
class Turn:
    """One engine turn as it was answered, so that a retry says the same."""

    id: str
    conversation_id: str
    replies: list[dict[str, Any]]
    created_at: datetime
