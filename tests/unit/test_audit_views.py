"""Who looked at whom: every page that shows a patient leaves an entry, and an auditor finds it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot.commands.audit import verdict_lines
from bot.console.app import PAGES
from bot.console.door import Page
from bot.console.texts import texts
from bot.core.permissions import PERMISSIONS, Permission
from bot.core.staff import StaffRole
from bot.services.chain_audit import chain_audit
from bot.services.move_patients import dry_run
from bot.services.search_audit import Wanted, search_audit
from bot.services.verify_audit import verify_audit
from tests import builders
from tests.unit.console_desk import Console, a_case, a_cause, a_console, a_task
from tests.unit.pathway_desk import write_library
from tests.unit.test_console_permissions import address

BOT = Path(__file__).resolve().parents[2] / "bot"
ROOMS = ("services", "console", "watchdog", "commands")
WANG, HERS = "王秀英", "H-wang"
JPEG = b"\xff\xd8\xff a wound"


@pytest.fixture
def console(tmp_path: Path) -> Console:
    made = a_console(tmp_path)
    made.world.add(a_case(), a_cause(), a_task())
    photo = made.media.save(JPEG, "image/jpeg")
    made.world.add(builders.an_inbound(media=[photo], part="photo"))
    made.world.add(
        builders.a_nurse("audrey", role=StaffRole.AUDITOR, ward="", conversation_id=None),
        builders.a_nurse("audwin", role=StaffRole.AUDITOR, ward="cardio", conversation_id=None),
    )
    write_library(tmp_path / "pathways")
    made.world.add(builders.a_draft())
    made.world.add(builders.a_patient("double", merged_into="patient-wang"), builders.a_merge())
    return made


def entries(console: Console) -> int:
    return len(console.world.rows("audit"))


@pytest.mark.parametrize(
    "page", [one for one in PAGES if one.method == "GET"], ids=lambda page: page.path
)
def test_no_page_shows_a_patient_without_an_entry(console: Console, page: Page) -> None:
    root = console.another_browser()
    root.sign_in("root")
    before = entries(console)
    answer = root.client.get(address(page))
    assert answer.status_code == 200, page.path
    if WANG in answer.text or HERS in answer.text or answer.content == JPEG:
        assert entries(console) > before


def test_the_pages_that_show_her_are_really_met(console: Console) -> None:
    """So that the test above cannot pass by showing nobody."""
    root = console.another_browser()
    root.sign_in("root")
    shown = {
        page.path
        for page in PAGES
        if page.method == "GET"
        and ((found := root.client.get(address(page))).content == JPEG or WANG in found.text)
    }
    assert {
        *("/worklist", "/cases/{id}", "/patients", "/patients/{id}"),
        "/photos/{id}/{number:int}",
    } <= shown


def test_a_search_for_a_patient_says_so_too(console: Console) -> None:
    console.sign_in("chen")
    before = entries(console)
    console.post("/console/patients", search="王")
    assert entries(console) == before + 1


def test_who_looks_at_whom_would_be_moved_is_noted(console: Console) -> None:
    root = console.world.get("nurses", "nurse-root")
    pathway = console.world.parts.library.all()[0]
    dry_run(console.world.parts, nurse=root, pathway_id=pathway.id)
    (noted,) = console.world.rows("audit", action="saw_move")
    assert (noted.who, noted.about) == ("nurse-root", f"pathway:{pathway.id}")


# --- An auditor searches ----------------------------------------------------------


def looked_at(console: Console) -> None:
    for login in ("chen", "root"):
        nurse = console.another_browser()
        nurse.sign_in(login)
        nurse.client.get("/console/cases/case-1")
        console.world.clock.advance(minutes=10)


def found(console: Console, login: str = "audrey", **wanted: str) -> list[tuple[str, str]]:
    nurse = console.world.get("nurses", f"nurse-{login}")
    result = search_audit(console.world.parts, nurse, Wanted(**wanted))  # type: ignore[arg-type]
    return [(one.entry.who, one.entry.action) for one in result.lines]


def test_she_finds_by_person_patient_and_action(console: Console) -> None:
    looked_at(console)
    saw = ("nurse-chen", "saw_case")
    assert ("nurse-root", "saw_case") not in found(console, who="chen")
    assert saw in found(console, who="chen")
    assert found(console, patient=HERS, action="saw_case") == [("nurse-root", "saw_case"), saw]
    assert found(console, patient="patient-wang", who="chen") == [saw]
    assert found(console, action="sign_in")[-1] == ("nurse-chen", "sign_in")
    assert found(console, action="case.close") == []


def test_what_is_about_her_case_is_about_her(console: Console) -> None:
    chen = console.another_browser()
    chen.sign_in("chen")
    chen.post("/console/cases/case-1/acknowledge")
    assert ("nurse-chen", "case.acknowledge") in found(console, patient=HERS)


def test_she_finds_by_time_with_its_first_moment_and_without_its_last(console: Console) -> None:
    looked_at(console)
    since = builders.START
    nurse = console.world.get("nurses", "nurse-audrey")
    at = console.world.rows("audit", action="saw_case", who="nurse-root")[0].at
    within = search_audit(console.world.parts, nurse, Wanted(since=since, until=at))
    assert {one.entry.who for one in within.lines} == {"nurse-chen"}
    after = search_audit(console.world.parts, nurse, Wanted(since=at, action="saw_case"))
    assert {one.entry.who for one in after.lines} == {"nurse-root"}


def test_an_auditor_of_another_ward_learns_no_number_of_hers(console: Console) -> None:
    looked_at(console)
    away = console.another_browser()
    away.sign_in("audwin")
    page = away.post("/console/audit").text
    assert "saw_case" in page or "Opened a case" in page
    assert HERS not in page
    refused = away.post("/console/audit", patient=HERS).text
    assert "no such patient" in refused


def test_a_search_is_an_entry_that_does_not_repeat_whom_it_was_about(console: Console) -> None:
    found(console, patient=HERS, who="chen")
    (noted,) = console.world.rows("audit", action="searched_audit")
    assert (noted.who, noted.about) == ("nurse-audrey", "audit")
    assert HERS not in noted.details


# --- The page ---------------------------------------------------------------------


@pytest.fixture
def auditor(console: Console) -> Console:
    looked_at(console)
    hers = console.another_browser()
    hers.sign_in("audrey")
    return hers


def test_an_auditor_begins_at_the_audit(auditor: Console) -> None:
    assert auditor.client.get("/console").headers["location"] == "/console/audit"


def test_the_page_shows_the_number_of_the_hospital_and_no_name_of_a_patient(
    auditor: Console,
) -> None:
    page = auditor.post("/console/audit", patient=HERS, action="saw_case").text
    assert HERS in page
    assert WANG not in page
    assert "陈" in page or "chen" in page.lower()


def test_a_moment_that_is_none_is_said_and_nothing_is_searched(auditor: Console) -> None:
    before = entries(auditor)
    answer = auditor.post("/console/audit", since="yesterday")
    assert answer.status_code == 422
    assert entries(auditor) == before


def test_the_page_says_whole_with_the_head_and_knows_a_head_noted_earlier(auditor: Console) -> None:
    while chain_audit(auditor.world.parts):
        pass
    head = verify_audit(auditor.world.parts).head
    page = auditor.post("/console/audit/verify").text
    assert f"Whole: {head.number} entries." in page
    assert head.hash in page
    assert "Whole: " in auditor.post("/console/audit/verify", head=head.hash).text
    gone = auditor.post("/console/audit/verify", head="ab" * 32).text
    assert "Not whole" in gone


def test_the_command_says_whole_or_names_the_entry(auditor: Console) -> None:
    parts = auditor.world.parts
    while chain_audit(parts):
        pass
    verdict = verify_audit(parts)
    assert verdict_lines(verdict) == [
        f"whole, {verdict.head.number} entries, head {verdict.head.hash}"
    ]
    second = auditor.world.rows("audit", number=2)[0]
    with auditor.world.record.engine.begin() as owner:
        owner.exec_driver_sql("UPDATE audit SET who = 'nurse-li' WHERE number = 2")
    first_line = verdict_lines(verify_audit(parts))[0]
    assert first_line.startswith(
        f"NOT WHOLE: the first entry that does not fit is number 2 ({second.id}, "
    )
    assert "not as it was written" in first_line


# --- Every action has its words ---------------------------------------------------


def actions_in_code() -> set[str]:
    """The actions that `note` and `AuditEntry` are given as written-out words."""
    found: set[str] = set()
    for file in (one for room in ROOMS for one in (BOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node) in ("note", "_note", "AuditEntry"):
                given = [one.value for one in node.keywords if one.arg == "action"] + node.args
                words = [one.value for one in given if isinstance(one, ast.Constant)]
                found |= {one for one in words if isinstance(one, str)}
    return {
        one for one in found if re.fullmatch(r"[a-z]+([._ ][a-z_]+)+|enrolled|export|restore", one)
    }


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def test_every_action_has_a_text() -> None:
    known = {key.removeprefix("audit_action.") for key in texts("zh")}
    made = actions_in_code()
    assert {"saw_case", "case.close", "staff.open", "sign_out"} <= made
    assert made - known == set()


def test_who_may_see_the_audit() -> None:
    may = {role for role, held in PERMISSIONS.items() if Permission.SEE_AUDIT in held}
    assert may == {StaffRole.AUDITOR, StaffRole.ADMINISTRATOR}
