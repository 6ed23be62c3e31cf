"""Sender: what we say arrives, or we know in one word why it did not."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram import (
    TelegramAccount,
    TelegramConnection,
    TelegramSender,
    bot_username,
    register_webhook,
)
from bot.channels.telegram.texts import LIMIT, length, split_text
from bot.core.errors import DeliveryFailed
from bot.core.message import Button, Outgoing
from tests.telegram_server.people import Person
from tests.telegram_server.server import TelegramServer

pytest_plugins = ("tests.telegram_server.fixture",)

YES_NO = ((Button("b-yes", "是"), Button("b-no", "否")), (Button("b-unsure", "说不好"),))


@pytest.fixture
def connection(telegram: TelegramServer) -> Iterator[TelegramConnection]:
    account = TelegramAccount(telegram.token, telegram.url)
    one = TelegramConnection(account, timeout_seconds=0.5)
    yield one
    one.close()


@pytest.fixture
def sender(connection: TelegramConnection) -> TelegramSender:
    return TelegramSender(connection)


@pytest.fixture
def wang(telegram: TelegramServer) -> Person:
    return telegram.person("王秀英")


def why(sender: TelegramSender, message: Outgoing) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as failed:
        sender.send(message)
    return failed.value


def test_a_message_with_buttons_arrives(sender: TelegramSender, wang: Person) -> None:
    sent = sender.send(Outgoing(wang.address, "伤口有渗液吗？", YES_NO))
    seen = wang.wait_for("渗液")
    assert sent == str(seen.id)
    assert seen.titles() == ["是", "否", "说不好"]
    assert seen.buttons[0][0] == ("是", "b-yes")


def test_no_sign_in_a_text_is_taken_for_mark_up(sender: TelegramSender, wang: Person) -> None:
    text = "*38.5* _<b>热</b>_ [x](y) `\\` {a} & #1 \ud800 \x00 😀"
    sender.send(Outgoing(wang.address, text))
    assert wang.heard() == ["*38.5* _<b>热</b>_ [x](y) `\\` {a} & #1 \ufffd  😀"]


def test_a_long_text_comes_in_parts_and_the_buttons_hang_on_the_last(
    sender: TelegramSender, wang: Person
) -> None:
    text = "请每天看一次伤口。" * 900
    sent = sender.send(Outgoing(wang.address, text, YES_NO))
    parts = [one for one in wang.messages() if one.from_bot]
    assert "".join(one.text for one in parts) == text
    assert all(one.text.endswith("。") for one in parts)
    assert [bool(one.buttons) for one in parts] == [False, False, True]
    assert sent == str(parts[-1].id)


def test_a_long_text_that_broke_off_goes_on_where_it_broke(
    telegram: TelegramServer, sender: TelegramSender, wang: Person
) -> None:
    message = Outgoing(wang.address, "请每天看一次伤口。" * 900, YES_NO, reply_key="turn-7")
    telegram.faults.let_pass()
    telegram.faults.too_fast(2)
    assert why(sender, message).reason == "too_fast"
    sender.send(message)
    assert "".join(wang.heard()) == message.text
    assert [bool(one.buttons) for one in wang.messages()] == [False, False, True]


def test_a_photo_arrives_with_its_caption(sender: TelegramSender, wang: Person) -> None:
    sender.send(Outgoing(wang.address, "这是您的护士", YES_NO, photo=b"\xff\xd8 picture"))
    seen = wang.wait_for("护士")
    assert seen.photo == b"\xff\xd8 picture"
    assert seen.titles() == ["是", "否", "说不好"]


def test_a_photo_with_a_long_text_loses_nothing(sender: TelegramSender, wang: Person) -> None:
    sender.send(Outgoing(wang.address, "好。" * 600, YES_NO, photo=b"\xff\xd8 picture"))
    photo, text = wang.messages()
    assert (photo.photo, photo.buttons) == (b"\xff\xd8 picture", ())
    assert text.text == "好。" * 600
    assert text.buttons


def test_a_person_who_blocked_us_is_blocked(sender: TelegramSender, wang: Person) -> None:
    wang.block_bot()
    assert why(sender, Outgoing(wang.address, "您好")).reason == "blocked"
    wang.unblock_bot()
    assert sender.send(Outgoing(wang.address, "您好"))


def test_too_fast_says_how_long_to_wait(
    telegram: TelegramServer, sender: TelegramSender, wang: Person
) -> None:
    telegram.faults.too_fast(7)
    failed = why(sender, Outgoing(wang.address, "您好"))
    assert (failed.reason, failed.retry_after) == ("too_fast", 7.0)
    assert wang.heard() == []


@pytest.mark.parametrize("arrived", [True, False])
def test_no_answer_is_unknown_whether_it_arrived_or_not(
    telegram: TelegramServer, sender: TelegramSender, wang: Person, arrived: bool
) -> None:
    telegram.faults.time_out(delivered=arrived)
    assert why(sender, Outgoing(wang.address, "您好")).reason == "unknown"
    assert wang.heard() == (["您好"] if arrived else [])


def test_a_broken_answer_is_unknown(
    telegram: TelegramServer, sender: TelegramSender, wang: Person
) -> None:
    telegram.faults.broken()
    assert why(sender, Outgoing(wang.address, "您好")).reason == "unknown"


def test_an_ill_gateway_is_unknown(
    telegram: TelegramServer, sender: TelegramSender, wang: Person
) -> None:
    telegram.faults.error(502, "Bad Gateway")
    assert why(sender, Outgoing(wang.address, "您好")).reason == "unknown"


def test_a_cut_network_is_down_and_later_it_works(
    telegram: TelegramServer, sender: TelegramSender, wang: Person
) -> None:
    sender.send(Outgoing(wang.address, "一"))
    telegram.cut_network()
    assert why(sender, Outgoing(wang.address, "二")).reason == "down"
    telegram.restore_network()
    sender.send(Outgoing(wang.address, "三"))
    assert wang.heard() == ["一", "三"]


def test_a_refused_token_is_down_and_stays_secret(
    telegram: TelegramServer, sender: TelegramSender, wang: Person
) -> None:
    telegram.faults.error(401, "Unauthorized")
    failed = why(sender, Outgoing(wang.address, "您好"))
    assert failed.reason == "down"
    assert telegram.token not in str(failed)


@pytest.mark.parametrize(
    ("address", "text"), [("404404", "您好"), ("not-a-chat", "您好"), ("", "您好"), ("1", " \n ")]
)
def test_what_never_will_be_taken_is_refused(
    sender: TelegramSender, wang: Person, address: str, text: str
) -> None:
    assert why(sender, Outgoing(address, text)).reason == "refused"


def test_a_tap_is_answered_once(
    telegram: TelegramServer, sender: TelegramSender, wang: Person
) -> None:
    sender.send(Outgoing(wang.address, "疼吗？", YES_NO))
    wang.press("是")
    (answer_id,) = telegram.open_taps
    assert sender.answer_button(answer_id, "记下了")
    assert telegram.tap_answers == ["记下了"]
    assert not sender.answer_button(answer_id, "记下了")
    assert not sender.answer_button("", "")


def test_used_buttons_disappear(sender: TelegramSender, wang: Person) -> None:
    sent = sender.send(Outgoing(wang.address, "疼吗？", YES_NO))
    assert sender.settle_buttons(wang.address, sent)
    assert wang.messages()[-1].buttons == ()
    assert not sender.settle_buttons(wang.address, sent)
    assert not sender.settle_buttons(wang.address, "404")
    assert not sender.settle_buttons(wang.address, "")


def test_a_photo_of_a_patient_is_fetched(telegram: TelegramServer, sender: TelegramSender) -> None:
    assert sender.fetch_media(telegram.keep_file(b"wound" * 1000)) == b"wound" * 1000


def test_a_file_that_is_gone_or_too_big_is_refused(
    telegram: TelegramServer, sender: TelegramSender
) -> None:
    too_big = telegram.keep_file(b"0" * (20 * 1024 * 1024 + 1))
    for file_id in ("gone", too_big):
        with pytest.raises(DeliveryFailed) as failed:
            sender.fetch_media(file_id)
        assert failed.value.reason == "refused"


def test_many_threads_may_send_at_once(telegram: TelegramServer) -> None:
    patient = TelegramConnection(TelegramAccount(telegram.token, telegram.url))
    sender = TelegramSender(patient)
    people = [telegram.person(f"病人{number}") for number in range(20)]
    threads = [
        threading.Thread(target=sender.send, args=(Outgoing(one.address, f"您好{one.address}"),))
        for one in people
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    patient.close()
    assert [one.heard() for one in people] == [[f"您好{one.address}"] for one in people]


def test_a_closed_line_opens_again(sender: TelegramSender, wang: Person) -> None:
    sender.send(Outgoing(wang.address, "一"))
    sender.close()
    sender.send(Outgoing(wang.address, "二"))
    assert wang.heard() == ["一", "二"]


def test_the_link_for_enrolment_knows_the_bots_name(connection: TelegramConnection) -> None:
    assert bot_username(connection) == "aftercare_test_bot"


def test_a_webhook_is_not_registered_without_a_good_secret(
    telegram: TelegramServer, connection: TelegramConnection
) -> None:
    for secret in ("", "short", "has spaces in it, and commas", "密" * 20):
        with pytest.raises(ValueError, match="needs a secret"):
            register_webhook(connection, url="https://example.org/hook", secret=secret)
    assert telegram.updates.webhook_url == ""


@given(st.text(alphabet=st.sampled_from("疼a。！. \n😀,，"), max_size=400), st.integers(10, 60))
def test_a_cut_text_keeps_every_word(text: str, limit: int) -> None:
    parts = split_text(text, limit=limit)
    assert all(0 < length(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_text_is_cut_where_a_sentence_ends() -> None:
    text = "Call 120 at 38.5 degrees. " * 300
    parts = split_text(text)
    assert len(parts) > 1
    assert all(part.endswith("degrees.") for part in parts)
    assert all(length(part) <= LIMIT for part in parts)
