"""Audit pages: an auditor searches who saw or did what, and has the chain verified."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.responses import Response

from bot.console.door import Page, Visit
from bot.console.texts import texts
from bot.core.permissions import Permission
from bot.core.schedule import utc_of
from bot.services.search_audit import AuditFound, Wanted, search_audit
from bot.services.verify_audit import Verdict, verify_audit

FIELDS = ("who", "patient", "action", "since", "until")
LONGEST = 100


def audit(visit: Visit) -> Response:
    return _page(visit)


def search(visit: Visit) -> Response:
    """Sent in the body: names and numbers of people do not belong into addresses."""
    typed = {name: visit.form.get(name, "").strip()[:LONGEST] for name in FIELDS}
    moments = {name: _moment(visit, typed[name]) for name in ("since", "until")}
    wrong = {name for name, moment in moments.items() if typed[name] and moment is None}
    if wrong:
        return _page(visit, typed=typed, wrong=wrong, status=422)
    wanted = Wanted(typed["who"], typed["patient"], typed["action"], **moments)
    return _page(visit, typed=typed, found=search_audit(visit.parts, visit.nurse, wanted))


def verify(visit: Visit) -> Response:
    head = visit.form.get("head", "").strip().lower()[:LONGEST]
    return _page(visit, verdict=verify_audit(visit.parts, noted=head), head=head)


def _page(
    visit: Visit,
    *,
    typed: dict[str, str] | None = None,
    wrong: set[str] | None = None,
    found: AuditFound | None = None,
    verdict: Verdict | None = None,
    head: str = "",
    status: int = 200,
) -> Response:
    return visit.page(
        "audit.html",
        status=status,
        typed=typed or dict.fromkeys(FIELDS, ""),
        wrong=wrong or set(),
        found=found,
        verdict=verdict,
        head=head,
        actions=_actions(visit.nurse.language),
    )


def _actions(language: str) -> list[tuple[str, str]]:
    """Every action that has a text, by its text."""
    start = "audit_action."
    known = [
        (key.removeprefix(start), text)
        for key, text in texts(language).items()
        if key.startswith(start)
    ]
    return sorted(known, key=lambda one: one[1])


def _moment(visit: Visit, typed: str) -> datetime | None:
    """What a datetime-local field says, on the house's clock."""
    try:
        local = datetime.strptime(typed, "%Y-%m-%dT%H:%M")  # noqa: DTZ007, its zone comes next
    except ValueError:
        return None
    zone = ZoneInfo(visit.parts.house.default_time_zone)
    return utc_of(local.date(), local.time(), zone)


PAGES = (
    Page("/audit", "GET", Permission.SEE_AUDIT, audit),
    Page("/audit", "POST", Permission.SEE_AUDIT, search),
    Page("/audit/verify", "POST", Permission.SEE_AUDIT, verify),
)
