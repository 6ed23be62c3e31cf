"""Updates: every kind of thing that a person can send is handed on, whatever it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.constants import UpdateType

from bot.channels.telegram import Ignored, TelegramAccount, TelegramPoller, read_update
from bot.core.message import Incoming, Part, PresenceChange
from tests.telegram_server.inbox import Inbox
from tests.telegram_server.people import Person
from tests.telegram_server.server import TelegramServer

pytest_plugins = ("tests.telegram_server.fixture",)

CHAT = {"id": 5, "type": "private", "first_name": "王"}


@pytest.fixture
def inbox(telegram: TelegramServer) -> Iterator[Inbox]:
    one = Inbox()
    account = TelegramAccount(telegram.token, telegram.url)
    poller = TelegramPoller(account, one, wait_seconds=20, first_pause=0.01)
    poller.start()
    yield one
    poller.stop()


@pytest.fixture
def wang(telegram: TelegramServer) -> Person:
    return telegram.person("王秀英", user_id=6_000_001)


def read(**message: Any) -> Incoming | PresenceChange | Ignored:
    plain = {"message_id": 3, "date": 1_700_000_000, "chat": CHAT}
    return read_update({"update_id": 8, "message": {**plain, **message}}, account="42")


def read_message(**message: Any) -> Incoming:
    found = read(**message)
    assert isinstance(found, Incoming)
    return found


def test_everything_that_a_phone_can_send_reaches_us(inbox: Inbox, wang: Person) -> None:
    wang.say("伤口有点湿")
    wang.send_photo("伤口")
    wang.send_voice()
    wang.send_video("走路")
    wang.send_sticker("😢")
    wang.send_file("report.pdf", mime_type="application/pdf")
    wang.send_file("IMG_1.heic", mime_type="image/heic", caption="原图")
    wang.send_location(31.2304, 121.4737)
    wang.send_contact("李建国", "+8613800000000")
    seen = [(one.part, one.text, bool(one.media), one.note) for one in inbox.messages(9)]
    assert seen == [
        (Part.TEXT, "伤口有点湿", False, ""),
        (Part.PHOTO, "伤口", True, ""),
        (Part.VOICE, "", True, ""),
        (Part.VIDEO, "走路", True, ""),
        (Part.STICKER, "", True, "😢"),
        (Part.FILE, "", True, "report.pdf"),
        (Part.PHOTO, "原图", True, "IMG_1.heic"),
        (Part.LOCATION, "", False, "31.230400,121.473700"),
        (Part.CONTACT, "", False, "李建国 +8613800000000"),
    ]


def test_the_largest_size_of_a_photo_is_kept(inbox: Inbox, wang: Person) -> None:
    wang.send_photo()
    assert inbox.messages(1)[0].media == ("file-2",)


def test_of_a_live_photo_the_still_is_kept() -> None:
    still = [{"file_id": "small"}, {"file_id": "large"}]
    live = read_message(photo=still, live_photo={"file_id": "film", "photo": still})
    assert (live.part, live.media) == (Part.PHOTO, ("large",))


def test_the_photos_of_an_album_stay_together(inbox: Inbox, wang: Person) -> None:
    wang.send_photo("三张", album="album-1")
    wang.send_photo(album="album-1")
    wang.send_photo()
    assert [one.media_group for one in inbox.messages(3)] == ["album-1", "album-1", ""]


def test_an_edit_names_the_message_that_it_changes(inbox: Inbox, wang: Person) -> None:
    first = wang.say("体温37度5")
    wang.edit("改一下，是38度5")
    said, edited = inbox.messages(2)
    assert (said.edited, edited.edited) == (False, True)
    assert said.message_id == edited.message_id == str(first)
    assert edited.text == "改一下，是38度5"
    assert said.external_id != edited.external_id


def test_what_is_forwarded_or_in_a_group_is_marked(inbox: Inbox, wang: Person) -> None:
    wang.forward("吃这个药就好")
    wang.say_in_group("妈妈腿肿了")
    forwarded, in_group = inbox.messages(2)
    assert (forwarded.forwarded, forwarded.group) == (True, False)
    assert (in_group.group, in_group.address) == (True, "-1001")


def test_the_code_of_a_link_is_taken_out_of_the_words(inbox: Inbox, wang: Person) -> None:
    wang.start("Ab-9_x")
    wang.start()
    wang.say("/start not a code!")
    with_code, without, odd = inbox.messages(3)
    assert (with_code.start_code, with_code.text) == ("Ab-9_x", "/start")
    assert (without.start_code, without.text) == ("", "/start")
    assert (odd.start_code, odd.text) == ("", "/start not a code!")


def test_a_tap_carries_our_id_even_when_the_message_is_gone(
    telegram: TelegramServer, inbox: Inbox, wang: Person
) -> None:
    tap = {"id": "9", "from": wang.user, "data": "b-yes", "chat_instance": "1"}
    telegram.put({"callback_query": tap})
    below = {"message_id": 3, "chat": wang.chat, "date": 0}  # all that Telegram tells of old ones
    telegram.put({"callback_query": {**tap, "message": below}})
    gone, old = inbox.messages(2)
    assert gone.part is old.part is Part.BUTTON
    assert gone.address == old.address == wang.address
    assert gone.button == old.button == "b-yes"
    assert (gone.message_id, old.message_id) == ("", "3")
    assert gone.answer_id == "9"


def test_a_message_knows_when_and_in_which_language(inbox: Inbox, wang: Person) -> None:
    wang.say("您好")
    message = inbox.messages(1)[0]
    assert message.language_hint == "zh-hans"
    assert message.sent_at is not None
    assert message.sent_at.tzinfo is UTC


def test_a_kind_of_message_that_we_do_not_know_is_still_a_message() -> None:
    dice = read_message(dice={"emoji": "🎲", "value": 3})
    assert (dice.part, dice.address) == (Part.OTHER, "5")
    hologram = read_message(hologram={"file_id": "h1"}, caption="我的腿")
    assert (hologram.part, hologram.media, hologram.text) == (Part.OTHER, ("h1",), "我的腿")


def test_a_kind_of_update_that_we_do_not_know_is_handed_on_when_a_person_sent_it() -> None:
    update = {"update_id": 8, "thought": {"from": {"id": 5}, "chat": CHAT, "text": "胸口疼"}}
    found = read_update(update, account="42")
    assert isinstance(found, Incoming)
    assert (found.address, found.text) == ("5", "胸口疼")


def test_notices_of_the_chat_itself_are_set_aside() -> None:
    assert read(pinned_message={"message_id": 1}) == Ignored("8", "a notice of the chat itself")


def test_a_live_location_is_told_once() -> None:
    where = {"latitude": 31.2, "longitude": 121.4, "live_period": 900}
    assert read_message(location=where).part is Part.LOCATION
    moved = {"message_id": 3, "chat": CHAT, "location": where}
    assert isinstance(read_update({"update_id": 9, "edited_message": moved}, account="4"), Ignored)


@pytest.mark.parametrize("kind", list(UpdateType))
def test_every_kind_of_update_has_an_outcome(kind: str) -> None:
    """A kind that the library learns later appears here by itself."""
    body = {"from": {"id": 5}, "chat": CHAT, "message_id": 1, "date": 1, "text": "疼", "data": "b"}
    found = read_update({"update_id": 8, str(kind): body}, account="42")
    if kind in (UpdateType.MESSAGE, UpdateType.EDITED_MESSAGE, UpdateType.CALLBACK_QUERY):
        assert isinstance(found, Incoming)
    else:
        assert isinstance(found, Ignored)
        assert "do not know" not in found.reason or kind == UpdateType.MY_CHAT_MEMBER


@pytest.mark.parametrize("date", [None, -1, 0, "yesterday", 1.5, True, 10**30])
def test_a_strange_date_is_no_date(date: object) -> None:
    assert read_message(text="疼", date=date).sent_at is None
    assert read_message(text="疼").sent_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize("degrees", [10**400, float("nan"), float("inf"), "31", None, [], True])
def test_strange_coordinates_do_not_stop_the_message(degrees: object) -> None:
    where = {"latitude": degrees, "longitude": 121.4}
    assert read_message(location=where).part is Part.LOCATION


KEYS = st.sampled_from(
    [
        *("update_id", "message", "edited_message", "callback_query", "my_chat_member", "chat"),
        *("id", "from", "text", "caption", "photo", "voice", "document", "sticker", "location"),
        *("venue", "contact", "data", "file_id", "mime_type", "date", "type", "new_chat_member"),
        *("status", "reply_markup", "inline_keyboard", "message_id", "forward_origin", "novelty"),
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["private", "group", "kicked", "/start abc", "\ud800", "\x00"])
)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6)
)


@settings(max_examples=200, deadline=None)
@given(ANYTHING, st.dictionaries(KEYS, ANYTHING, max_size=6))
def test_nothing_that_comes_over_the_wire_can_stop_the_reading(raw: Any, update: Any) -> None:
    for one in (raw, update, {**update, "update_id": 8}, {"update_id": 8, "message": update}):
        found = read_update(one, account="42")
        assert isinstance(found, Incoming | PresenceChange | Ignored)
        repr(found).encode()
        if isinstance(found, Incoming):
            "".join((found.text, found.note, found.button, *found.media)).encode()
