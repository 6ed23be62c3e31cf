"""One question of an XLSForm: its kind, words, options, range and skip logic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.core.condition.tree import RESERVED, All, AnyOf, Condition, Is
from bot.core.question import Kind
from bot.exchange.condition_text import as_text
from bot.exchange.draft import DraftQuestion, Said
from bot.exchange.form import CHECK_IN
from bot.exchange.form_words import said_by_language
from bot.exchange.relevance import NotCarried, Target, read_relevance, tidy
from bot.exchange.sheet import Row
from bot.pathfiles.findings import Finding, Severity
from bot.pathfiles.read_questions import YES_NO

KINDS: Final = {
    **dict.fromkeys(("integer", "int"), Kind.COUNT),
    **dict(zip(("range", "decimal", "date"), (Kind.SCALE, Kind.MEASURE, Kind.DATE), strict=True)),
    **dict.fromkeys(("text", "string"), Kind.TEXT),
    **dict.fromkeys(("select_one", "select one", "select one from"), Kind.CHOICE),
    **dict.fromkeys(("select_multiple", "select multiple"), Kind.CHOICES),
    "select all that apply from": Kind.CHOICES,
}
LIMIT: Final = re.compile(r"\.\s*(>=|<=|>|<)\s*(\d+(?:\.\d+)?)")
PARAMETER: Final = re.compile(r"(start|end|step)\s*=\s*(\d+(?:\.\d+)?)")
MOST_ROWS: Final = 12  # that a note about a column names
WORDS: Final = ("label", "hint", "guidance_hint", "constraint_message")


@dataclass
class Import:
    """What is being read, and everything that was not carried."""

    file: str
    names: dict[str, Target] = field(default_factory=dict)
    questions: list[DraftQuestion] = field(default_factory=list)
    asked_in: dict[str, tuple[str, ...]] = field(default_factory=dict)
    intros: dict[str, Said] = field(default_factory=dict)
    notes: list[Finding] = field(default_factory=list)
    lost: dict[tuple[str, str], list[int]] = field(default_factory=dict)  # rows, by column

    def note(self, sheet: str, line: int, what: str, hint: str = "") -> None:
        """Say that something of the form is not in the pathway, or not as it was."""
        where = f"{self.file} ({sheet})"
        self.notes.append(Finding(where, line, 1, "not_carried", what, hint, Severity.WARNING))

    def columns(
        self, sheet: str, row: Row, known: Iterable[str], words: tuple[str, ...] = ("label",)
    ) -> None:
        """Remember which filled columns are not carried; `words` come in any language."""
        names = {*known}
        for column, cell in row.cells.items():
            if cell and column not in names and column.partition("::")[0] not in words:
                self.lost.setdefault((sheet, column), []).append(row.line)

    def tell_columns(self) -> None:
        """One note for each column that was not carried, with its rows."""
        for (sheet, column), lines in self.lost.items():
            rows = ", ".join(map(str, lines[:MOST_ROWS])) + (
                ", …" if len(lines) > MOST_ROWS else ""
            )
            what = f"the column '{column}' is not carried (filled in row {rows})"
            self.note(sheet, lines[0], what)

    def said(self, row: Row, column: str, what: str, *, sheet: str = "survey") -> Said:
        """The words of a row in our languages; the others are told."""
        said, foreign = said_by_language(row.cells, column)
        for language in foreign:
            hint = "Chinese and English are"
            self.note(sheet, row.line, f"{what} in {language} is not carried", hint)
        if any("${" in text for text in said.values()):
            hint = "Say it without the other answer"
            self.note(sheet, row.line, f"{what} puts another answer into its words", hint)
        return said


def read_question(
    form: Import, row: Row, choices: Mapping[str, list[Row]], groups: list[str]
) -> None:
    """Carry one question, with the relevance of the groups around it."""
    cells, called = row.cells, row.cells.get("name", "")
    word, of, other = _type(cells["type"])
    kind = KINDS.get(word)
    if kind is None:
        what = f"'{called}' is of the type '{cells['type']}' and is not carried"
        form.note("survey", row.line, what, "Ask it in words, or leave it out")
        return
    if other:
        what = f"'{called}' offers 'other' in own words, which is not carried"
        form.note("survey", row.line, what, "Add a question of kind text")
    question = DraftQuestion(
        _name(form, row, called),
        kind,
        ask=form.said(row, "label", f"'{called}'"),
        help=form.said(row, "hint", f"'{called}'"),
        why=form.said(row, "guidance_hint", f"'{called}'"),
        unit=cells.get("bind::unit", ""),
        code=cells.get("bind::code", ""),
    )
    values: dict[str, str] = {}
    if kind in (Kind.CHOICE, Kind.CHOICES):
        values = _options(form, question, choices.get(of, []), row.line, of)
    _range(form, question, row)
    _relevance(form, question, row, groups)
    form.names[called] = Target(question.name, question.kind, question.unit, values or None)
    form.questions.append(question)
    scale = ("parameters",) if kind is Kind.SCALE else ()
    known = ("type", "name", "relevant", "constraint", "bind::unit", "bind::code", *scale)
    form.columns("survey", row, known, WORDS)


def _type(text: str) -> tuple[str, str, bool]:
    """The type, the list of choices, and whether own words are offered too."""
    words = text.strip().split()
    other = len(words) > 1 and words[-1].casefold() == "or_other"
    words = words[:-1] if other else words
    whole = " ".join(words).casefold()
    for known in KINDS:
        if whole == known:
            return known, "", other
        if whole.startswith(f"{known} ") and known.startswith("select"):
            return known, words[-1], other
    return whole, "", other


def _name(form: Import, row: Row, called: str) -> str:
    """A name that a pathway takes; told when it is another one than in the form."""
    name = _as_name(called, "question")
    taken = {one.name for one in form.questions}
    while name in taken or name in RESERVED:
        name = f"{name}_2" if name in taken else f"{name}_asked"
    if name != called:
        form.note("survey", row.line, f"'{called}' is called '{name}' in the pathway")
    return name


def _as_name(called: str, otherwise: str) -> str:
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", called)
    name = re.sub(r"[^a-z0-9]+", "_", split.casefold()).strip("_")
    return name if name[:1].isalpha() else f"{otherwise}_{name}".rstrip("_")


def _options(
    form: Import, question: DraftQuestion, rows: list[Row], line: int, of: str
) -> dict[str, str]:
    """The options of a question; the values of the form and what they have become."""
    values: dict[str, str] = {}
    if not rows:
        what = f"'{question.name}' takes its choices from '{of}', which the form does not have"
        form.note("survey", line, what, "Write its options")
    for row in rows:
        value = row.cells.get("name", "")
        name = _as_name(value, "option")
        while name in question.options:
            name = f"{name}_2"
        if name != value:
            form.note("choices", row.line, f"'{value}' is called '{name}' in the pathway")
        values[value] = name
        question.options[name] = form.said(row, "label", f"choice '{value}'", sheet="choices")
    if question.kind is Kind.CHOICE and set(question.options) == set(YES_NO):
        question.kind = Kind.YES_NO
        own = {name: dict(YES_NO[name].by_language) for name in YES_NO}
        if question.options == own:
            question.options = {}
    return values


def _range(form: Import, question: DraftQuestion, row: Row) -> None:
    limits: dict[str, float] = {}
    constraint = row.cells.get("constraint", "")
    parts = [one.strip() for one in re.split(r"\band\b", constraint) if one.strip()]
    found = [LIMIT.fullmatch(one.strip("() ")) for one in parts]
    step = 1 if question.kind in (Kind.COUNT, Kind.SCALE) else 0
    for one in found:
        if one is not None:
            number = float(one[2]) + {">": step, "<": -step}.get(one[1], 0)
            limits["least" if one[1].startswith(">") else "most"] = number
    if None in found or (parts and len(limits) < 2) or (parts and question.kind is Kind.TEXT):
        what = f"the constraint of '{question.name}' is not carried: {constraint}"
        form.note("survey", row.line, what, "Write a range such as 0-10")
    elif not step and any(one and one[1] in "<>" for one in found):
        what = f"the ends of the range of '{question.name}' count as plausible too"
        form.note("survey", row.line, what)
    given = dict(PARAMETER.findall(row.cells.get("parameters", "")))
    if question.kind is Kind.SCALE and len(limits) < 2 and {"start", "end"} <= set(given):
        limits = {"least": float(given["start"]), "most": float(given["end"])}
    if question.kind is Kind.SCALE and given.get("step", "1") != "1":
        form.note("survey", row.line, f"the steps of '{question.name}' are 1, not {given['step']}")
    if len(limits) == 2 and question.kind in (Kind.SCALE, Kind.COUNT, Kind.MEASURE):
        question.range = f"{limits['least']:g}-{limits['most']:g}"


def _relevance(form: Import, question: DraftQuestion, row: Row, groups: list[str]) -> None:
    """When a question is asked. Logic that cannot be carried leaves it asked: doubt goes up."""
    conditions: list[Condition] = []
    for text in (*groups, row.cells.get("relevant", "")):
        if not text.strip():
            continue
        try:
            conditions.append(read_relevance(text, form.names))
        except NotCarried as reason:
            what = f"the skip logic of '{question.name}' is not carried, since {reason}: {text}"
            form.note("survey", row.line, what, "It is always asked; write only_when")
            continue
        for other in sorted(_shown_without_answer(text)):
            what = f"without an answer to '{other}' the form asks '{question.name}', we do not"
            form.note("survey", row.line, what, f"Add: or unknown({other})")
    if not conditions:
        return
    whole = tidy(All(tuple(conditions)))
    parts = whole.parts if isinstance(whole, All) else (whole,)
    check_ins = [one for one in parts if _check_ins(one)]
    rest = [one for one in parts if not _check_ins(one)]
    if check_ins:
        form.asked_in[question.name] = tuple(_check_ins(check_ins[0]))
    if rest:
        question.only_when = as_text(rest[0] if len(rest) == 1 else All(tuple(rest)))


def _shown_without_answer(text: str) -> set[str]:
    """Questions that a form compares with != and does not ask whether they were answered."""
    differs = set(re.findall(r"\$\{(\w+)\}\s*!=\s*['\"]\w", text))
    return differs - set(re.findall(r"\$\{(\w+)\}\s*!=\s*(?:''|\"\")", text))


def _check_ins(condition: Condition) -> list[str]:
    """The check-ins that a condition names, if it names nothing else."""
    parts = condition.parts if isinstance(condition, AnyOf) else (condition,)
    named = [one.word for one in parts if isinstance(one, Is) and one.name == CHECK_IN]
    return named if len(named) == len(parts) else []
