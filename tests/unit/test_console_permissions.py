"""Who may open and do what: generated from the declared permissions, page by page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.routing import Route

from bot.console.app import PAGES
from bot.console.door import Page
from bot.core.permissions import PERMISSIONS, Permission, allows
from bot.core.staff import StaffRole
from tests import builders
from tests.unit.console_desk import Console, a_case, a_cause, a_console, a_task
from tests.unit.pathway_desk import write_library

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "bot/console/templates"
IDS = {
    "cases": "case-1",
    "patients": "patient-wang",
    "tasks": "task-1",
    "contacts": "contact-wang",
    "staff": "nurse-target",
    "rota": "shift-chen-first",
    "offers": "offer-1",
    "photos": "in-1",
    "merges": "merge-1",
    "pathways": "knee_replacement",
    "drafts": "draft-1",
}
OF_A_PATIENT = ("cases", "patients", "tasks", "contacts", "photos", "merges")


def address(page: Page, role: StaffRole = StaffRole.NURSE) -> str:
    room = page.path.split("/")[1]
    # Whose role may swap shifts may give away her own.
    hers = f"shift-role-{role}-first" if page.path == "/rota/{id}/offer" else None
    path = page.path.replace("{number:int}", "0")
    if "{id}" in path:  # a new kind of page needs something real to be asked for
        path = path.replace("{id}", hers or IDS[room])
    return f"/console{path}"


@pytest.fixture
def console(tmp_path: Path) -> Console:
    made = a_console(tmp_path)
    made.world.add(a_case(), a_cause(), a_task())
    made.world.add(builders.an_inbound(media=["web-" + "0" * 32 + ".jpg"], part="photo"))
    made.world.add(builders.a_nurse("target", conversation_id=None))
    write_library(tmp_path / "pathways")
    made.world.add(builders.a_draft())
    made.world.add(builders.a_patient("double", merged_into="patient-wang"))
    made.world.add(builders.a_merge())
    for role in StaffRole:
        made.world.add(builders.a_nurse(f"role-{role}", role=role, conversation_id=None))
        made.world.add(builders.a_shift(f"role-{role}"))
    return made


def test_every_page_names_its_permission() -> None:
    unguarded = {page.path for page in PAGES if page.permission is None}
    assert unguarded == {"/sign-out", "/language", "/second-step"}


def test_no_route_is_without_a_declaration(console: Console) -> None:
    """Every address of the console is a page with its permission, or one of these."""
    open_to_strangers = {
        *(("GET", "/console"), ("GET", "/console/sign-in"), ("POST", "/console/sign-in")),
        # After the right password, before the phone's code.
        *(("GET", "/console/sign-in/code"), ("POST", "/console/sign-in/code")),
        # Shows the way to a page, or that there is none.
        *(("GET", "/console/{rest:path}"), ("POST", "/console/{rest:path}")),
    }
    checks_itself = {("GET", "/console/events")}  # `test_news_only_for_whoever_has_a_worklist`
    declared = {(page.method, f"/console{page.path}") for page in PAGES}
    served = {
        (method, route.path)
        for route in console.app.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert served == declared | open_to_strangers | checks_itself
    rest = [route for route in console.app.routes if not isinstance(route, Route)]
    assert [getattr(route, "path", "") for route in rest] == ["/console/static"]


@pytest.mark.parametrize(
    "role", [one for one in StaffRole if not allows(one, Permission.SEE_WORKLIST)]
)
def test_news_only_for_whoever_has_a_worklist(console: Console, role: StaffRole) -> None:
    hers = console.another_browser()
    hers.sign_in(f"role-{role}")
    assert hers.client.get("/console/events?patient=patient-wang").status_code == 401
    assert console.another_browser().client.get("/console/events").status_code == 401


def test_every_answer_refuses_frames_inline_scripts_other_sites_and_caches(
    console: Console,
) -> None:
    """Every page and file, for somebody who may see it, for whoever may not, and signed out."""
    visitors = [console.another_browser() for _ in range(3)]
    visitors[0].sign_in("role-administrator")
    visitors[1].sign_in("role-auditor")
    addresses = [(page.method, address(page)) for page in PAGES if page.path != "/sign-out"]
    addresses += [("GET", "/console/static/console.css"), ("GET", "/console/sign-in")]
    for method, path in [*addresses, ("POST", "/console/sign-out")]:
        for visitor in visitors:
            headers = visitor.client.request(method, path, data={}).headers
            policy = headers["content-security-policy"]
            assert "frame-ancestors 'none'" in policy, path
            assert "default-src 'none'" in policy, path
            assert "unsafe" not in policy, path
            assert headers["x-content-type-options"] == "nosniff", path
            assert headers["cross-origin-opener-policy"] == "same-origin", path
            assert "max-age=" in headers["strict-transport-security"], path
            if "/static/" not in path:
                assert headers["cache-control"] == "no-store", path
            for cookie in headers.get_list("set-cookie"):
                assert {"Secure", "HttpOnly"} <= set(cookie.split("; ")), path
                assert "samesite=" in cookie.lower(), path


def test_no_template_asks_a_browser_to_run_what_stands_in_the_page() -> None:
    inside = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son\w+=|\sstyle=|javascript:"
    )
    found = [
        (file.name, one[0])
        for file in TEMPLATES.glob("*.html")
        for one in inside.finditer(file.read_text("utf-8"))
    ]
    assert found == []


def test_every_role_has_its_permissions_declared() -> None:
    assert set(PERMISSIONS) == set(StaffRole)


def test_a_page_without_a_session_shows_nothing(console: Console) -> None:
    stranger = console.another_browser()
    for page in PAGES:
        answer = stranger.client.request(page.method, address(page))
        assert answer.status_code in (303, 401, 413), page.path
        assert "王秀英" not in answer.text


@pytest.mark.parametrize("role", list(StaffRole))
def test_a_role_opens_exactly_its_pages(console: Console, role: StaffRole) -> None:
    hers = console.another_browser()
    assert hers.sign_in(f"role-{role}").status_code == 303
    csrf = _csrf(hers)
    for page in PAGES:
        if page.permission is None:
            continue
        answer = hers.client.request(page.method, address(page, role), data={"csrf": csrf})
        refused = answer.status_code == 403
        assert refused is not allows(role, page.permission), (page.method, page.path, role)


def _csrf(console: Console) -> str:
    """The token straight from the record: some roles have no page with a form."""
    newest = console.world.rows("sign_ins", order_by="-created_at,-id")
    return str(newest[0].csrf_token)


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page.path.split("/")[1] in OF_A_PATIENT and "{id}" in page.path],
    ids=lambda page: f"{page.method} {page.path}",
)
def test_another_wards_patient_is_not_found(console: Console, page: Page) -> None:
    all_rights = builders.a_nurse(
        "far", role=StaffRole.ADMINISTRATOR, ward="cardio", conversation_id=None
    )
    console.world.add(all_rights)
    away = console.another_browser()
    away.sign_in("far")
    data = {"csrf": away.csrf(), "outcome": "called", "text": "hello"}
    answer = away.client.request(page.method, address(page), data=data)
    assert answer.status_code == 404
    assert "王秀英" not in answer.text
    assert console.world.get("escalations", "case-1").acknowledged_by is None
    assert console.world.get("tasks", "task-1").done_at is None


def test_another_wards_patients_are_in_no_list(console: Console) -> None:
    away = console.another_browser()
    away.sign_in("away")
    for page in ("worklist", "patients"):
        assert "王秀英" not in away.client.get(f"/console/{page}").text
    assert "王秀英" not in away.post("/console/patients", search="王").text
    assert "王秀英" not in away.post("/console/patients", search="H-wang").text


def test_whoever_sees_every_ward_sees_them_all(console: Console) -> None:
    root = console.another_browser()
    root.sign_in("root")
    assert "王秀英" in root.client.get("/console/worklist").text


def test_a_permission_that_is_not_declared_is_refused() -> None:
    with pytest.raises(ValueError, match="patient:delete"):
        Permission("patient:delete")


def test_the_documented_table_of_roles_is_the_declared_one() -> None:
    """`docs/how-to/roles.md` holds this table; paste what this test expects when it changes."""
    said = (ROOT / "docs/how-to/roles.md").read_text("utf-8")
    head = "| " + " | ".join(["permission", *(str(one) for one in StaffRole)]) + " |"
    rows = [
        f"| `{permission}` | "
        + " | ".join("yes" if allows(role, permission) else "" for role in StaffRole)
        + " |"
        for permission in Permission
    ]
    table = "\n".join([head, "|---" * (len(StaffRole) + 1) + "|", *rows])
    assert table in said, table
