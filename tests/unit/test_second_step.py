"""The second step of the sign-in: a phone's code, once; a lost phone; and nobody locked out."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyotp
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.console import console_routes
from bot.core.errors import AftercareError
from bot.core.staff import StaffRole
from bot.services.second_step import (
    MOST_TRIES,
    Place,
    WrongCode,
    confirm,
    enter,
    in_use,
    invite,
)
from bot.services.sign_in import (
    WAITING,
    Session,
    SignedIn,
    TooManyTries,
    session_of,
    sign_in,
    waiting_of,
)
from bot.settings import read_settings
from bot.wiring import make_second_step
from tests import builders
from tests.unit.console_desk import CSRF, PASSWORD, URL, Console, a_console

WARD, ELSEWHERE = Place("10.0.0.5"), Place("203.0.113.9")
CODE = "/console/sign-in/code"
SECRET = re.compile(r'class="id">([A-Z2-7]{32})<')


@pytest.fixture
def console(tmp_path: Path) -> Console:
    """Chen has a phone as second step; administrators must have one; the others need none."""
    made = a_console(tmp_path)
    house = replace(made.world.parts.house, second_step=frozenset({StaffRole.ADMINISTRATOR}))
    made.world.add(builders.a_nurse("audrey", role=StaffRole.AUDITOR, conversation_id=None))
    return required(made, house)


def required(made: Console, house: Any) -> Console:
    made.world.parts = replace(made.world.parts, house=house)
    app = Starlette(routes=console_routes(made.world.parts, media=made.media))
    client = TestClient(app, base_url=URL, follow_redirects=False)
    return replace(made, app=app, client=client)


def password_given(console: Console, login: str = "chen", **more: str) -> SignedIn:
    given = {"login": login, "password": PASSWORD, "place": WARD.address, **more}
    return sign_in(console.world.parts, **given)


def waiting(console: Console, login: str = "chen") -> Session:
    found = waiting_of(console.world.parts, password_given(console, login).token)
    assert found is not None
    return found


def set_up(console: Console, login: str = "chen") -> tuple[str, tuple[str, ...]]:
    """Her phone's secret and her recovery codes."""
    nurse = console.world.get("nurses", f"nurse-{login}")
    session = Session(nurse, password_given(console, login).sign_in)
    secret = invite(console.world.parts, nurse).secret
    made = confirm(console.world.parts, session, code=now(console, secret), place=WARD)
    console.world.clock.advance(seconds=30)
    return secret, made.recovery


def now(console: Console, secret: str, seconds: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(console.world.clock.now().timestamp()) + seconds)


def enters(console: Console, code: str, place: Place = WARD) -> SignedIn:
    return enter(console.world.parts, waiting(console), code=code, place=place)


# --- A code -----------------------------------------------------------------------


def test_the_password_alone_opens_no_page(console: Console) -> None:
    secret, _ = set_up(console)
    opened = password_given(console)
    assert session_of(console.world.parts, opened.token) is None
    full = enters(console, now(console, secret))
    assert session_of(console.world.parts, full.token) is not None
    assert session_of(console.world.parts, opened.token) is None


def test_a_code_works_once(console: Console) -> None:
    secret, _ = set_up(console)
    code = now(console, secret)
    enters(console, code)
    with pytest.raises(WrongCode):
        enters(console, code)
    console.world.clock.advance(seconds=30)
    enters(console, now(console, secret))


def test_the_code_that_set_it_up_does_not_open_it(console: Console) -> None:
    secret, _ = set_up(console)
    console.world.clock.advance(seconds=-30)
    with pytest.raises(WrongCode):
        enters(console, now(console, secret))


def test_after_a_code_of_the_next_half_minute_the_earlier_one_is_used_up(console: Console) -> None:
    secret, _ = set_up(console)
    enters(console, now(console, secret, seconds=30))
    with pytest.raises(WrongCode):
        enters(console, now(console, secret))


@pytest.mark.parametrize(("seconds", "fits"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_phones_clock_may_be_off_by_one_step(console: Console, seconds: int, fits: bool) -> None:
    secret, _ = set_up(console)
    console.world.clock.advance(minutes=5)
    code = now(console, secret, seconds)
    if fits:
        enters(console, code)
    else:
        with pytest.raises(WrongCode):
            enters(console, code)


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1} {2}"])
def test_a_code_is_read_as_people_type_it(console: Console, typed: str) -> None:
    secret, _ = set_up(console)
    code = now(console, secret)
    enters(console, typed.format(code, code[:3], code[3:]))


def test_full_width_digits_are_digits(console: Console) -> None:
    secret, _ = set_up(console)
    enters(console, now(console, secret).translate({48 + n: 0xFF10 + n for n in range(10)}))


@pytest.mark.parametrize("typed", ["", "000000", "abcdef", "١٢٣٤٥٦", "1" * 5000, "\x00"])
def test_anything_else_is_refused(console: Console, typed: str) -> None:
    set_up(console)
    with pytest.raises(WrongCode):
        enters(console, typed)


# --- Wrong codes ------------------------------------------------------------------


def test_wrong_codes_send_back_to_the_password_and_lock_nobody_out(console: Console) -> None:
    secret, _ = set_up(console)
    session = waiting(console)
    for _ in range(MOST_TRIES):
        with pytest.raises(AftercareError):
            enter(console.world.parts, session, code="000000", place=ELSEWHERE)
    assert console.world.get("sign_ins", session.sign_in.id).ended_at is not None
    with pytest.raises(TooManyTries):
        enter(console.world.parts, waiting(console), code=now(console, secret), place=ELSEWHERE)
    # From the ward, at the same moment, she comes in.
    opened = enter(console.world.parts, waiting(console), code=now(console, secret), place=WARD)
    assert session_of(console.world.parts, opened.token) is not None


def test_on_her_own_device_she_is_counted_for_herself_also_at_one_address(
    console: Console,
) -> None:
    secret, _ = set_up(console)
    hers = enters(console, now(console, secret)).device
    console.world.clock.advance(seconds=30)
    for _ in range(9):
        with pytest.raises(AftercareError):
            enter(console.world.parts, waiting(console), code="000000", place=WARD)
    mine = replace(WARD, device=hers)
    enter(console.world.parts, waiting(console), code=now(console, secret), place=mine)


def test_a_password_alone_makes_no_device_known(console: Console) -> None:
    """Else whoever stole it would be counted apart from strangers."""
    set_up(console)
    device = password_given(console).device
    for _ in range(MOST_TRIES):
        with pytest.raises(AftercareError):
            enter(console.world.parts, waiting(console), code="000000", place=ELSEWHERE)
    claims = replace(ELSEWHERE, device=device)
    with pytest.raises(TooManyTries):
        enter(console.world.parts, waiting(console), code="000000", place=claims)


def test_a_wrong_code_is_noted_since_somebody_knows_her_password(console: Console) -> None:
    set_up(console)
    with pytest.raises(WrongCode):
        enters(console, "000000")
    (noted,) = console.world.rows("audit", action="second_step.wrong")
    assert (noted.who, noted.details) == ("nurse-chen", "")


def test_a_sign_in_does_not_wait_for_ever(console: Console) -> None:
    set_up(console)
    opened = password_given(console)
    console.world.clock.advance(seconds=WAITING.total_seconds())
    assert waiting_of(console.world.parts, opened.token) is None


# --- A lost phone -----------------------------------------------------------------


def test_a_recovery_code_opens_once_with_or_without_its_dashes(console: Console) -> None:
    _, recovery = set_up(console)
    assert len(set(recovery)) == 10
    enters(console, recovery[0])
    with pytest.raises(WrongCode):
        enters(console, recovery[0])
    enters(console, recovery[1].replace("-", " ").upper())
    noted = console.world.rows("audit", action="second_step.recovery", order_by="id")
    assert [one.details for one in noted] == ["9 left", "8 left"]


def test_an_administrator_takes_it_away_and_that_is_noted(console: Console) -> None:
    secret, _ = set_up(console)
    hers = enters(console, now(console, secret))
    root = in_as_root(console)
    assert (
        'action="/console/staff/nurse-chen/second-step"' in root.client.get("/console/staff").text
    )
    assert root.post("/console/staff/nurse-chen/second-step").status_code == 303
    (noted,) = console.world.rows("audit", action="second_step.reset")
    assert (noted.who, noted.about) == ("nurse-root", "nurse:nurse-chen")
    assert session_of(console.world.parts, hers.token) is None
    assert not password_given(console).sign_in.waits_for
    assert "nurse-chen" not in in_use(console.world.parts)


def in_as_root(console: Console) -> Console:
    root = console.another_browser()
    secret = SECRET.search(root.sign_in("root").text)
    assert secret
    typed(root, now(console, secret[1]))
    return root


def typed(browser: Console, code: str, **more: str) -> Any:
    csrf = CSRF.search(browser.client.get(CODE).text)
    assert csrf
    return browser.client.post(CODE, data={"csrf": csrf[1], "code": code, **more})


# --- In the browser ---------------------------------------------------------------


def test_whose_role_needs_it_sets_up_her_phone_at_the_first_sign_in(console: Console) -> None:
    root = console.another_browser()
    page = root.sign_in("root")
    assert page.status_code == 200
    assert "<svg" in page.text
    assert root.client.get("/console/worklist").status_code == 303
    secret = SECRET.search(page.text)
    assert secret
    wrong = typed(root, "000000")
    assert wrong.status_code == 401
    assert secret[1] in wrong.text, "the same secret: she scanned it already"
    done = typed(root, now(console, secret[1]))
    assert done.status_code == 200
    assert len(re.findall(r"<li><code>[a-z2-9]{4}(?:-[a-z2-9]{4}){2}</code>", done.text)) == 10
    assert root.client.get("/console/worklist").status_code == 200


def test_then_a_code_is_asked_at_each_sign_in(console: Console) -> None:
    secret, _ = set_up(console)
    chen = console.another_browser()
    page = chen.sign_in("chen", next="/console/rota")
    assert page.status_code == 200
    assert secret not in page.text
    answer = typed(chen, now(console, secret), next="/console/rota")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/rota")
    assert chen.client.get("/console/worklist").status_code == 200


def test_whose_role_needs_none_signs_in_as_before(console: Console) -> None:
    li = console.another_browser()
    assert li.sign_in("audrey").status_code == 303


def test_whoever_wants_one_sets_it_up_herself(console: Console) -> None:
    hers = console.another_browser()
    hers.sign_in("audrey")
    page = hers.client.get("/console/second-step").text
    secret = SECRET.search(page)
    assert secret
    done = hers.post("/console/second-step", code=now(console, secret[1]))
    assert "<li><code>" in done.text
    assert secret[1] not in hers.client.get("/console/second-step").text
    assert password_given(console, "audrey").sign_in.waits_for == "code"


def test_a_code_from_another_page_or_without_the_forms_secret_counts_for_nothing(
    console: Console,
) -> None:
    secret, _ = set_up(console)
    chen = console.another_browser()
    chen.sign_in("chen")
    code = now(console, secret)
    assert chen.client.post(CODE, data={"code": code}).headers["location"] == "/console/sign-in"
    forged = chen.client.post(CODE, data={"code": code}, headers={"origin": "https://evil.example"})
    assert forged.status_code == 403
    assert chen.client.get("/console/worklist").status_code == 303
    assert typed(chen, code).status_code == 303


def test_what_she_had_typed_comes_through_both_steps(console: Console) -> None:
    secret, _ = set_up(console)
    chen = console.another_browser()
    kept = '{"text": "我马上打电话给您"}'
    page = chen.sign_in("chen", next="/console/patients/patient-wang/message", kept=kept).text
    assert "我马上打电话给您" in page
    answer = typed(
        chen, now(console, secret), next="/console/patients/patient-wang/message", kept=kept
    )
    assert "我马上打电话给您" in answer.text


def test_no_secret_and_no_code_is_in_a_log_or_in_the_audit(
    console: Console, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret, recovery = set_up(console)
    code = now(console, secret)
    chen = console.another_browser()
    chen.sign_in("chen")
    typed(chen, code)
    said = (
        caplog.text + repr(console.world.rows("audit")) + repr(console.world.rows("second_steps"))
    )
    assert len(said) > 100
    assert [one for one in (secret, code, *recovery) if one in said] == []


# --- The setting ------------------------------------------------------------------


def test_the_setting_names_roles_and_refuses_what_is_none() -> None:
    asked = read_settings({"AFTERCARE_SECOND_STEP": "administrator, auditor"})
    assert make_second_step(asked) == {StaffRole.ADMINISTRATOR, StaffRole.AUDITOR}
    assert make_second_step(read_settings({})) == frozenset()
    with pytest.raises(AftercareError, match="no role boss"):
        make_second_step(read_settings({"AFTERCARE_SECOND_STEP": "boss"}))
