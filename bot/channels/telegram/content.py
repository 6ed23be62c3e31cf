"""Content: what stands in one Telegram message: its kind, files, and a note for the nurse."""

from __future__ import annotations

from typing import Any, NamedTuple

from bot.channels.telegram.fields import part_of, text_of
from bot.core.message import Part

# An animation also carries a document, a venue also a location: order matters.
_FILES = {
    "voice": Part.VOICE,
    "audio": Part.VOICE,
    "video": Part.VIDEO,
    "video_note": Part.VIDEO,
    "animation": Part.VIDEO,
    "sticker": Part.STICKER,
    "document": Part.FILE,
}
_BY_TYPE = {"image": Part.PHOTO, "video": Part.VIDEO, "audio": Part.VOICE}

# Notices of the chat itself; no person says anything with them.
NOTICES = frozenset(
    {
        "new_chat_members",
        "left_chat_member",
        "new_chat_title",
        "new_chat_photo",
        "delete_chat_photo",
        "group_chat_created",
        "supergroup_chat_created",
        "channel_chat_created",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
        "message_auto_delete_timer_changed",
        "pinned_message",
        "connected_website",
        "write_access_allowed",
        "proximity_alert_triggered",
        "boost_added",
        "chat_background_set",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
        "video_chat_scheduled",
        "video_chat_started",
        "video_chat_ended",
        "video_chat_participants_invited",
    }
)


class Content(NamedTuple):
    """The kind of a message, its files and what else a nurse should see."""

    part: Part
    media: tuple[str, ...] = ()
    note: str = ""


def read_content(message: dict[str, Any]) -> Content:
    """Say what `message` holds. A kind we do not know is OTHER, never nothing."""
    if photo := _largest(message.get("photo")):
        return Content(Part.PHOTO, (photo,))
    for key, part in _FILES.items():
        if key in message:
            return _file(part_of(message, key), part)
    if "location" in message or "venue" in message:
        return Content(Part.LOCATION, (), _place(message))
    if "contact" in message:
        return Content(Part.CONTACT, (), _contact(part_of(message, "contact")))
    if text_of(message, "text"):
        return Content(Part.TEXT)
    return Content(Part.OTHER, _any_file(message), text_of(part_of(message, "poll"), "question"))


def _file(file: dict[str, Any], part: Part) -> Content:
    if part is Part.FILE:  # a photo sent "as a file" is still a photo for the nurse
        part = _BY_TYPE.get(text_of(file, "mime_type").partition("/")[0], part)
    file_id = text_of(file, "file_id")
    note = text_of(file, "emoji") or text_of(file, "file_name")
    return Content(part, (file_id,) if file_id else (), note)


def _largest(sizes: Any) -> str:
    """Telegram lists the sizes of a photo from small to large."""
    found = [text_of(one, "file_id") for one in sizes] if isinstance(sizes, list) else []
    return next((one for one in reversed(found) if one), "")


def _place(message: dict[str, Any]) -> str:
    venue = part_of(message, "venue")
    location = part_of(message, "location") or part_of(venue, "location")
    where = [location.get("latitude"), location.get("longitude")]
    numbers = ",".join(f"{one:.6f}" for one in where if _is_degrees(one))
    return " ".join(filter(None, (numbers, text_of(venue, "title"), text_of(venue, "address"))))


def _is_degrees(value: Any) -> bool:
    return isinstance(value, int | float) and -180 <= value <= 180


def _contact(contact: dict[str, Any]) -> str:
    keys = ("first_name", "last_name", "phone_number")
    return " ".join(filter(None, (text_of(contact, key) for key in keys)))


def _any_file(message: dict[str, Any]) -> tuple[str, ...]:
    found = (text_of(value, "file_id") for value in message.values())
    return tuple(one for one in found if one)
