"""Secrets: neither the bot's token nor a patient's words ever stand in a log."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from bot.channels.telegram import (
    TelegramAccount,
    TelegramConnection,
    TelegramPoller,
    TelegramSender,
    keep_out_of_logs,
)
from bot.core.errors import DeliveryFailed
from bot.core.message import Outgoing
from tests.telegram_server.inbox import Inbox, Listener
from tests.telegram_server.server import TelegramServer

pytest_plugins = ("tests.telegram_server.fixture",)

TALKATIVE = ("", "httpx", "httpcore", "telegram")


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """What `keep_out_of_logs` does is for the whole process; undo it."""
    factory = logging.getLogRecordFactory()
    names = (*TALKATIVE, "telegram.request.BaseRequest")
    levels = {name: logging.getLogger(name).level for name in names}
    yield
    logging.setLogRecordFactory(factory)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def a_busy_day(telegram: TelegramServer) -> None:
    """Messages in and out, refusals, a cut network, an unreadable answer."""
    account = TelegramAccount(telegram.token, telegram.url)
    inbox, connection = Inbox(), TelegramConnection(account, timeout_seconds=0.5)
    poller, sender = TelegramPoller(account, inbox, first_pause=0.01), TelegramSender(connection)
    poller.start()
    wang = telegram.person("王秀英")
    wang.say("我胸口疼")
    inbox.messages(1)
    sender.send(Outgoing(wang.address, "请马上拨打120"))
    telegram.faults.error(401, "Unauthorized")
    telegram.faults.error(400, "Bad Request: chat not found")
    telegram.faults.broken()
    for _ in range(3):
        with pytest.raises(DeliveryFailed):
            sender.send(Outgoing(wang.address, "请马上拨打120"))
    telegram.cut_network()
    with pytest.raises(DeliveryFailed):
        sender.send(Outgoing(wang.address, "请马上拨打120"))
    telegram.restore_network()
    poller.stop()
    connection.close()


def test_the_token_stands_in_no_log_even_when_everything_is_logged(
    telegram: TelegramServer,
) -> None:
    keep_out_of_logs(telegram.token, "")
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.DEBUG)
    with Listener.on() as log:
        a_busy_day(telegram)
    everything = "\n".join(log.lines)
    assert telegram.token.partition(":")[2] not in everything
    assert "[hidden]/sendMessage" in everything  # there was something to hide


def test_the_words_of_patients_stand_in_no_log(telegram: TelegramServer) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    keep_out_of_logs(telegram.token)
    with Listener.on() as log:
        a_busy_day(telegram)
    everything = "\n".join(log.lines)
    for word in ("胸口", "120", "王秀英", "\\u80f8"):
        assert word not in everything


def test_an_answer_that_cannot_be_read_is_not_logged_either() -> None:
    keep_out_of_logs("42:a-token-that-is-long-enough")
    from telegram.request import BaseRequest

    with Listener.on() as log, pytest.raises(Exception, match="Invalid server response"):
        BaseRequest.parse_json_payload('{"text": "我胸口疼'.encode())
    assert log.lines == []


def test_the_token_is_taken_out_of_tracebacks() -> None:
    token = "42:a-token-that-is-long-enough"
    keep_out_of_logs(token, "a-webhook-secret")
    log = logging.getLogger("some.library")
    with Listener.on("some.library") as heard:
        try:
            raise ValueError(f"https://example.org/bot{token}/getMe")
        except ValueError:
            log.exception("calling %s failed", f"/bot{token}/getMe")
        log.error("a header a-webhook-secret, and %s %s", "one blank too many")
    everything = "\n".join(heard.lines)
    assert "a-token-that" not in everything
    assert "ValueError: https://example.org/bot42:[hidden]/getMe" in everything


def test_hiding_more_secrets_keeps_the_first_ones_hidden() -> None:
    for secret in ("42:first-secret", "second-secret", "a:colon:inside", "tiny"):
        keep_out_of_logs(secret)
    with Listener.on("some.library") as heard:
        logging.getLogger("some.library").error("first-secret second-secret a:colon:inside tiny")
    assert heard.lines == ["[hidden] [hidden] [hidden] tiny"]


def test_an_account_does_not_show_its_token() -> None:
    account = TelegramAccount("42:secret-half", "http://127.0.0.1:9/")
    assert "secret-half" not in repr(account)
    assert account.id == "42"


@pytest.mark.parametrize(
    "base", ["http://api.local", "http://api.local/", "http://api.local/bot", ""]
)
def test_the_address_of_a_bot_api_may_be_written_in_each_usual_way(base: str) -> None:
    account = TelegramAccount("42:secret-half", base)
    root = "http://api.local" if base else "https://api.telegram.org"
    assert (account.method_url, account.file_url) == (f"{root}/bot", f"{root}/file/bot")


@pytest.mark.parametrize("token", ["", "42", "42:", ":abc", "forty:two", "BOT42:abc"])
def test_what_is_no_token_is_refused_at_the_start_and_not_repeated(token: str) -> None:
    with pytest.raises(ValueError, match="from @BotFather") as refused:
        TelegramAccount(token)
    assert "abc" not in str(refused.value).replace("123456:ABC", "")
