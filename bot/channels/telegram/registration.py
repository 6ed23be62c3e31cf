"""Registration: tell Telegram where updates go, and learn the bot's own name."""

from __future__ import annotations

import re

from telegram import Bot

from bot.channels.telegram.connection import TelegramConnection

_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}", re.ASCII)


def checked_secret(secret: str) -> str:
    """Return `secret` when Telegram can carry it and nobody can guess it, else raise."""
    if not _SECRET.fullmatch(secret):
        raise ValueError(
            "The Telegram webhook needs a secret of 16 to 256 characters A-Z a-z 0-9 _ -."
            " Without it anybody could speak in a patient's name."
        )
    return secret


def register_webhook(connection: TelegramConnection, *, url: str, secret: str) -> None:
    """Have updates delivered to `url`. What waits at Telegram is kept and delivered."""
    checked_secret(secret)

    async def register(bot: Bot) -> bool:
        return await bot.set_webhook(url, secret_token=secret, allowed_updates=[])

    connection.call(register)


def delete_webhook(connection: TelegramConnection) -> None:
    """Stop webhook delivery, so that polling may start. What waits is kept."""

    async def delete(bot: Bot) -> bool:
        return await bot.delete_webhook(drop_pending_updates=False)

    connection.call(delete)


def bot_username(connection: TelegramConnection) -> str:
    """The name in `https://t.me/NAME?start=CODE`."""

    async def ask(bot: Bot) -> str:
        return (await bot.get_me()).username or ""

    return connection.call(ask)
