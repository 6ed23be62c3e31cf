"""Weighing: the wording of a message may raise its level, and never takes one away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.screening import Lexicons, screen
from bot.core.screening.points import Question, Table, Wording
from bot.core.screening.screen import judge
from bot.core.screening.wording import features, stretches
from bot.core.triage_level import TriageLevel
from bot.pathfiles.lexicons import load_lexicons
from evaluation import corpus

LONG_ZH = "从昨天夜里开始整个人都不太对，楼下的邻居也这么说"
LONG_EN = "since last night the whole of me has been odd, so says the lady downstairs"
NEVER, ALWAYS = 1e9, -1e9


@pytest.fixture(scope="module")
def rules() -> Lexicons:
    return load_lexicons(corpus.LEXICON, learned=False)


def _weighing(rules: Lexicons, *, calm: float = ALWAYS, **enough: float) -> Lexicons:
    """Lexicons whose questions are answered with yes from these points on."""
    names = ("emergency", "today", "nurse")
    asked = {name: Question(0.0, enough.get(name, NEVER), calm=calm) for name in names}
    table = Table(asked, {"run": {"夜里": (500, 0, 0)}, "word": {"last night": (500, 0, 0)}})
    return replace(
        rules, wording=Wording({"zh": table, "zh.short": table, "en": table, "en.short": table})
    )


@pytest.mark.parametrize("text", [LONG_ZH, LONG_EN])
def test_wording_raises_what_no_rule_knows(rules: Lexicons, text: str) -> None:
    found = screen(text, lexicons=_weighing(rules, emergency=2.0))
    assert found.level is TriageLevel.EMERGENCY
    assert found.red_flags[0].code == "sounds_urgent"
    assert found.red_flags[0].span in text
    assert found.red_flags[0].span


@pytest.mark.parametrize(
    ("question", "level"),
    [("today", TriageLevel.SAME_DAY), ("nurse", TriageLevel.WITHIN_48_HOURS)],
)
def test_each_question_calls_for_its_own_level(
    rules: Lexicons, question: str, level: TriageLevel
) -> None:
    assert screen(LONG_EN, lexicons=_weighing(rules, **{question: ALWAYS})).level is level


def test_wording_that_says_no_to_everything_lowers_nothing(rules: Lexicons) -> None:
    silent = _weighing(rules)
    for phrase in corpus.phrases("positive", "hard"):
        told = f"{phrase.text}. {LONG_EN if phrase.language == 'en' else LONG_ZH}"
        alone = screen(told, lexicons=rules)
        if alone.level is TriageLevel.EMERGENCY:
            assert screen(told, lexicons=silent).level is TriageLevel.EMERGENCY, told


@pytest.mark.parametrize("text", ["3分", "fine thanks", "昨天", "wound"])
def test_a_word_or_two_are_read_by_the_rules_alone(rules: Lexicons, text: str) -> None:
    loud = _weighing(rules, emergency=ALWAYS)
    assert screen(text, lexicons=loud).level is screen(text, lexicons=rules).level


@pytest.mark.parametrize("text", ["昨天夜里", "not since last night"])
def test_a_few_words_that_no_rule_knows_are_weighed(rules: Lexicons, text: str) -> None:
    assert not screen(text, lexicons=rules).level.needs_nurse
    found = screen(text, lexicons=_weighing(rules, emergency=2.0))
    assert found.level is TriageLevel.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "my dog can't breathe",
        "我家猫吐血了",
        "my calf isn't swollen",
        "没有发烧没有流血",
        "I dreamt my wound burst open",
        "笑得喘不上气",
        "small streak of blood in his spit",
    ],
)
def test_a_few_words_that_the_rules_understand_are_not_weighed(rules: Lexicons, text: str) -> None:
    loud = _weighing(rules, emergency=ALWAYS)
    assert screen(text, lexicons=loud).level is screen(text, lexicons=rules).level


STORY_EN = (
    "Two weeks ago on the ward I was told what a seizure looks like, and since then "
    "every twitch has me laughing at myself, the garden is lovely"
)


def test_a_sign_in_a_story_that_reads_calm_throughout_is_for_the_same_day(rules: Lexicons) -> None:
    assert screen(STORY_EN, lexicons=rules).level is TriageLevel.EMERGENCY
    found = screen(STORY_EN, lexicons=_weighing(rules, calm=1.0))
    assert found.level is TriageLevel.SAME_DAY
    assert {flag.level for flag in found.red_flags} <= {
        TriageLevel.SAME_DAY,
        TriageLevel.WITHIN_48_HOURS,
        TriageLevel.SELF_CARE,
        TriageLevel.ROUTINE,
    }


@pytest.mark.parametrize(
    "text",
    [
        f"{STORY_EN}. Something came last night.",
        "she had a seizure",
        "Two weeks ago on the ward I was told a lot, and since then the garden is lovely and "
        "I took too many painkillers, twenty of them, and it is a fine day",
        "The garden is lovely and the sun is out again for us, and dad cannot get his breath, "
        "his lips are blue, we had cake with the grandchildren",
    ],
)
def test_a_sign_is_not_lowered_by_calm_words_around_it(rules: Lexicons, text: str) -> None:
    found = screen(text, lexicons=_weighing(rules, calm=1.0))
    assert found.level is TriageLevel.EMERGENCY


def test_only_emergencies_are_marked_for_calm_stories_and_no_talk_of_death(rules: Lexicons) -> None:
    marked = [one for one in rules.signs if one.unless_calm]
    assert marked
    assert all(one.level is TriageLevel.EMERGENCY and not one.always_ask for one in marked)
    assert all(not one.doubtful for one in marked)


def test_another_persons_emergency_is_not_made_the_patients(rules: Lexicons) -> None:
    text = "I'm only the patient with the wrist, my neighbour next door has collapsed just now"
    found = screen(text, lexicons=_weighing(rules, emergency=ALWAYS))
    assert found.another_person
    assert found.level is TriageLevel.ROUTINE


def test_a_doubtful_sign_counts_by_itself_in_a_few_words_only(rules: Lexicons) -> None:
    few = "feeling dizzy"
    many = f"{few} at the price of the taxi to your clinic on a Sunday afternoon"
    silent = _weighing(rules)
    assert screen(few, lexicons=silent).ask
    assert not screen(many, lexicons=silent).ask
    assert screen(many, lexicons=_weighing(rules, nurse=ALWAYS)).level.needs_nurse


def test_a_doubtful_sign_is_not_in_doubt_after_an_operation_that_makes_it_grave(
    rules: Lexicons,
) -> None:
    text = "there is some bleeding here and I do not know if that is all right"
    found = screen(text, lexicons=_weighing(rules), procedure="pci", day=3)
    assert found.level is TriageLevel.EMERGENCY


def test_a_doubtful_sign_after_a_long_calm_story_is_not_lost(rules: Lexicons) -> None:
    calm = "the garden is fine and so am I. " * 24
    assert screen(calm + "feeling dizzy", lexicons=_weighing(rules)).ask


def test_the_words_shown_are_the_patients_own(rules: Lexicons) -> None:
    text = "從昨天 夜裡 開始整個人都不太對，樓下的鄰居也這麼說"
    lexicons = _weighing(rules, emergency=2.0)
    assert screen(text, lexicons=lexicons).red_flags[0].span in text


def test_no_emergency_is_marked_doubtful(rules: Lexicons) -> None:
    marked = [one.key for one in rules.signs if one.doubtful]
    assert marked
    assert not [
        one.key for one in rules.signs if one.doubtful and one.level is TriageLevel.EMERGENCY
    ]


def test_punctuation_and_spaces_are_no_features(rules: Lexicons) -> None:
    def runs(text: str) -> frozenset[str]:
        page, judged = judge(text, rules)
        return features(page, next(iter(stretches(page))), judged, rules)["run"]

    assert runs("腿肿了！！疼得厉害??") == runs("腿肿了,疼得厉害")


def test_a_long_message_is_weighed_in_stretches(rules: Lexicons) -> None:
    calm = "the garden is fine and so am I. " * 40
    found = screen(calm + LONG_EN, lexicons=_weighing(rules, emergency=2.0))
    assert found.level is TriageLevel.EMERGENCY
