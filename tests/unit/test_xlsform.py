"""Pathways leave as XLSForm that others can use, and a form comes in as a draft, honestly."""

# ruff: noqa: E501 - forms and their notes read best with one row a line
from __future__ import annotations

import io
import random
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pyxform.xls2xform import convert
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.core.condition import UNKNOWN, Answered, Facts, holds
from bot.core.condition.parse import parse
from bot.core.pathway import TIERS, CheckInPlan, Library, Pathway
from bot.core.question import Kind, Question
from bot.exchange.condition_text import as_text
from bot.exchange.draft import as_yaml
from bot.exchange.form import Form, form_of
from bot.exchange.relevance import NotCarried, Target, read_relevance
from bot.exchange.sheet import as_workbook, read_sheets
from bot.exchange.xlsform_in import draft_of
from bot.exchange.xlsform_out import CHOICES, SETTINGS, SURVEY, not_carried, offered, xlsform
from bot.exchange.xpath import relevant
from bot.pathfiles.check import check_library
from bot.pathfiles.load import load_library, read_library
from tests.unit.pathway_desk import PATHWAYS, write_library

LIBRARY = load_library(PATHWAYS)
NAMES = sorted(LIBRARY.pathways)


@pytest.fixture(params=NAMES)
def form(request: pytest.FixtureRequest) -> Form:
    return form_of(LIBRARY.pathway(request.param))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_library(tmp_path / "pathways")


def rows_of(form: Form, sheet: str) -> list[dict[str, str]]:
    names, rows = xlsform(form)[sheet]
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_a_form_is_valid_without_a_warning(form: Form) -> None:
    done = convert(io.BytesIO(as_workbook(xlsform(form))))
    assert done.warnings == []
    for name in form.asked:
        assert f'"/{form.pathway.id}/{name}"' in done.xform or f"/{name}:label" in done.xform


def test_the_names_of_a_scale_stand_before_it() -> None:
    form = form_of(load_library(PATHWAYS).pathway("breast_cancer_surgery"))
    rows = rows_of(form, "survey")
    at = next(n for n, row in enumerate(rows) if row["name"] == "names_of_phq_down")
    note, asked = rows[at], rows[at + 1]
    assert (note["type"], asked["name"]) == ("note", "phq_down")
    assert note["relevant"] == asked["relevant"]
    assert note["label::English (en)"].splitlines()[::3] == [
        "0 = Not at all",
        "3 = Nearly every day",
    ]
    assert "3 = 几乎每天" in note["label::Chinese (zh)"]


def test_every_question_and_every_choice_is_in_the_form_in_both_languages(form: Form) -> None:
    survey = {row["name"]: row for row in rows_of(form, "survey") if row["name"]}
    choices = rows_of(form, "choices")
    asked = {name for plan in form.pathway.check_ins for name in plan.questions}
    assert asked <= set(survey)
    for name in asked:
        question, row = form.pathway.questions[name], survey[name]
        assert row["label::English (en)"] == question.ask.say("en")
        assert row["label::Chinese (zh)"] == question.ask.say("zh")
        if question.minimum is not None:
            assert row["constraint"] == f". >= {question.minimum:g} and . <= {question.maximum:g}"
            assert row["constraint_message::Chinese (zh)"]
        of = row["type"].partition(" ")[2]
        words = {
            one["name"]: one["label::Chinese (zh)"] for one in choices if one["list_name"] == of
        }
        if question.kind in (Kind.CHOICE, Kind.CHOICES, Kind.YES_NO):
            assert words == {value: said.say("zh") for value, said in offered(question).items()}


def test_a_question_comes_after_those_its_relevance_looks_at(form: Form) -> None:
    seen = {"check_in", "day", "days_home", "tier", "procedure"}
    for row in rows_of(form, "survey"):
        for name in row["relevant"].split("${")[1:]:
            assert name.partition("}")[0] in seen, row["name"]
        seen.add(row["name"])


@pytest.fixture(scope="module")
def come_back(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Every pathway, sent out as a form and taken in again as a draft."""
    folder = tmp_path_factory.mktemp("drafts")
    shutil.copytree(PATHWAYS / "shared", folder / "shared")
    for name in NAMES:
        path = folder / f"{name}.xlsx"
        path.write_bytes(as_workbook(xlsform(form_of(LIBRARY.pathway(name)))))
        draft, notes = draft_of(read_sheets(path), name, path.name)
        assert all("the names of the numbers" in one.what for one in notes)
        (folder / f"{name}.yml").write_text(as_yaml(draft), encoding="utf-8")
    read = read_library(folder)
    assert read.errors == ()
    return read.library


def test_a_form_of_ours_comes_back_with_the_same_questions(form: Form, come_back: Library) -> None:
    before, after = form.pathway, come_back.pathway(form.pathway.id)
    assert set(after.questions) >= set(form.asked)
    for name in form.asked:
        assert carried(after.questions[name]) == carried(before.questions[name]), name
    for plan in before.check_ins:
        again = after.check_in(plan.id)
        assert set(again.questions) == set(plan.questions)
        assert (again.day, again.anchor, again.tiers, again.intro) == (
            *(plan.day, plan.anchor, plan.tiers, plan.intro),
        )
    assert after.title == before.title
    told = "the codes of the operations" in not_carried(form)
    assert after.procedures == ((before.id,) if told else before.procedures)


def carried(question: Question) -> tuple[object, ...]:
    words = offered(question)
    return (
        *(question.kind, question.ask, question.help, question.why, question.unit),
        *(question.code, question.minimum, question.maximum, words),
    )


def test_a_form_of_ours_comes_back_with_the_same_skip_logic(form: Form, come_back: Library) -> None:
    chance = random.Random(form.pathway.id)  # noqa: S311
    before, after = form.pathway, come_back.pathway(form.pathway.id)
    for plan in before.check_ins:
        for _ in range(30):
            tier, procedure = chance.choice(TIERS), chance.choice(before.procedures)
            answers = {name: an_answer(before.questions[name], chance) for name in form.asked}
            facts = Facts(day=plan.day, days_home=plan.day, tier=tier, procedure=procedure)
            asked = walked(before, plan, answers, form, facts)
            assert asked == walked(after, plan, answers, form, facts)


def an_answer(question: Question, chance: random.Random) -> Answered:
    if chance.random() < 0.3:
        return UNKNOWN
    match question.kind:
        case Kind.SCALE | Kind.COUNT | Kind.MEASURE:
            return chance.choice([question.minimum or 0.0, question.maximum or 9.0])
        case Kind.YES_NO:
            return chance.random() < 0.5
        case Kind.CHOICE:
            return chance.choice([one.value for one in question.options])
        case Kind.CHOICES:
            return (chance.choice([one.value for one in question.options]),)
        case _:
            return "words"


def walked(
    pathway: Pathway,
    plan: CheckInPlan,
    answers: Mapping[str, Answered],
    form: Form,
    facts: Facts,
) -> dict[str, Answered]:
    """The questions of a check-in that are asked, one after the other, with these answers."""
    asked: dict[str, Answered] = {}
    for name in form.asked:
        ask_when = pathway.ask_when.get(name)
        if name in plan.questions and (
            ask_when is None or holds(ask_when, facts.with_answers(asked)) is True
        ):
            asked[name] = answers[name]
    return asked


FOREIGN = {
    "survey": (
        ("type", "name", "label", "label::中文", "label::French (fr)", "hint", "relevant", "constraint", "required", "appearance", "parameters", "calculation"),
        [
            ("start", "start", *[""] * 10),
            ("begin group", "pain", "Pain", "", "", "", "${Lump} = 'yes'", *[""] * 5),
            ("integer", "Lump", "not yet there", *[""] * 9),
            ("end group", *[""] * 11),
            ("select_one yn", "Lump", "Is there a lump?", "有包块吗？", "Une bosse ?", "", "", "", "yes", "minimal", "", ""),
            ("integer", "painScore", "Pain, 0 to 10?", "", "", "0 is none", "${Lump} = 'yes' and ${Lump} != 'no'", ". > 0 and . < 11", "yes", *[""] * 3),
            ("decimal", "temp", "Temperature?", "体温？", "", "", "not(selected(${Lump}, 'no')) or ${nowhere} = 1", ". >= 30", *[""] * 4),
            ("select_multiple signs or_other", "signs", "Which signs?", "哪些？", *[""] * 8),
            ("range", "mood", "Mood?", "心情？", "", "", "", "", "", "", "start=1 end=5 step=2", ""),
            ("geopoint", "where", "Where are you?", *[""] * 9),
            ("calculate", "twice", *[""] * 9, "${painScore} * 2"),
            ("begin_repeat", "drugs", "Drugs", *[""] * 9),
            ("text", "drug", "Which?", *[""] * 9),
            ("end_repeat", *[""] * 11),
            ("text", "day", "Hello ${Lump}, anything else?", *[""] * 9),
            ("select_one nolist", "odd", "Odd?", "怪？", *[""] * 8),
            ("note", "bye", "Thank you", *[""] * 9),
        ],
    ),
    "choices": (
        ("list_name", "name", "label", "label::中文", "image"),
        [("yn", "yes", "Yes", "是", ""), ("yn", "no", "No", "否", "no.png"), ("signs", "1", "Red", "红", ""), ("signs", "Pus!", "Pus", "", "")],
    ),
    "settings": (("form_title", "style"), [("Hernia", "pages")]),
    "entities": (("dataset",), [("people",)]),
}  # fmt: skip


@pytest.fixture
def told(folder: Path) -> Iterator[str]:
    path = folder.parent / "theirs.xlsx"
    path.write_bytes(as_workbook(FOREIGN))
    done = begin(folder, path, "groin", folder.parent / "groin.yml")
    assert done.exit_code == 0, done.output
    return done.output


def begin(folder: Path, form: Path, name: str, out: Path) -> Result:
    arguments = ["pathway", "begin", form, name, "--out", out, "--folder", folder]
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.mark.parametrize(
    "note",
    [
        "(survey):2:1: warning: 'start' is of the type 'start' and is not carried",
        "(survey):3:1: warning: the group 'pain' and its heading are not carried; its questions are",
        "(survey):6:1: warning: 'Lump' in French (fr) is not carried",
        "(survey):6:1: warning: the column 'required' is not carried (filled in row 6, 7)",
        "(survey):6:1: warning: the column 'appearance' is not carried (filled in row 6)",
        "(survey):4:1: warning: 'Lump' is called 'lump' in the pathway",
        "(survey):4:1: warning: the skip logic of 'lump' is not carried, since 'Lump' is no question that was carried over before it",
        "(survey):6:1: warning: 'Lump' is called 'lump_2' in the pathway",
        "(survey):7:1: warning: 'painScore' is called 'pain_score' in the pathway",
        "(survey):7:1: warning: without an answer to 'Lump' the form asks 'pain_score', we do not",
        "(survey):8:1: warning: the skip logic of 'temp' is not carried, since 'nowhere' is no question",
        "(survey):8:1: warning: the constraint of 'temp' is not carried: . >= 30",
        "(survey):9:1: warning: 'signs' offers 'other' in own words, which is not carried",
        "(survey):10:1: warning: the steps of 'mood' are 1, not 2",
        "(survey):11:1: warning: 'where' is of the type 'geopoint' and is not carried",
        "(survey):12:1: warning: 'twice' is of the type 'calculate' and is not carried",
        "(survey):13:1: warning: the repeat 'drugs' and what is in it are not carried",
        "(survey):14:1: warning: 'drug' is in a repeat and is not carried",
        "(survey):16:1: warning: 'day' is called 'day_asked' in the pathway",
        "(survey):16:1: warning: 'day' puts another answer into its words",
        "(survey):17:1: warning: 'odd' takes its choices from 'nolist', which the form does not have",
        "(survey):18:1: warning: 'bye' is of the type 'note' and is not carried",
        "(choices):3:1: warning: the column 'image' is not carried (filled in row 3)",
        "(choices):4:1: warning: '1' is called 'option_1' in the pathway",
        "(choices):5:1: warning: 'Pus!' is called 'pus' in the pathway",
        "(settings):2:1: warning: the column 'style' is not carried (filled in row 2)",
        "(entities):1:1: warning: the sheet 'entities' is not carried",
        "(survey):1:1: warning: a form has no check-ins: one was written",
        "8 questions",
    ],
)
def test_what_of_a_form_is_not_carried_over_is_told(told: str, note: str) -> None:
    assert note in told, told


def test_other_names_of_columns_are_known(folder: Path) -> None:
    survey = (
        ("Type", "Name", "Caption:English", "Label :: 中文 (zh)", "Relevance"),
        [
            ("select_one c", "lump", "A lump?", "有包块吗？", ""),
            ("text", "more", "More?", "还有吗？", "${lump} = 'yes'"),
        ],
    )
    choices = (
        ("list name", "Value", "label", "LABEL:zh"),
        [("c", "yes", "Yes", "是"), ("c", "no", "No", "否")],
    )
    path = folder.parent / "old.xlsx"
    path.write_bytes(as_workbook({"Survey": survey, "choices ": choices}))
    done = begin(folder, path, "groin", folder / "groin.yml")
    assert "2 questions; 1 note on" in done.output
    found = read_library(folder).library.pathway("groin")
    assert found.questions["lump"].ask.by_language == {"en": "A lump?", "zh": "有包块吗？"}
    assert as_text(found.ask_when["more"]) == "lump is yes"


def test_what_a_draft_still_needs_is_named_by_the_check(folder: Path, told: str) -> None:
    shutil.move(folder.parent / "groin.yml", folder / "groin.yml")
    read = read_library(folder).library.pathway("groin")
    assert as_text(read.ask_when["pain_score"]) == "lump_2 is yes and lump_2 is not no"
    assert (read.questions["pain_score"].minimum, read.questions["pain_score"].maximum) == (1, 10)
    assert read.questions["lump_2"].kind is Kind.YES_NO
    found = [str(one) for one in check_library(folder) if one.file == "groin.yml"]
    for part in (
        "title is missing in 'zh'",
        "ask of question pain_score is missing in 'zh'",
        "button of option pus of signs is missing in 'zh'",
        "question temp asks for a number without a range",
        "question odd is a choice with fewer than two options",
    ):
        assert any(part in one for one in found), (part, found)
    assert [one for one in found if one not in told] == []
    assert told.endswith(f"{len(found)} things to do before it can be used\n")


def test_a_file_that_is_there_is_never_overwritten(folder: Path) -> None:
    path = folder.parent / "theirs.xlsx"
    path.write_bytes(as_workbook(FOREIGN))
    before = (folder / "hernia.yml").read_bytes()
    for name in ("hernia", "../hernia", "Hernia"):
        assert begin(folder, path, name, folder / "hernia.yml").exit_code == 2
    assert (folder / "hernia.yml").read_bytes() == before


def test_words_of_a_form_cannot_become_lines_of_the_file(folder: Path) -> None:
    evil = 'x"\nrules: {a: b}\n# \\" : - &a *a !b'
    rows = [("text", "q", evil, evil, evil, evil), ("select_one c", "r", "R", "啊", "", "")]
    columns = (
        "type",
        "name",
        "label::English (en)",
        "label::Chinese (zh)",
        "bind::unit",
        "bind::code",
    )
    sheets = {
        "survey": (columns, rows),
        "choices": (CHOICES, [("c", evil, evil, evil, "", "", ""), ("check_in", evil, "a", "b", "1", "surgery", evil)]),
        "settings": (SETTINGS, [(evil, evil, evil, "English (en)")]),
    }  # fmt: skip
    path = folder.parent / "evil.xlsx"
    path.write_bytes(as_workbook(sheets))
    assert begin(folder, path, "groin", folder / "groin.yml").exit_code == 0
    read = read_library(folder)
    assert set(read.library.pathway("groin").questions) == {"q", "r"}
    assert read.library.pathway("groin").rules == ()
    assert read.library.pathway("groin").questions["q"].ask.say("en") == evil


def test_a_workbook_that_is_no_form_is_refused(folder: Path) -> None:
    path = folder.parent / "other.xlsx"
    path.write_bytes(as_workbook({"sheet": (SURVEY, [])}))
    done = begin(folder, path, "groin", folder / "groin.yml")
    assert (done.exit_code, "Is it an XLSForm?" in done.output) == (2, True)
    assert not (folder / "groin.yml").exists()


NAMED = {
    "lump": Target("lump", Kind.YES_NO),
    "pain": Target("pain", Kind.SCALE),
    "temp": Target("temp", Kind.MEASURE, "Cel"),
    "signs": Target("signs", Kind.CHOICES),
    "own": Target("own", Kind.TEXT),
}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("${lump} = 'yes'", "lump is yes"),
        ('${lump}="yes" or ${pain}>=7', "lump is yes or pain >= 7"),
        ("selected(${signs}, 'pus') and not(${lump} = 'yes')", "signs has pus and lump is not yes"),
        ("${temp} > 38.5", "temp > 38.5 Cel"),
        ("${temp} = ''", "unknown(temp)"),
        ("string-length(${temp}) > 0", "not (unknown(temp))"),
        ("(${lump} = 'yes' or ${pain} > 3) and ${temp} < 36", "(lump is yes or pain > 3) and temp < 36 Cel"),
        ("not(${lump} = 'yes' and ${pain} > 3)", "not (lump is yes and pain > 3)"),
    ],
)  # fmt: skip
def test_simple_relevance_becomes_a_condition(text: str, written: str) -> None:
    condition = read_relevance(text, NAMED)
    assert as_text(condition) == written
    assert parse(written) == condition


@pytest.mark.parametrize(
    "text",
    [
        "${lump} = ",
        "count-selected(${signs}) > 2",
        "${pain} + 1 > 2",
        "${nobody} = 'yes'",
        "${own} = 'yes'",
        "${pain} = 'bad'",
        "${lump} > 'yes'",
        "today() > '2026-01-01'",
        "(" * 100 + "${lump} = 'yes'" + ")" * 100,
        "${lump} = 'yes' " * 2,
        "regex(${own}, '^a')",
        "x" * 5000,
    ],
)
def test_other_relevance_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(NotCarried, match=r"\w+ \w+"):
        read_relevance(text, NAMED)


@pytest.mark.parametrize(
    ("condition", "written"),
    [
        ("rise(pain) >= 2", ""),
        ("not (last_time(lump is yes))", ""),
        ("lump is yes and ever(lump is yes)", "${lump} = 'yes'"),
        ("not (lump is yes or pain > 3)", "((${lump} != '' and ${lump} != 'yes') and ${pain} <= 3)"),
        ("danger has not chest_pain", "(${danger} != '' and not(selected(${danger}, 'chest_pain')))"),
        ("gone is yes", "false()"),
        ("pain != 3", "(${pain} != '' and ${pain} != 3)"),
        ("not (unknown(pain))", "${pain} != ''"),
        ("day > 3", "${day} > 3"),
        ("sum(pain, temperature) >= 40", "(coalesce(${pain}, 0) + coalesce(${temperature}, 0)) >= 40"),
        ("sum(pain, gone) >= 4", "(coalesce(${pain}, 0)) >= 4"),
        ("sum(pain, gone) < 4", "false()"),
        ("not (sum(pain, temperature) >= 40)", "(${pain} != '' and ${temperature} != '' and (${pain} + ${temperature}) < 40)"),
    ],
)  # fmt: skip
def test_a_condition_is_asked_only_where_it_surely_holds(
    folder: Path, condition: str, written: str
) -> None:
    path = folder / "hernia.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("lump is yes\n    ask", f"{condition}\n    ask"), encoding="utf-8")
    form = form_of(read_library(folder).library.pathway("hernia"))
    whole = f"${{check_in}} = 'day_7' and {written}" if written else "${check_in} = 'day_7'"
    whole = written if written == "false()" else whole
    assert relevant(form, form.asked["lump_hard"]) == whole
    looks_back = any("lump_hard" in one for one in not_carried(form))
    assert looks_back is any(one in condition for one in ("rise", "last_time", "ever"))
