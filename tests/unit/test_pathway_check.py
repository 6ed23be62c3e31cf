"""Every kind of mistake in a care team's file is named, with its line and what to do."""

# ruff: noqa: E501 - a table of mistakes reads best with one mistake a line
from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.errors import PathwayError
from bot.pathfiles.check import check_library
from bot.pathfiles.check_contacts import MOST_QUESTIONS
from bot.pathfiles.file_text import LARGEST
from bot.pathfiles.findings import Finding, Severity
from bot.pathfiles.load import load_library
from tests.unit.pathway_desk import PATHWAYS, spoil, write_library

HERNIA = "hernia.yml"
Q, R = "shared/questions.yml", "shared/rules.yml"
LONG = "很" * 70

# (kind, file, what stood there, what is written instead, part of the message, part of the hint)
MISTAKES = [
    ("bad_yaml", HERNIA, "title: {zh", "title: {{zh", "not YAML", "quotes"),
    ("alias_used", HERNIA, "  lump_hard:\n    kind", "  x: &x []\n  lump_hard: *x\n  y:\n    kind", "anchors", "Write it out"),
    ("duplicate_name", HERNIA, "  pain_severe:\n", "  fever:\n", "'fever' stands here twice", "Rename"),
    ("missing_name", HERNIA, "    kind: scale\n", "", "lacks 'kind'", "Add a line 'kind:'"),
    ("unknown_name", HERNIA, "    range: 0-10", "    rang: 0-10", "no 'rang'", "Did you mean 'range'?"),
    ("wrong_shape", HERNIA, "source: [CHELWEST]", "source: CHELWEST", "must be a list", ""),
    ("bad_id", HERNIA, "  lifting: {", "  Lifting-heavy: {", "'Lifting-heavy'", "small letters"),
    ("unknown_word", HERNIA, "kind: scale", "kind: scal", "'scal'", "Did you mean 'scale'?"),
    ("missing_language", HERNIA, "{zh: 疼几分？, en: How bad is the pain?}", "{zh: 疼几分？}", "missing in 'en'", ""),
    ("not_a_number", HERNIA, "number: 1", "number: first", "'first'", ""),
    ("bad_range", HERNIA, "range: 0-10", "range: 10-0", "0-10", ""),
    ("scale_too_long", HERNIA, "range: 0-10", "range: 0-99999999", "too many steps", "kind: count"),
    ("not_a_number", HERNIA, "number: 1", "number: nan", "'nan'", ""),
    ("not_a_number", HERNIA, "number: 1", "number: 1e400", "'1e400'", ""),
    ("bad_duration", HERNIA, "remind_after: 4 h", "remind_after: 99999999999 d", "99999999999", "such as 4 h"),
    ("day_out_of_reach", HERNIA, "{day: 7, after: surgery,", "{day: 99999999, after: surgery,", "99999999", "day and repeat"),
    ("day_out_of_reach", HERNIA, "{day: 7, after: surgery,", "{day: -5, after: surgery,", "-5", "day and repeat"),
    ("day_out_of_reach", HERNIA, "{day: 7, after: surgery,", "{day: 7, after: surgery, repeat: {every_days: 365, times: 99999},", "cannot be reached", "7300"),
    ("day_out_of_reach", HERNIA, "review: {day: 6", "review: {day: 999999", "reminder review", "day and repeat"),
    ("hidden_sign", HERNIA, "en: lump}", 'en: "lump \u202e"}', "read otherwise", "Remove"),
    ("bad_range", HERNIA, "days: 1-14", "days: 14-1", "0-10", ""),
    ("bad_duration", HERNIA, "remind_after: 4 h", "remind_after: 4 hours", "'4 hours'", "such as 4 h"),
    ("bad_time", HERNIA, '"09:00-19:00"', '"9am-7pm"', "'9am-7pm'", "09:00-19:00"),
    ("bad_time", HERNIA, 'at: "10:00"', 'at: "25:00"', "'25:00", "09:00-19:00"),
    ("bad_date", "shared/emergency_numbers.yml", "2026-11-22", "22.11.2026", "'22.11.2026'", "2026-11-22"),
    ("bad_condition", HERNIA, "when: pain >= 7", "when: pain >= seven", "number is missing", ""),
    ("bad_answer", HERNIA, "lump: no}", "lump: perhaps}", "'perhaps'", ""),
    ("missing_range", HERNIA, "    range: 0-10\n", "", "without a range", "range: 0-10"),
    ("missing_options", Q, "    chest_pain: {button: {zh: 胸痛, en: Chest pain}, also: {zh: [胸口疼], en: [chest hurts]}}\n", "", "fewer than two", ""),
    ("missing_phrase", "shared/phrases.yml", "thanks: {", "thankyou: {", "'thanks' is missing", ""),
    ("unknown_phrase", "shared/phrases.yml", "thanks: {", "thankyou: {", "'thankyou'", ""),
    ("wrong_file_name", HERNIA, "pathway: hernia", "pathway: groin", "stands in hernia.yml", "Rename"),
    ("unknown_rule", HERNIA, "use_rules: [chest_pain]", "use_rules: [chest_pian]", "'chest_pian'", "Did you mean 'chest_pain'?"),
    ("unknown_question", HERNIA, "ask: [danger, temperature, pain]", "ask: [danger, temprature, pain]", "'temprature'", "Did you mean 'temperature'?"),
    ("unknown_question", HERNIA, "when: temperature >= 38.0 C", "when: temprature >= 38.0 C", "'temprature'", "Did you mean 'temperature'?"),
    ("unknown_question", HERNIA, "answers: {pain: 8}", "answers: {pian: 8}", "'pian'", "Did you mean 'pain'?"),
    ("unknown_option", R, "danger has chest_pain", "danger has chestpain", "'chestpain'", "Did you mean 'chest_pain'?"),
    ("unknown_option", HERNIA, "when: lump_hard is yes", "when: lump_hard is maybe", "'maybe'", ""),
    ("wrong_comparison", HERNIA, "when: lump_hard is yes", "when: lump_hard >= 2", "yes or no", ""),
    ("wrong_comparison", HERNIA, "when: pain >= 7", "when: pain is bad", "a number", ""),
    ("wrong_comparison", HERNIA, "when: pain >= 7", "when: pain has bad", "options", ""),
    ("unit_clash", HERNIA, "38.0 C", "100.4 F", "stored in Cel", ""),
    ("unknown_unit", HERNIA, "38.0 C", "38.0 K", "no unit 'K'", ""),
    ("unit_missing", HERNIA, "38.0 C", "38.0", "has no unit", ""),
    ("limit_out_of_range", HERNIA, "when: pain >= 7", "when: pain >= 70", "outside", ""),
    ("unknown_tier", HERNIA, "when: pain >= 7", "when: pain >= 7 and tier is hihg", "'hihg'", "Did you mean 'high'?"),
    ("unknown_procedure", HERNIA, "when: pain >= 7", "when: pain >= 7 and procedure is hernai", "'hernai'", "Did you mean 'hernia'?"),
    ("never_fires", HERNIA, "when: pain >= 7", "when: pain >= 7 and pain < 3", "never fire", "limits"),
    ("never_fires", HERNIA, "when: pain >= 7", "when: pain >= 7 and day > 90", "never fire", "days"),
    ("never_fires", HERNIA, "when: lump_hard is yes", "when: lump_hard is yes and day < 7", "never fire", ""),
    ("unreachable_question", HERNIA, "only_when: lump is yes", "only_when: lump is yes and lump is no", "never asked", ""),
    ("asked_too_early", HERNIA, "pain, lump, lump_hard]", "pain, lump_hard, lump]", "before lump", "order"),
    ("never_asked", HERNIA, "pain, lump, lump_hard]", "pain, lump]", "lump_hard", ""),
    ("answer_without_rule", Q, "none: {for_the_record: yes, button", "none: {button", "'none'", "for_the_record"),
    ("answer_without_rule", HERNIA, "ask: [danger, temperature, pain]", "ask: [danger, bleeding, temperature, pain]", "'yes' to bleeding", "for_the_record"),
    ("doubt_goes_down", HERNIA, "    range: 0-10\n", "    range: 0-10\n    if_unknown: routine\n", "would count as routine", "unknown(pain)"),
    ("call_back_never", HERNIA, "    range: 0-10\n", "    range: 0-10\n    call_back: {below: 40, source: [GK]}\n", "'below 40'", "inside"),
    ("call_back_never", HERNIA, "    kind: yes_no\n", "    kind: yes_no\n    call_back: {below: 1, source: [GK]}\n", "'below 1'", "Only numbers"),
    ("rule_without_source", HERNIA, "    range: 0-10\n", "    range: 0-10\n    call_back: {below: 4, source: []}\n", "call_back of pain", "GK"),
    ("unknown_source", HERNIA, "    range: 0-10\n", "    range: 0-10\n    call_back: {below: 4, source: [KG]}\n", "'KG'", "GK"),
    ("named_number", HERNIA, "    range: 0-10\n", "    range: 0-10\n    options: {bad: {counts: 11, button: {zh: 差, en: Bad}}}\n", "different numbers", "0 to 10"),
    ("named_number", HERNIA, "    range: 0-10\n", "    range: 0-10\n    options: {bad: {button: {zh: 差, en: Bad}}}\n", "counts is missing", "counts: 4"),
    ("named_number", Q, "none: {for_the_record: yes,", "none: {counts: 1, for_the_record: yes,", "out of place", "scale"),
    ("unknown_word", Q, "also: {zh: [都没有], en: [none]}", "also: {like: noen}", "'noen'", "Did you mean 'none'?"),
    ("phrase_twice", Q, "also: {zh: [胸口疼]", "also: {zh: [都没有]", "'都没有'", ""),
    ("no_short_name", HERNIA, "    name: {zh: 疼痛, en: pain}\n", "", "no short name", "name:"),
    ("rule_without_source", HERNIA, "source: [CHELWEST]", "source: []", "no source", "GK"),
    ("unknown_source", HERNIA, "source: [CHELWEST]", "source: [CHELVEST]", "'CHELVEST'", "Did you mean 'CHELWEST'?"),
    ("rule_without_case", HERNIA, "    cases:\n      - {day: 7, answers: {pain: 8}}\n", "", "no case shows that rule pain_severe", "Add a line"),
    ("case_fails", HERNIA, "answers: {pain: 8}", "answers: {pain: 6}", "expects same_day", ""),
    ("case_fails", HERNIA, "expect: routine}", "expect: routine, unclear: [pain]}", "unclear is nothing", ""),
    ("case_without_rule", HERNIA, "expect: routine}", "expect: routine, rules: [fevr]}", "'fevr'", "Did you mean 'fever'?"),
    ("unknown_check_in", HERNIA, "expect: routine}", "expect: routine, check_in: day_8}", "'day_8'", "day_"),
    ("same_rule_twice", HERNIA, "when: pain >= 7", "when: temperature >= 38.0 C", "the same thing", "Remove"),
    ("rules_contradict", HERNIA, "when: lump_hard is yes", "when: pain >= 7", "different levels", "Decide"),
    ("emergency_without_number", HERNIA, "    reason: {zh: 嵌顿", "    tell: {zh: 马上去急诊。, en: Go to hospital now.}\n    reason: {zh: 嵌顿", "no number", "{emergency}"),
    ("no_way_out", HERNIA, "变重拨打 {emergency}。\", en: \"A nurse calls today. If worse, call {emergency}.", "。\", en: \"A nurse calls today.", "whom to call", ""),
    ("wrong_blank", HERNIA, "call {emergency}.", "call {emergncy}.", "{emergncy}", "Did you mean 'emergency'?"),
    ("wrong_blank", "shared/phrases.yml", "还可以试 {left} 次", "还可以再试", "{left} is missing in 'zh'", ""),
    ("false_comfort", HERNIA, "en: Lift nothing heavy.", "en: Some pain is normal.", "is normal", "Never promise"),
    ("false_comfort", "shared/phrases.yml", "thanks: {zh: \"不客气。", "thanks: {zh: \"请放心。", "放心", "Never promise"),
    ("wrong_language", HERNIA, "{zh: 包块, en: lump}", "{zh: lump, en: 包块}", "Chinese", "swapped"),
    ("button_too_long", Q, "en: Chest pain}", "en: Chest pain or tightness that will not go away}", "characters", "30"),
    ("button_too_long", "shared/phrases.yml", "button_later: {zh: 晚点再说", "button_later: {zh: 我现在没有空晚一点我们再慢慢说吧", "too long", "14"),
    ("question_too_long", HERNIA, "ask: {zh: 疼几分？", f"ask: {{zh: 疼几分{LONG}？", "characters", "shorter"),
    ("sentence_too_long", HERNIA, "zh: 不提重物。", f"zh: 不提重物{LONG * 3}。", "characters", "shorter"),
    ("asks_nothing", HERNIA, "ask: [danger, temperature, pain]", "ask: []", "asks nothing", ""),
    ("window_empty", HERNIA, '"09:00-19:00"', '"19:00-09:00"', "ends before", ""),
    ("in_quiet_hours", HERNIA, '"09:00-19:00"', '"07:00-19:00"', "quiet hours", "08:00"),
    ("repeat_empty", HERNIA, "{day: 7, after: surgery,", "{day: 7, after: surgery, repeat: {every_days: 0, times: 3},", "never comes", ""),
    ("repeat_empty", HERNIA, 'at: "10:00", say', 'at: "10:00", repeat: {every_days: 0, times: 3}, say', "reminder review", ""),
    ("reminder_in_quiet_hours", HERNIA, 'at: "10:00"', 'at: "22:00"', "22:00 is in the quiet hours", "08:00"),
    ("medicine_too_late", HERNIA, 'at: "10:00", say', 'at: "10:00", kind: medicine, send_within: 24 h, say', "second dose", "12 h"),
    ("reminder_after_the_end", HERNIA, "review: {day: 6", "review: {day: 60", "not sent", "earlier day"),
    ("unknown_word", HERNIA, "if_too_late: skip_and_tell_nurse", "if_too_late: skip", "'skip'", "skip_and_tell_nurse"),
    ("silence_reversed", HERNIA, "nurse_after: 24 h", "nurse_after: 3 h", "before the patient is reminded", "shorter"),
    ("silence_ignored", HERNIA, "silence_level: same_day", "silence_level: routine", "not recovery", "within_48_hours"),
    ("early_silence", HERNIA, "silence_level: same_day", "silence_level: within_48_hours", "first 3 days", "same_day"),
    ("no_first_contact", HERNIA, "{day: 1, after: discharge", "{day: 2, after: discharge", "within a day", "day: 1"),
    ("tier_without_contact", HERNIA, "contacts:\n    day_1: {day: 1, after: discharge, ask: [danger, temperature, pain]}\n    day_7: {", "contacts:\n    day_7: {tiers: [low], ", "tier high has no check-in", ""),
    ("same_day_twice", HERNIA, "day_1: {day: 1, after: discharge", "day_x: {day: 7, after: surgery, ask: [pain]}\n    day_1: {day: 1, after: discharge", "same day", "Merge"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_library(tmp_path / "pathways")


def test_the_healthy_library_has_no_findings(folder: Path) -> None:
    assert check_library(folder) == []


def test_the_shipped_library_has_no_findings() -> None:
    assert [str(finding) for finding in check_library(PATHWAYS)] == []


@pytest.mark.parametrize(
    ("kind", "file", "old", "new", "what", "hint"),
    MISTAKES,
    ids=[f"{mistake[0]}-{turn}" for turn, mistake in enumerate(MISTAKES)],
)
def test_a_mistake_is_named_with_its_file_and_a_way_out(
    folder: Path, kind: str, file: str, old: str, new: str, what: str, hint: str
) -> None:
    spoil(folder, file, old, new)
    findings = [one for one in check_library(folder) if one.kind == kind]
    assert findings, [str(one) for one in check_library(folder)]
    finding = findings[0]
    assert finding.line > 0
    assert what in finding.what
    assert hint in finding.hint


def test_at_least_forty_kinds_of_mistake_are_known() -> None:
    assert len({mistake[0] for mistake in MISTAKES}) >= 40


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (HERNIA, "38.0 C", "100.4 F"),
        (HERNIA, "kind: scale", "kind: scal"),
        (R, "danger has chest_pain", "danger has chestpain"),
    ],
)
def test_a_finding_points_to_the_line(folder: Path, file: str, old: str, new: str) -> None:
    line = spoil(folder, file, old, new)
    assert (file, line) in {(one.file, one.line) for one in check_library(folder)}


def test_a_missing_shared_file_is_named(folder: Path) -> None:
    (folder / "shared" / "levels.yml").unlink()
    assert ("missing_file", "shared/levels.yml") in {
        (finding.kind, finding.file) for finding in check_library(folder)
    }


def test_a_check_in_that_asks_too_much_is_named(folder: Path) -> None:
    names = [f"more_{number}" for number in range(MOST_QUESTIONS)]
    spoil(folder, HERNIA, "ask: [danger, temperature, pain]", f"ask: [danger, {', '.join(names)}]")
    more = "{kind: text, for_the_record: yes, name: {zh: 别的, en: more}, ask: {zh: 别的？, en: More?}}"
    questions = "".join(f"  {name}: {more}\n" for name in names)
    spoil(folder, HERNIA, "questions:\n", f"questions:\n{questions}")
    assert {finding.kind for finding in check_library(folder)} == {"too_many_questions"}


def test_two_pathways_cannot_serve_one_procedure(folder: Path) -> None:
    text = (folder / HERNIA).read_text(encoding="utf-8")
    (folder / "groin.yml").write_text(
        text.replace("pathway: hernia", "pathway: groin"), encoding="utf-8"
    )
    assert "duplicate_procedure" in {finding.kind for finding in check_library(folder)}


def test_another_encoding_is_named_with_its_line(folder: Path) -> None:
    path = folder / HERNIA
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    assert [(one.kind, one.line) for one in check_library(folder)] == [("not_utf8", 3)]


def test_a_huge_file_is_refused_before_it_is_read(folder: Path) -> None:
    (folder / HERNIA).write_text("#" * (LARGEST + 1), encoding="utf-8")
    assert [one.kind for one in check_library(folder)] == ["file_too_large"]


def test_deep_nesting_is_refused(folder: Path) -> None:
    (folder / HERNIA).write_text("[" * 1500, encoding="utf-8")
    assert [one.kind for one in check_library(folder)] == ["bad_yaml"]


def test_an_expression_bomb_is_refused(folder: Path) -> None:
    spoil(folder, HERNIA, "when: pain >= 7", f"when: {'(' * 400}pain >= 7{')' * 400}")
    assert "bad_condition" in {one.kind for one in check_library(folder)}


def test_loading_a_broken_library_says_where_and_what(folder: Path) -> None:
    line = spoil(folder, HERNIA, "kind: scale", "kind: scal")
    with pytest.raises(PathwayError, match=rf"hernia.yml:{line}: .*'scal'.*Did you mean 'scale'"):
        load_library(folder)


def test_a_finding_reads_as_one_line() -> None:
    finding = Finding("a.yml", 3, 1, "x", "no question 'feverr'", "Did you mean 'fever'?")
    assert str(finding) == "a.yml:3:1: error: no question 'feverr'. Did you mean 'fever'?"
    assert finding.severity is Severity.ERROR
