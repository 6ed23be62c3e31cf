"""The shipped library: every case comes out, every sign is there, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.errors import NotFound, PathwayError
from bot.core.pathway import Library, Pathway
from bot.core.question import Kind
from bot.core.triage import triage
from bot.core.triage_level import TriageLevel
from bot.core.words import LANGUAGES
from bot.pathfiles.load import load_library, read_library
from bot.pathfiles.phrase_keys import PHRASE_KEYS
from bot.pathfiles.show import show
from tests.unit.pathway_desk import spoil, write_library

PATHWAYS = Path(__file__).resolve().parents[2] / "pathways"
NAMES = sorted(path.stem for path in PATHWAYS.glob("*.yml"))
# Ways to say one answer, so that free text is read as well as buttons.
FEWEST_WAYS = 12


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(PATHWAYS)


@pytest.fixture(params=NAMES)
def pathway(request: pytest.FixtureRequest, library: Library) -> Pathway:
    return library.pathway(request.param)


def test_every_case_reaches_its_level_by_its_rules(pathway: Pathway) -> None:
    for case in pathway.cases:
        result = triage(pathway, case.facts)
        fired = {hit.rule.id for hit in result.hits}
        assert result.level is case.level, (case.id, fired, result.unclear)
        assert set(case.rules) <= fired, case.id
        if case.unclear:
            assert set(case.unclear) == set(result.unclear), case.id


def test_every_rule_is_proven_by_a_case(pathway: Pathway) -> None:
    proven = {name for case in pathway.cases for name in case.rules}
    assert {rule.id for rule in pathway.rules} == proven


def test_a_case_of_a_rule_reaches_exactly_the_level_of_that_rule(pathway: Pathway) -> None:
    for case in pathway.cases:
        for name in case.rules:
            assert pathway.rule(name).level <= case.level


def test_mood_is_asked_on_every_contact(pathway: Pathway) -> None:
    for plan in pathway.check_ins:
        assert {"mood", "parent_mood"} & set(plan.questions), plan.id


def test_what_is_told_is_complete_in_both_languages(pathway: Pathway) -> None:
    numbers = {"emergency": "120", "crisis": "12356"}
    for rule in pathway.rules:
        for language in LANGUAGES:
            said = rule.tell.say(language, **numbers)
            assert said
            assert "{" not in said
            if rule.level is TriageLevel.EMERGENCY:
                assert "120" in said, rule.id


def test_every_topic_has_an_answer(pathway: Pathway, library: Library) -> None:
    topics = {key.removeprefix("topic_") for key in PHRASE_KEYS if key.startswith("topic_")}
    assert set(pathway.answers) == topics


def test_every_answer_can_be_said_in_many_ways(pathway: Pathway) -> None:
    for question in pathway.questions.values():
        if question.kind not in (Kind.CHOICE, Kind.CHOICES, Kind.YES_NO):
            continue
        for option in question.options:
            for language in LANGUAGES:
                ways = option.also.get(language, ())
                assert len(ways) >= FEWEST_WAYS, (question.id, option.value, language, len(ways))


def test_every_question_names_its_subject(pathway: Pathway) -> None:
    for question in pathway.questions.values():
        if question.kind is not Kind.TEXT:
            assert all(question.topics.get(language) for language in LANGUAGES), question.id


def test_the_leaflet_shows_every_rule_and_is_marked_as_unsigned(pathway: Pathway) -> None:
    for language in LANGUAGES:
        leaflet = show(pathway, language)
        assert all(rule.id in leaflet for rule in pathway.rules)
    assert "Not clinically approved" in show(pathway)


def test_the_leaflet_says_when_a_reminder_comes_again_and_what_if_it_is_late(
    library: Library,
) -> None:
    said = show(library.pathway("thyroidectomy"))
    assert "day 4 after discharge (then every 7 days, 6 times in all) 09:00" in said
    assert "medicine; later than 3 h not sent any more" in said
    assert "晚过 48 小时不再发，告诉护士" in show(library.pathway("thyroidectomy"), "zh")


def test_every_phrase_can_be_said_in_both_languages(library: Library) -> None:
    for key, blanks in PHRASE_KEYS.items():
        for language in LANGUAGES:
            said = library.shared.phrases.say(key, language, **dict.fromkeys(blanks, "x"))
            assert said
            assert "{" not in said


def test_a_phrase_that_does_not_exist_is_an_error_and_not_a_blank(library: Library) -> None:
    with pytest.raises(KeyError, match="no_such_phrase"):
        library.shared.phrases.say("no_such_phrase", "en")


def test_a_pathway_is_found_by_its_procedure(library: Library) -> None:
    assert library.for_procedure("81.54") is library.pathway("hip_knee_replacement")
    assert library.for_procedure("no such code") is None


def test_an_unknown_pathway_is_named_with_those_that_exist(library: Library) -> None:
    with pytest.raises(NotFound, match="hip_knee_replacement"):
        library.pathway("hip")


def test_the_start_fails_without_a_verified_emergency_number(library: Library) -> None:
    assert library.shared.numbers("CN").emergency == "120"
    with pytest.raises(PathwayError, match="no emergency number for country 'FR'"):
        library.shared.numbers("FR")
    with pytest.raises(PathwayError, match="never verified"):
        library.shared.numbers("IE")


def test_each_level_that_needs_a_nurse_has_its_deadlines(library: Library) -> None:
    for level in TriageLevel:
        policy = library.shared.levels[level]
        assert (policy.acknowledge_within is not None) is level.needs_nurse
        assert bool(policy.rotas) is level.needs_nurse


def test_a_changed_word_makes_a_new_version(tmp_path: Path) -> None:
    folder = write_library(tmp_path / "pathways")
    before = load_library(folder)
    spoil(folder, "hernia.yml", "Lift nothing heavy.", "Lift nothing heavy at all.")
    after = load_library(folder)
    assert before.pathway("hernia").version != after.pathway("hernia").version
    assert before.version != after.version


def test_a_changed_shared_number_makes_a_new_version(tmp_path: Path) -> None:
    folder = write_library(tmp_path / "pathways")
    before = load_library(folder).pathway("hernia").version
    spoil(folder, "shared/emergency_numbers.yml", 'crisis: "12356"', 'crisis: "12355"')
    assert load_library(folder).pathway("hernia").version != before


def test_the_same_files_make_the_same_version() -> None:
    assert load_library(PATHWAYS).version == read_library(PATHWAYS).library.version
