"""The sentence model hears danger that no rule knows, and never makes anything smaller."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.screening import Lexicons, screen
from bot.core.triage_level import TriageLevel
from bot.pathfiles.lexicons import load_lexicons
from bot.sentence_model import SentenceModel, sentence_model
from evaluation import corpus
from meaning import MODEL, compose, package
from meaning.tuned import LAYERS, tuned

LEXICONS = load_lexicons(corpus.LEXICON)
RULES = load_lexicons(corpus.LEXICON, learned=False)


class Said:
    """A model that says the same of everything, and remembers what it was asked."""

    def __init__(self, points: float) -> None:
        self.points_of_all, self.asked = points, list[str]()

    def points(self, text: str) -> Mapping[str, float]:
        self.asked.append(text)
        return dict.fromkeys(("emergency", "today", "nurse"), self.points_of_all)


def hearing(said: Said) -> Lexicons:
    return replace(LEXICONS, meaning=said)


def level(text: str, lexicons: Lexicons) -> TriageLevel:
    return screen(text, lexicons=lexicons).level


def the_model() -> SentenceModel:
    found = sentence_model()
    assert found is not None, "make setup puts it together"
    return found


GRAVE = [one.text for one in corpus.phrases("positive", "hard")]


def test_a_model_that_cannot_tell_takes_nothing_back_that_the_rules_found() -> None:
    unsure = hearing(Said(-1.0))
    lower = [one for one in GRAVE if level(one, unsure) < level(one, RULES)]
    assert lower == []


def test_a_model_that_calls_everything_harmless_lowers_nothing_below_the_same_day() -> None:
    calm = hearing(Said(-50.0))
    lower = [one for one in GRAVE if level(one, calm) < level(one, RULES)]
    assert len(lower) <= 0.02 * len(GRAVE)
    assert {level(one, calm) for one in lower} <= {TriageLevel.SAME_DAY}


def test_what_is_an_emergency_already_is_not_read_for_its_meaning() -> None:
    said = Said(0.0)
    screen("I cannot breathe and my chest hurts badly", lexicons=hearing(said))
    assert said.asked == []


@pytest.mark.parametrize(
    "text",
    [
        "Dear nurse, the man from the shop brought the oranges today, thank you so much",
        "护士您好，今天店里的人把橙子送来了，谢谢您",
    ],
)
def test_the_model_reads_a_message_once_and_without_its_courtesies(text: str) -> None:
    said = Said(-50.0)
    screen(text, lexicons=hearing(said))
    assert len(said.asked) == 1
    assert not any(word in said.asked[0].lower() for word in ("nurse", "thank", "您好", "谢谢"))


def test_a_message_without_end_is_read_by_both_its_ends() -> None:
    said = Said(-50.0)
    text = f"it began on monday with the neighbour, {'and so on and on ' * 40} and then it ended"
    screen(text, lexicons=hearing(said))
    assert all(len(one.encode()) <= 481 for one in said.asked)
    assert said.asked[0].startswith("it began")
    assert said.asked[-1].endswith("it ended")


def test_of_very_many_thoughts_the_model_reads_the_first_and_last_few() -> None:
    said = Said(-50.0)
    screen("".join(f"tea on day {number}. " for number in range(250)), lexicons=hearing(said))
    assert len(said.asked) == 8
    assert said.asked[0].startswith("tea on day 0")
    assert "tea on day 249" in said.asked[-1]


def test_without_a_model_screening_goes_on_by_rules_and_points() -> None:
    deaf = replace(LEXICONS, meaning=None)
    assert screen("我喘不上气", lexicons=deaf).level is TriageLevel.EMERGENCY
    assert screen("when can I shower?", lexicons=deaf).level is TriageLevel.ROUTINE


def test_a_missing_model_is_told_to_whoever_reads_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr("bot.sentence_model.composed", lambda: tmp_path / "none.bin")
    with caplog.at_level(logging.ERROR):
        assert sentence_model.__wrapped__() is None
    assert "make setup" in caplog.text


def test_both_languages_and_hostile_texts_are_read_the_same_in_any_thread() -> None:
    texts = ["我喘不上气", "when can I shower", "", "\0", "🩹" * 90, "\u202e\u0301" * 40, "x" * 360]
    alone = [the_model().points(one) for one in texts]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(the_model().points, texts * 5)) == alone * 5


def test_layers_are_put_into_no_other_model_than_the_one_they_were_learned_on() -> None:
    whole = (package() / MODEL).read_bytes()
    with pytest.raises(ValueError, match="another model"):
        compose.compose(whole[:-1], LAYERS.read_bytes())
    with pytest.raises(ValueError, match="another size"):
        compose.compose(whole, LAYERS.read_bytes() + b"\0")


def test_the_tuned_layers_answer_the_questions_that_the_points_are_asked() -> None:
    assert LEXICONS.wording is not None
    asked = {name for table in LEXICONS.wording.tables.values() for name in table.questions}
    assert asked <= set(tuned().questions)
