"""Sender: one message out, buttons answered and settled, photos fetched."""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
)

from bot.channels.telegram.connection import TelegramConnection
from bot.channels.telegram.texts import CAPTION_LIMIT, length, split_text
from bot.core.errors import DeliveryFailed
from bot.core.message import Button, Outgoing, cleaned
from bot.core.pace import Limits

# Telegram: "avoid sending more than one message per second" to one chat, short bursts may
# pass; "no more than about 30 messages per second" in all. https://core.telegram.org/bots/faq
# 20 for ever and 10 at once are never more than 30 in any one second. The 20 a minute for
# groups do not arise: the bot leaves groups.
LIMITS = Limits(
    per_second=20,
    burst=10,
    chat_every=timedelta(seconds=1),
    chat_burst=3,
    source="https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this",
)
FETCH_LIMIT_BYTES = 20 * 1024 * 1024
ANSWER_LIMIT = 200  # characters of the small notice after a tap
_KEPT = 1000  # unfinished long messages remembered at once


class _Step(NamedTuple):
    """One call of the provider; a long message takes several."""

    text: str
    photo: bytes | None = None
    rows: tuple[tuple[Button, ...], ...] = ()


class TelegramSender:
    """Sends from any thread. Plain text only: no mark-up, no link previews.

    Order and pace are the outbox's: this makes exactly one attempt.
    """

    own_page = False

    def __init__(self, connection: TelegramConnection) -> None:
        self._connection = connection
        self._guard = threading.Lock()
        self._taken: dict[str, int] = {}  # reply key -> steps that the provider took

    def send(self, message: Outgoing) -> str:
        """Deliver `message` and return the provider's id of its last part.

        Raises DeliveryFailed. When a long message broke off half-way, the next
        attempt with the same `reply_key` goes on with the part that failed.
        """
        chat = _chat(message.address)
        steps = _steps(message)
        if not steps:
            raise DeliveryFailed("refused", detail="nothing to send")
        message_id = ""
        for number in range(self._taken_of(message, len(steps)), len(steps)):
            message_id = self._connection.call(partial(_take, chat=chat, step=steps[number]))
            self._note_taken(message, number + 1, len(steps))
        return message_id

    def answer_button(self, answer_id: str, text: str = "") -> bool:
        """Stop the waiting sign on a tapped button. False when it is too late for that."""
        notice = cleaned(text)[:ANSWER_LIMIT] or None

        async def answer(bot: Bot) -> bool:
            return bool(await bot.answer_callback_query(answer_id, text=notice))

        return self._if_possible(answer)

    def settle_buttons(self, address: str, message_id: str) -> bool:
        """Take the buttons off a message. False when it has none any more."""
        chat = _chat(address)

        async def settle(bot: Bot) -> bool:
            await bot.edit_message_reply_markup(chat_id=chat, message_id=int(message_id))
            return True

        return message_id.isdecimal() and self._if_possible(settle)

    def fetch_media(self, file_id: str) -> bytes:
        """Download a photo, voice or file. Raises DeliveryFailed; refused: gone or too big."""

        async def fetch(bot: Bot) -> bytes:
            file = await bot.get_file(file_id)
            if (file.file_size or 0) > FETCH_LIMIT_BYTES:
                raise DeliveryFailed("refused", detail="the file is over 20 MB")
            return bytes(await file.download_as_bytearray())

        found = self._connection.call(fetch, seconds=60)
        if len(found) > FETCH_LIMIT_BYTES:
            raise DeliveryFailed("refused", detail="the file is over 20 MB")
        return found

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _if_possible(self, work: Callable[[Bot], Coroutine[Any, Any, bool]]) -> bool:
        try:
            return self._connection.call(work)
        except DeliveryFailed as error:
            if error.reason == "refused":
                return False
            raise

    def _taken_of(self, message: Outgoing, of: int) -> int:
        with self._guard:
            return min(self._taken.get(message.reply_key, 0), of - 1)

    def _note_taken(self, message: Outgoing, taken: int, of: int) -> None:
        if not message.reply_key or of == 1:
            return
        with self._guard:
            self._taken.pop(message.reply_key, None)
            if taken < of:
                self._taken[message.reply_key] = taken
            while len(self._taken) > _KEPT:
                del self._taken[next(iter(self._taken))]


def _chat(address: str) -> int:
    try:
        return int(address)
    except ValueError:
        raise DeliveryFailed("refused", detail="the address is no Telegram chat") from None


def _steps(message: Outgoing) -> list[_Step]:
    """What to call, in order. The buttons hang on the last one."""
    text = cleaned(message.text).strip()
    if message.photo is not None and length(text) <= CAPTION_LIMIT:
        return [_Step(text, message.photo, message.buttons)]
    first = [] if message.photo is None else [_Step("", message.photo)]
    steps = first + [_Step(part) for part in split_text(text)]
    return [*steps[:-1], steps[-1]._replace(rows=message.buttons)] if steps else []


async def _take(bot: Bot, *, chat: int, step: _Step) -> str:
    keys = [[InlineKeyboardButton(b.title, callback_data=b.id) for b in row] for row in step.rows]
    markup = InlineKeyboardMarkup(keys) if any(keys) else None
    if step.photo is not None:
        photo = InputFile(step.photo, filename="photo.jpg")
        sent = await bot.send_photo(chat, photo, caption=step.text or None, reply_markup=markup)
    else:
        sent = await bot.send_message(
            chat,
            step.text,
            reply_markup=markup,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
    return str(sent.message_id)
