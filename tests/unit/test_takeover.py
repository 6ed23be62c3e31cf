"""A nurse takes the chat over, talks to the patient, and gives it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.check_in import CheckInState
from bot.core.conversation import InboundState, Mode, OutboundState
from bot.core.errors import AlreadyDone, DeliveryFailed, NotAllowed, NotFound
from bot.core.message import Part
from bot.core.screening import RedFlag, Screening
from bot.core.staff import StaffRole
from bot.core.triage_level import TriageLevel
from bot.services.hand_back import hand_back
from bot.services.outbox import put
from bot.services.staff_accounts import Refused
from bot.services.take_over import take_over
from bot.services.write_to_patient import write_to_patient
from bot.workflows.at_once import run_due
from tests.builders import (
    a_chat,
    a_contact,
    a_nurse,
    a_nurse_chat,
    a_patient,
    an_episode,
    both,
)
from tests.fakes import World
from tests.unit.takeover_desk import (
    CHAT,
    a_ward,
    a_ward_with_a_question,
    lead,
    leader,
    patient_says,
    patient_sends,
    presses,
    the_chat,
    types,
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_ward_with_a_question(tmp_path)


def bot_speaks(world: World, key: str = "k", kind: str = "bot") -> None:
    with world.record.transaction() as tx:
        put(tx, world.parts, CHAT, f"the bot says {key}", key=key, kind=kind)


def write(world: World, nurse: str, text: str, **over: object) -> None:
    given = {"episode_id": "episode-wang", "text": text, "once": text, **over}
    write_to_patient(world.parts, world.get("nurses", f"nurse-{nurse}"), **given)
    run_due(world.parts)


# --- Taking over --------------------------------------------------------------------


def test_she_leads_the_patient_is_told_and_the_audit_has_it(world: World) -> None:
    lead(world)
    chat = the_chat(world)
    assert (chat.mode, chat.nurse_id, chat.epoch) == (Mode.NURSE, "nurse-chen", 1)
    assert world.said_to(CHAT) == ["nurse_takeover.zh nurse=Chen"]
    assert "王秀英 · staff_you_lead.en" in world.said_to("chat-chen")[0]
    (noted,) = world.rows("audit", action="chat.take_over")
    assert (noted.who, noted.about, noted.details) == ("nurse-chen", "patient-wang", CHAT)


def test_what_the_bot_had_not_sent_yet_stays_unsaid(world: World) -> None:
    bot_speaks(world)
    lead(world)
    (held,) = world.rows("outbound", key="k")
    assert held.state is OutboundState.CANCELLED


def test_words_of_the_bot_that_a_provider_held_up_are_not_sent_after_the_takeover(
    world: World,
) -> None:
    world.sender.failures.append(DeliveryFailed("unknown"))
    bot_speaks(world)
    run_due(world.parts)
    lead(world)
    world.clock.advance(minutes=2)
    run_due(world.parts)
    assert "the bot says k" not in [one.text for one in world.sender.sent]


def test_the_fixed_words_of_the_house_are_sent_all_the_same(world: World) -> None:
    bot_speaks(world, "safety", kind="system")
    lead(world)
    assert "the bot says safety" in [one.text for one in world.sender.sent]


def test_her_second_press_changes_nothing(world: World) -> None:
    first = lead(world)
    assert lead(world).id == first.id
    assert len(world.rows("takeovers")) == 1
    assert len(world.said_to(CHAT)) == 1


def test_of_two_nurses_the_second_reads_who_has_it(world: World) -> None:
    lead(world)
    with pytest.raises(AlreadyDone) as refused:
        lead(world, "liu")
    assert refused.value.by == "Chen"
    assert leader(world) == "nurse-chen"


def test_a_colleague_takes_it_from_her_by_name_and_everybody_is_told(world: World) -> None:
    first = lead(world)
    lead(world, "liu", from_nurse_id="nurse-chen")
    assert leader(world) == "nurse-liu"
    ended = world.get("takeovers", first.id)
    assert (ended.ended, ended.ended_by, ended.look_at) == ("taken", "nurse-liu", None)
    assert world.said_to(CHAT)[-1] == "nurse_takeover.zh nurse=Liu"
    assert "staff_taken_from_you.en nurse=Liu" in world.said_to("chat-chen")[-1]


def test_taking_it_from_somebody_who_no_longer_has_it_is_refused(world: World) -> None:
    lead(world)
    lead(world, "liu", from_nurse_id="nurse-chen")
    with pytest.raises(AlreadyDone) as refused:
        lead(world, "zhao", from_nurse_id="nurse-chen")
    assert refused.value.by == "Liu"


def test_a_nurse_of_another_ward_finds_nobody(world: World) -> None:
    world.add(a_nurse_chat("away"), a_nurse("away", ward="cardio"))
    with pytest.raises(NotFound):
        lead(world, "away")
    assert leader(world) is None


@pytest.mark.parametrize("over", [{"role": StaffRole.AUDITOR}, {"active": False}])
def test_whoever_may_not_write_to_patients_cannot_lead(world: World, over: dict) -> None:
    world.add(a_nurse_chat("sun"), a_nurse("sun", **over))
    with pytest.raises(NotAllowed):
        lead(world, "sun")


@pytest.mark.parametrize(
    "over",
    [{"mode": Mode.STOPPED}, {"mode": Mode.CONSENTING}, {"unreachable": True}],
)
def test_nobody_leads_where_nobody_can_be_talked_to(tmp_path: Path, over: dict) -> None:
    world = a_ward(tmp_path)
    with world.record.transaction() as tx:
        chat = tx.conversations.get(CHAT)
        tx.conversations.swap(chat, replace(chat, **over))
    with pytest.raises(Refused):
        lead(world)


def test_a_nurses_own_chat_cannot_be_taken_over(world: World) -> None:
    with pytest.raises(NotFound):
        lead(world, conversation_id="chat-liu")


def test_the_caregivers_chat_goes_on_while_the_patients_is_led(world: World) -> None:
    world.add(a_contact("fang", of="wang"), a_chat("fang"))
    lead(world)
    assert the_chat(world, "chat-fang").mode is Mode.BOT
    patient_says(world, "她在睡觉", address="fang")
    assert [turn["conversation_id"] for turn in world.dialogue.turns] == ["chat-fang"]


# --- While she leads ----------------------------------------------------------------


def test_the_engine_hears_nothing_and_the_nurse_everything(world: World) -> None:
    lead(world)
    patient_says(world, "有点疼")
    assert world.dialogue.turns == []
    assert "relayed_to_nurse.en name=王秀英 text=有点疼" in world.said_to("chat-chen")
    assert {one.state for one in world.rows("inbound")} == {InboundState.DONE}


def test_words_that_the_engine_was_thinking_about_are_relayed_to_her(world: World) -> None:
    def takes_over_meanwhile(**asked: object) -> tuple:
        take_over(world.parts, conversation_id=CHAT, nurse_id="nurse-chen")
        return ()

    world.dialogue.turn = takes_over_meanwhile  # type: ignore[method-assign]
    patient_says(world, "我该怎么办")
    assert "relayed_to_nurse.en name=王秀英 text=我该怎么办" in world.said_to("chat-chen")


def test_a_photo_an_edit_and_a_caregivers_words_are_named_as_such(world: World) -> None:
    world.add(a_contact("fang", of="wang"), a_chat("fang"))
    lead(world)
    lead(world, conversation_id="chat-fang")
    patient_says(world, "", part=Part.PHOTO, media=("file-1",))
    patient_says(world, "不疼", edited=True)
    patient_says(world, "妈妈发烧了", address="fang")
    photo, edit, hers = world.said_to("chat-chen")[-3:]
    assert photo == "relayed_without_words.en name=王秀英"
    assert edit == "relayed_edited.en name=王秀英 text=不疼"
    assert hers == "relayed_to_nurse.en name=王秀英 · Fang text=妈妈发烧了"


def test_a_red_flag_is_raised_and_answered_with_the_safety_words(world: World) -> None:
    flag = RedFlag("chest", TriageLevel.EMERGENCY, "胸口痛", both("heart?"))
    world.screen.found["胸口痛"] = Screening("胸口痛", TriageLevel.EMERGENCY, red_flags=(flag,))
    lead(world)
    patient_says(world, "胸口痛")
    (case,) = world.rows("escalations")
    assert case.level is TriageLevel.EMERGENCY
    assert any("emergency: a nurse has been told" in one.text for one in world.sender.sent)
    assert any("staff_page" in one for one in world.said_to("chat-chen"))
    assert leader(world) == "nurse-chen"


def test_her_words_reach_the_patient_with_her_name_on_record(world: World) -> None:
    lead(world)
    write(world, "chen", "您好，我是陈护士")
    assert world.sender.sent[-1].text == "您好，我是陈护士"
    (sent,) = world.rows("outbound", kind="nurse")
    (noted,) = world.rows("audit", details=sent.id)
    assert noted.who == "nurse-chen"


def test_a_colleague_who_does_not_lead_cannot_talk_into_it(world: World) -> None:
    lead(world)
    with pytest.raises(AlreadyDone) as refused:
        write(world, "liu", "hello")
    assert refused.value.by == "Chen"
    assert world.rows("outbound", kind="nurse") == []


def test_writing_and_leading_is_one_step(world: World) -> None:
    write(world, "chen", "请拍张照片", lead=True)
    assert leader(world) == "nurse-chen"
    assert world.said_to(CHAT)[-2:] == ["nurse_takeover.zh nurse=Chen", "请拍张照片"]


def test_her_words_go_to_the_chat_she_leads(world: World) -> None:
    world.add(a_contact("fang", of="wang"), a_chat("fang"))
    lead(world, conversation_id="chat-fang")
    write(world, "chen", "您妈妈怎么样？")
    assert world.said_to("chat-fang")[-1] == "您妈妈怎么样？"
    write(world, "chen", "您好", to=CHAT)
    assert world.said_to(CHAT)[-1] == "您好"


def test_a_chat_of_somebody_else_cannot_be_written_to(world: World) -> None:
    world.add(a_patient("li"), a_contact("li"), an_episode("li"), a_chat("li"))
    with pytest.raises(NotFound):
        write(world, "chen", "hello", to="chat-li")


def test_stop_ends_the_takeover_and_the_nurse_hears_of_it(world: World) -> None:
    taken = lead(world)
    patient_says(world, "退订")
    chat = the_chat(world)
    assert (chat.mode, chat.nurse_id) == (Mode.STOPPED, None)
    assert world.get("takeovers", taken.id).ended == "lost"
    assert "staff_takeover_lost.en" in world.said_to("chat-chen")[-1]
    assert "staff_not_understood" in types(world, "chen", "王阿姨？")[0]


def test_stop_by_the_caregiver_leaves_the_patients_episode_alone(world: World) -> None:
    world.add(a_contact("fang", of="wang"), a_chat("fang"))
    lead(world)
    patient_says(world, "退订", address="fang")
    assert world.get("episodes", "episode-wang").state == "active"
    assert leader(world) == "nurse-chen"


# --- From her own chat ----------------------------------------------------------------


def test_what_she_types_goes_to_the_patient_once(world: World) -> None:
    lead(world)
    answers = types(world, "chen", "您现在体温多少？", external_id="same")
    types(world, "chen", "您现在体温多少？", external_id="same")
    assert world.said_to(CHAT).count("您现在体温多少？") == 1
    assert answers == ["王秀英 · staff_sent_to_patient.en"]


def test_a_quick_reply_is_read_by_each_in_her_own_language(world: World) -> None:
    lead(world)
    (listed,) = presses(world, "chen", "staff_button_quick.en")
    assert "1. I am calling you now." in listed
    presses(world, "chen", "1")
    assert world.said_to(CHAT)[-1] == "I am calling you now.（中文）"


def test_what_is_not_text_is_not_passed_on_and_she_is_told(world: World) -> None:
    lead(world)
    assert types(world, "chen", "", part=Part.PHOTO, media=("f",)) == ["staff_text_only.en"]
    assert world.rows("outbound", kind="nurse") == []


def test_who_leads_two_patients_is_asked_for_whom_it_is(world: World) -> None:
    world.add(a_patient("li"), a_contact("li"), an_episode("li"), a_chat("li"))
    lead(world)
    lead(world, conversation_id="chat-li")
    assert types(world, "chen", "请量体温") == ["staff_ask_which_patient.en"]
    assert world.rows("outbound", kind="nurse") == []
    presses(world, "chen", "Li")
    presses(world, "chen", "Li")
    assert world.said_to("chat-li")[-1] == "请量体温"
    assert world.said_to("chat-li").count("请量体温") == 1
    assert "请量体温" not in world.said_to(CHAT)


@pytest.mark.parametrize("word", ["/back", "交还", "Hand back"])
def test_she_hands_back_by_button_or_word(world: World, word: str) -> None:
    lead(world)
    assert types(world, "chen", word)[-1] == "王秀英 · staff_handed_back.en"
    assert leader(world) is None


def test_who_presses_hand_back_too_late_reads_who_leads_and_may_take_it(world: World) -> None:
    lead(world)
    lead(world, "liu", from_nurse_id="nurse-chen")
    (answer,) = presses(world, "chen", "staff_button_hand_back.en")
    assert "staff_led_by.en nurse=Liu" in answer
    presses(world, "chen", "staff_button_take_from.en nurse=Liu")
    assert leader(world) == "nurse-chen"


def test_her_words_after_a_colleague_took_it_reach_nobody(world: World) -> None:
    lead(world)
    lead(world, "liu", from_nurse_id="nurse-chen")
    assert "staff_not_understood" in types(world, "chen", "您好")[0]
    assert "您好" not in world.said_to(CHAT)


# --- Handing back ---------------------------------------------------------------------


def test_the_open_question_is_asked_again_with_a_line_for_both(world: World) -> None:
    lead(world)
    hand_back(world.parts, conversation_id=CHAT, nurse_id="nurse-chen")
    run_due(world.parts)
    line, question = world.said_to(CHAT)[-2:]
    assert line == "nurse_handed_back.zh nurse=Chen\ncheck_in_again.zh"
    assert question == "How is pain_rest?（中文）"
    assert "staff_handed_back.en" in world.said_to("chat-chen")[-1]
    assert [one.text for one in world.sender.sent][-2:] == [line, question]
    patient_says(world, "3")
    assert world.dialogue.turns[-1]["text"] == "3"


def test_without_an_open_question_there_is_only_the_line(tmp_path: Path) -> None:
    world = a_ward(tmp_path)
    lead(world)
    hand_back(world.parts, conversation_id=CHAT, nurse_id="nurse-chen")
    assert world.said_to(CHAT)[-1] == "nurse_handed_back.zh nurse=Chen"


def test_at_night_the_question_waits_for_the_morning(world: World) -> None:
    world.clock.advance(hours=13)  # 22:00 with the patient
    lead(world)
    hand_back(world.parts, conversation_id=CHAT, nurse_id="nurse-chen")
    run_due(world.parts)
    assert world.said_to(CHAT)[-1] == "nurse_handed_back.zh nurse=Chen"
    (open_one,) = world.rows("check_ins", state=CheckInState.OPEN)
    assert open_one.postponed_until == world.clock.now() + timedelta(hours=10)


def test_a_question_put_off_while_she_led_is_not_asked_early(world: World) -> None:
    until = world.clock.now() + timedelta(hours=3)
    with world.record.transaction() as tx:
        one = tx.check_ins.get("check-in-wang")
        tx.check_ins.swap(one, replace(one, postponed_until=until, follow_up_at=until))
    lead(world)
    hand_back(world.parts, conversation_id=CHAT, nurse_id="nurse-chen")
    assert world.said_to(CHAT)[-1] == "nurse_handed_back.zh nurse=Chen"


def test_a_check_in_that_fell_due_while_she_led_goes_out_after_the_hand_back(
    tmp_path: Path,
) -> None:
    from tests.builders import a_check_in

    planned = a_check_in(state=CheckInState.PLANNED, opened_at=None, conversation_id=None)
    world = a_ward(tmp_path, planned)
    lead(world)
    world.clock.advance(minutes=5)
    run_due(world.parts)
    assert world.get("check_ins", "check-in-wang").state is CheckInState.PLANNED
    hand_back(world.parts, conversation_id=CHAT, nurse_id="nurse-chen")
    run_due(world.parts)
    assert world.get("check_ins", "check-in-wang").state is CheckInState.OPEN
    assert world.dialogue.turns[-1]["intent"] == "EXTERNAL_check_in"


def test_silence_of_the_patient_counts_from_the_hand_back(world: World) -> None:
    lead(world)
    for _ in range(5):
        world.clock.advance(minutes=58)
        write(world, "chen", f"still here {world.clock.now()}")
    hand_back(world.parts, conversation_id=CHAT, nurse_id="nurse-chen")
    run_due(world.parts)
    world.clock.advance(minutes=30)
    run_due(world.parts)
    assert "reminder.zh" not in "".join(world.said_to(CHAT))


def test_handing_back_twice_is_once(world: World) -> None:
    lead(world)
    for _ in range(2):
        hand_back(world.parts, conversation_id=CHAT, nurse_id="nurse-chen")
    assert len(world.rows("audit", action="chat.hand_back")) == 1


def test_a_colleague_cannot_hand_back_for_her_but_the_charge_nurse_can(world: World) -> None:
    lead(world)
    with pytest.raises(AlreadyDone):
        hand_back(world.parts, conversation_id=CHAT, nurse_id="nurse-liu")
    hand_back(world.parts, conversation_id=CHAT, nurse_id="nurse-zhao")
    assert leader(world) is None
    assert "staff_handed_back.en" in world.said_to("chat-chen")[-1]


def test_words_that_wait_when_she_hands_back_are_heard_by_the_bot(world: World) -> None:
    lead(world)
    patient_sends(world, "七分")
    hand_back(world.parts, conversation_id=CHAT, nurse_id="nurse-chen")
    run_due(world.parts)
    assert world.dialogue.turns[-1]["text"] == "七分"
