"""Web chat: a page for patients who have no messaging app, or do not want one."""

from bot.channels.webchat.listeners import Listeners
from bot.channels.webchat.routes import chat_routes
from bot.channels.webchat.sender import WebChatSender

__all__ = ["Listeners", "WebChatSender", "chat_routes"]
