"""XLSForm in: a form of another program becomes the draft of a pathway.

Carried are questions, choices, wording, ranges and simple skip logic. Everything else that the
form says is told with its row, so that nothing is lost unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from bot.core.condition.tree import PROCEDURE, TIER
from bot.core.pathway import TIERS, Anchor
from bot.exchange.draft import Draft, DraftContact
from bot.exchange.form import CHECK_IN, DAY, DAYS_HOME, NAMES_OF
from bot.exchange.form_words import with_usual_names, words_of_title
from bot.exchange.relevance import Target
from bot.exchange.sheet import Row, Sheets
from bot.exchange.xlsform_question import Import, read_question
from bot.pathfiles.file_text import unreadable
from bot.pathfiles.findings import Finding
from bot.pathfiles.schema import NAME

ABOUT: Final = (CHECK_IN, DAY, DAYS_HOME, TIER, PROCEDURE)
SHEETS: Final = ("survey", "choices", "settings")
SETTINGS: Final = ("form_title", "form_id", "version", "default_language")
Choices = Mapping[str, list[Row]]


def draft_of(sheets: Sheets, name: str, file: str) -> tuple[Draft, tuple[Finding, ...]]:
    """The draft, and in plain words what of the form is not in it. Raises Unreadable."""
    low = {
        title.strip().casefold(): [Row(row.line, with_usual_names(row.cells)) for row in rows]
        for title, rows in sheets.items()
    }
    if not any(row.cells.get("type") for row in low.get("survey", ())):
        what = "the workbook has no sheet 'survey' with a column 'type'"
        raise unreadable(file, "bad_table", what, "Is it an XLSForm?")
    form = Import(file)
    choices = _choices(form, low.get("choices", ()))
    contacts = _contacts(choices.get(CHECK_IN, []))
    _survey(form, low["survey"], choices, ours=bool(contacts))
    settings = next(iter(low.get("settings", ())), Row(1, {}))
    form.columns("settings", settings, SETTINGS)
    for sheet in sheets:
        if sheet.strip().casefold() not in SHEETS:
            form.note(sheet, 1, f"the sheet '{sheet}' is not carried")
    form.tell_columns()
    codes = tuple(row.cells.get("name", "") for row in choices.get(PROCEDURE, []) if contacts)
    draft = Draft(
        name=name,
        title=words_of_title(settings.cells.get("form_title", "")),
        source=file,
        procedures=codes or (name,),
        contacts=tuple(_filled(form, contacts)),
        questions=tuple(form.questions),
    )
    return draft, tuple(sorted(form.notes))


def _choices(form: Import, rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows of every list of choices."""
    lists: dict[str, list[Row]] = {}
    for row in rows:
        of = row.cells.get("list_name", "")
        lists.setdefault(of, []).append(row)
        own = ("day", "after", "tiers") if of == CHECK_IN else ()
        form.columns("choices", row, ("list_name", "name", *own))
    return lists


def _contacts(rows: Iterable[Row]) -> list[DraftContact]:
    """The check-ins of a form that we exported ourselves: it knows their days."""
    return [
        DraftContact(
            name=row.cells.get("name", ""),
            day=int(row.cells["day"]),
            after=row.cells["after"],
            tiers=tuple(one for one in TIERS if one in row.cells.get("tiers", "")) or TIERS,
        )
        for row in rows
        if re.fullmatch(NAME, row.cells.get("name", ""))
        and re.fullmatch(r"[0-9]{1,4}", row.cells.get("day", ""))
        and row.cells.get("after") in {one.value for one in Anchor}
    ]


def _filled(form: Import, contacts: list[DraftContact]) -> Iterable[DraftContact]:
    """Every check-in with what it asks; a form without check-ins becomes one that asks all."""
    if not contacts:
        what = "a form has no check-ins: one was written, on day 1 after surgery, that asks all"
        form.note("survey", 1, what, "Write your own under check_ins")
        contacts = [DraftContact("day_1", 1, Anchor.SURGERY.value, TIERS)]
    for one in contacts:
        asked = (
            question.name
            for question in form.questions
            if one.name in form.asked_in.get(question.name, (one.name,))
        )
        yield replace(one, ask=tuple(asked), intro=form.intros.get(one.name, {}))


def _survey(form: Import, rows: Iterable[Row], choices: Choices, *, ours: bool) -> None:
    """Every row of the survey, in its order; groups only lend their relevance."""
    groups: list[str] = []
    repeats = 0
    for row in rows:
        kind, called = row.cells.get("type", "").strip(), row.cells.get("name", "")
        word = kind.replace("_", " ").casefold()
        if word in ("end group", "end repeat"):
            repeats -= word == "end repeat"
            groups = groups[:-1]
        elif word in ("begin group", "begin repeat"):
            repeats += word == "begin repeat"
            groups.append(row.cells.get("relevant", ""))
            if not (ours and called == "about"):
                _group(form, row, word)
        elif not kind:
            form.note("survey", row.line, "a row without a type is not carried")
        elif repeats:
            form.note("survey", row.line, f"'{called}' is in a repeat and is not carried")
        elif ours and called in ABOUT:
            form.names[called] = Target(called)
        elif ours and word == "note" and called.startswith(NAMES_OF):
            what = f"the names of the numbers of '{called.removeprefix(NAMES_OF)}' are not carried"
            form.note("survey", row.line, what, "Write them as options, each with counts")
        elif ours and word == "note" and called.startswith("intro_"):
            form.intros[called.removeprefix("intro_")] = form.said(row, "label", f"'{called}'")
        else:
            read_question(form, row, choices, [one for one in groups if one])


def _group(form: Import, row: Row, word: str) -> None:
    called = row.cells.get("name", "")
    if word == "begin repeat":
        what = f"the repeat '{called}' and what is in it are not carried"
        form.note("survey", row.line, what, "A check-in asks each question once")
        return
    what = f"the group '{called}' and its heading are not carried; its questions are"
    form.note("survey", row.line, what)
    form.columns("survey", row, ("type", "name", "relevant"))
