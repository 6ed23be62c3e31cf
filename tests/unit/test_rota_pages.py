"""The rota in the console: a board of a week, forms that ask first, and tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import builders
from tests.unit.console_desk import Console, a_console

TABLE = "nurse,rota,from,to\nliu,first,2026-03-11 20:00,2026-03-12 08:00\n"


@pytest.fixture
def zhao(tmp_path: Path) -> Console:
    """The charge nurse at her console."""
    made = a_console(tmp_path)
    made.sign_in("zhao")
    return made


def change(zhao: Console, **over: str) -> Any:
    given = {
        "nurse": "nurse-liu",
        "rota": "first",
        "from": "2026-03-09T09:00",
        "to": "2026-04-09T09:00",
        **over,
    }
    return zhao.post("/console/rota/shift-chen-first/change", **given)


def test_the_board_shows_a_night_shift_on_both_its_days(zhao: Console) -> None:
    zhao.post("/console/rota/table/take", text=TABLE)
    page = zhao.client.get("/console/rota?week=2026-03-11").text
    assert "20:00 – 12 Mar 08:00" in page
    assert "until 08:00" in page


def test_a_shift_that_was_put_on_by_form_shows_and_can_be_opened_to_change(
    zhao: Console,
) -> None:
    page = zhao.client.get("/console/rota?shift=shift-chen-first").text
    assert 'action="/console/rota/shift-chen-first/change"' in page
    assert 'formaction="/console/rota/shift-chen-first/remove"' in page


def test_a_charge_nurse_puts_a_nurse_on_the_rota(zhao: Console) -> None:
    answer = zhao.post(
        "/console/rota",
        **{
            "nurse": "nurse-liu",
            "rota": "first",
            "from": "2026-03-11T08:00",
            "to": "2026-03-11T20:00",
        },
    )
    assert answer.status_code == 303
    added = zhao.world.rows("shifts", nurse_id="nurse-liu", rota="first")
    # Eight in Shanghai is midnight in UTC.
    assert [(one.starts_at.hour, one.ends_at.hour) for one in added] == [(0, 12)]


@pytest.mark.parametrize(("start", "end"), [("", "x"), ("2026-03-11T08:00", "2026-03-10T08:00")])
def test_a_shift_that_makes_no_sense_is_refused_with_words(
    zhao: Console, start: str, end: str
) -> None:
    answer = zhao.post(
        "/console/rota", **{"nurse": "nurse-liu", "rota": "first", "from": start, "to": end}
    )
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.text


def test_a_change_that_leaves_nobody_is_asked_about_first(zhao: Console) -> None:
    asked = change(zhao, rota="second")
    assert asked.status_code == 409
    assert "Then nobody would be on the rota" in asked.text
    assert "First on call" in asked.text
    assert zhao.world.get("shifts", "shift-chen-first").ends_at > zhao.world.clock.now()
    done = change(zhao, rota="second", sure="yes", week="2026-03-09")
    assert done.headers["location"] == "/console/rota?week=2026-03-09&done=shift_changed"
    assert zhao.world.get("shifts", "shift-chen-first").ends_at == zhao.world.clock.now()


def test_another_nurse_takes_a_shift_without_a_question(zhao: Console) -> None:
    assert change(zhao).status_code == 303
    assert "Liu" in zhao.client.get("/console/rota/now").text


def test_removing_the_only_nurse_is_asked_about_first(zhao: Console) -> None:
    asked = zhao.post("/console/rota/shift-chen-first/remove")
    assert asked.status_code == 409
    assert zhao.post("/console/rota/shift-chen-first/remove", sure="yes").status_code == 303


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59", "2026-03-11", "x"])
def test_a_time_outside_of_all_reason_is_refused_with_words(zhao: Console, moment: str) -> None:
    answer = change(zhao, **{"from": moment})
    assert answer.status_code in (303, 409, 422)
    assert zhao.client.get(f"/console/rota?week={moment[:10]}").status_code == 200


def in_paris(console: Console) -> Console:
    """The same house with its clocks in Paris, at noon of the day before they change."""
    parts = console.world.parts
    house = replace(parts.house, default_time_zone="Europe/Paris")
    world = replace(console.world, parts=replace(parts, house=house))
    world.clock.at = datetime(2026, 10, 24, 10, 0, tzinfo=UTC)
    paris = replace(console, world=world).another_worker()
    assert paris.sign_in("zhao").status_code == 303
    return paris


def test_a_night_in_which_the_clocks_change_is_handed_over_at_the_hour_on_the_wall(
    zhao: Console,
) -> None:
    paris = in_paris(zhao)
    paris.post(
        "/console/rota/table/take",
        text="nurse,rota,from,to\n"
        "chen,second,2026-10-24 22:00,2026-10-25 06:00\n"
        "liu,second,2026-10-25 06:00,2026-10-25 14:00\n",
    )
    chen, liu = (
        next(one for one in paris.world.rows("shifts", nurse_id=f"nurse-{name}", rota="second"))
        for name in ("chen", "liu")
    )
    assert chen.ends_at == liu.starts_at == datetime(2026, 10, 25, 5, 0, tzinfo=UTC)
    assert chen.ends_at - chen.starts_at == timedelta(hours=9)
    board = paris.client.get("/console/rota?week=2026-10-25").text
    assert "25 hours: the clocks change" in board
    assert "22:00 – 25 Oct 06:00" in board
    paris.world.clock.at = chen.ends_at - timedelta(minutes=1)
    paris.sign_in("zhao")
    assert "Then, from 06:00" in paris.client.get("/console/rota/now").text


def test_who_is_on_now_says_until_when_and_who_comes_next(zhao: Console) -> None:
    page = zhao.client.get("/console/rota/now").text
    for name in ("Chen", "Liu", "Zhao"):
        assert name in page
    assert "Then, from" in page


def test_a_nurse_on_duty_without_a_phone_is_marked(zhao: Console) -> None:
    world = zhao.world
    world.add(builders.a_nurse("wu", conversation_id=None), builders.a_shift("wu", "second"))
    assert "Cannot be paged" in zhao.client.get("/console/rota/now").text


def test_a_table_is_looked_at_before_it_is_taken(zhao: Console) -> None:
    looked = zhao.client.post(
        "/console/rota/table",
        data={"csrf": zhao.csrf()},
        files={"file": ("rota.csv", TABLE.encode("utf-16"), "text/csv")},
    )
    assert looked.status_code == 200
    assert "New shifts: 1" in looked.text
    assert len(zhao.world.rows("shifts")) == 3
    taken = zhao.post("/console/rota/table/take", text=TABLE)
    assert taken.headers["location"] == "/console/rota?done=table_taken"
    assert len(zhao.world.rows("shifts")) == 4


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_bad_row_is_named_with_line_column_and_reason(zhao: Console, language: str) -> None:
    zhao.post("/console/language", language=language)
    rows = "nobody,first,2026-03-11 08:00,2026-03-11 20:00\nliu,first,soon,2026-03-11 20:00\n"
    looked = zhao.post("/console/rota/table", text=TABLE + rows)
    assert looked.status_code == 422
    says = {
        "en": ("Nobody in work has the login nobody.", "soon is not a time"),
        "zh": ("没有在职人员使用登录名 nobody。", "soon 不是时间"),
    }
    for one in says[language]:
        assert one in looked.text
    assert "<td>3</td><td>nurse</td>" in looked.text
    assert "<td>4</td><td>from</td>" in looked.text


def test_what_stands_in_a_table_is_shown_as_text_and_never_run(zhao: Console) -> None:
    looked = zhao.post(
        "/console/rota/table",
        text="nurse,rota,from,to\n<script>alert(1)</script>,first,a,b\n</textarea><b>,,,\n",
    )
    assert "<script>alert" not in looked.text
    assert "</textarea><b>" not in looked.text


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00\xff\xff", b"", b"x" * 400_000])
def test_a_file_that_is_no_table_is_refused_with_words(zhao: Console, content: bytes) -> None:
    answer = zhao.client.post(
        "/console/rota/table",
        data={"csrf": zhao.csrf()},
        files={"file": ("rota.csv", content, "text/csv")},
    )
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_the_rota_is_downloaded_as_the_table_that_can_be_brought_in(zhao: Console) -> None:
    answer = zhao.client.get("/console/rota/export")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment")
    text = answer.content.decode("utf-8-sig")
    assert text.startswith("nurse,rota,from,to,zone\r\n")
    looked = zhao.post("/console/rota/table", text=text)
    assert "New shifts: 0" in looked.text
    assert "There already: 3" in looked.text
