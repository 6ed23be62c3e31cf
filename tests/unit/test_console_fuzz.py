"""The console against its own OpenAPI description: whatever is sent, no page breaks.

Schemathesis makes the requests from the description (addresses, queries, forms) and judges the
answers; what it cannot know is put in beside it: the names of the fields that our forms have,
ids that exist, and the token of the form.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    status_code_conformance,
)
from typer.testing import CliRunner

from bot.cli import app as command_line
from bot.console.app import PAGES
from bot.console.description import describe
from bot.core.staff import StaffRole
from bot.pathfiles.answer_words import load_answer_words
from tests import builders
from tests.unit.console_desk import URL, Console, a_case, a_cause, a_console, a_task
from tests.unit.pathway_desk import write_library
from tests.unit.test_console_permissions import IDS

EXAMPLES = 6  # for each operation and visitor
ROOT = Path(__file__).resolve().parents[2]
CONSOLE = ROOT / "bot/console"
ASKED = re.compile(r'form\.get\("(\w+)"|(?:field|choice)\(t, "(\w+)"|name="(\w+)"')
FIELDS = sorted(
    {
        name
        for file in [*CONSOLE.rglob("*.html"), *CONSOLE.glob("*.py")]
        for found in ASKED.findall(file.read_text("utf-8"))
        for name in found
        if name and name != "csrf"
    }
)
# Words that open doors further in than any text by chance.
KNOWN = [
    *("yes", "no", "on", "first", "second", "charge", "en", "zh", "nurse", "called", "closed"),
    *("2026-03-11T08:00", "2026-03-12T08:00", "2026-02-30T25:61", "0001-01-01T00:00", "9999-12-31"),
    *("", " ", "0", "-1", "99999999999999999999", "1e400", "NaN", "null", "'", '"', "%", "{0}"),
    *("<script>alert(1)</script>", "../../etc/passwd", "\u202e", "😮" * 50, "x" * 10_000),
    *("knee_replacement", "hernia.yml", "Asia/Shanghai", "1946", "nurse-chen", "ortho", "\x00"),
]
VISITORS = ("stranger", StaffRole.NURSE, StaffRole.ADMINISTRATOR)
SCHEMA = schemathesis.openapi.from_dict(describe(version="test", url=URL))
OPERATIONS = {one.ok().label: one.ok() for one in SCHEMA.get_all_operations()}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]


def test_the_description_names_every_page_with_its_permission() -> None:
    said = json.loads(CliRunner().invoke(command_line, ["openapi"]).output)
    named = {
        (method.upper(), path, one["x-permission"])
        for path, methods in said["paths"].items()
        for method, one in methods.items()
        if "security" in one
    }
    assert named == {
        (
            page.method,
            f"/console{page.path}".replace(":int}", "}"),
            str(page.permission or "signed in"),
        )
        for page in PAGES
    }


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Console:
    folder = tmp_path_factory.mktemp("console")
    made = a_console(folder)
    words = load_answer_words(ROOT / "pathways/shared/answer_words")
    parts = replace(made.world.parts, answer_words=words)
    made = replace(made, world=replace(made.world, parts=parts)).another_worker()
    made.world.add(a_case(), a_cause(), a_task())
    made.world.add(builders.an_inbound(media=["web-" + "0" * 32 + ".jpg"], part="photo"))
    write_library(folder / "pathways")
    made.world.add(builders.a_draft())
    for role in VISITORS[1:]:
        made.world.add(builders.a_nurse(f"role-{role}", role=role, conversation_id=None))
        made.world.add(builders.a_shift(f"role-{role}"))
    return made


def enter(console: Console, visitor: str) -> str:
    """Sign in; the token for her forms. A stranger has none."""
    if visitor == "stranger":
        return ""
    login = f"role-{visitor}"
    assert console.sign_in(login).status_code == 303
    newest = console.world.rows("sign_ins", nurse_id=f"nurse-{login}", order_by="-created_at,-id")
    return str(newest[0].csrf_token)


@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_breaks_a_page_or_gets_an_answer_that_is_not_declared(
    console: Console, label: str, visitor: str
) -> None:
    operation = OPERATIONS[label]
    room = operation.path.split("/")[2]
    browser = console.another_browser()
    token = enter(browser, visitor)

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        case=operation.as_strategy(),
        id=st.sampled_from([None, IDS.get(room, "nothing")]),
        fields=st.dictionaries(
            st.sampled_from(FIELDS), st.sampled_from(KNOWN) | st.text(max_size=30), max_size=12
        ),
        forged=st.sampled_from([False, False, False, True]),
    )
    def look(case: Any, id: str | None, fields: dict[str, str], forged: bool) -> None:
        if id is not None and "id" in case.path_parameters:
            case.path_parameters["id"] = id
        data = None
        if operation.method.upper() == "POST":
            data = {**as_fields(case.body), **fields}
            data["csrf"] = "forged" if forged else token
        answer = browser.client.request(
            operation.method.upper(), case.formatted_path, params=case.query, data=data
        )
        case.validate_response(answer, checks=CHECKS)
        assert "Traceback" not in answer.text

    look()


def as_fields(body: Any) -> dict[str, str]:
    """What schemathesis put into the form, as a browser can send it."""
    if not isinstance(body, dict):
        return {}
    return {str(name): str(value) for name, value in body.items()}
