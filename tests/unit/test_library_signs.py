"""The library against the clinical facts: every sign, every day, and what each person is told.

What a machine can see is here; whether a sentence is kind, a person has to read.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from bot.core.pathway import TIERS, CheckInPlan, Library, Pathway
from bot.core.triage_level import TriageLevel
from bot.core.words import LANGUAGES, Words
from bot.pathfiles.load import load_library
from tests.unit.signs_of_the_facts import DAYS, SIGNS

PATHWAYS = Path(__file__).resolve().parents[2] / "pathways"
# After these nothing is left to follow for a year: the facts end with the wound.
WITHOUT_A_YEAR = {
    *("appendectomy_hernia", "cataract", "caesarean", "day_surgery_generic"),
    *("lap_cholecystectomy", "tonsillectomy_child"),
}
ONE_YEAR, A_FEW_DAYS = 365, 3
SENTENCE_END = re.compile(r"[.!?。！？]+")
CLAUSE_END = re.compile(r"[.!?:;,。！？：；，、]+")
# A sentence that is read at 80, on a phone: the project's own judgement.
MOST_WORDS, MOST_SIGNS = 32, 50
LONGEST_CATARACT = {"en": 110, "zh": 45}


@cache
def library() -> Library:
    return load_library(PATHWAYS)


@pytest.fixture(params=sorted(SIGNS))
def pathway(request: pytest.FixtureRequest) -> Pathway:
    return library().pathway(request.param)


def test_every_operation_of_the_facts_has_its_pathway() -> None:
    assert set(SIGNS) == set(library().pathways)


def test_every_sign_has_a_rule_of_at_least_its_level_with_a_source(pathway: Pathway) -> None:
    rules = {rule.id: rule for rule in pathway.rules}
    for word, names, sign in SIGNS[pathway.id]:
        level = TriageLevel.from_word(word)
        for name in names.split():
            assert rules[name].source, name
            assert rules[name].level >= level, sign


def test_every_day_of_the_facts_has_its_contact(pathway: Pathway) -> None:
    asked = {day for plan in pathway.check_ins if "medium" in plan.tiers for day in turns(plan)}
    assert set(DAYS[pathway.id]) <= asked


def test_whoever_needs_it_is_asked_after_a_year(pathway: Pathway) -> None:
    for tier in TIERS:
        days = {day for one in pathway.check_ins if tier in one.tiers for day in turns(one)}
        assert (max(days) >= ONE_YEAR) is (pathway.id not in WITHOUT_A_YEAR), tier


def turns(plan: CheckInPlan) -> set[int]:
    day, repeat = plan.day, plan.repeat
    return {
        day + turn * (repeat.every_days if repeat else 0)
        for turn in range(repeat.times if repeat else 1)
    }


def test_every_pathway_teaches_reminds_and_says_what_people_can_do_again(pathway: Pathway) -> None:
    assert any(one.from_day <= A_FEW_DAYS for one in pathway.teaching)
    assert pathway.reminders
    steps = [one for one in pathway.teaching if one.id.startswith("milestone")]
    assert steps
    for one in steps:
        for language, ask in (("zh", "告诉我|{emergency}|急诊"), ("en", "tell me|{emergency}")):
            said = one.words.by_language[language]
            assert re.search(ask, said), (one.id, language)
            assert not re.search(r"\d+ ?(?:/|分(?!钟)|points?|score)", said), "a step, not a score"


def test_a_childs_pathway_speaks_to_the_parent() -> None:
    child = library().pathway("tonsillectomy_child")
    assert child.respondent == "parent"
    for question in child.questions.values():
        if question.id in ("parent_mood", "satisfaction", "recommend", "effort", "anything_else"):
            continue
        asked = question.ask.by_language
        assert "孩子" in asked["zh"], question.id
        assert re.search(r"child|she|he\b|they", asked["en"]), question.id


def test_cataract_speaks_in_few_words() -> None:
    for question in library().pathway("cataract").questions.values():
        if question.id in ("satisfaction", "recommend", "effort", "anything_else"):
            continue
        for language, longest in LONGEST_CATARACT.items():
            assert len(question.ask.by_language[language]) <= longest, question.id


def test_nobody_has_to_read_a_long_sentence(pathway: Pathway) -> None:
    long = [
        (where, part.strip())
        for where, words in what_a_person_reads(pathway)
        for part in SENTENCE_END.split(words.by_language["en"])
        if len(part.split()) > MOST_WORDS
    ]
    long += [
        (where, part)
        for where, words in what_a_person_reads(pathway)
        for part in CLAUSE_END.split(words.by_language["zh"])
        if len(part) > MOST_SIGNS
    ]
    assert long == []


def what_a_person_reads(pathway: Pathway) -> list[tuple[str, Words]]:
    found = [
        (one.id, words)
        for one in pathway.questions.values()
        for words in (one.ask, one.help, one.why)
        if words
    ]
    found += [(one.id, one.tell) for one in pathway.rules]
    found += [(one.id, one.words) for one in pathway.teaching]
    found += [(one.id, one.words) for one in pathway.reminders]
    found += [(one.id, one.intro) for one in pathway.check_ins if one.intro]
    found += list(pathway.answers.items())
    assert all(words.by_language.keys() >= set(LANGUAGES) for _, words in found)
    return found
