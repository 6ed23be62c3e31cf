"""Expected recovery: where a number should stand on which day is what the pathway's rules say."""

from __future__ import annotations

import pytest

from bot.core.condition import parse
from bot.core.expected import zones
from bot.core.pathway import Pathway, Rule
from bot.core.triage_level import TriageLevel
from bot.core.words import Words
from tests import builders as b
from tests.e2e.browser_house import the_library


def with_rules(*rules: tuple[str, TriageLevel]) -> Pathway:
    words = Words({"zh": "疼", "en": "Pain"})
    made = (
        Rule(f"r{number}", parse(when), level, tell=words, reason=words, source=("GK",))
        for number, (when, level) in enumerate(rules)
    )
    return b.a_pathway(rules=tuple(made))


def found(*rules: tuple[str, TriageLevel]) -> list[tuple[str, float, int, int | None]]:
    return [
        (one.sign, one.limit, one.from_day, one.to_day)
        for one in zones(with_rules(*rules), "pain_rest")
    ]


S, W = TriageLevel.SAME_DAY, TriageLevel.WITHIN_48_HOURS


@pytest.mark.parametrize(
    ("when", "zone"),
    [
        ("pain_rest >= 7", (">=", 7, 0, None)),
        ("pain_rest >= 4 and day >= 14", (">=", 4, 14, None)),
        ("pain_rest > 4 and day > 2 and day < 9", (">", 4, 3, 8)),
        ("pain_rest < 1 and day <= 3", ("<", 1, 0, 3)),
    ],
)
def test_a_limit_that_looks_at_one_answer_and_at_days_is_drawn(
    when: str, zone: tuple[str, float, int, int | None]
) -> None:
    assert found((when, S)) == [zone]


@pytest.mark.parametrize(
    "when",
    [
        "rise(pain_rest) >= 2",
        "pain_rest >= 4 and pain_walking >= 4",
        "pain_rest = 4",
        "two_days(pain_rest >= 4)",
        "not pain_rest >= 4",
        "pain_rest is unknown",
        "pain_walking >= 4",
    ],
)
def test_a_rule_that_needs_more_than_one_limit_is_not_drawn_as_one(when: str) -> None:
    assert found((when, S)) == []


def test_what_only_the_patient_is_told_leaves_the_number_as_expected() -> None:
    assert found(("pain_rest >= 4", TriageLevel.SELF_CARE)) == []


def test_a_limit_within_a_wider_one_of_its_level_is_not_said_twice() -> None:
    assert found(("pain_rest >= 4 or pain_rest > 8", S), ("pain_rest >= 4 and day >= 9", S)) == [
        (">=", 4, 0, None)
    ]
    assert len(found(("pain_rest >= 4", W), ("pain_rest >= 7", S))) == 2


def test_after_a_knee_replacement_pain_on_walking_is_expected_for_two_weeks() -> None:
    pathway = the_library().pathways["hip_knee_replacement"]
    walking = zones(pathway, "pain_walking")
    assert [(one.level.word, one.limit, one.from_day) for one in walking] == [
        ("within_48_hours", 4, 14),
        ("same_day", 7, 0),
    ]
    assert all(one.source for one in walking)
