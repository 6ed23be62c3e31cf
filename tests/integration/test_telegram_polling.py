"""Polling: what people send on Telegram is ours before Telegram forgets it."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.telegram import TelegramAccount, TelegramPoller
from bot.core.message import Incoming, Part, PresenceChange
from tests.telegram_server.inbox import Inbox, Listener
from tests.telegram_server.server import TelegramServer

pytest_plugins = ("tests.telegram_server.fixture",)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def a_poller(telegram: TelegramServer, inbox: Inbox) -> TelegramPoller:
    account = TelegramAccount(telegram.token, telegram.url)
    return TelegramPoller(account, inbox, wait_seconds=20, first_pause=0.01)


@pytest.fixture
def poller(telegram: TelegramServer, inbox: Inbox) -> Iterator[TelegramPoller]:
    one = a_poller(telegram, inbox)
    one.start()
    yield one
    one.stop()


def test_a_message_arrives_once_and_in_order(
    telegram: TelegramServer, inbox: Inbox, poller: TelegramPoller
) -> None:
    wang = telegram.person("王秀英")
    for number in range(30):
        wang.say(f"第{number}句")
    assert [one.text for one in inbox.messages(30)] == [f"第{number}句" for number in range(30)]
    assert {one.address for one in inbox.messages(30)} == {wang.address}
    assert poller.trouble == ""


def test_what_was_sent_while_we_were_away_is_fetched(
    telegram: TelegramServer, inbox: Inbox
) -> None:
    telegram.person("王秀英").say("有人吗")
    poller = a_poller(telegram, inbox)
    poller.start()
    assert inbox.messages(1)[0].text == "有人吗"
    poller.stop()


def test_a_message_that_could_not_be_stored_comes_again(
    telegram: TelegramServer, inbox: Inbox, poller: TelegramPoller
) -> None:
    inbox.refuses = lambda item: inbox.tries < 4
    telegram.person("王秀英").say("伤口裂开了")
    assert [one.text for one in inbox.messages(1)] == ["伤口裂开了"]
    assert inbox.tries == 4


def test_a_message_that_cannot_be_stored_holds_back_its_own_chat_only(
    telegram: TelegramServer, inbox: Inbox, poller: TelegramPoller
) -> None:
    wang, smith = telegram.person("王秀英"), telegram.person("John Smith", language="en")
    inbox.refuses = lambda item: isinstance(item, Incoming) and item.text == "一"
    wang.say("一")
    wang.say("二")
    smith.say("my calf is hot")
    inbox.wait(lambda: inbox.texts() == ["my calf is hot"])
    inbox.refuses = lambda item: False
    inbox.wait(lambda: len(inbox.items) == 3)
    assert inbox.texts() == ["my calf is hot", "一", "二"]


def test_a_failing_store_is_told_without_the_patients_words(
    telegram: TelegramServer, inbox: Inbox, poller: TelegramPoller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    inbox.refuses = lambda item: inbox.tries < 3
    telegram.person("王秀英").say("我胸口疼")
    inbox.messages(1)
    assert "could not be stored: OSError" in caplog.text
    assert "胸口" not in caplog.text
    assert "王秀英" not in caplog.text


def test_a_killed_process_loses_nothing(telegram: TelegramServer, tmp_path: Path) -> None:
    """Killed after the commit and before the offset moved: the same id comes again."""
    record = tmp_path / "record"
    telegram.person("王秀英").say("第一句")
    killed = poll_in_a_process(telegram, record, then="os.kill(os.getpid(), signal.SIGKILL)")
    assert killed == -9
    telegram.person("李建国").say("第二句")
    assert poll_in_a_process(telegram, record, then="done.set() if '第二句' in text else None") == 0
    first, again, second = record.read_text(encoding="utf-8").splitlines()
    assert first == again
    assert second.endswith("第二句")


def poll_in_a_process(telegram: TelegramServer, record: Path, *, then: str) -> int:
    script = f"""
import os, signal, threading
from bot.channels.telegram import TelegramAccount, TelegramPoller
done = threading.Event()
def receive(item):
    text = f"{{item.external_id}} {{item.text}}"
    with open({str(record)!r}, "a", encoding="utf-8") as file:
        file.write(text + chr(10)); file.flush(); os.fsync(file.fileno())
    {then}
poller = TelegramPoller(TelegramAccount({telegram.token!r}, {telegram.url!r}), receive)
poller.start()
assert done.wait(20)
poller.stop()
"""
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, timeout=60, check=False
    ).returncode


def test_an_update_delivered_twice_keeps_its_id(
    telegram: TelegramServer, inbox: Inbox, poller: TelegramPoller
) -> None:
    telegram.person("王秀英").say("好的")
    inbox.messages(1)
    telegram.repeat_last_update()
    one, again = inbox.messages(2)
    assert one == again


def test_a_cut_network_delays_but_loses_nothing(
    telegram: TelegramServer, inbox: Inbox, poller: TelegramPoller
) -> None:
    wang = telegram.person("王秀英")
    wang.say("之前")
    inbox.messages(1)
    telegram.cut_network()
    wang.say("断网时")
    telegram.restore_network()
    wang.say("之后")
    assert [one.text for one in inbox.messages(3)] == ["之前", "断网时", "之后"]


@pytest.mark.parametrize("code", [429, 500, 502])
def test_telegrams_own_trouble_passes(
    telegram: TelegramServer, inbox: Inbox, poller: TelegramPoller, code: int
) -> None:
    telegram.faults.error(code, "Telegram is not well", method="getUpdates", times=3)
    wang = telegram.person("王秀英")
    wang.say("一")
    inbox.messages(1)
    wang.say("二")
    inbox.messages(2)


def test_a_broken_answer_is_fetched_again(telegram: TelegramServer, inbox: Inbox) -> None:
    telegram.faults.broken(method="getUpdates")
    telegram.person("王秀英").say("好的")
    poller = a_poller(telegram, inbox)
    poller.start()
    assert inbox.messages(1)[0].text == "好的"
    poller.stop()


def test_two_pollers_are_told_that_only_one_may_run(
    telegram: TelegramServer, inbox: Inbox, poller: TelegramPoller
) -> None:
    telegram.person("王秀英").say("好的")
    inbox.messages(1)
    other = a_poller(telegram, inbox)
    with Listener.on("bot.channels.telegram.polling") as log:
        other.start()
        log.wait_for("only one may run")
    other.stop()


def test_a_refused_token_is_told_and_does_not_end_the_polling(
    telegram: TelegramServer, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.faults.error(401, "Unauthorized", method="deleteWebhook", times=2)
    poller = a_poller(telegram, inbox)
    poller.start()
    telegram.person("王秀英").say("好的")
    inbox.messages(1)
    poller.stop()
    assert "check TELEGRAM_BOT_TOKEN" in caplog.text


def test_a_webhook_is_given_up_for_polling_and_what_waits_is_kept(
    telegram: TelegramServer, inbox: Inbox
) -> None:
    telegram.run(telegram.updates.set_webhook("http://127.0.0.1:9/", "x" * 20))
    telegram.person("王秀英").say("还没取走")
    poller = a_poller(telegram, inbox)
    poller.start()
    assert inbox.messages(1)[0].text == "还没取走"
    poller.stop()
    assert telegram.updates.webhook_url == ""


def test_blocking_and_letting_in_again_is_noticed(
    telegram: TelegramServer, inbox: Inbox, poller: TelegramPoller
) -> None:
    wang = telegram.person("王秀英")
    wang.block_bot()
    wang.unblock_bot()
    inbox.wait(lambda: len(inbox.items) == 2)
    changes = [one for one in inbox.items if isinstance(one, PresenceChange)]
    assert [one.blocked for one in changes] == [True, False]
    assert {one.address for one in changes} == {wang.address}


def test_strange_updates_hold_up_nobody(
    telegram: TelegramServer, inbox: Inbox, poller: TelegramPoller
) -> None:
    telegram.put({"message": "not an object"})
    telegram.put({"message": {"message_id": "x", "chat": {"id": "y"}, "date": -1}})
    telegram.put({"callback_query": None})
    telegram.put({"update_id": "seven", "message": {}})
    wang = telegram.person("王秀英")
    wang.say("字" * 1_000_000)
    wang.say("\x00fe\x07ver\ud800")
    long, odd = inbox.messages(2)
    assert len(long.text) == 1_000_000
    assert odd.text.startswith("fever")
    odd.text.encode()  # no half characters, which a database would refuse
    assert {long.part, odd.part} == {Part.TEXT}


def test_stopping_takes_no_time(
    telegram: TelegramServer, inbox: Inbox, poller: TelegramPoller
) -> None:
    telegram.person("王秀英").say("好的")
    inbox.messages(1)
    poller.stop(timeout_seconds=2)  # while a fetch of 20 seconds is under way
    assert poller._thread is not None
    assert not poller._thread.is_alive()
