"""Welcome: a code, a year of birth and a clear yes, however people write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.core.check_in import CheckInState
from bot.core.conversation import Conversation, Mode
from bot.core.enrolment import NewEnrolment
from bot.core.patient import EpisodeState, RiskTier, Role
from bot.services.enrol import Enrolled, enrol, invite_again
from tests.fakes import World
from tests.unit.patient_desk import button, her_world, says

WANG: dict[str, Any] = {
    "name": "王秀英",
    "hospital_id": "H-wang",
    "birth_year": 1948,
    "procedure_code": "KNEE",
    "surgery_on": date(2026, 3, 4),
    "discharge_on": date(2026, 3, 9),
    "language": "zh",
    "time_zone": "Asia/Shanghai",
    "risk_tier": RiskTier.MEDIUM,
    "channel": "telegram",
    "caregiver": "王大明",
    "caregiver_language": "en",
    "ward": "ortho",
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return her_world(tmp_path)


def enrolled(world: World, **over: Any) -> Enrolled:
    return enrol(world.parts, row=NewEnrolment(**{**WANG, **over}))


def codes(done: Enrolled) -> dict[Role, str]:
    return {one.role: one.code for one in done.invited}


def code_of(world: World, **over: Any) -> str:
    return codes(enrolled(world, **over))[Role.PATIENT]


def chat(world: World, address: str = "wang") -> Conversation:
    (found,) = world.rows("conversations", address=address)
    return found  # type: ignore[no-any-return]


def verified(world: World, address: str = "wang") -> None:
    says(world, start_code=code_of(world), address=address)
    says(world, "1948", address=address)


def test_from_a_link_to_a_plan(world: World) -> None:
    done = enrolled(world)
    assert says(world, start_code=codes(done)[Role.PATIENT]) == ["ask_birth_year.zh"]
    hello, consent = says(world, "1948")
    assert "王秀英" in hello
    assert consent.endswith("consent_ask.zh")
    said = says(world, "button_agree.zh", button=button(world, "button_agree.zh"))
    assert said[0] == "consent_given.zh"
    assert chat(world).mode is Mode.BOT
    assert world.get("episodes", done.episode_id).state is EpisodeState.ACTIVE
    assert world.rows("check_ins")
    (kept,) = world.rows("consents")
    assert (kept.decision, kept.version, kept.language) == ("given", "1", "zh")


def test_nothing_personal_is_said_before_the_year_fits(world: World) -> None:
    said = says(world, start_code=code_of(world))
    said += says(world, "1950")
    said += says(world, "什么手术？")
    assert "王秀英" not in "".join(said)
    assert "膝" not in "".join(said)


YEARS = (
    *("1948", "１９４８", "一九四八", "一九四八年", "1948年生", "我是1948年的", "born in 1948"),
    *("19480312", "1948-03-12", "1948.3.12", "12/03/1948", "1948年3月12日", "四八年，就是1948"),
)


@pytest.mark.parametrize("text", YEARS)
def test_a_year_is_heard_however_it_is_written(world: World, text: str) -> None:
    says(world, start_code=code_of(world))
    says(world, text)
    assert chat(world).mode is Mode.CONSENTING


@pytest.mark.parametrize("text", ["不知道", "四八年", "48", "三八", "78岁", "😀", "19488"])
def test_what_is_no_year_costs_no_try(world: World, text: str) -> None:
    says(world, start_code=code_of(world))
    assert says(world, text) == ["birth_year_not_understood.zh"]
    assert world.rows("invitations")[0].wrong_answers == 0


def test_two_years_in_one_message_are_a_guess_and_cost_a_try(world: World) -> None:
    says(world, start_code=code_of(world))
    assert says(world, "1946 或者 1948") == ["birth_year_wrong.zh left=4"]
    assert chat(world).mode is Mode.VERIFYING


def test_five_wrong_years_end_the_code_and_a_nurse_hears_of_it(world: World) -> None:
    code = code_of(world)
    says(world, start_code=code)
    for year in range(1960, 1965):
        said = says(world, str(year))
    assert said == ["birth_year_locked.zh"]
    assert says(world, start_code=code) == ["birth_year_locked.zh"]
    assert says(world, start_code=code, address="elsewhere") == ["birth_year_locked.zh"]
    assert [one.kind for one in world.rows("tasks")] == ["code_locked"]
    assert chat(world).contact_id is None


def test_a_code_may_be_typed_instead_of_opened(world: World) -> None:
    done = enrolled(world)
    long_code = "A" * 22
    with world.record.transaction() as tx:
        old = tx.invitations.one(contact_id=done.invited[0].contact_id)
        tx.invitations.swap(old, replace(old, code_hash=world.parts.hash_code(long_code)))
    assert says(world, f"  {long_code}\n") == ["ask_birth_year.zh"]


def test_an_expired_code_says_so(world: World) -> None:
    code = code_of(world)
    world.clock.advance(hours=73)
    assert says(world, start_code=code) == ["code_expired.zh"]


def test_a_code_opens_one_chat_only(world: World) -> None:
    code = code_of(world)
    says(world, start_code=code)
    says(world, "1948")
    assert says(world, start_code=code, address="thief") == ["code_already_used.zh"]
    assert chat(world, "thief").contact_id is None


def test_the_same_link_twice_changes_nothing(world: World) -> None:
    code = code_of(world)
    says(world, start_code=code)
    says(world, "1948")
    says(world, "同意")
    before = world.rows("check_ins")
    assert says(world, start_code=code) == ["already_enrolled.zh"]
    assert chat(world).mode is Mode.BOT
    assert world.rows("check_ins") == before


def test_wrong_codes_many_times_each_get_an_answer(world: World) -> None:
    for number in range(14):
        said = says(world, start_code=f"wrong-{number}")
        assert said in (["code_unknown.zh"], ["birth_year_locked.zh"])


def test_a_right_code_after_many_wrong_ones_is_no_dead_end_for_ever(world: World) -> None:
    code = code_of(world)
    for number in range(12):
        says(world, start_code=f"wrong-{number}")
    world.clock.advance(hours=1)
    assert says(world, start_code=code) == ["ask_birth_year.zh"]


def test_the_code_of_somebody_else_does_not_move_a_bound_chat(world: World) -> None:
    """Mrs Wang opens Mrs Li's link: she stays herself, and Mrs Li's code stays good."""
    verified(world)
    says(world, "同意")
    li = codes(enrolled(world, hospital_id="H-li", name="李", birth_year=1955))[Role.PATIENT]
    says(world, start_code=li)
    says(world, "1948")
    assert chat(world).mode is Mode.BOT
    assert world.get("contacts", chat(world).contact_id or "").name == "王秀英"
    assert says(world, start_code=li, address="li") == ["ask_birth_year.zh"]
    assert says(world, "1955", address="li")[0].startswith("enrolled_hello.zh name=李")


def test_a_caregiver_is_a_second_person_with_her_own_language(world: World) -> None:
    done = codes(enrolled(world))
    says(world, start_code=done[Role.PATIENT])
    says(world, "1948")
    says(world, "同意")
    assert says(world, start_code=done[Role.CAREGIVER], address="son") == ["ask_birth_year.en"]
    assert says(world, "1948", address="son")[0].startswith("enrolled_hello_caregiver.en")
    assert says(world, "I agree", address="son")[0] == "consent_given.en"
    assert len({one.contact_id for one in world.rows("consents")}) == 2
    assert len(world.rows("episodes")) == 1
    planned = world.rows("check_ins")
    assert len({(one.plan_id, one.occurrence) for one in planned}) == len(planned)


@pytest.mark.parametrize("text", ["同意", "我同意", "好的", "可以", "yes", "I agree", "OK"])
def test_a_yes_in_her_own_words_is_consent(world: World, text: str) -> None:
    verified(world)
    says(world, text)
    assert chat(world).mode is Mode.BOT


@pytest.mark.parametrize("text", ["不同意", "我不同意", "no", "I do not agree", "disagree", "不行"])
def test_a_no_is_never_consent(world: World, text: str) -> None:
    verified(world)
    says(world, text)
    assert chat(world).mode is Mode.STOPPED
    assert [one.kind for one in world.rows("tasks")] == ["opted_out"]


@pytest.mark.parametrize("text", ["什么意思？", "不知道", "再想想", "1948", "😀", "同意还是不同意"])
def test_what_is_unclear_is_asked_again_and_is_no_consent(world: World, text: str) -> None:
    verified(world)
    said = says(world, text)
    assert said[0] == "consent_not_understood.zh"
    assert chat(world).mode is Mode.CONSENTING
    assert world.rows("consents") == []


def test_a_second_press_of_consent_changes_nothing(world: World) -> None:
    verified(world)
    press = button(world, "button_agree.zh")
    says(world, button=press)
    says(world, button=press)
    assert [one.decision for one in world.rows("consents")] == ["given"]
    assert chat(world).mode is Mode.BOT


def test_the_consent_button_of_another_chat_is_no_consent(world: World) -> None:
    verified(world)
    theirs = button(world, "button_agree.zh")
    other = codes(enrolled(world, hospital_id="H-li", name="李"))[Role.PATIENT]
    says(world, start_code=other, address="li")
    says(world, "1948", address="li")
    says(world, button=theirs, address="li")
    assert chat(world, "li").mode is Mode.CONSENTING


def test_who_refused_can_come_back_and_is_asked_again(world: World) -> None:
    verified(world)
    says(world, button=button(world, "button_disagree.zh"))
    said = says(world, "恢复")
    assert chat(world).mode is Mode.CONSENTING
    assert said[-1].endswith("consent_ask.zh")
    says(world, button=button(world, "button_agree.zh"))
    assert chat(world).mode is Mode.BOT
    assert world.rows("episodes")[0].state is EpisodeState.ACTIVE


def test_stop_is_heard_while_the_year_is_asked_and_while_consent_is_asked(world: World) -> None:
    done = codes(enrolled(world))
    says(world, start_code=done[Role.PATIENT])
    assert says(world, "退订") == ["stopped.zh"]
    assert chat(world).mode is Mode.STOPPED
    assert says(world, start_code=done[Role.PATIENT]) == ["ask_birth_year.zh"]
    says(world, "1948")
    assert says(world, "STOP") == ["stopped.zh"]
    assert chat(world).mode is Mode.STOPPED
    assert world.rows("check_ins") == []


def test_start_without_ever_being_enrolled_asks_for_the_code(world: World) -> None:
    for word in ("START", "恢复", "/start", "您好"):
        assert says(world, word) == ["code_needed.zh"]


def test_opening_the_link_after_stop_does_not_subscribe_silently(world: World) -> None:
    code = code_of(world)
    says(world, start_code=code)
    says(world, "1948")
    says(world, "同意")
    says(world, "退订")
    assert says(world, start_code=code) == ["stopped_hint.zh"]
    assert chat(world).mode is Mode.STOPPED


def test_a_second_operation_starts_its_own_plan_in_the_same_chat(world: World) -> None:
    verified(world)
    says(world, "同意")
    world.clock.advance(days=90)
    again = enrolled(
        world, surgery_on=date(2026, 6, 4), discharge_on=date(2026, 6, 7), caregiver=""
    )
    assert again.new
    says(world, start_code=codes(again)[Role.PATIENT])
    says(world, "1948")
    says(world, "同意")
    assert chat(world).mode is Mode.BOT
    assert world.get("episodes", again.episode_id).state is EpisodeState.ACTIVE
    assert world.rows("check_ins", episode_id=again.episode_id)


def test_a_new_phone_takes_over_from_the_old_one(world: World) -> None:
    done = enrolled(world)
    says(world, start_code=codes(done)[Role.PATIENT])
    says(world, "1948")
    says(world, "同意")
    contact = done.invited[0].contact_id
    fresh = invite_again(world.parts, contact_id=contact, by="nurse-chen")
    says(world, start_code=fresh.code, address="new-phone")
    says(world, "1948", address="new-phone")
    says(world, "同意", address="new-phone")
    world.clock.advance(days=1)
    says(world, "您好", address="new-phone")
    for one in world.rows("check_ins", state=CheckInState.OPEN):
        assert one.conversation_id == chat(world, "new-phone").id
    assert chat(world).contact_id is None


def test_the_version_of_consent_is_the_one_that_was_read(world: World) -> None:
    verified(world)
    press = button(world, "button_agree.zh")
    shared = world.parts.library.shared
    newer = replace(shared, consent=replace(shared.consent, version="2"))
    world.parts.library.shared = newer  # type: ignore[misc]
    says(world, button=press)
    assert [one.version for one in world.rows("consents")] == ["1"]
