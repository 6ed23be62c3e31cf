"""Message: what a person sent and what we send, the same for every channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Part(StrEnum):
    """What kind of thing a person sent."""

    TEXT = "text"
    BUTTON = "button"
    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    STICKER = "sticker"
    FILE = "file"
    LOCATION = "location"
    CONTACT = "contact"
    OTHER = "other"  # a kind we do not know; still a message from a person


@dataclass(frozen=True)
class Incoming:
    """One thing a person sent.

    `external_id` is the provider's id of this delivery, unique per channel and
    account: the same id again is the same delivery again. `address` is where
    the answer goes (chat id, web-chat token id). `text` is text or caption.
    `button` is our own button id. `media` holds the provider's file ids;
    `media_group` ties the photos of one album together. `edited` replaces what
    `message_id` said before. `start_code` is the code of a link the person
    opened. `answer_id` is what the provider wants back when a button was tapped.
    """

    channel: str
    account: str
    external_id: str
    address: str
    part: Part
    text: str = ""
    button: str = ""
    media: tuple[str, ...] = ()
    media_group: str = ""
    edited: bool = False
    forwarded: bool = False
    group: bool = False
    start_code: str = ""
    sent_at: datetime | None = None
    message_id: str = ""
    language_hint: str = ""
    answer_id: str = ""


@dataclass(frozen=True)
class PresenceChange:
    """A person blocked us, or let us in again."""

    channel: str
    account: str
    external_id: str
    address: str
    blocked: bool


@dataclass(frozen=True)
class Button:
    """One tap: an opaque id of 1 to 64 bytes, and what the person reads on it."""

    id: str
    title: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.id.encode()) <= 64:
            raise ValueError("a button id has 1 to 64 bytes")


@dataclass(frozen=True)
class Outgoing:
    """One message to deliver: plain text, rows of buttons, at most one photo.

    `reply_key` names the logical message, the same on every attempt.
    """

    address: str
    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    photo: bytes | None = None
    reply_key: str = ""
