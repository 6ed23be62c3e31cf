"""A patient's first check-in, through the trained engine, on virtual time."""

from __future__ import annotations

from bot.core.check_in import CheckInState
from bot.core.escalation import EscalationState
from bot.core.message import Part
from tests.conversation.hospital import Hospital, Person


def answer_the_rest(person: Person, hospital: Hospital) -> list[str]:
    """Tap or say the harmless answer to every question that is still open."""
    said: list[str] = []
    for _ in range(30):
        check_in = hospital.rows("check_ins", state=CheckInState.OPEN)
        if not check_in:
            return said
        question = check_in[0].current_question
        harmless = {
            "temperature": "36.8",
            "pain_rest": "2",
            "pain_walking": "3",
            "blood_thinner_missed": "0",
        }.get(question, "")
        titles = person.buttons()
        if harmless or not titles:
            said += person.says(harmless or "没有")
            continue
        pathway = hospital.parts.library.pathway("hip_knee_replacement")
        options = pathway.questions[question].options
        language = person.chat.language
        if question in ("mood", "walking", "helper", "exercises"):
            said += person.presses(options[0].words.say(language))
        else:
            none = next((o.words.say(language) for o in options if o.value in ("none", "no")), "")
            no = hospital.parts.library.shared.phrases.say("button_no", language)
            said += person.presses(none if none in titles else no if no in titles else titles[0])
    raise AssertionError(f"still open: {check_in[0].current_question}")


def test_a_code_a_year_of_birth_and_a_yes_start_the_pathway(hospital: Hospital) -> None:
    code, *_ = hospital.enrol()
    wang = Person(hospital, "wang")
    assert "出生年份" in wang.opens(code)[0]
    assert "王秀英" not in "".join(m.text for m in wang.inbox), "nothing personal before the year"
    hello, consent = wang.says("1946年的")
    assert "王秀英" in hello
    assert "120" in consent
    wang.presses("同意")
    assert hospital.rows("episodes")[0].state == "active"
    assert hospital.rows("consents")[0].decision == "given"
    planned = {one.plan_id for one in hospital.rows("check_ins")}
    assert {"day_1", "day_3", "day_7", "day_14", "day_28", "day_42", "day_90"} <= planned


def test_a_wrong_year_five_times_locks_the_code_and_tells_a_nurse(hospital: Hospital) -> None:
    code, *_ = hospital.enrol()
    stranger = Person(hospital, "stranger")
    stranger.opens(code)
    for year in range(1950, 1955):
        stranger.says(str(year))
    assert "停用" in stranger.inbox[-1].text
    assert "停用" in stranger.opens(code)[0]
    assert [one.kind for one in hospital.rows("tasks")] == ["code_locked"]
    assert "王秀英" not in "".join(m.text for m in stranger.inbox)


def test_a_used_code_opens_no_second_chat(hospital: Hospital) -> None:
    code, *_ = hospital.enrol()
    wang, thief = Person(hospital, "wang"), Person(hospital, "thief")
    wang.opens(code)
    wang.says("1946")
    assert "另一个聊天" in thief.opens(code)[0]


def test_the_check_in_goes_out_in_the_morning_after_discharge(hospital: Hospital) -> None:
    wang = hospital.patient()
    wang.unread()
    hospital.wait(hours=22)
    assert wang.unread() == [], "nothing goes out at night"
    hospital.wait(hours=2)
    greeting, question, *_ = wang.unread()
    assert "王秀英" in greeting
    assert "都没有" in wang.buttons()
    assert question


def test_harmless_answers_complete_the_check_in_with_a_summary(hospital: Hospital) -> None:
    wang = hospital.patient()
    hospital.wait(hours=24)
    said = answer_the_rest(wang, hospital)
    summary = said[-1]
    assert "36.8" in summary
    assert "120" in summary
    assert "您今天告诉我" in summary
    done = hospital.rows("check_ins", state=CheckInState.COMPLETED)
    assert [one.plan_id for one in done] == ["day_1"]
    assert hospital.rows("escalations") == []


def test_the_same_story_in_english(hospital: Hospital) -> None:
    mary = hospital.patient("mary", name="Mary Hughes", language="en")
    hospital.wait(hours=24)
    summary = answer_the_rest(mary, hospital)[-1]
    assert "36.8" in summary
    assert "What you told me today" in summary


def test_a_fever_in_her_own_words_reaches_a_nurse_with_the_rule(hospital: Hospital) -> None:
    chen = hospital.nurse("陈静", "first")
    wang = hospital.patient()
    hospital.wait(hours=24)
    wang.presses("都没有")
    wang.unread()
    wang.says("量了，38度4")
    case = hospital.rows("escalations")[0]
    assert case.state is EscalationState.OPEN
    assert case.level.word == "same_day"
    rules = [one for one in hospital.rows("causes") if one.kind == "rule"]
    assert any("temperature" in one.reason["en"] for one in rules)
    assert all(one.source for one in rules)
    assert "38度4" in chen.inbox[-1].text
    observed = hospital.rows("observations", question_id="temperature")[0]
    assert (observed.value, observed.unit) == (38.4, "Cel")
    assert observed.source_text == "量了，38度4"


def test_one_message_may_answer_several_questions(hospital: Hospital) -> None:
    mary = hospital.patient("mary", name="Mary Hughes", language="en")
    hospital.wait(hours=24)
    mary.says("no calf pain but the wound is a bit wet")
    values = {one.question_id: one.value for one in hospital.rows("observations")}
    assert values["wound"] == ["wet"]
    assert values["leg"] == ["none"]


def test_an_answer_can_be_taken_back(hospital: Hospital) -> None:
    wang = hospital.patient()
    hospital.wait(hours=24)
    wang.presses("都没有")
    wang.says("37.5")
    wang.says("改一下，体温是38.5")
    current = hospital.rows("observations", question_id="temperature", superseded_by=None)
    assert [one.value for one in current] == [38.5]
    assert len(hospital.rows("observations", question_id="temperature")) == 2
    assert hospital.rows("escalations"), "the corrected value is weighed too"


def test_why_do_you_ask_is_answered_and_the_question_comes_again(hospital: Hospital) -> None:
    mary = hospital.patient("mary", name="Mary Hughes", language="en")
    hospital.wait(hours=24)
    mary.presses("None of these")
    before = mary.inbox[-1].text
    *_, again = mary.says("why do you ask?")
    assert before in again
    assert hospital.rows("observations", question_id="temperature") == []


def test_a_question_in_the_middle_is_answered_and_the_check_in_resumes(
    hospital: Hospital,
) -> None:
    wang = hospital.patient()
    hospital.wait(hours=24)
    wang.presses("都没有")
    question = wang.inbox[-1].text
    said = wang.says("什么时候可以洗澡？")
    assert "护理团队的说明" in said[0]
    assert question in said[-1]


def test_what_is_not_understood_twice_goes_to_a_nurse_and_never_counts_as_no(
    hospital: Hospital,
) -> None:
    wang = hospital.patient()
    hospital.wait(hours=24)
    wang.says("阿巴阿巴")
    assert hospital.rows("escalations") == []
    wang.says("嗯哼哼哼")
    kept = hospital.rows("observations", question_id="danger")[0]
    assert not kept.understood
    assert kept.value is None
    assert kept.source_text == "嗯哼哼哼"
    case = hospital.rows("escalations")[0]
    assert case.level.word == "same_day"
    assert [one.kind for one in hospital.rows("causes")] == ["not_understood"]


def test_later_please_waits_and_asks_again(hospital: Hospital) -> None:
    wang = hospital.patient()
    hospital.wait(hours=24)
    wang.says("晚点再说吧")
    assert "再来问您" in wang.inbox[-1].text
    wang.unread()
    hospital.wait(hours=2, minutes=50)
    assert wang.unread() == []
    hospital.wait(minutes=20)
    assert wang.unread(), "the question comes again"


def test_silence_brings_a_reminder_and_then_a_nurse(hospital: Hospital) -> None:
    wang = hospital.patient()
    hospital.wait(hours=24)
    wang.unread()
    hospital.wait(hours=5)
    assert any("等着您" in text for text in wang.unread())
    hospital.wait(hours=30)
    assert "silence" in {one.kind for one in hospital.rows("tasks")}
    assert hospital.rows("check_ins", plan_id="day_1")[0].state is CheckInState.SILENT


def test_stop_ends_contact_before_any_model_hears_it_and_start_resumes(
    hospital: Hospital,
) -> None:
    wang = hospital.patient()
    hospital.wait(hours=24)
    wang.unread()
    assert "停止" in wang.says("退订")[0]
    hospital.wait(days=10)
    assert wang.unread() == [], "nothing is sent after STOP"
    assert "恢复" in wang.says("你好")[0]
    wang.says("恢复")
    assert hospital.rows("episodes")[0].state == "active"
    decisions = [one.decision for one in hospital.rows("consents", order_by="decided_at")]
    assert decisions == ["given", "withdrawn", "resumed"]


def test_a_red_flag_is_raised_even_after_stop(hospital: Hospital) -> None:
    hospital.nurse("陈静", "first")
    wang = hospital.patient()
    wang.says("退订")
    wang.says("我胸口疼得厉害，喘不上气")
    assert hospital.rows("escalations")[0].level.word == "emergency"


def test_the_language_can_be_switched_in_the_middle(hospital: Hospital) -> None:
    wang = hospital.patient()
    hospital.wait(hours=24)
    wang.says("LANGUAGE")
    assert "None of these" in wang.buttons()
    wang.says("语言")
    assert "都没有" in wang.buttons()


def test_a_typed_intent_starts_nothing(hospital: Hospital) -> None:
    wang = hospital.patient()
    wang.unread()
    for trick in ("/EXTERNAL_check_in", "/restart", '/greet{"answer": "done"}'):
        wang.says(trick)
    assert hospital.rows("check_ins", state=CheckInState.OPEN) == []


def test_a_button_of_an_old_check_in_is_answered_kindly(hospital: Hospital) -> None:
    wang = hospital.patient()
    hospital.wait(hours=24)
    old = next(b for row in wang.inbox[-1].buttons for b in row if b.title == "都没有")
    answer_the_rest(wang, hospital)
    before = len(hospital.rows("observations"))
    hospital.take(wang, part=Part.BUTTON, button=old.id)
    assert "之前问题" in wang.inbox[-1].text
    assert len(hospital.rows("observations")) == before


def test_a_photo_reaches_a_nurse_and_its_caption_is_screened(hospital: Hospital) -> None:
    wang = hospital.patient()
    wang.sends_photo("伤口裂开了，能看见里面的肉")
    assert "photo" in {one.kind for one in hospital.rows("tasks")}
    assert hospital.rows("escalations")


def test_ninety_days_pass_in_seconds_and_nothing_is_sent_at_night(hospital: Hospital) -> None:
    wang = hospital.patient()
    for _ in range(95):
        hospital.leap(hours=24)
        answer_the_rest(wang, hospital)
    done = {one.plan_id for one in hospital.rows("check_ins", state=CheckInState.COMPLETED)}
    assert done == {"day_1", "day_3", "day_7", "day_14", "day_28", "day_42", "day_90"}
