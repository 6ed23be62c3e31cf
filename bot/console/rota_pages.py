"""Rota pages: who is on call, in the next two weeks, and where nobody is."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.responses import Response

from bot.console.door import Page, Visit, look_for
from bot.core.permissions import Permission
from bot.core.schedule import utc_of
from bot.core.staff import ROTAS
from bot.services.rota import RotaRefused, add_shift, remove_shift
from bot.services.show_rota import show_rota

ROTA = "/console/rota"


def rota(visit: Visit) -> Response:
    return _page(visit)


def _page(visit: Visit, *, wrong: dict[str, str] | None = None, status: int = 200) -> Response:
    found = show_rota(visit.parts, visit.nurse)
    return visit.page(
        "rota.html",
        status=status,
        view=found,
        now=found.now,
        rotas=ROTAS,
        wrong=wrong or {},
        typed=visit.form,
    )


def add(visit: Visit) -> Response:
    """Put somebody on the rota. Times are those of the house's own clock."""
    t = look_for(visit.desk, visit.nurse.language).t
    starts, ends = _moment(visit, "from"), _moment(visit, "to")
    wrong = {name: t("wrong.moment") for name, at in (("from", starts), ("to", ends)) if at is None}
    if starts is None or ends is None:
        return _page(visit, wrong=wrong, status=422)
    try:
        add_shift(
            visit.parts,
            nurse_id=visit.form.get("nurse", ""),
            rota=visit.form.get("rota", ""),
            starts_at=starts,
            ends_at=ends,
            by=visit.nurse.id,
        )
    except RotaRefused as refused:
        why = t(f"wrong.shift_{refused.column}")
        return _page(visit, wrong={refused.column: why}, status=422)
    return visit.go(ROTA, done="shift_added")


def remove(visit: Visit) -> Response:
    t = look_for(visit.desk, visit.nurse.language).t
    try:
        remove_shift(visit.parts, shift_id=visit.id, by=visit.nurse.id)
    except RotaRefused:
        return _page(visit, wrong={"": t("wrong.shift_over")}, status=409)
    return visit.go(ROTA, done="shift_removed")


def _moment(visit: Visit, name: str) -> datetime | None:
    try:
        local = datetime.fromisoformat(visit.form.get(name, ""))
    except ValueError:
        return None
    if local.tzinfo is not None:
        return None
    zone = ZoneInfo(visit.parts.house.default_time_zone)
    return utc_of(local.date(), local.time(), zone)


PAGES = (
    Page("/rota", "GET", Permission.SEE_ROTA, rota),
    Page("/rota", "POST", Permission.CHANGE_ROTA, add),
    Page("/rota/{id}/remove", "POST", Permission.CHANGE_ROTA, remove),
)
