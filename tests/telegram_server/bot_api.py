"""Bot API: the methods that a bot calls, in front of telegram-test-api.

It keeps what telegram-test-api lacks: offsets, long polling, one poller at a
time, the webhook's secret header, photos, and Telegram's refusals.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tests.telegram_server.faults import ApiError
from tests.telegram_server.transcript import Message

if TYPE_CHECKING:
    from tests.telegram_server.server import TelegramServer

Params = dict[str, Any]
Method = Callable[["TelegramServer", Params], Awaitable[Any]]


async def get_me(server: TelegramServer, params: Params) -> Any:
    return {**server.bot_user, "can_join_groups": True}


async def get_updates(server: TelegramServer, params: Params) -> Any:
    return await server.updates.fetch(
        offset=int(params["offset"]) if params.get("offset") else None,
        limit=int(params.get("limit") or 100),
        timeout=float(params.get("timeout") or 0),
    )


async def set_webhook(server: TelegramServer, params: Params) -> Any:
    if not params.get("url"):
        return await delete_webhook(server, params)
    await server.updates.set_webhook(params["url"], params.get("secret_token", ""))
    return True


async def delete_webhook(server: TelegramServer, params: Params) -> Any:
    if str(params.get("drop_pending_updates")).lower() == "true":
        server.updates.drop()
    await server.updates.set_webhook("", "")
    return True


async def get_webhook_info(server: TelegramServer, params: Params) -> Any:
    return {"url": server.updates.webhook_url, "pending_update_count": len(server.updates.waiting)}


async def send_message(server: TelegramServer, params: Params) -> Any:
    return await _send(server, params, text=params.get("text", ""))


async def send_photo(server: TelegramServer, params: Params) -> Any:
    photo = params.get("photo")
    if not isinstance(photo, bytes):
        raise ApiError(400, "Bad Request: there is no photo in the request")
    caption = params.get("caption", "")
    if len(caption) > 1024:
        raise ApiError(400, "Bad Request: message caption is too long")
    sent = await _send(server, params, text=caption or "(photo)", photo=photo, shown=caption)
    file_id = server.keep_file(photo)
    del sent["text"]
    size = {"file_id": file_id, "file_unique_id": file_id, "width": 90, "height": 90}
    return {**sent, "photo": [size], **({"caption": caption} if caption else {})}


async def edit_message_text(server: TelegramServer, params: Params) -> Any:
    await server.node("editMessageText", params)
    return _edit(server, params, text=params.get("text", ""))


async def edit_message_reply_markup(server: TelegramServer, params: Params) -> Any:
    await server.node("editMessageReplyMarkup", params)
    return _edit(server, params)


async def delete_message(server: TelegramServer, params: Params) -> Any:
    server.transcript.remove(str(params["chat_id"]), int(params["message_id"]))
    return True


async def answer_callback_query(server: TelegramServer, params: Params) -> Any:
    if params.get("callback_query_id") not in server.open_taps:
        raise ApiError(
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
        )
    server.open_taps.discard(params["callback_query_id"])
    server.tap_answers.append(params.get("text", ""))
    return True


async def get_file(server: TelegramServer, params: Params) -> Any:
    file_id = params.get("file_id", "")
    if file_id not in server.files:
        raise ApiError(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    size = len(server.files[file_id])
    if size > 20 * 1024 * 1024:
        raise ApiError(400, "Bad Request: file is too big")
    path = f"files/{file_id}"
    return {"file_id": file_id, "file_unique_id": file_id, "file_size": size, "file_path": path}


async def accept(server: TelegramServer, params: Params) -> Any:
    return True


METHODS: dict[str, Method] = {
    "getme": get_me,
    "getupdates": get_updates,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
    "sendmessage": send_message,
    "sendphoto": send_photo,
    "editmessagetext": edit_message_text,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "answercallbackquery": answer_callback_query,
    "getfile": get_file,
    "sendchataction": accept,
    "setmycommands": accept,
}


async def _send(
    server: TelegramServer,
    params: Params,
    *,
    text: str,
    photo: bytes | None = None,
    shown: str | None = None,
) -> dict[str, Any]:
    chat = str(params.get("chat_id", ""))
    person = server.people.get(chat)
    if person is None:
        raise ApiError(400, "Bad Request: chat not found")
    if person.has_blocked:
        raise ApiError(403, "Forbidden: bot was blocked by the user")
    if not text.strip():
        raise ApiError(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > 4096:
        raise ApiError(400, "Bad Request: message is too long")
    buttons = _buttons(params)
    body: Params = {key: params[key] for key in ("chat_id", "reply_markup") if key in params}
    sent = (await server.node("sendMessage", {**body, "text": text}))["result"]
    said = text if shown is None else shown
    server.transcript.add(Message(chat, sent["message_id"], True, said, buttons, photo))
    kept = ("message_id", "text", "reply_markup")
    return {
        **{key: sent[key] for key in kept if sent.get(key) is not None},
        "date": sent["date"] // 1000,  # telegram-test-api counts in milliseconds
        "chat": person.chat,
        "from": server.bot_user,
    }


def _edit(server: TelegramServer, params: Params, **what: Any) -> dict[str, Any]:
    chat, message_id = str(params.get("chat_id", "")), int(params.get("message_id") or 0)
    old = next((one for one in server.transcript.of(chat) if one.id == message_id), None)
    if old is None or not old.from_bot:
        raise ApiError(400, "Bad Request: message to edit not found")
    buttons = _buttons(params)
    if old.buttons == buttons and what.get("text", old.text) == old.text:
        raise ApiError(400, "Bad Request: message is not modified")
    new = server.transcript.change(chat, message_id, buttons=buttons, edited=True, **what) or old
    person = server.people[chat]
    return {
        "message_id": message_id,
        "date": server.now(),
        "edit_date": server.now(),
        "chat": person.chat,
        "from": server.bot_user,
        "text": new.text,
    }


def _buttons(params: Params) -> tuple[tuple[tuple[str, str], ...], ...]:
    markup = params.get("reply_markup")
    rows = json.loads(markup).get("inline_keyboard", []) if markup else []
    for one in (one for row in rows for one in row):
        if not 1 <= len(one.get("callback_data", "").encode()) <= 64:
            raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    return tuple(tuple((one["text"], one["callback_data"]) for one in row) for row in rows)
