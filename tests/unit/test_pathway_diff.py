"""Diff: a change is told in the words of the ward, in both languages, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.core.errors import PathwayError
from bot.core.words import LANGUAGES
from bot.pathfiles.diff import diff
from bot.pathfiles.diff_words import DIFF
from tests.unit.pathway_desk import spoil, write_library

HERNIA, NUMBERS = "hernia.yml", "shared/emergency_numbers.yml"

# (file, what stood there, what is written instead, a sentence that must be told)
CHANGES = [
    (HERNIA, "temperature >= 38.0 C", "temperature >= 38.5 C", "fever threshold 38.0 -> 38.5 C"),
    (
        HERNIA,
        "day: 7, after: surgery, ask: [danger, temperature, pain, lump",
        "day: 7, after: surgery, ask: [danger, temperature, lump",
        "question pain no longer asked on day_7",
    ),
    (
        HERNIA,
        "when: pain >= 7\n    level: same_day",
        "when: pain >= 7\n    level: emergency",
        "rule pain_severe: level raised, same_day -> emergency",
    ),
    (
        HERNIA,
        "level: emergency\n    reason: {zh: 嵌顿",
        "level: same_day\n    reason: {zh: 嵌顿",
        "rule hard_lump: level LOWERED, emergency -> same_day",
    ),
    (
        HERNIA,
        "when: pain >= 7",
        "when: pain >= 7 and day >= 2",
        "rule pain_severe: condition changed, pain >= 7 -> pain >= 7 and day >= 2",
    ),
    (HERNIA, "use_rules: [chest_pain]", "use_rules: []", "rule chest_pain removed (emergency)"),
    (HERNIA, "zh: 疼几分？", "zh: 现在疼几分？", "question pain: wording changed (zh)"),
    (HERNIA, "remind_after: 4 h", "remind_after: 6 h", "reminded after 4 h -> 6 h"),
    (HERNIA, "nurse_after: 24 h", "nurse_after: 8 h", "after the reminder 24 h -> 8 h"),
    (
        HERNIA,
        "silence_level: same_day",
        "silence_level: within_48_hours",
        "silence counts as same_day -> within_48_hours",
    ),
    (HERNIA, "{day: 7, after: surgery,", "{day: 9, after: surgery,", "day 7 (surgery) -> 9"),
    (HERNIA, '"09:00-19:00"', '"10:00-19:00"', "hours 09:00-19:00 -> 10:00-19:00"),
    (HERNIA, "range: 0-10", "range: 0-100", "question pain: range 0-10 -> 0-100"),
    (HERNIA, "only_when: lump is yes\n", "if_unknown: same_day\n", "under another condition"),
    (HERNIA, "days: 1-14", "days: 1-30", "teaching lifting: days 1-14 -> 1-30"),
    (HERNIA, 'at: "10:00"', 'at: "11:00"', "6 (surgery) 10:00 -> 6 (surgery) 11:00"),
    (
        HERNIA,
        'at: "10:00", say',
        'at: "10:00", send_within: 5 h, say',
        "48 h, skip_and_tell_nurse -> ",
    ),
    (HERNIA, "en: Lift nothing heavy.", "en: Lift nothing.", "teaching lifting: wording changed"),
    (HERNIA, "  bathing: {", "  diet: {", "answer about bathing: wording changed"),
    (HERNIA, "procedures: [hernia]", "procedures: [hernia, groin]", "procedures hernia -> hernia,"),
    (NUMBERS, 'CN: {emergency: "120"', 'CN: {emergency: "119"', "number of CN: 120 -> 119"),
    (
        "shared/levels.yml",
        'quiet_hours: "21:00-08:00"',
        'quiet_hours: "20:00-08:00"',
        "quiet hours 21:00-08:00 -> 20:00-08:00",
    ),
]


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    return write_library(tmp_path / "old"), write_library(tmp_path / "new")


@pytest.mark.parametrize(("file", "old", "new", "told"), CHANGES)
def test_a_change_is_told(
    sides: tuple[Path, Path], file: str, old: str, new: str, told: str
) -> None:
    spoil(sides[1], file, old, new)
    changes = diff(*sides)
    assert any(told in one.say("en") for one in changes), [one.say("en") for one in changes]
    assert all(one.say("zh") for one in changes)


def test_two_equal_versions_do_not_differ(sides: tuple[Path, Path]) -> None:
    assert diff(*sides) == []


def test_a_comment_and_a_number_are_no_change_for_patients(sides: tuple[Path, Path]) -> None:
    spoil(sides[1], HERNIA, "number: 1", "number: 2  # raised")
    assert diff(*sides) == []


def test_an_added_pathway_and_a_removed_one_are_told(sides: tuple[Path, Path]) -> None:
    old, new = sides
    (new / HERNIA).rename(new / "groin.yml")
    spoil(new, "groin.yml", "pathway: hernia", "pathway: groin")
    assert [one.say("en") for one in diff(old, new)] == [
        "groin: pathway added",
        "hernia: pathway removed",
    ]


def test_two_files_are_compared_with_the_shared_folder_beside_them(
    sides: tuple[Path, Path],
) -> None:
    spoil(sides[1], HERNIA, "temperature >= 38.0 C", "temperature >= 38.5 C")
    told = [one.kind for one in diff(sides[0] / HERNIA, sides[1] / HERNIA)]
    assert told == ["threshold"]


def test_a_broken_side_is_refused_with_its_place(sides: tuple[Path, Path]) -> None:
    spoil(sides[1], HERNIA, "number: 1", "number: first")
    with pytest.raises(PathwayError, match=r"hernia\.yml:2"):
        diff(*sides)
    result = CliRunner().invoke(app, ["pathway", "diff", *map(str, sides)])
    assert (result.exit_code, "hernia.yml:2" in result.output) == (2, True)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PathwayError, match="no such file or folder"):
        diff(tmp_path / "a", tmp_path / "b")


def test_the_command_prints_chinese_and_json(sides: tuple[Path, Path]) -> None:
    spoil(sides[1], HERNIA, "temperature >= 38.0 C", "temperature >= 38.5 C")
    asked = ["pathway", "diff", *map(str, sides)]
    assert "fever 阈值 38.0 -> 38.5 C" in CliRunner().invoke(app, [*asked, "--lang", "zh"]).stdout
    row = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)[0]
    assert (row["kind"], row["old"], row["new"]) == ("threshold", "38.0", "38.5")
    assert set(row["text"]) == set(LANGUAGES)


def test_every_kind_of_change_has_a_sentence_in_every_language() -> None:
    assert set(DIFF["en"]) == set(DIFF["zh"])
