"""A rota that comes from a table: looked at row by row, then taken, and written out again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.errors import NotAllowed
from bot.core.rota import find_gaps, on_rota
from bot.core.staff import Shift
from bot.services.rota_table import (
    Fault,
    TableRead,
    as_text,
    look_at_table,
    take_table,
    write_table,
)
from tests.builders import START, wang_and_her_ward
from tests.fakes import World, a_world


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three nurses with accounts, and nobody on any rota."""
    made = a_world(tmp_path)
    made.add(*(one for one in wang_and_her_ward() if not isinstance(one, Shift)))
    return made


HEADING = "nurse,rota,from,to,zone\n"


def bring_in(world: World, *lines: str, heading: str = HEADING) -> TableRead:
    return take_table(world.parts, heading + "\n".join(lines), by="nurse-zhao")


def test_looking_at_a_table_changes_nothing(world: World) -> None:
    row = "chen,first,2026-03-11 08:00,2026-03-11 20:00,Asia/Shanghai"
    read = look_at_table(world.parts, HEADING + row, by="nurse-zhao")
    assert len(read.new) == 1
    assert world.rows("shifts") == []
    assert world.rows("audit") == []


def test_a_nurse_does_not_bring_in_a_rota(world: World) -> None:
    for door in (look_at_table, take_table):
        with pytest.raises(NotAllowed):
            door(world.parts, HEADING, by="nurse-chen")


def test_the_look_says_where_nobody_would_be_and_who_would_stand_twice(world: World) -> None:
    rows = [f"zhao,{rota},2026-03-01 00:00,2026-03-30 00:00," for rota in ("first", "charge")]
    rows.append("chen,second,2026-03-01 00:00,2026-03-20 08:00,Asia/Shanghai")
    read = look_at_table(world.parts, HEADING + "\n".join(rows), by="nurse-zhao")
    (gap,) = read.gaps
    assert (gap.rota, gap.starts_at) == ("second", datetime(2026, 3, 20, 0, 0, tzinfo=UTC))
    assert [one.nurse_id for one in read.overlaps] == ["nurse-zhao"]


def test_good_rows_are_kept_and_bad_rows_named(world: World) -> None:
    done = bring_in(
        world,
        "chen,first,2026-03-11 08:00,2026-03-11 20:00,Asia/Shanghai",
        "nobody,first,2026-03-11 08:00,2026-03-11 20:00,Asia/Shanghai",
        "liu,first,2026-03-11 20:00,tomorrow,Asia/Shanghai",
        "liu,first,2026-03-11 20:00,2026-03-12 08:00,Mars/Base",
        "liu,first,,2026-03-12 08:00,Asia/Shanghai",
    )
    assert len(done.new) == 1
    assert [(one.line, one.column) for one in done.faults] == [
        (3, "nurse"),
        (4, "to"),
        (5, "zone"),
        (6, "from"),
    ]
    (kept,) = world.rows("shifts")
    assert kept.starts_at == datetime(2026, 3, 11, 0, 0, tzinfo=UTC)


def test_a_repeated_row_changes_nothing(world: World) -> None:
    row = "chen,first,2026-03-11 08:00,2026-03-11 20:00,Asia/Shanghai"
    twice, again = bring_in(world, row, row), bring_in(world, row)
    assert [one.known for one in twice.lines] == [False, True]
    assert [one.known for one in again.lines] == [True]
    assert len(world.rows("shifts")) == 1


def test_a_file_from_a_spreadsheet_with_a_byte_order_mark_is_read(world: World) -> None:
    row = "CHEN,First,2026/03/11 08:00,2026/03/11 20:00,Asia/Shanghai"
    assert bring_in(world, row, heading="\ufeff" + HEADING).new


def test_a_missing_column_is_named(world: World) -> None:
    done = bring_in(world, "chen,a,b", heading="nurse,from,to\n")
    assert done.faults == (Fault(1, "rota", "heading", "rota"),)


def test_without_a_zone_the_clock_of_the_house_counts(world: World) -> None:
    bring_in(world, "chen;first;2026-03-11 08:00;2026-03-11 20:00", heading="nurse;rota;from;to\n")
    (kept,) = world.rows("shifts")
    assert kept.starts_at == datetime(2026, 3, 11, 0, 0, tzinfo=UTC)


def test_an_empty_file_says_what_it_lacks(world: World) -> None:
    assert bring_in(world, heading="").faults[0].why == "heading"


def test_a_huge_file_is_refused(world: World) -> None:
    assert bring_in(world, "x" * 300_001).faults[0].why == "too_large"


def test_of_very_many_rows_the_first_are_read_and_that_is_said(world: World) -> None:
    read = bring_in(world, *["chen,first,2026-03-11 08:00,2026-03-11 20:00,"] * 2100)
    assert read.faults[-1].why == "too_many"
    assert len(world.rows("shifts")) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_table_is_read_in_every_encoding_that_programs_for_tables_write(encoding: str) -> None:
    text = "nurse,rota,from,to,备注\nchen,first,2026-03-11 08:00,2026-03-11 20:00,夜班\n"
    assert as_text(text.encode(encoding)) == text


def test_a_picture_is_no_table() -> None:
    assert as_text(b"\x89PNG\r\n\x1a\n\x00\xff\xff") is None


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(st.text(max_size=20), max_size=7), max_size=6))
def test_no_table_whatever_stands_in_it_stops_the_look(world: World, rows: list[list[str]]) -> None:
    text = HEADING + "\n".join(",".join(one) for one in rows)
    read = look_at_table(world.parts, text, by="nurse-zhao")
    assert len(read.lines) == 0


def test_what_is_written_out_can_be_brought_in_again(world: World) -> None:
    bring_in(
        world,
        "chen,first,2026-03-11 20:00,2026-03-12 08:00,Asia/Shanghai",
        "liu,second,2026-03-11 08:00,2026-03-13 08:00,Europe/Paris",
    )
    nurse = world.get("nurses", "nurse-chen")
    text = write_table(world.parts, nurse, start=START, end=START + timedelta(days=14))
    assert "chen,first,2026-03-11 20:00,2026-03-12 08:00,Asia/Shanghai\r\n" in text
    read = look_at_table(world.parts, text, by="nurse-zhao")
    assert [one.known for one in read.lines] == [True, True]


def test_a_night_when_the_clocks_change_keeps_its_hours(world: World) -> None:
    bring_in(
        world,
        "chen,first,2026-03-29 02:30,2026-03-29 08:00,Europe/Paris",
        "liu,first,2026-10-25 02:30,2026-10-25 08:00,Europe/Paris",
    )
    spring, autumn = sorted(world.rows("shifts"), key=lambda one: one.starts_at)
    assert spring.starts_at == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert autumn.starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("monday", "zone"),
    [
        ("2026-03-23", "Europe/Paris"),
        ("2026-10-19", "Europe/Paris"),
        ("2026-03-02", "America/New_York"),
        ("2026-10-26", "America/New_York"),
        ("2026-03-30", "Australia/Lord_Howe"),
        ("2026-03-23", "Asia/Shanghai"),
    ],
)
def test_three_shifts_a_day_leave_no_gap_in_a_week_when_the_clocks_change(
    world: World, monday: str, zone: str
) -> None:
    day, lines = date.fromisoformat(monday), []
    for number in range(8):
        today, tomorrow = day + timedelta(number), day + timedelta(number + 1)
        lines += [
            f"chen,first,{today} 06:00,{today} 14:00,{zone}",
            f"liu,first,{today} 14:00,{today} 22:00,{zone}",
            f"zhao,first,{today} 22:00,{tomorrow} 06:00,{zone}",
        ]
    assert bring_in(world, *lines).faults == ()
    shifts = world.rows("shifts")
    start = min(one.starts_at for one in shifts)
    end = max(one.ends_at for one in shifts)
    assert find_gaps(shifts, "first", start=start, end=end) == ()
    quarters = int((end - start) / timedelta(minutes=15))
    moments = [start + number * timedelta(minutes=15) for number in range(quarters)]
    assert {len(on_rota(shifts, "first", one)) for one in moments} == {1}
