"""Telegram: by polling or by webhook in, through one sender out."""

from __future__ import annotations

from bot.channels.telegram.account import OFFICIAL_API, TelegramAccount, keep_out_of_logs
from bot.channels.telegram.connection import TelegramConnection
from bot.channels.telegram.courtesy import with_courtesy
from bot.channels.telegram.media import TelegramMedia
from bot.channels.telegram.polling import TelegramPoller
from bot.channels.telegram.registration import bot_username, delete_webhook, register_webhook
from bot.channels.telegram.sender import LIMITS, TelegramSender
from bot.channels.telegram.updates import Ignored, read_update
from bot.channels.telegram.webhook import webhook_route

__all__ = [
    "LIMITS",
    "OFFICIAL_API",
    "Ignored",
    "TelegramAccount",
    "TelegramConnection",
    "TelegramMedia",
    "TelegramPoller",
    "TelegramSender",
    "bot_username",
    "delete_webhook",
    "keep_out_of_logs",
    "read_update",
    "register_webhook",
    "webhook_route",
    "with_courtesy",
]
