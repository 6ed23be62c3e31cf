"""Rota table pages: a CSV is looked at row by row, and taken only after that."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.door import Page, Visit, look_for
from bot.console.rota_pages import ROTA
from bot.core.permissions import Permission
from bot.services.rota_table import MOST_BYTES, TableRead, as_text, look_at_table, take_table

MOST_SHOWN = 200


def table(visit: Visit) -> Response:
    return _page(visit)


def _page(
    visit: Visit,
    *,
    read: TableRead | None = None,
    text: str = "",
    wrong: str = "",
    status: int = 200,
) -> Response:
    return visit.page(
        "rota_table.html", status=status, read=read, text=text, wrong=wrong, most=MOST_SHOWN
    )


def look(visit: Visit) -> Response:
    """The dry run: what each row would do, and where nobody would be after it."""
    t = look_for(visit.desk, visit.nurse.language).t
    raw = visit.files.get("file", b"")
    if len(raw) > MOST_BYTES:
        why = t("rota_wrong.too_large", value=MOST_BYTES // 1000)
        return _page(visit, wrong=why, status=422)
    text = as_text(raw) if raw else visit.form.get("text", "")
    if text is None:
        return _page(visit, wrong=t("rota_wrong.no_text"), status=422)
    text = text.replace("\x00", "")
    if not text.strip():
        return _page(visit, wrong=t("rota_wrong.nothing"), status=422)
    read = look_at_table(visit.parts, text, by=visit.nurse.id)
    return _page(visit, read=read, text=text, status=422 if read.faults else 200)


def take(visit: Visit) -> Response:
    """Put the good rows on the rota. They are read again: the rota may have changed."""
    read = take_table(visit.parts, visit.form.get("text", ""), by=visit.nurse.id)
    return visit.go(ROTA, done="table_taken" if read.lines else "table_empty")


PAGES = (
    Page("/rota/table", "GET", Permission.CHANGE_ROTA, table),
    Page("/rota/table", "POST", Permission.CHANGE_ROTA, look),
    Page("/rota/table/take", "POST", Permission.CHANGE_ROTA, take),
)
