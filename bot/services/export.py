"""Export: a hospital's own data as plain tables, with or without what names a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.core.errors import AftercareError
from bot.core.question import Kind, Question
from bot.services.audit import note
from bot.services.parts import Parts
from bot.services.ports import Transaction

PAGE: Final = 500  # rows held in memory at once
Cells = tuple[Any, ...]


@dataclass(frozen=True)
class Wanted:
    """What to export: moments from `since` until before `until`; None is no limit.

    Without names there are ids, years of birth and coded answers: no name, no
    number of the hospital, and nothing that a person wrote in her own words.
    """

    since: datetime | None = None
    until: datetime | None = None
    names: bool = True


@dataclass(frozen=True)
class Sheet:
    """One table of the export. `private` columns are left empty without names."""

    rows: str
    moment: str
    columns: tuple[str, ...]
    cells: Callable[[Transaction, Parts, Any, bool], Cells]
    private: frozenset[str] = frozenset()


def export(parts: Parts, wanted: Wanted, *, by: str) -> Iterator[tuple[str, Iterator[Cells]]]:
    """(name of the table, its rows) for each table; the first row has the column names.

    That somebody took it is noted before the first row leaves.
    """
    between = f"{wanted.since or ''}..{wanted.until or ''}"
    details = f"{between} {'with names' if wanted.names else 'without names'}"
    with parts.record.transaction() as tx:
        note(tx, parts, who=by, action="export", about="record", details=details)
    for name, sheet in SHEETS.items():
        yield name, _rows(parts, wanted, sheet)


def _rows(parts: Parts, wanted: Wanted, sheet: Sheet) -> Iterator[Cells]:
    yield sheet.columns
    hidden = [not wanted.names and one in sheet.private for one in sheet.columns]
    where: dict[str, Any] = {}
    if wanted.since is not None:
        where[f"{sheet.moment}__gte"] = wanted.since
    if wanted.until is not None:
        where[f"{sheet.moment}__lt"] = wanted.until
    for tx, item in _pages(parts, sheet.rows, where):
        cells = sheet.cells(tx, parts, item, wanted.names)
        yield tuple(None if hide else cell for hide, cell in zip(hidden, cells, strict=True))


def _pages(parts: Parts, name: str, where: Mapping[str, Any]) -> Iterator[tuple[Transaction, Any]]:
    """All rows that fit, by id, in short transactions: the service goes on meanwhile."""
    last = ""
    while True:
        with parts.record.reading() as tx:
            page = getattr(tx, name).find(id__gt=last, order_by="id", limit=PAGE, **where)
            for one in page:
                yield tx, one
        if len(page) < PAGE:
            return
        last = page[-1].id


def _fields(*names: str) -> Callable[[Transaction, Parts, Any, bool], Cells]:
    return lambda _tx, _parts, one, _names: tuple(getattr(one, name) for name in names)


def _plain(
    rows: str, moment: str, columns: tuple[str, ...], private: frozenset[str] = frozenset()
) -> Sheet:
    """A table whose columns are the fields of its rows."""
    return Sheet(rows, moment, columns, _fields(*columns), private)


def _observation(_tx: Transaction, parts: Parts, one: Any, names: bool) -> Cells:
    """A value is left out without names when it may be somebody's own words."""
    question = _question(parts, one.pathway_id, one.pathway_version, one.question_id)
    asked = question.ask.by_language if question else {}
    # A question we do not know any more may have been one for own words.
    coded = not isinstance(one.value, str | list) or (
        question is not None and question.kind is not Kind.TEXT
    )
    return (
        *(one.id, one.episode_id, one.check_in_id, one.observed_at, one.question_id, one.code),
        *(asked.get("zh"), asked.get("en"), one.value if names or coded else None),
        *(one.unit, one.understood, one.source_text, one.said_by_role),
        *(one.pathway_id, one.pathway_version, one.superseded_by),
    )


def _question(parts: Parts, pathway: str, version: str, question: str) -> Question | None:
    try:
        return parts.library.pathway(pathway, version).questions.get(question)
    except AftercareError:
        return None  # a version that nobody kept: the answer is exported all the same


def _escalation(tx: Transaction, _parts: Parts, one: Any, _names: bool) -> Cells:
    causes = tx.causes.find(escalation_id=one.id, order_by="id")
    return (
        *(one.id, one.patient_id, one.episode_id, one.level.word, one.state, one.opened_at),
        *(one.acknowledged_at, one.acknowledged_by, one.closed_at, one.closed_by, one.outcome),
        *(one.alert_right, one.complication),
        *(one.times_told, " ".join(f"{cause.kind}:{cause.code}" for cause in causes)),
        *("\n".join(cause.words for cause in causes), one.outcome_note),
    )


def _patient_of(tx: Transaction, conversation_id: str) -> str | None:
    chat = tx.conversations.get(conversation_id)
    contact = tx.contacts.get(chat.contact_id) if chat and chat.contact_id else None
    return contact.patient_id if contact else None


def _received(tx: Transaction, _parts: Parts, one: Any, _names: bool) -> Cells:
    chat = one.conversation_id
    return (
        *(one.id, chat, _patient_of(tx, chat), one.seq, one.received_at, one.part, one.state),
        *(one.level, len(one.media), one.text),
    )


def _sent(tx: Transaction, _parts: Parts, one: Any, _names: bool) -> Cells:
    chat = one.conversation_id
    return (
        *(one.id, chat, _patient_of(tx, chat), one.seq, one.created_at, one.settled_at),
        *(one.kind, one.state, one.possible_duplicate, one.text),
    )


SHEETS: Final[Mapping[str, Sheet]] = {
    "patients": _plain(
        "patients",
        "created_at",
        (
            *("id", "name", "hospital_id", "birth_year", "language", "time_zone", "ward"),
            "created_at",
        ),
        frozenset({"name", "hospital_id"}),
    ),
    "episodes": _plain(
        "episodes",
        "created_at",
        (
            *("id", "patient_id", "pathway_id", "pathway_version", "procedure_code", "surgery_on"),
            *("discharge_on", "risk_tier", "state", "created_at", "started_at", "ended_at"),
            *("ended_by", "end_reason", "end_note"),
            *("medicines", "history"),
        ),
        frozenset({"medicines", "history", "end_note"}),
    ),
    "check_ins": _plain(
        "check_ins",
        "due_at",
        (
            *("id", "episode_id", "plan_id", "occurrence", "due_at", "window_end", "state"),
            *("opened_at", "reminded_at", "ended_at", "level"),
        ),
    ),
    "observations": Sheet(
        "observations",
        "observed_at",
        (
            *("id", "episode_id", "check_in_id", "observed_at", "question_id", "code"),
            *("asked_zh", "asked_en", "value", "unit", "understood", "own_words", "said_by_role"),
            *("pathway_id", "pathway_version", "superseded_by"),
        ),
        _observation,
        frozenset({"own_words"}),
    ),
    "escalations": Sheet(
        "escalations",
        "opened_at",
        (
            *("id", "patient_id", "episode_id", "level", "state", "opened_at", "acknowledged_at"),
            *("acknowledged_by", "closed_at", "closed_by", "outcome"),
            *("alert_right", "complication", "times_told", "causes"),
            *("own_words", "outcome_note"),
        ),
        _escalation,
        frozenset({"own_words", "outcome_note"}),
    ),
    "tasks": _plain(
        "tasks",
        "created_at",
        (
            *("id", "kind", "patient_id", "episode_id", "created_at", "due_at", "answered_at"),
            *("answered_by", "solve_by", "done_at", "done_by", "text", "outcome"),
        ),
        frozenset({"text", "outcome"}),
    ),
    "messages_received": Sheet(
        "inbound",
        "received_at",
        (
            *("id", "chat_id", "patient_id", "number", "received_at", "kind", "state", "level"),
            *("photos", "text"),
        ),
        _received,
        frozenset({"text"}),
    ),
    "messages_sent": Sheet(
        "outbound",
        "created_at",
        (
            *("id", "chat_id", "patient_id", "number", "created_at", "settled_at", "kind"),
            *("state", "possible_duplicate", "text"),
        ),
        _sent,
        frozenset({"text"}),
    ),
}
