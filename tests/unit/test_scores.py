"""Scores: answers on one scale are added up, and a score only ever brings a nurse sooner."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from bot.core.condition import UNKNOWN, Answered, Facts, parse
from bot.core.pathway import Pathway
from bot.core.reading import AnswerWords, Outcome, read
from bot.core.screening import screen
from bot.core.simulation import report, simulate
from bot.core.simulation.grades import GradeBook
from bot.core.triage import Triage, triage
from bot.core.triage_level import TriageLevel
from bot.exchange.condition_text import as_text
from bot.pathfiles.answer_words import load_answer_words
from bot.pathfiles.check import check_library
from bot.pathfiles.diff import diff
from bot.pathfiles.lexicons import load_lexicons
from bot.pathfiles.load import load_library
from bot.pathfiles.show import show
from tests.unit.pathway_desk import PATHWAYS, spoil, write_library

PHQ_2 = ("phq_interest", "phq_down")
GAD_2 = ("gad_nervous", "gad_worry")
PHQ_4 = (*PHQ_2, *GAD_2)
ROUTINE, SELF_CARE = TriageLevel.ROUTINE, TriageLevel.SELF_CARE
NURSE = TriageLevel.WITHIN_48_HOURS
HERNIA = "hernia.yml"


@cache
def breast() -> Pathway:
    return load_library(PATHWAYS).pathway("breast_cancer_surgery")


@pytest.fixture(scope="module")
def words() -> AnswerWords:
    return load_answer_words(PATHWAYS / "shared" / "answer_words")


def chen_says(scores: dict[str, Answered], **more: Answered) -> Triage:
    """Mrs Chen, thirty days after her operation."""
    return triage(breast(), Facts({**scores, **more}, day=30, days_home=25, tier="medium"))


def fired(found: Triage) -> set[str]:
    return {hit.rule.id for hit in found.hits}


@pytest.mark.parametrize(
    ("answers", "level", "rules"),
    [
        ((0, 0, 0, 0), ROUTINE, set()),
        ((1, 1, 0, 0), ROUTINE, set()),
        ((1, 1, 1, 0), SELF_CARE, {"phq4_mild"}),
        ((1, 2, 0, 0), NURSE, {"phq4_mild", "phq2_positive"}),
        ((0, 0, 1, 2), NURSE, {"phq4_mild", "gad2_positive"}),
        ((1, 1, 1, 2), NURSE, {"phq4_mild", "gad2_positive"}),
        ((1, 2, 1, 2), NURSE, {"phq4_moderate", "phq2_positive", "gad2_positive"}),
        (
            (3, 3, 3, 3),
            NURSE,
            {"phq4_severe", "phq4_moderate", "phq2_positive", "gad2_positive"},
        ),
    ],
)
def test_the_bands_of_phq_4_lead_where_the_clinical_facts_say(
    answers: tuple[int, ...], level: TriageLevel, rules: set[str]
) -> None:
    found = chen_says(dict(zip(PHQ_4, answers, strict=True)))
    assert found.level is level
    assert fired(found) == rules


def test_an_answer_not_understood_goes_to_a_nurse_and_hides_no_score() -> None:
    gap = chen_says({"phq_interest": UNKNOWN, "phq_down": 1, "gad_nervous": 0, "gad_worry": 0})
    assert (gap.level, gap.unclear, fired(gap)) == (NURSE, ("phq_interest",), set())
    enough = chen_says({"phq_interest": UNKNOWN, "phq_down": 3})
    assert fired(enough) == {"phq2_positive"}


def test_the_first_two_answers_are_enough_for_a_nurse() -> None:
    assert fired(chen_says({"phq_interest": 3, "phq_down": 0})) == {"phq2_positive"}


def test_a_low_score_lowers_nothing() -> None:
    calm: dict[str, Answered] = dict.fromkeys(PHQ_4, 0)
    assert chen_says(calm, mood="despair").level is TriageLevel.SAME_DAY
    assert chen_says(calm, mood="low").level is NURSE
    assert chen_says(calm, danger=("chest_pain",)).level is TriageLevel.EMERGENCY


@pytest.mark.parametrize(
    "text", ["完全不会，就是不想活了", "not at all, I just want to kill myself"]
)
def test_words_about_self_harm_are_heard_beside_the_best_score(text: str) -> None:
    lexicons = load_lexicons(PATHWAYS / "shared" / "lexicon")
    assert screen(text, lexicons=lexicons).level is TriageLevel.EMERGENCY


def test_phq_4_is_asked_whole_and_beside_the_daily_question_about_the_mood() -> None:
    asked = [one for one in breast().check_ins if set(PHQ_4) & set(one.questions)]
    assert [one.id for one in asked] == ["day_14", "day_30", "day_90"]
    for plan in asked:
        first = plan.questions.index("phq_interest")
        assert plan.questions[first - 1 : first + 4] == ("mood", *PHQ_4)


@pytest.mark.parametrize("name", PHQ_4)
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("完全不会", 0),
        ("Not at all", 0),
        ("没有这种情况", 0),
        ("not bothered", 0),
        ("好几天", 1),
        ("偶尔", 1),
        ("a few days last week", 1),
        ("一半以上的天数", 2),
        ("most days", 2),
        ("几乎每天", 3),
        ("天天", 3),
        ("all the time", 3),
        ("2", 2),
    ],
)
def test_the_four_answers_are_read_in_her_own_words(
    name: str, text: str, value: int, words: AnswerWords
) -> None:
    found = read(text, breast().questions[name], words=words)
    assert (found.outcome, found.value) == (Outcome.UNDERSTOOD, value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("phq_interest", "没有兴趣"),
        ("phq_interest", "完全没有兴趣"),
        ("phq_interest", "no interest"),
        ("phq_interest", "not at all interested"),
        ("phq_interest", "no pleasure at all"),
        ("phq_interest", "不是每天"),
        ("phq_interest", "not every day"),
        ("phq_interest", "3 days"),
        ("phq_interest", "三天"),
        ("phq_interest", "pain 3"),
        ("phq_down", "hopeless"),
        ("gad_worry", "停不下来"),
        ("gad_worry", "no, I can't stop"),
        ("gad_worry", "I hope not at all"),
        ("phq_interest", "一半"),
        ("phq_interest", "不到一半"),
        ("phq_interest", "差不多一半"),
        ("phq_down", "每天都很好"),
        ("phq_down", "几乎每天都挺好的"),
        ("phq_down", "every day is great"),
        ("gad_nervous", "nearly every day fine"),
        ("gad_nervous", "most days I'm ok"),
    ],
)
def test_what_may_be_the_sign_itself_is_never_taken_for_a_number(
    name: str, text: str, words: AnswerWords
) -> None:
    assert read(text, breast().questions[name], words=words).outcome is not Outcome.UNDERSTOOD


@pytest.mark.parametrize("text", ["not at all interested", "没有兴趣"])
def test_a_tap_never_confirms_nought_for_words_that_say_the_opposite(
    text: str, words: AnswerWords
) -> None:
    found = read(text, breast().questions["phq_interest"], words=words)
    assert found.outcome is Outcome.NOT_UNDERSTOOD
    assert not found.candidates


def test_a_score_is_shown_as_it_is_written() -> None:
    assert "phq2_positive: sum(phq_interest, phq_down) >= 3" in show(breast(), "zh")
    for rule in breast().rules:
        if rule.id.startswith(("phq", "gad")):
            assert parse(as_text(rule.when)) == rule.when


def test_invented_patients_reach_every_band() -> None:
    rules = report(simulate(breast(), patients=10, days=95, seed=3))["reached"]["rules"]
    reached = {*rules["by_patients"], *rules["by_explorers_only"]}
    bands = {"phq2_positive", "gad2_positive", "phq4_mild", "phq4_moderate", "phq4_severe"}
    assert bands - reached == set()


# --- what the check says about a sum ------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small library, with a second scale beside `pain`, asked on day 7."""
    folder = write_library(tmp_path / "pathways")
    with_a_score(folder)
    return folder


def with_a_score(folder: Path, limit: int = 14) -> None:
    ache = (
        "  ache:\n    kind: scale\n    name: {zh: 酸痛, en: ache}\n    range: 0-10\n"
        "    ask: {zh: 酸痛几分？, en: How bad is the ache?}\n  lump:\n"
    )
    spoil(folder, HERNIA, "  lump:\n", ache)
    spoil(folder, HERNIA, "pain, lump, lump_hard]", "pain, ache, lump, lump_hard]")
    spoil(folder, HERNIA, "when: pain >= 7", f"when: sum(pain, ache) >= {limit}")
    spoil(folder, HERNIA, "answers: {pain: 8}", "answers: {pain: 8, ache: 9}")


def test_a_sum_of_two_scales_is_a_healthy_rule(folder: Path) -> None:
    assert [str(one) for one in check_library(folder)] == []


@pytest.mark.parametrize(
    ("kind", "old", "new", "what"),
    [
        ("sum_of_unlike", "sum(pain, ache)", "sum(pain, lump)", "a sum adds scales"),
        ("sum_of_unlike", "sum(pain, ache)", "sum(pain, temperature)", "a sum adds scales"),
        ("sum_of_unlike", "en: ache}\n    range: 0-10", "en: ache}\n    range: 0-3", "same scale"),
        (
            "sum_of_unlike",
            "en: ache}\n    range: 0-10",
            'en: ache}\n    unit: "{score}"\n    range: 0-10',
            "same scale",
        ),
        ("unknown_question", "sum(pain, ache)", "sum(pain, acke)", "'acke'"),
        ("limit_out_of_range", "ache) >= 14", "ache) >= 21", "(0-20)"),
        ("unit_clash", "ache) >= 14", "ache) >= 14 kg", "limit is in kg"),
        ("unknown_unit", "ache) >= 14", "ache) >= 14 stone", "no unit 'stone'"),
        ("bad_condition", "sum(pain, ache)", "sum(pain)", "different questions"),
        ("sum_asked_apart", "pain, ache, lump,", "ache, lump,", "no check-in asks all"),
        ("never_fires", "ache) >= 14", "ache) >= 14 and pain < 3", "never fire"),
        ("never_fires", "ache) >= 14", "ache) >= 14 and day < 7", "never fire"),
    ],
)
def test_a_mistake_in_a_sum_is_named(
    folder: Path, kind: str, old: str, new: str, what: str
) -> None:
    spoil(folder, HERNIA, old, new)
    findings = check_library(folder)
    assert any(one.kind == kind and what in one.what for one in findings), list(map(str, findings))


def test_the_limit_of_a_sum_that_moved_is_told_as_a_threshold(tmp_path: Path) -> None:
    old, new = write_library(tmp_path / "old"), write_library(tmp_path / "new")
    with_a_score(old, 14)
    with_a_score(new, 15)
    told = [one.say("en") for one in diff(old, new)]
    assert any("threshold 14 -> 15" in one for one in told), told


def test_a_summed_answer_is_graded_as_if_the_others_were_answered_alike() -> None:
    grades = GradeBook(breast()).of(breast().questions["gad_worry"], Facts(day=30, days_home=25))
    assert grades == {ROUTINE: (0,), SELF_CARE: (1,), NURSE: (2, 3)}
