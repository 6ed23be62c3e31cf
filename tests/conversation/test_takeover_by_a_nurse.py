"""A nurse takes over in the middle of a check-in, with the trained engine, on virtual time."""

from __future__ import annotations

from bot.core.check_in import CheckInState
from bot.core.conversation import Mode
from tests.conversation.hospital import Hospital, Person
from tests.conversation.test_first_check_in import answer_the_rest


def in_a_check_in(hospital: Hospital) -> tuple[Person, Person]:
    """Mrs Wang was asked for her temperature; nurse Chen has a case of hers."""
    chen = hospital.nurse("陈静", "first")
    wang = hospital.patient()
    hospital.wait(hours=24)
    wang.presses("都没有")
    wang.unread()
    return chen, wang


def test_the_check_in_goes_on_after_the_hand_back_where_it_was(hospital: Hospital) -> None:
    chen, wang = in_a_check_in(hospital)
    asked = hospital.rows("check_ins", state=CheckInState.OPEN)[0].current_question
    wang.says("找护士")
    chen.presses("我来处理")
    wang.unread()
    chen.presses("接管对话")
    assert any("护士陈静来和您说话了" in one for one in wang.unread())
    hospital.clock.advance(seconds=5)
    assert wang.says("刚量了，36度9") == [], "the chatbot is silent"
    assert "刚量了，36度9" in "".join(chen.unread())
    chen.says("您先喝点水，半小时后再量一次")
    assert wang.unread() == ["您先喝点水，半小时后再量一次"]
    chen.presses("快捷回复")
    chen.presses("1")
    assert "马上给您打电话" in wang.unread()[0]
    seen = hospital.rows("observations", question_id=asked, understood=True)
    assert seen == [], "words for the nurse are never taken for an answer"
    chen.presses("交还机器人")
    line, question, *_ = wang.unread()
    assert "护士陈静已经说完" in line
    assert "接着刚才的问题" in line
    again = hospital.rows("check_ins", state=CheckInState.OPEN)[0]
    assert again.current_question == asked
    assert "体温" in question
    summary = answer_the_rest(wang, hospital)[-1]
    assert "36.8" in summary
    assert [one.plan_id for one in hospital.rows("check_ins", state=CheckInState.COMPLETED)] == [
        "day_1"
    ]


def test_a_red_flag_while_a_nurse_leads_gets_its_words_and_its_case(hospital: Hospital) -> None:
    chen, wang = in_a_check_in(hospital)
    wang.says("找护士")
    chen.presses("接管对话")
    wang.unread()
    hospital.clock.advance(seconds=5)
    said = "".join(wang.says("突然胸口剧痛，喘不上气"))
    assert "120" in said
    case = hospital.rows("escalations")[0]
    assert case.level.word == "emergency"
    assert wang.chat.mode is Mode.NURSE
    assert "突然胸口剧痛" in "".join(chen.unread())


def test_a_check_in_that_falls_due_while_a_nurse_leads_comes_after_her(
    hospital: Hospital,
) -> None:
    chen = hospital.nurse("陈静", "first")
    wang = hospital.patient()
    hospital.wait(hours=22.5)
    wang.says("找护士")
    chen.presses("接管对话")
    wang.unread()
    for _ in range(12):
        hospital.wait(minutes=10)
        chen.says("我还在")
    assert set(wang.unread()) == {"我还在"}
    chen.presses("交还机器人")
    said = wang.unread()
    assert "护士陈静已经说完" in said[0]
    assert "王秀英" in said[1], "the greeting of the check-in"
    assert hospital.rows("check_ins", state=CheckInState.OPEN)[0].plan_id == "day_1"


def test_an_idle_takeover_in_english_is_reminded_and_goes_up(hospital: Hospital) -> None:
    chen, zhao = hospital.nurse("陈静", "first"), hospital.nurse("赵敏", "charge")
    mary = hospital.patient("mary", name="Mary Hughes", language="en")
    mary.says("I want to talk to a nurse")
    chen.presses("接管对话")
    assert any("Nurse 陈静 is talking to you now" in one for one in mary.unread())
    hospital.clock.advance(seconds=5)
    mary.says("is it normal that the scar itches?")
    chen.unread()
    hospital.wait(minutes=20)
    assert "is it normal that the scar itches?" in "".join(chen.unread())
    hospital.wait(minutes=10)
    assert "没有回复" in "".join(zhao.unread())
    zhao.presses("从陈静手中接过")
    assert mary.chat.nurse_id == "nurse-赵敏"
    assert any("Nurse 赵敏 is talking to you now" in one for one in mary.unread())
