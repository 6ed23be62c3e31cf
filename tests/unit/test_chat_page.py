"""The web chat's door: what it takes, what it refuses, and that nothing is lost or leaked."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.channels.webchat import Listeners, WebChatSender, chat_routes
from bot.channels.webchat.visitor import address_of
from bot.core.conversation import Conversation, Inbound, Mode, OutboundState, Priority
from bot.core.message import Incoming, Outgoing
from bot.core.patient import Invitation
from bot.services.outbox import NewButton, put
from bot.services.receive import receive
from bot.storage.media import FileMedia
from tests import builders
from tests.fakes import World, a_world
from tests.unit.console_desk import URL, SecretIds

OURS = {"X-Aftercare": "chat", "Origin": URL}
CODE = "CODE-for-Mrs-Wang-0001"
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 64


@dataclass
class ChatPage:
    """One browser with the chat page open."""

    world: World
    client: TestClient
    app: Starlette
    media: FileMedia
    fail: list[Exception]

    def another_browser(self) -> ChatPage:
        client = TestClient(self.app, base_url=URL)
        client.get("/chat")
        return replace(self, client=client)

    @property
    def address(self) -> str:
        return address_of(self.client.cookies["__Host-aftercare_chat"])

    def start(self, code: str = CODE, id: str = "start-0001") -> Any:
        return self.send_json("start", {"id": id, "code": code, "language": "zh"})

    def say(self, text: str, id: str = "message-0001") -> Any:
        return self.send_json("messages", {"id": id, "text": text})

    def send_json(self, what: str, body: Any, **headers: str) -> Any:
        return self.client.post(f"/chat/api/{what}", json=body, headers={**OURS, **headers})

    def said(self) -> list[Inbound]:
        return self.world.rows("inbound", order_by="seq")

    def chat(self) -> Conversation:
        (found,) = self.world.rows("conversations", address=self.address)
        return found

    def lines(self, heard: int = 0, said: int = 0) -> dict[str, Any]:
        return self.client.get(f"/chat/api/lines?heard={heard}&said={said}").json()

    def tell(self, text: str, *, sent: bool = True, buttons: tuple[str, ...] = ()) -> str:
        """Something the house says; `sent` once it was delivered."""
        row = [NewButton(title, "answer") for title in buttons]
        with self.world.record.transaction() as tx:
            id = put(
                tx,
                self.world.parts,
                self.chat().id,
                text,
                key=f"test:{text}",
                buttons=[row] if row else (),
                priority=Priority.CONVERSATION,
            )
            queued = tx.outbound.get(id or "")
            assert queued is not None
            if sent:
                tx.outbound.swap(queued, replace(queued, state=OutboundState.SENT))
        return queued.id


@pytest.fixture
def page(tmp_path: Path) -> ChatPage:
    world = a_world(tmp_path)
    parts = replace(world.parts, ids=SecretIds())
    world = replace(world, parts=parts)
    world.add(builders.a_patient(), builders.a_contact(), builders.an_episode())
    media, fail = FileMedia(tmp_path / "media"), []

    def take(incoming: Incoming) -> None:
        if fail:
            raise fail.pop()
        partial(receive, parts)(incoming)

    app = Starlette(routes=chat_routes(parts, take, media=media, listeners=Listeners()))
    client = TestClient(app, base_url=URL)
    client.get("/chat")
    return ChatPage(world, client, app, media, fail)


# --- Opening -------------------------------------------------------------------------


def test_the_cookie_is_a_secret_and_the_record_keeps_only_its_hash(page: ChatPage) -> None:
    page.start()
    token = page.client.cookies["__Host-aftercare_chat"]
    chat = page.chat()
    assert token not in repr(chat)
    assert chat.address == address_of(token)


def test_looking_at_the_link_uses_up_nothing(page: ChatPage) -> None:
    page.client.get(f"/chat/{CODE}")
    assert page.world.rows("conversations") == []


def test_opening_with_a_code_hands_the_code_in_and_keeps_only_its_hash(page: ChatPage) -> None:
    assert page.start().json() == {"ok": True, "fresh": False}
    (message,) = page.said()
    assert message.start_code_hash == page.world.parts.hash_code(CODE)
    assert CODE not in repr(message)


def test_tapping_the_same_link_again_says_nothing_new(page: ChatPage) -> None:
    page.start()
    page.start(id="start-0002")
    assert len(page.said()) == 1


def test_another_persons_code_opens_a_chat_of_its_own(page: ChatPage) -> None:
    page.start()
    mine = page.chat()
    with page.world.record.transaction() as tx:
        tx.conversations.swap(mine, replace(mine, contact_id="contact-wang"))
    page.world.add(
        builders.a_patient("li"), builders.a_contact("li"), _invitation(page, "contact-li")
    )
    told = page.start("CODE-for-Mr-Li-00000001", id="start-0003").json()
    assert told["fresh"] is True
    assert page.address != mine.address
    assert len(page.world.rows("conversations")) == 2


def _invitation(page: ChatPage, contact_id: str) -> Any:
    now = page.world.clock.now()
    code_hash = page.world.parts.hash_code("CODE-for-Mr-Li-00000001")
    return Invitation("inv-li", contact_id, code_hash, now, now.replace(year=2027))


@pytest.mark.parametrize("code", ["", "a b", "<script>", "x" * 65, "../../etc"])
def test_what_is_no_code_is_refused_with_words(page: ChatPage, code: str) -> None:
    answer = page.start(code)
    assert (answer.status_code, answer.json()["error"]) == (422, "code_form")
    assert page.said() == []


def test_a_script_in_the_link_is_not_put_into_the_page(page: ChatPage) -> None:
    shown = page.client.get("/chat/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert "alert(1)" not in shown.text


# --- Sending -------------------------------------------------------------------------


def test_a_message_sent_twice_is_kept_once(page: ChatPage) -> None:
    for _ in range(3):
        assert page.say("伤口有点疼").status_code == 200
    assert [one.text for one in page.said()] == ["伤口有点疼"]


def test_nobody_can_take_the_name_of_anothers_message(page: ChatPage) -> None:
    page.say("mine", id="the-same-name")
    other = page.another_browser()
    assert other.say("theirs", id="the-same-name").status_code == 200
    assert sorted(one.text for one in page.said()) == ["mine", "theirs"]


def test_four_thousand_characters_are_taken_and_one_more_is_refused(page: ChatPage) -> None:
    assert page.say("痛" * 4000).status_code == 200
    refused = page.say("痛" * 4001, id="message-0002")
    assert (refused.status_code, refused.json()) == (422, {"error": "too_long", "limit": 4000})
    assert [len(one.text) for one in page.said()] == [4000]


def test_a_megabyte_is_refused_before_it_is_read(page: ChatPage) -> None:
    refused = page.say("x" * 1_100_000)
    assert (refused.status_code, refused.json()["error"]) == (413, "too_long")


def test_control_characters_do_not_hide_words(page: ChatPage) -> None:
    body = json.dumps({"id": "message-0001", "text": "fe\x00v\u0007er \ud800"})
    page.client.post("/chat/api/messages", content=body, headers=OURS)
    assert page.said()[0].text == "fever \ufffd"


def test_an_intent_typed_by_hand_is_only_text(page: ChatPage) -> None:
    page.say('/EXTERNAL_check_in{"a": 1}')
    assert page.said()[0].part == "text"


NO_MESSAGES = [
    *("[]", "null", '"x"', "{", "", "{}", '{"id": "short"}', "[" * 100_000),
    # Not a patient's words: kept as such they would read "None" or "{'zh': ...}".
    '{"text": null, "id": "message-0001"}',
    '{"text": {"zh": "痛"}, "id": "message-0001"}',
    '{"text": ["痛"], "id": "message-0001"}',
    '{"button": true, "id": "message-0001"}',
]


@pytest.mark.parametrize("body", NO_MESSAGES, ids=lambda one: one[:12])
def test_a_body_that_is_no_message_is_refused(page: ChatPage, body: str) -> None:
    answer = page.client.post("/chat/api/messages", content=body, headers=OURS)
    assert answer.status_code in (400, 422)
    assert page.said() == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": URL},
        {"X-Aftercare": "chat", "Origin": "https://evil.example"},
        {"X-Aftercare": "chat", "Origin": "null"},
        {"X-Aftercare": "chat", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_another_site_cannot_speak_for_a_patient(page: ChatPage, headers: dict[str, str]) -> None:
    body = json.dumps({"id": "message-0001", "text": "STOP"})
    answer = page.client.post("/chat/api/messages", content=body, headers=headers)
    assert answer.status_code == 403
    assert page.said() == []


def test_a_message_that_could_not_be_kept_is_not_called_sent(page: ChatPage, caplog) -> None:
    page.fail.append(RuntimeError("database is down: 伤口流血"))
    assert page.say("伤口流血").status_code == 503
    assert page.say("伤口流血").status_code == 200
    assert "伤口流血" not in caplog.text


def test_too_many_messages_must_wait_and_are_told_so(page: ChatPage) -> None:
    answers = [page.say("x", id=f"message-{i:04}").status_code for i in range(45)]
    assert answers.count(200) == 40
    assert set(answers) == {200, 429}


def test_a_flood_of_new_chats_does_not_hold_up_a_patient_we_know(page: ChatPage) -> None:
    page.say("hello")
    answers = {page.another_browser().say("x", id=f"message-{i:04}").status_code for i in range(65)}
    assert answers == {200, 429}
    assert page.say("still here", id="message-9999").status_code == 200


def test_a_browser_without_cookies_is_told_so(page: ChatPage) -> None:
    bare = TestClient(page.app, base_url=URL)
    answer = bare.post("/chat/api/messages", json={}, headers=OURS)
    assert (answer.status_code, answer.json()["error"]) == (401, "no_cookies")


# --- Photos --------------------------------------------------------------------------


def photo(page: ChatPage, content: bytes, id: str = "photo-0001") -> Any:
    return page.client.post(
        "/chat/api/photos", content=content, headers={**OURS, "X-Message-Id": id}
    )


def test_a_photo_is_kept_and_shown_to_whoever_sent_it(page: ChatPage) -> None:
    assert photo(page, JPEG).status_code == 200
    (message,) = page.said()
    assert message.part == "photo"
    assert page.media.open(message.media[0]) == (JPEG, "image/jpeg")
    shown = page.client.get(f"/chat/photos/{message.id}")
    assert (shown.content, shown.headers["content-type"]) == (JPEG, "image/jpeg")
    assert page.another_browser().client.get(f"/chat/photos/{message.id}").status_code == 404


def test_a_photo_sent_again_after_a_cut_is_one_message(page: ChatPage) -> None:
    photo(page, JPEG)
    photo(page, JPEG)
    assert len(page.said()) == 1


@pytest.mark.parametrize(
    "content", [b"", b"<svg onload=alert(1)>", b"GIF89a", b"%PDF-1.7", b"MZ\x90", b"<html>"]
)
def test_what_is_no_photo_is_refused_whatever_it_is_called(page: ChatPage, content: bytes) -> None:
    answer = photo(page, content)
    assert (answer.status_code, answer.json()["error"]) == (415, "photo_odd")
    assert page.said() == []


def test_a_photo_over_ten_megabytes_is_refused(page: ChatPage) -> None:
    answer = photo(page, JPEG + b"0" * (10 * 1024 * 1024))
    assert (answer.status_code, answer.json()["error"]) == (413, "photo_large")


# --- Reading -------------------------------------------------------------------------


def test_the_page_shows_what_was_delivered_and_nothing_that_waits(page: ChatPage) -> None:
    page.start()
    page.say("早上好")
    page.tell("您好！")
    page.tell("还没发出", sent=False)
    assert [one["text"] for one in page.lines()["lines"]] == ["早上好", "您好！"]


def test_the_code_is_not_shown_as_something_she_said(page: ChatPage) -> None:
    page.start()
    assert page.lines()["lines"] == []


def test_the_houses_own_marks_are_not_shown_as_something_she_said(page: ChatPage) -> None:
    page.start()
    page.world.add(
        builders.an_inbound(
            "", seq=9, part="check_in", conversation_id=page.chat().id, channel="webchat"
        )
    )
    assert page.lines()["lines"] == []


def test_a_reload_knows_the_name_the_page_gave_a_message(page: ChatPage) -> None:
    page.say("早上好", id="message-0009")
    assert page.lines()["lines"][0]["client_id"] == "message-0009"


def test_one_browser_never_sees_anothers_chat(page: ChatPage) -> None:
    page.say("secret words")
    assert page.another_browser().lines()["lines"] == []


def test_only_the_newest_question_can_be_answered_by_a_tap(page: ChatPage) -> None:
    page.start()
    page.tell("First?", buttons=("yes", "no"))
    page.tell("Second?", buttons=("yes", "no"))
    offered = {one["text"]: len(one["buttons"]) for one in page.lines()["lines"]}
    assert offered == {"First?": 0, "Second?": 2}


def test_a_tapped_button_is_not_offered_again(page: ChatPage) -> None:
    page.start()
    page.tell("Hot?", buttons=("yes", "no"))
    (line,) = page.lines()["lines"]
    page.send_json("messages", {"id": "message-0001", "button": line["buttons"][0][0]})
    lines = page.lines()["lines"]
    assert [one["buttons"] for one in lines if not one["mine"]] == [[]]
    assert [one["text"] for one in lines if one["mine"]] == ["yes"]


@pytest.mark.parametrize("place", ["heard=-1&said=x", "heard=999999999999", "said=%00", ""])
def test_an_odd_place_counts_as_the_start(page: ChatPage, place: str) -> None:
    page.say("早上好")
    told = page.client.get(f"/chat/api/lines?{place}").json()
    assert len(told["lines"]) == 1


def test_the_senders_message_is_delivered_by_being_in_the_record() -> None:
    sender = WebChatSender(Listeners())
    assert sender.send(Outgoing(address="x", text="hello", reply_key="key-1")) == "key-1"


def test_the_language_follows_the_chat_and_not_the_browser(page: ChatPage) -> None:
    page.start()
    english = {"Accept-Language": "en-GB"}
    assert '<html lang="zh-CN">' in page.client.get("/chat", headers=english).text


def test_the_page_tells_the_browser_to_refuse_everything_else(page: ChatPage) -> None:
    headers = page.client.get("/chat").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"


def test_a_stopped_or_unknown_chat_says_its_mode(page: ChatPage) -> None:
    assert page.lines() == {
        "language": None,
        "mode": Mode.UNKNOWN,
        "heard": 0,
        "said": 0,
        "lines": [],
    }
