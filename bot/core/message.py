"""Message: what a person sent and what we send, the same for every channel."""

from __future__ import annotations

import unicodedata
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


def cleaned(text: str) -> str:
    """Return `text` without what a database refuses or what hides a word.

    Control characters go ("fe\\x00ver" must be screened as "fever", and
    PostgreSQL takes no NUL); half a surrogate pair becomes U+FFFD. Line ends
    and tabs stay.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = lines.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(c for c in whole if c in "\n\t" or unicodedata.category(c) != "Cc")


@dataclass(frozen=True)
class Incoming:
    """One thing a person sent.

    `external_id` is the provider's id of this delivery, unique per channel and
    account: the same id again is the same delivery again. `address` is where
    the answer goes (chat id, web-chat token id). `text` is the person's own
    words, from text or caption, already `cleaned`. `button` is our own button
    id. `media` holds the provider's file ids; `media_group` ties the photos of
    one album together. `edited` replaces what `message_id` said before.
    `start_code` is the code of a link the person opened; it stands nowhere
    else. `note` is what else came along, for a nurse's eyes and never for
    parsing: coordinates, a shared contact, a sticker's emoji, a file's name,
    the title of the tapped button. `answer_id` is what the provider wants back
    when a button was tapped.
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
    note: str = ""
    answer_id: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", cleaned(self.text))
        object.__setattr__(self, "note", cleaned(self.note))


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
