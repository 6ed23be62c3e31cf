"""The four parts that a nurse reads at three in the morning."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.sbar import CaseFacts, Seen, Sign, clip, make_sbar
from bot.core.triage_level import TriageLevel
from bot.core.words import LANGUAGES
from bot.services import acknowledge, close_escalation, nurse_message, pass_on, register_nurse
from bot.services import raise_escalation as raising
from bot.services import step_escalation as stepping
from bot.services import tell as telling
from bot.services.raise_escalation import NewCause, raise_escalation
from bot.services.step_escalation import page_text
from tests.builders import (
    START,
    a_chat,
    a_contact,
    a_shared,
    an_inbound,
    an_observation,
    wang_and_her_ward,
)
from tests.fakes import World, a_world, the_phrases

BREATH = Sign(
    level=TriageLevel.EMERGENCY,
    words="走两步就喘不过气",
    reason="may be a clot in the lung",
    rule="breath_at_rest",
    source=("WEISS",),
)


def some_facts(**over: Any) -> CaseFacts:
    given: dict[str, Any] = {
        "level": TriageLevel.EMERGENCY,
        "signs": (BREATH,),
        "name": "王秀英",
        "age": 78,
        "operation": "Knee replacement",
        "day": 6,
        "tier": "medium",
        "language": "zh",
        "writer": "王秀英",
        "writer_role": "patient",
        "seen": (Seen("temperature", 38.4, "°C", "38度4", 37.2),),
        "call_within": timedelta(minutes=5),
        "advice": "Call 120 now.",
    }
    return CaseFacts(**{**given, **over})


def read_out(facts: CaseFacts, language: str = "en") -> str:
    phrases = the_phrases()
    return make_sbar(facts, phrases=phrases, language=language).text(phrases, language)


def test_the_very_words_come_first_with_rule_and_source() -> None:
    said = read_out(some_facts())
    assert said.startswith("Situation: “走两步就喘不过气” may be a clot in the lung")
    assert "(breath_at_rest) [WEISS]" in said


def test_the_background_says_who_and_which_day() -> None:
    line = read_out(some_facts()).splitlines()[1]
    assert line == (
        "Background: 王秀英, age 78, Knee replacement, day 6 after surgery, medium risk, "
        "speaks Chinese, patient writes"
    )


def test_a_caregiver_is_named_as_the_one_who_writes() -> None:
    said = read_out(some_facts(writer="李强", writer_role="caregiver"))
    assert "caregiver writes 李强" in said


@pytest.mark.parametrize(("now", "then", "sign"), [(38.4, 37.2, "↑"), (3.0, 5.0, "↓"), (2, 2, "→")])
def test_a_number_shows_where_it_went(now: float, then: float, sign: str) -> None:
    said = read_out(some_facts(seen=(Seen("pain", now, "", "", then),)))
    assert f"{sign} (before: {then:g})" in said


def test_an_answer_not_understood_is_shown_in_its_own_words() -> None:
    said = read_out(some_facts(seen=(Seen("calf", None, words="怪怪的"),)))
    assert "calf not understood: “怪怪的”" in said


def test_without_answers_it_says_so() -> None:
    assert "no answers on record yet" in read_out(some_facts(seen=()))


def test_the_gravest_sign_is_read_first_and_the_rest_counted() -> None:
    mild = replace(BREATH, level=TriageLevel.SAME_DAY, words="伤口有点红")
    said = read_out(some_facts(signs=(mild, mild, mild, BREATH)))
    assert said.index("喘不过气") < said.index("伤口有点红")
    assert "and 1 more" in said


def test_it_says_how_soon_and_what_the_patient_was_told() -> None:
    said = read_out(some_facts())
    assert "within 5 minutes" in said
    assert "Patient was told: Call 120 now." in said
    assert "48 小时内" in read_out(some_facts(call_within=timedelta(hours=48)), "zh")


def test_it_reads_in_chinese_too() -> None:
    said = read_out(some_facts(operation="膝关节置换"), "zh")
    assert said.startswith("现状: ")
    assert "术后第 6 天" in said
    assert not re.search(r"[a-z]{3,} (risk|after)", said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_however_much_was_said_a_page_stays_short(language: str) -> None:
    long = replace(BREATH, words="很疼" * 500, reason="because " * 100)
    facts = some_facts(
        signs=(long,) * 20,
        name="名" * 200,
        seen=tuple(Seen(f"code {n}" * 9, None, words="嗯" * 500) for n in range(9)),
        advice="Call. " * 200,
    )
    assert len(read_out(facts, language)) <= 830


def test_clipping_keeps_short_text_and_marks_what_was_cut() -> None:
    assert clip("short", 10) == "short"
    assert clip("a  long\nline of words", 10) == "a long li…"


# --- From the record ----------------------------------------------------------------


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = a_world(tmp_path, shared=a_shared(phrases=the_phrases()))
    made.add(*wang_and_her_ward(), an_inbound())
    return made


def a_page(world: World, language: str = "en") -> str:
    with world.record.transaction() as tx:
        episode = tx.episodes.get("episode-wang")
        assert episode is not None
        case = raise_escalation(
            tx,
            world.parts,
            episode=episode,
            conversation=tx.conversations.get("chat-wang"),
            level=TriageLevel.EMERGENCY,
            causes=[
                NewCause(
                    "screening",
                    "breathless",
                    TriageLevel.EMERGENCY,
                    "我喘不过气",
                    {"zh": "可能是肺栓塞", "en": "may be a clot in the lung"},
                    inbound_id="in-1",
                )
            ],
            now=world.clock.now(),
        )
        return page_text(tx, world.parts, case, language)


def test_a_page_holds_level_sbar_and_link_below_nine_hundred_characters(world: World) -> None:
    world.add(*(an_observation(f"code_{n}", n) for n in range(9)))
    for language in LANGUAGES:
        said = a_page(world, language)
        assert "https://aftercare.example/console/cases/" in said
        assert len(said) <= 900


def test_the_latest_observation_stands_beside_the_one_before(world: World) -> None:
    world.add(an_observation(value=37.2, observed_at=START - timedelta(days=1)))
    world.add(an_observation(value=38.4))
    assert "temperature 38.4 °C ↑ (before: 37.2)" in a_page(world)


def test_a_corrected_answer_is_not_shown(world: World) -> None:
    world.add(an_observation(value=83.4, superseded_by="obs-later"))
    assert "83.4" not in a_page(world)


def test_who_wrote_last_is_named(world: World) -> None:
    world.add(a_contact("son", of="wang"), a_chat("son"))
    world.add(an_inbound(id="in-0", conversation_id="chat-son"))
    with world.record.transaction() as tx:
        episode = tx.episodes.get("episode-wang")
        assert episode is not None
        sign = ("screening", "fever", TriageLevel.EMERGENCY, "39度", {"en": "fever"})
        case = raise_escalation(
            tx,
            world.parts,
            episode=episode,
            conversation=tx.conversations.get("chat-son"),
            level=TriageLevel.EMERGENCY,
            causes=[NewCause(*sign, inbound_id="in-0")],
            now=world.clock.now(),
        )
        assert "caregiver writes Son" in page_text(tx, world.parts, case, "en")


def test_a_fault_in_the_wording_does_not_keep_the_page_from_going_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise KeyError("sbar_tier_unheard_of")

    monkeypatch.setattr(stepping, "describe_case", broken)
    page = a_page(world)
    assert "王秀英" in page
    assert "我喘不过气" in page


MODULES = (acknowledge, close_escalation, nurse_message, pass_on, register_nurse)


@pytest.mark.parametrize("module", [*MODULES, raising, stepping, telling])
def test_every_sentence_said_here_is_written_in_every_language(module: Any) -> None:
    source = Path(module.__file__).read_text(encoding="utf-8")
    keys = set(re.findall(r'"((?:staff|nurse|sbar|emergency|crisis)_[a-z_]+)"', source))
    phrases = the_phrases()
    known = {key for key in keys if key not in NOT_SAID}
    assert {key for key in known if key not in phrases} == set()
    assert {key for key in known if phrases[key].missing()} == set()


NOT_SAID = {"nurse_id"}
