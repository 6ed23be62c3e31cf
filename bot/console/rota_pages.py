"""Rota pages: a week as a board, who is on now, and shifts by form, by drag and by table."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.responses import Response

from bot.console.door import Page, Visit, look_for
from bot.core.permissions import Permission
from bot.core.rota import Gap
from bot.core.schedule import utc_of
from bot.core.staff import ROTAS
from bot.services.rota import LeavesGap, RotaRefused, add_shift, change_shift, remove_shift
from bot.services.rota_gaps import LOOK_AHEAD
from bot.services.rota_table import FIRST_YEAR, LAST_YEAR, write_table
from bot.services.show_rota import show_rota, who_is_on

ROTA = "/console/rota"
WEEK = timedelta(days=7)


def rota(visit: Visit) -> Response:
    return rota_page(visit)


def rota_page(
    visit: Visit, *, wrong: dict[str, str] | None = None, picked: str = "", status: int = 200
) -> Response:
    """The board; `picked` is the shift whose form is open."""
    asked = visit.request.query_params
    found = show_rota(
        visit.parts,
        visit.nurse,
        week_of=_day(visit.form.get("week") or asked.get("week", "")),
        shift_id=picked or asked.get("shift", ""),
    )
    monday = found.days[0].day
    return visit.page(
        "rota.html",
        status=status,
        view=found,
        now=found.now,
        rotas=ROTAS,
        wrong=wrong or {},
        typed=visit.form,
        week=monday,
        before=_week(monday - WEEK),
        after=_week(monday + WEEK),
    )


def on_now(visit: Visit) -> Response:
    """For a wall or a pocket: who is on at this moment, and who comes next."""
    now = visit.parts.clock.now()
    return visit.page("rota_now.html", rotas=who_is_on(visit.parts, visit.nurse), now=now)


def add(visit: Visit) -> Response:
    """Put somebody on the rota. Times are those of the house's own clock."""
    wrong, starts, ends = _moments(visit)
    if starts is None or ends is None:
        return rota_page(visit, wrong=wrong, status=422)
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
        return rota_page(visit, wrong=_why(visit, refused), status=422)
    return back(visit, "shift_added")


def change(visit: Visit) -> Response:
    """Another nurse, rota or time, from the form or from a drag on the board."""
    wrong, starts, ends = _moments(visit)
    if starts is None or ends is None:
        return rota_page(visit, wrong=wrong, picked=visit.id, status=422)
    try:
        change_shift(
            visit.parts,
            shift_id=visit.id,
            nurse_id=visit.form.get("nurse", ""),
            rota=visit.form.get("rota", ""),
            starts_at=starts,
            ends_at=ends,
            by=visit.nurse.id,
            sure=visit.form.get("sure") == "yes",
        )
    except RotaRefused as refused:
        return rota_page(visit, wrong=_why(visit, refused), picked=visit.id, status=422)
    except LeavesGap as left:
        return ask_sure(visit, left.gaps)
    return back(visit, "shift_changed")


def remove(visit: Visit) -> Response:
    sure = visit.form.get("sure") == "yes"
    try:
        remove_shift(visit.parts, shift_id=visit.id, by=visit.nurse.id, sure=sure)
    except RotaRefused as refused:
        return rota_page(visit, wrong=_why(visit, refused), status=409)
    except LeavesGap as left:
        return ask_sure(visit, left.gaps)
    return back(visit, "shift_removed")


def ask_sure(visit: Visit, gaps: tuple[Gap, ...]) -> Response:
    """Nobody would be there then: say so before it is done."""
    fields = {name: value for name, value in visit.form.items() if name != "sure"}
    return visit.page("rota_sure.html", status=409, gaps=gaps, fields=fields)


def export(visit: Visit) -> Response:
    """From this week's Monday to the end of what is looked ahead, as a table."""
    zone = ZoneInfo(visit.parts.house.default_time_zone)
    now = visit.parts.clock.now()
    monday = now.astimezone(zone).date() - timedelta(days=now.astimezone(zone).weekday())
    start = utc_of(monday, datetime.min.time(), zone)
    text = write_table(visit.parts, visit.nurse, start=start, end=now + LOOK_AHEAD + WEEK)
    # With the mark of UTF-8, by which programs for tables know it.
    return Response(
        text.encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="rota-{monday}.csv"'},
    )


def back(visit: Visit, done: str) -> Response:
    """To the week that she looked at."""
    day = _day(visit.form.get("week", ""))
    return visit.go(f"{ROTA}?week={quote(str(day))}" if day else ROTA, done=done)


def _why(visit: Visit, refused: RotaRefused) -> dict[str, str]:
    t = look_for(visit.desk, visit.nurse.language).t
    if refused.why == "cannot_stand":
        return {refused.column: t("rota_wrong.cannot_stand", value=refused.value)}
    if refused.why == "over":
        return {"": t("wrong.shift_over")}
    return {refused.column: t(f"wrong.shift_{refused.column}")}


def _moments(visit: Visit) -> tuple[dict[str, str], datetime | None, datetime | None]:
    """What is wrong with the two times of a form, and the times."""
    t = look_for(visit.desk, visit.nurse.language).t
    starts, ends = _moment(visit, "from"), _moment(visit, "to")
    wrong = {name: t("wrong.moment") for name, at in (("from", starts), ("to", ends)) if at is None}
    return wrong, starts, ends


def _moment(visit: Visit, name: str) -> datetime | None:
    try:
        local = datetime.fromisoformat(visit.form.get(name, ""))
    except ValueError:
        return None
    if local.tzinfo is not None or not FIRST_YEAR <= local.year <= LAST_YEAR:
        return None
    zone = ZoneInfo(visit.parts.house.default_time_zone)
    return utc_of(local.date(), local.time(), zone)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year < LAST_YEAR else None


def _week(monday: date) -> str:
    return f"{ROTA}?week={monday}"


PAGES = (
    Page("/rota", "GET", Permission.SEE_ROTA, rota),
    Page("/rota/now", "GET", Permission.SEE_ROTA, on_now),
    Page("/rota/export", "GET", Permission.SEE_ROTA, export),
    Page("/rota", "POST", Permission.CHANGE_ROTA, add),
    Page("/rota/{id}/change", "POST", Permission.CHANGE_ROTA, change),
    Page("/rota/{id}/remove", "POST", Permission.CHANGE_ROTA, remove),
)
