"""Staff pages: accounts, and the code that ties a nurse's phone to her account."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from bot.console.door import Page, Visit, look_for
from bot.console.enrol_pages import qr_code
from bot.core.permissions import Permission
from bot.core.staff import StaffRole
from bot.core.words import LANGUAGES
from bot.services.register_nurse import make_link_code, unlink_chat
from bot.services.second_step import in_use, reset
from bot.services.staff_accounts import (
    SHORTEST_PASSWORD,
    Refused,
    list_accounts,
    make_account,
    set_active,
    set_password,
)

STAFF = "/console/staff"
FIELDS = ("name", "login", "role", "ward", "language")


def staff(visit: Visit) -> Response:
    return _page(visit)


def _page(
    visit: Visit,
    *,
    wrong: Mapping[str, str] | None = None,
    row: str = "",
    status: int = 200,
) -> Response:
    """`row` is the account whose own form was wrong; "" is the form for a new one."""
    typed = {name: visit.form.get(name, "") for name in FIELDS}
    typed["language"] = typed["language"] or visit.nurse.language
    return visit.page(
        "staff.html",
        status=status,
        accounts=list_accounts(visit.parts),
        roles=[str(one) for one in StaffRole],
        languages=LANGUAGES,
        typed=typed,
        wrong=dict(wrong or {}),
        row=row,
        second_steps=in_use(visit.parts),
        shortest=SHORTEST_PASSWORD,
    )


def _why(visit: Visit, refused: Refused) -> dict[str, str]:
    t = look_for(visit.desk, visit.nurse.language).t
    return {
        name: t(f"wrong.{key}", limit=SHORTEST_PASSWORD) for name, key in refused.fields.items()
    }


def add(visit: Visit) -> Response:
    try:
        make_account(
            visit.parts,
            **{name: visit.form.get(name, "") for name in FIELDS},
            password=visit.form.get("password", ""),
            by=visit.nurse.id,
        )
    except Refused as refused:
        return _page(visit, wrong=_why(visit, refused), status=422)
    return visit.go(STAFF, done="account_made")


def link_code(visit: Visit) -> Response:
    """Show a one-time code for the nurse's phone, this once."""
    made = make_link_code(visit.parts, nurse_id=visit.id, by=visit.nurse.id)
    picture = qr_code(made.link) if made.link else ""
    name = next((one.name for one in list_accounts(visit.parts) if one.id == visit.id), "")
    return visit.page("link_code.html", made=made, picture=picture, name=name)


def unlink(visit: Visit) -> Response:
    unlink_chat(visit.parts, nurse_id=visit.id, by=visit.nurse.id)
    return visit.go(STAFF, done="unlinked")


def password(visit: Visit) -> Response:
    try:
        set_password(
            visit.parts,
            nurse_id=visit.id,
            password=visit.form.get("password", ""),
            by=visit.nurse.id,
        )
    except Refused as refused:
        return _page(visit, wrong=_why(visit, refused), row=visit.id, status=422)
    return visit.go(STAFF, done="password_set")


def active(visit: Visit) -> Response:
    try:
        set_active(
            visit.parts,
            nurse_id=visit.id,
            active=visit.form.get("active") == "yes",
            by=visit.nurse.id,
        )
    except Refused as refused:
        return _page(visit, wrong=_why(visit, refused), row=visit.id, status=422)
    return visit.go(STAFF, done="account_changed")


def second_step(visit: Visit) -> Response:
    """For a phone that is lost: the next sign-in sets up a new one, if her role needs it."""
    reset(visit.parts, nurse_id=visit.id, by=visit.nurse.id)
    return visit.go(STAFF, done="second_step_reset")


PAGES = (
    Page("/staff", "GET", Permission.MANAGE_STAFF, staff),
    Page("/staff", "POST", Permission.MANAGE_STAFF, add),
    Page("/staff/{id}/link-code", "POST", Permission.MANAGE_STAFF, link_code),
    Page("/staff/{id}/unlink", "POST", Permission.MANAGE_STAFF, unlink),
    Page("/staff/{id}/password", "POST", Permission.MANAGE_STAFF, password),
    Page("/staff/{id}/second-step", "POST", Permission.MANAGE_STAFF, second_step),
    Page("/staff/{id}/active", "POST", Permission.MANAGE_STAFF, active),
)
