"""What a nurse presses and types in her own chat."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.conversation import Inbound
from bot.core.errors import NotFound
from bot.core.escalation import Escalation, EscalationState
from bot.core.triage_level import TriageLevel
from bot.services.acknowledge import acknowledge
from bot.services.close_escalation import close_escalation
from bot.services.nurse_message import is_nurse_chat, nurse_message
from bot.services.raise_escalation import NewCause, raise_escalation
from bot.services.register_nurse import make_link_code, register_nurse, unlink_chat
from bot.services.step_escalation import step_escalation
from tests.builders import a_chat, a_nurse, a_nurse_chat, an_inbound, wang_and_her_ward
from tests.fakes import World, a_world, hash_code


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = a_world(tmp_path)
    made.add(*wang_and_her_ward())
    return made


@pytest.fixture
def case(world: World) -> Escalation:
    """An emergency of Mrs Wang, first Chen and then Liu were paged."""
    with world.record.transaction() as tx:
        episode = tx.episodes.get("episode-wang")
        assert episode is not None
        made = raise_escalation(
            tx,
            world.parts,
            episode=episode,
            conversation=tx.conversations.get("chat-wang"),
            level=TriageLevel.EMERGENCY,
            causes=[
                NewCause("screening", "chest", TriageLevel.EMERGENCY, "胸口痛", {"en": "heart?"})
            ],
            now=world.clock.now(),
        )
    world.clock.advance(minutes=5)
    step_escalation(world.parts, made.id)
    return made


def button(world: World, chat: str, title: str) -> str:
    """The id of the newest button with this title in a chat."""
    found = world.rows("buttons", conversation_id=chat, order_by="-created_at,-id")
    return next(one.id for one in found if one.title.startswith(title))


def send(world: World, chat: str, **over: Any) -> list[str]:
    """Let a nurse's message be processed; what she is answered."""
    number = len(world.rows("inbound", conversation_id=chat)) + 1
    given = {"id": f"{chat}-{number}", "seq": number, "conversation_id": chat, "text": "", **over}
    message: Inbound = an_inbound(**given)
    world.add(message)
    before = len(world.said_to(chat))
    process(world, message)
    return world.said_to(chat)[before:]


def process(world: World, message: Inbound) -> None:
    with world.record.transaction() as tx:
        conversation = tx.conversations.get(message.conversation_id)
        assert conversation is not None
        nurse_message(tx, world.parts, conversation=conversation, message=message)


def press(world: World, chat: str, title: str) -> list[str]:
    return send(world, chat, button=button(world, chat, title), part="button")


HAVE_IT, PASS_ON = "staff_button_have_it", "staff_button_pass_on"
CLOSE, CALLED = "staff_button_close", "outcome_called"


# --- Buttons ------------------------------------------------------------------------


def test_i_have_it_then_close_then_an_outcome_ends_the_case(world: World, case: Escalation) -> None:
    (answer,) = press(world, "chat-chen", HAVE_IT)
    assert "staff_you_have_it" in answer
    (asked,) = press(world, "chat-chen", CLOSE)
    assert "staff_ask_outcome" in asked
    (ended,) = press(world, "chat-chen", CALLED)
    assert "staff_closed.en nurse=Chen outcome=outcome_called.en" in ended
    closed = world.get("escalations", case.id)
    assert (closed.closed_by, closed.outcome) == ("nurse-chen", "called")


def test_a_button_is_marked_when_it_was_used(world: World, case: Escalation) -> None:
    id = button(world, "chat-chen", HAVE_IT)
    press(world, "chat-chen", HAVE_IT)
    assert world.get("buttons", id).used_at == world.clock.now()


def test_who_comes_second_reads_who_has_it(world: World, case: Escalation) -> None:
    press(world, "chat-liu", HAVE_IT)
    (answer,) = press(world, "chat-chen", HAVE_IT)
    assert "staff_taken_by.en nurse=Liu" in answer


@pytest.mark.parametrize("title", [HAVE_IT, PASS_ON])
def test_a_stale_press_on_a_closed_case_reads_who_closed_it(
    world: World, case: Escalation, title: str
) -> None:
    close_escalation(world.parts, escalation_id=case.id, nurse_id="nurse-liu", outcome="called")
    (answer,) = press(world, "chat-chen", title)
    assert "staff_already_closed.en nurse=Liu" in answer


def test_pass_on_pages_the_next_nurse(world: World, case: Escalation) -> None:
    press(world, "chat-chen", PASS_ON)
    assert any("staff_page" in one for one in world.said_to("chat-zhao"))


def test_two_taps_on_pass_on_are_one_step(world: World, case: Escalation) -> None:
    press(world, "chat-chen", PASS_ON)
    pages = len(world.rows("notifications"))
    press(world, "chat-chen", PASS_ON)
    assert len(world.rows("notifications")) == pages


def test_the_same_press_delivered_again_answers_once(world: World, case: Escalation) -> None:
    press(world, "chat-chen", HAVE_IT)
    before = len(world.said_to("chat-chen"))
    (message,) = world.rows("inbound", conversation_id="chat-chen")
    process(world, message)
    process(world, message)
    assert len(world.said_to("chat-chen")) <= before + 1
    assert world.get("escalations", case.id).acknowledged_by == "nurse-chen"


def test_an_outcome_after_the_case_went_on_is_answered_kindly(
    world: World, case: Escalation
) -> None:
    press(world, "chat-chen", HAVE_IT)
    press(world, "chat-chen", CLOSE)
    world.clock.advance(minutes=30)
    step_escalation(world.parts, case.id)
    acknowledge(world.parts, escalation_id=case.id, nurse_id="nurse-zhao")
    (answer,) = press(world, "chat-chen", CALLED)
    assert "staff_taken_by.en nurse=Zhao" in answer
    assert not world.get("escalations", case.id).is_closed


def test_a_button_of_another_chat_does_nothing(world: World, case: Escalation) -> None:
    send(world, "chat-zhao", button=button(world, "chat-chen", HAVE_IT), part="button")
    assert world.get("escalations", case.id).state is EscalationState.OPEN


def test_a_button_nobody_made_gets_help(world: World, case: Escalation) -> None:
    answers = send(world, "chat-chen", button="forged", part="button")
    assert answers[0].startswith("staff_not_understood")


# --- Typed text ---------------------------------------------------------------------


def test_typed_text_gets_help_and_the_open_cases_with_their_buttons(
    world: World, case: Escalation
) -> None:
    help, listed = send(world, "chat-chen", text="what do I do?")
    assert help.startswith("staff_not_understood")
    assert "staff_case_waiting" in listed
    press(world, "chat-chen", HAVE_IT)
    assert world.get("escalations", case.id).acknowledged_by == "nurse-chen"


def test_a_nurse_without_cases_reads_that_there_are_none(world: World) -> None:
    (answer,) = send(world, "chat-chen", text="hello")
    assert "staff_no_open_cases" in answer


def test_a_nurse_who_left_can_do_nothing_from_her_old_chat(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.add(a_nurse_chat("chen"), a_nurse("chen", active=False))
    (answer,) = send(world, "chat-chen", text="hello")
    assert answer.startswith("staff_code_wrong")


# --- Registering --------------------------------------------------------------------


def register(world: World, chat: str, code: str) -> bool:
    with world.record.transaction() as tx:
        conversation = tx.conversations.get(chat)
        assert conversation is not None
        code_hash = hash_code(code)
        return register_nurse(tx, world.parts, conversation=conversation, code_hash=code_hash)


@pytest.fixture
def newcomer(tmp_path: Path) -> World:
    """Nurse Sun has an account and no chat yet; somebody opens chat-sun."""
    world = a_world(tmp_path)
    world.add(a_nurse("sun", conversation_id=None, language="zh"), a_chat("sun", contact_id=None))
    return world


def test_a_code_from_the_console_makes_the_chat_hers(newcomer: World) -> None:
    made = make_link_code(newcomer.parts, nurse_id="nurse-sun", by="nurse-zhao")
    assert made.link == f"https://t.me/aftercare_bot?start={made.code}"
    assert register(newcomer, "chat-sun", made.code)
    assert newcomer.get("nurses", "nurse-sun").conversation_id == "chat-sun"
    assert is_nurse_chat(newcomer.get("conversations", "chat-sun"))
    assert newcomer.said_to("chat-sun") == ["staff_code_accepted.zh nurse=Sun"]


def test_only_the_hash_of_a_code_is_kept(newcomer: World) -> None:
    made = make_link_code(newcomer.parts, nurse_id="nurse-sun", by="nurse-zhao")
    assert newcomer.get("nurses", "nurse-sun").link_code_hash == hash_code(made.code)


def test_a_code_works_once(newcomer: World) -> None:
    newcomer.add(a_chat("other", contact_id=None))
    made = make_link_code(newcomer.parts, nurse_id="nurse-sun", by="nurse-zhao")
    register(newcomer, "chat-sun", made.code)
    assert not register(newcomer, "chat-other", made.code)


def test_a_code_that_ran_out_is_answered_and_binds_nothing(newcomer: World) -> None:
    made = make_link_code(newcomer.parts, nurse_id="nurse-sun", by="nurse-zhao")
    newcomer.clock.advance(hours=73)
    assert register(newcomer, "chat-sun", made.code)
    assert newcomer.said_to("chat-sun") == ["staff_code_wrong.zh"]
    assert newcomer.get("nurses", "nurse-sun").conversation_id is None


def test_a_newer_code_ends_the_older_one(newcomer: World) -> None:
    old = make_link_code(newcomer.parts, nurse_id="nurse-sun", by="nurse-zhao")
    make_link_code(newcomer.parts, nurse_id="nurse-sun", by="nurse-zhao")
    assert not register(newcomer, "chat-sun", old.code)


def test_a_patients_code_is_not_ours_to_answer(newcomer: World) -> None:
    assert not register(newcomer, "chat-sun", "some-other-code")
    assert newcomer.said_to("chat-sun") == []


def test_an_empty_code_opens_nothing(newcomer: World) -> None:
    with newcomer.record.transaction() as tx:
        chat = tx.conversations.get("chat-sun")
        assert chat is not None
        assert not register_nurse(tx, newcomer.parts, conversation=chat, code_hash="")


def test_a_patients_chat_cannot_become_a_nurses(world: World) -> None:
    world.add(a_nurse("sun", conversation_id=None))
    made = make_link_code(world.parts, nurse_id="nurse-sun", by="nurse-zhao")
    assert register(world, "chat-wang", made.code)
    assert world.said_to("chat-wang") == ["staff_chat_taken.en"]
    assert world.get("nurses", "nurse-sun").conversation_id is None


def test_a_new_phone_takes_the_place_of_the_old_one(world: World) -> None:
    world.add(a_chat("new", contact_id=None))
    made = make_link_code(world.parts, nurse_id="nurse-chen", by="nurse-zhao")
    assert register(world, "chat-new", made.code)
    assert not is_nurse_chat(world.get("conversations", "chat-chen"))
    assert world.said_to("chat-chen") == ["staff_chat_moved.en"]


def test_a_lost_phone_is_no_longer_paged(world: World) -> None:
    unlink_chat(world.parts, nurse_id="nurse-chen", by="nurse-zhao")
    assert world.get("nurses", "nurse-chen").conversation_id is None
    assert not is_nurse_chat(world.get("conversations", "chat-chen"))


def test_no_code_for_a_nurse_who_left(world: World) -> None:
    world.add(a_nurse("gone", conversation_id=None, active=False))
    with pytest.raises(NotFound):
        make_link_code(world.parts, nurse_id="nurse-gone", by="nurse-zhao")


def test_a_code_ends_after_the_hours_of_the_house(newcomer: World) -> None:
    made = make_link_code(newcomer.parts, nurse_id="nurse-sun", by="nurse-zhao")
    assert made.expires_at == newcomer.clock.now() + timedelta(hours=72)
