"""The console's door: sessions, forms that are really hers, headers, and no lock-out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.console_desk import Console, a_case, a_cause, a_console


@pytest.fixture
def console(tmp_path: Path) -> Console:
    made = a_console(tmp_path)
    made.world.add(a_case(), a_cause())
    return made


def test_a_nurse_signs_in_and_sees_her_worklist(console: Console) -> None:
    entered = console.sign_in("chen")
    assert (entered.status_code, entered.headers["location"]) == (303, "/console/worklist")
    assert "我喘不过气" in console.client.get("/console/worklist").text


def test_the_session_cookie_cannot_be_read_or_sent_by_another_site(console: Console) -> None:
    cookies = console.sign_in("chen").headers.get_list("set-cookie")
    session = next(one for one in cookies if one.startswith("__Host-aftercare_console="))
    for flag in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert flag in session


def test_only_the_hash_of_a_session_is_kept(console: Console) -> None:
    console.sign_in("chen")
    token = console.client.cookies["__Host-aftercare_console"]
    (kept,) = console.world.rows("sign_ins")
    assert token not in repr(kept)


def test_every_sign_in_gets_a_new_session(console: Console) -> None:
    console.sign_in("chen")
    first = console.client.cookies["__Host-aftercare_console"]
    console.sign_in("chen")
    assert console.client.cookies["__Host-aftercare_console"] != first


def test_a_wrong_password_and_an_unknown_login_sound_the_same(console: Console) -> None:
    wrong, unknown = console.sign_in("chen", "nope"), console.sign_in("nobody", "nope")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace('value="chen"', "") == unknown.text.replace('value="nobody"', "")


def test_a_closed_account_cannot_sign_in_and_its_sessions_end(console: Console) -> None:
    console.sign_in("chen")
    other = console.another_browser()
    other.sign_in("root")
    closed = other.post("/console/staff/nurse-chen/active", active="no")
    assert closed.status_code == 303
    assert console.client.get("/console/worklist").status_code == 303
    assert console.sign_in("chen").status_code == 401


def test_guessing_is_slowed_down(console: Console) -> None:
    answers = [console.sign_in("chen", "nope").status_code for _ in range(8)]
    assert answers == [401] * 5 + [429] * 3


def test_guesses_elsewhere_do_not_keep_a_nurse_out_of_her_own_device(console: Console) -> None:
    console.sign_in("chen")
    stranger = console.another_browser()
    for _ in range(20):
        stranger.sign_in("chen", "nope")
    assert stranger.sign_in("chen").status_code == 429
    console.client.cookies.delete("__Host-aftercare_console")
    assert console.sign_in("chen").status_code == 303


def test_guesses_elsewhere_do_not_keep_a_nurse_off_a_new_device(console: Console) -> None:
    """She has never signed in here, and nobody has typed anything wrong here."""
    stranger = console.from_address("203.0.113.7")
    for _ in range(20):
        stranger.sign_in("chen", "nope")
    assert stranger.sign_in("chen").status_code == 429
    assert console.from_address("198.51.100.4").sign_in("chen").status_code == 303


def test_guesses_for_one_nurse_hold_up_no_other(console: Console) -> None:
    for _ in range(20):
        console.sign_in("chen", "nope")
    assert console.sign_in("liu").status_code == 303


def test_every_worker_knows_of_the_guesses_at_the_others(console: Console) -> None:
    another_worker = console.another_worker()
    answers = [
        browser.sign_in("chen", "nope").status_code
        for _ in range(4)
        for browser in (console, another_worker)
    ]
    assert answers == [401] * 5 + [429] * 3


def test_what_was_typed_as_a_login_is_kept_as_a_hash_only(console: Console) -> None:
    console.sign_in("my secret password", "nope")
    (kept,) = console.world.rows("guesses")
    assert "secret" not in repr(kept)
    assert kept.count == 1


def test_another_nurses_device_gives_no_free_guesses(console: Console) -> None:
    console.sign_in("liu")
    for _ in range(6):
        last = console.sign_in("chen", "nope")
    assert last.status_code == 429


def test_after_a_wait_the_right_password_works(console: Console) -> None:
    for _ in range(20):
        console.sign_in("chen", "nope")
    console.world.clock.advance(seconds=61)
    assert console.sign_in("chen").status_code == 303


@pytest.mark.parametrize(("minutes", "open_still"), [(29, True), (31, False)])
def test_a_session_ends_when_nothing_is_done(
    console: Console, minutes: int, open_still: bool
) -> None:
    console.sign_in("chen")
    console.world.clock.advance(minutes=minutes)
    assert (console.client.get("/console/worklist").status_code == 200) is open_still


def test_a_page_that_refreshes_itself_does_not_keep_a_session_alive(console: Console) -> None:
    console.sign_in("chen")
    for _ in range(4):
        console.world.clock.advance(minutes=9)
        last = console.client.get("/console/worklist", headers={"X-Live": "yes"})
    assert last.status_code == 401


def test_a_session_ends_after_twelve_hours_of_work(console: Console) -> None:
    console.sign_in("chen")
    for _ in range(36):
        console.world.clock.advance(minutes=20)
        last = console.client.get("/console/worklist")
    assert last.status_code == 303


def test_signing_out_ends_the_session_for_good(console: Console) -> None:
    console.sign_in("chen")
    token = console.client.cookies["__Host-aftercare_console"]
    console.post("/console/sign-out")
    console.client.cookies.set("__Host-aftercare_console", token)
    assert console.client.get("/console/worklist").status_code == 303


def test_a_form_from_another_site_changes_nothing(console: Console) -> None:
    console.sign_in("chen")
    answer = console.client.post(
        "/console/cases/case-1/acknowledge",
        data={"csrf": console.csrf()},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    assert console.world.get("escalations", "case-1").acknowledged_by is None


@pytest.mark.parametrize("csrf", ["", "wrong", "secret-00000000000000000000000001"])
def test_a_form_without_her_token_is_shown_again_and_not_done(console: Console, csrf: str) -> None:
    console.sign_in("chen")
    answer = console.client.post(
        "/console/cases/case-1/close",
        data={"csrf": csrf, "outcome": "called", "note": "spoke with her daughter"},
    )
    assert answer.status_code == 409
    assert "spoke with her daughter" in answer.text
    assert not console.world.get("escalations", "case-1").is_closed


def test_a_note_typed_before_the_session_ended_survives_the_sign_in(console: Console) -> None:
    console.sign_in("chen")
    csrf = console.csrf()
    console.world.clock.advance(minutes=45)
    stopped = console.client.post(
        "/console/cases/case-1/close",
        data={"csrf": csrf, "outcome": "called", "note": "a note of ten minutes"},
    )
    assert stopped.status_code == 401
    assert "a note of ten minutes" in stopped.text
    kept = json.dumps({"outcome": "called", "note": "a note of ten minutes"})
    back = console.sign_in("chen", next="/console/cases/case-1/close", kept=kept)
    assert 'action="/console/cases/case-1/close"' in back.text
    assert "a note of ten minutes" in back.text
    sent = console.post(
        "/console/cases/case-1/close", outcome="called", note="a note of ten minutes"
    )
    assert sent.status_code == 303
    assert console.world.get("escalations", "case-1").outcome_note == "a note of ten minutes"


def test_what_she_is_about_to_send_stands_on_the_page_and_the_other_way_leads_back(
    console: Console,
) -> None:
    transfer = "/console/patients/patient-wang/transfer"
    kept = json.dumps({"ward": "cardio", "words": "房颤"})
    page = console.sign_in("chen", next=transfer, kept=kept).text
    assert "Note</label>" in page
    assert "房颤</textarea>" in page
    assert f'href="{transfer}"' in page
    assert console.client.get(transfer).headers["location"] == "/console/patients/patient-wang"


def test_a_press_on_i_have_it_after_the_session_ended_is_one_press_away(console: Console) -> None:
    """Nothing was typed, and the address she pressed takes forms only."""
    console.sign_in("chen")
    csrf = console.csrf()
    console.world.clock.advance(minutes=45)
    have_it = "/console/cases/case-1/acknowledge"
    stopped = console.client.post(have_it, data={"csrf": csrf})
    assert 'name="kept" value="{}"' in stopped.text
    back = console.sign_in("chen", next=have_it, kept="{}")
    assert f'action="{have_it}"' in back.text
    assert console.post(have_it).status_code == 303
    assert console.world.get("escalations", "case-1").acknowledged_by == "nurse-chen"


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/console/cases/case-1/acknowledge", "/console/cases/case-1"),
        ("/console/patients/patient-wang/merge/look", "/console/patients/patient-wang"),
        ("/console/rota/table/take", "/console/rota/table"),
    ],
)
def test_an_address_that_takes_forms_only_leads_to_its_page(
    console: Console, path: str, page: str
) -> None:
    console.sign_in("chen")
    assert console.client.get(path).headers["location"] == page


@pytest.mark.parametrize(
    "path", ["/console/nothing", "/console/tasks/task-1/done", "/console/a/b/"]
)
def test_an_address_of_nothing_says_so_in_her_language(console: Console, path: str) -> None:
    assert "This is not here" in console.client.get(path).text
    console.sign_in("chen")
    console.post("/console/language", language="zh")
    answer = console.client.get(path)
    assert answer.status_code == 404
    assert "没有这一项" in answer.text


def test_what_was_typed_about_a_patient_who_left_the_ward_can_be_taken_along(
    console: Console,
) -> None:
    console.sign_in("chen")
    with console.world.record.transaction() as tx:
        her = tx.patients.get("patient-wang")
        assert her is not None
        tx.patients.swap(her, replace(her, ward="cardio"))
    note = "<b>她说腿肿</b>"
    answer = console.post("/console/cases/case-1/close", outcome="called", note=note)
    assert answer.status_code == 404
    assert "&lt;b&gt;她说腿肿&lt;/b&gt;</textarea>" in answer.text


@pytest.mark.parametrize(
    "next", ["https://evil.example", "//evil.example", "/console//evil.example", "/chat", "\\"]
)
def test_signing_in_never_leads_to_another_site(console: Console, next: str) -> None:
    assert console.sign_in("chen", next=next).headers["location"] == "/console/worklist"


@pytest.mark.parametrize("path", ["/console/sign-in", "/console/worklist", "/console/nothing"])
def test_pages_refuse_frames_inline_scripts_and_caches(console: Console, path: str) -> None:
    console.sign_in("chen")
    if path == "/console/nothing":
        path = "/console/cases/nothing"
    headers = console.client.get(path).headers
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" in headers


def test_a_form_of_more_than_a_megabyte_is_refused_with_words(console: Console) -> None:
    console.sign_in("chen")
    answer = console.post("/console/cases/case-1/close", outcome="called", note="x" * 1_100_000)
    assert answer.status_code == 413
    assert "1 MB" in answer.text


def test_the_language_of_the_console_changes_at_once(console: Console) -> None:
    console.sign_in("chen")
    console.post("/console/language", language="zh", back="/console/worklist")
    assert '<html lang="zh-CN">' in console.client.get("/console/worklist").text
