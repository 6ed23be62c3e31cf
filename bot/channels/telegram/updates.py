"""Updates: every kind of Telegram update becomes ours, or is set aside with a reason.

We read the plain object, not `telegram.Update`: the library's parser raises on
one missing field, so one strange update would hold up everybody's messages,
and it logs the whole batch when that happens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.channels.telegram.account import CHANNEL
from bot.channels.telegram.content import NOTICES, read_content
from bot.channels.telegram.fields import id_of, moment_of, number_of, part_of, text_of
from bot.core.message import Incoming, Part, PresenceChange

# Kinds in which nobody writes to us. A kind that stands nowhere here is new to
# us and is handed on as OTHER when a person sent it.
_SET_ASIDE = {
    **dict.fromkeys(("channel_post", "edited_channel_post"), "a channel, not a person"),
    **dict.fromkeys(("message_reaction", "message_reaction_count"), "a reaction"),
    **dict.fromkeys(("inline_query", "chosen_inline_result"), "inline mode is not used"),
    **dict.fromkeys(("shipping_query", "pre_checkout_query"), "payments are not used"),
    **dict.fromkeys(("poll", "poll_answer"), "polls are not used"),
    **dict.fromkeys(("chat_member", "chat_join_request"), "membership of a group"),
    **dict.fromkeys(("chat_boost", "removed_chat_boost"), "boosts of a group"),
    **dict.fromkeys(
        ("business_connection", "business_message", "edited_business_message"),
        "business accounts are not used",
    ),
    "deleted_business_messages": "business accounts are not used",
    "purchased_paid_media": "payments are not used",
    "guest_message": "a chat of other people, into which the bot was called",
    "managed_bot": "bots that manage bots are not used",
}
_START = re.compile(r"/start(?:@\w+)?\s+([A-Za-z0-9_-]{1,64})\s*", re.ASCII)


@dataclass(frozen=True)
class Ignored:
    """An update that is no message from a person, and why. It holds no words."""

    external_id: str
    reason: str


def read_update(raw: Any, *, account: str) -> Incoming | PresenceChange | Ignored:
    """Turn one update into ours. Takes anything and never raises."""
    update_id = id_of(raw, "update_id")
    if not update_id:
        return Ignored("", "not an update")
    for kind in ("message", "edited_message"):
        if kind in raw:
            edited = kind == "edited_message"
            return _message(part_of(raw, kind), update_id, account, edited=edited)
    if "callback_query" in raw:
        return _tap(part_of(raw, "callback_query"), update_id, account)
    if "my_chat_member" in raw:
        return _presence(part_of(raw, "my_chat_member"), update_id, account)
    for kind, reason in _SET_ASIDE.items():
        if kind in raw:
            return Ignored(update_id, reason)
    return _unknown_kind(raw, update_id, account)


def _message(
    message: dict[str, Any], update_id: str, account: str, *, edited: bool = False
) -> Incoming | Ignored:
    address = _address(message)
    if not address:
        return Ignored(update_id, "no chat to answer to")
    content = read_content(message)
    if content.part is Part.OTHER and NOTICES & message.keys():
        return Ignored(update_id, "a notice of the chat itself")
    if edited and "live_period" in part_of(message, "location"):
        return Ignored(update_id, "a live location moved on")
    text, start_code = _text_and_code(message)
    return Incoming(
        channel=CHANNEL,
        account=account,
        external_id=update_id,
        address=address,
        part=content.part,
        text=text,
        media=content.media,
        media_group=text_of(message, "media_group_id"),
        edited=edited,
        forwarded=any(key in message for key in ("forward_origin", "forward_date")),
        group=_is_group(part_of(message, "chat")),
        start_code=start_code,
        sent_at=moment_of(message, "edit_date") or moment_of(message, "date"),
        message_id=id_of(message, "message_id"),
        language_hint=text_of(part_of(message, "from"), "language_code"),
        note=content.note,
    )


def _tap(query: dict[str, Any], update_id: str, account: str) -> Incoming | Ignored:
    """A tapped button. The message may be missing when the button is old."""
    message = part_of(query, "message")
    address = id_of(part_of(message, "chat"), "id") or id_of(part_of(query, "from"), "id")
    if not address:
        return Ignored(update_id, "no chat to answer to")
    button = text_of(query, "data")
    return Incoming(
        channel=CHANNEL,
        account=account,
        external_id=update_id,
        address=address,
        part=Part.BUTTON,
        button=button if 1 <= len(button.encode()) <= 64 else "",
        group=_is_group(part_of(message, "chat")),
        message_id=id_of(message, "message_id"),
        language_hint=text_of(part_of(query, "from"), "language_code"),
        note=_title(message, button),
        answer_id=text_of(query, "id"),
    )


def _presence(change: dict[str, Any], update_id: str, account: str) -> PresenceChange | Ignored:
    chat = part_of(change, "chat")
    address = id_of(chat, "id")
    status = text_of(part_of(change, "new_chat_member"), "status")
    if not address or _is_group(chat):
        return Ignored(update_id, "membership of a group")
    if status not in ("kicked", "left", "member"):
        return Ignored(update_id, "a membership status we do not know")
    return PresenceChange(CHANNEL, account, update_id, address, blocked=status != "member")


def _unknown_kind(raw: dict[str, Any], update_id: str, account: str) -> Incoming | Ignored:
    for value in raw.values():
        if _address(value):
            return _message(value, update_id, account)
    return Ignored(update_id, "a kind of update we do not know, without a chat")


def _address(message: Any) -> str:
    return id_of(part_of(message, "chat"), "id") or id_of(part_of(message, "from"), "id")


def _is_group(chat: dict[str, Any]) -> bool:
    kind = text_of(chat, "type")
    return kind != "private" if kind else (number_of(chat, "id") or 0) < 0


def _text_and_code(message: dict[str, Any]) -> tuple[str, str]:
    """The words, and the code of the link that opened the chat.

    The code is a secret until it is used, so it does not stay in the words.
    """
    text = text_of(message, "text") or text_of(message, "caption")
    found = _START.fullmatch(text)
    return ("/start", found[1]) if found else (text, "")


def _title(message: dict[str, Any], button: str) -> str:
    rows = part_of(message, "reply_markup").get("inline_keyboard")
    for row in rows if isinstance(rows, list) else ():
        for one in row if isinstance(row, list) else ():
            if button and text_of(one, "callback_data") == button:
                return text_of(one, "text")
    return ""
