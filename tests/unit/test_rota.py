"""Who is on call, where nobody is, and a rota that comes from a table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.errors import NotAllowed, NotFound
from bot.core.rota import Gap, find_gaps, find_overlaps, on_rota
from bot.core.staff import Shift
from bot.services.rota import (
    Fault,
    Imported,
    RotaRefused,
    add_shift,
    announce_gaps,
    import_rota,
    remove_shift,
    rota_gaps,
    rota_overlaps,
)
from tests.builders import START, wang_and_her_ward
from tests.fakes import World, a_world

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def shift(nurse: str, begins: float, ends: float, rota: str = "first") -> Shift:
    """From `begins` to `ends`, in hours after START."""
    id = f"{nurse}-{rota}-{begins}-{ends}"
    return Shift(id, f"nurse-{nurse}", rota, START + begins * HOUR, START + ends * HOUR)


# --- Who is on ----------------------------------------------------------------------


def test_a_shift_counts_from_its_first_moment_up_to_its_last() -> None:
    shifts = [shift("chen", 0, 8), shift("liu", 8, 16)]
    assert on_rota(shifts, "first", START) == ("nurse-chen",)
    assert on_rota(shifts, "first", START + 8 * HOUR) == ("nurse-liu",)
    assert on_rota(shifts, "first", START + 16 * HOUR) == ()


def test_two_nurses_may_share_a_rota_and_each_is_named_once() -> None:
    shifts = [shift("liu", 1, 8), shift("chen", 0, 8), shift("chen", 1, 9)]
    assert on_rota(shifts, "first", START + 2 * HOUR) == ("nurse-chen", "nurse-liu")


def test_another_rota_does_not_count() -> None:
    assert on_rota([shift("chen", 0, 8, "second")], "first", START) == ()


def test_gaps_before_between_and_after_shifts_are_found() -> None:
    shifts = [shift("chen", 2, 4), shift("liu", 3, 5), shift("zhao", 6, 8)]
    gaps = find_gaps(shifts, "first", start=START, end=START + 10 * HOUR)
    hours = [((one.starts_at - START) / HOUR, (one.ends_at - START) / HOUR) for one in gaps]
    assert hours == [(0, 2), (5, 6), (8, 10)]


def test_shifts_that_touch_leave_no_gap() -> None:
    shifts = [shift("chen", -1, 5), shift("liu", 5, 11)]
    assert find_gaps(shifts, "first", start=START, end=START + 10 * HOUR) == ()


def test_a_shift_without_length_covers_nothing() -> None:
    gaps = find_gaps([shift("chen", 5, 5)], "first", start=START, end=START + 10 * HOUR)
    assert gaps == (Gap("first", START, START + 10 * HOUR),)


def test_a_nurse_who_stands_twice_is_found_even_behind_a_long_shift() -> None:
    long, short, later = shift("chen", 0, 10), shift("chen", 1, 2), shift("chen", 3, 4, "second")
    pairs = [(one.first, one.second) for one in find_overlaps([later, long, short])]
    assert pairs == [(long, short), (long, later)]


def test_two_nurses_at_one_time_are_no_overlap() -> None:
    assert find_overlaps([shift("chen", 0, 8), shift("liu", 0, 8)]) == ()


# --- Changing it --------------------------------------------------------------------


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three nurses with accounts, and nobody on any rota."""
    made = a_world(tmp_path)
    made.add(*(one for one in wang_and_her_ward() if not isinstance(one, Shift)))
    return made


def add(world: World, nurse: str, begins: float, ends: float, rota: str = "first") -> Shift:
    return add_shift(
        world.parts,
        nurse_id=f"nurse-{nurse}",
        rota=rota,
        starts_at=START + begins * HOUR,
        ends_at=START + ends * HOUR,
        by="nurse-zhao",
    )


def test_a_charge_nurse_adds_a_shift_and_the_audit_says_so(world: World) -> None:
    made = add(world, "chen", 0, 8)
    assert world.get("shifts", made.id) == made
    assert [one.who for one in world.rows("audit", action="rota.add")] == ["nurse-zhao"]


def test_the_same_shift_again_changes_nothing(world: World) -> None:
    assert add(world, "chen", 0, 8) == add(world, "chen", 0, 8)
    assert len(world.rows("shifts")) == 1


def test_a_nurse_does_not_change_the_rota(world: World) -> None:
    with pytest.raises(NotAllowed):
        add_shift(
            world.parts,
            nurse_id="nurse-chen",
            rota="first",
            starts_at=START,
            ends_at=START + HOUR,
            by="nurse-chen",
        )


@pytest.mark.parametrize(
    ("nurse", "rota", "hours", "column"),
    [
        ("nobody", "first", 8, "nurse"),
        ("chen", "fourth", 8, "rota"),
        ("chen", "first", 0, "to"),
        ("chen", "first", -8, "to"),
        ("chen", "first", 24 * 40, "to"),
    ],
)
def test_a_shift_that_cannot_be_says_which_part_is_wrong(
    world: World, nurse: str, rota: str, hours: float, column: str
) -> None:
    with pytest.raises(RotaRefused) as refused:
        add(world, nurse, 0, hours, rota)
    assert refused.value.column == column


def test_a_running_shift_ends_now_when_it_is_taken_off(world: World) -> None:
    made = add(world, "chen", -2, 8)
    remove_shift(world.parts, shift_id=made.id, by="nurse-zhao")
    assert world.get("shifts", made.id).ends_at == START


def test_a_coming_shift_is_taken_off_altogether_and_can_be_put_back(world: World) -> None:
    made = add(world, "chen", 24, 32)
    remove_shift(world.parts, shift_id=made.id, by="nurse-zhao")
    with pytest.raises(NotFound):
        remove_shift(world.parts, shift_id=made.id, by="nurse-zhao")
    assert add(world, "chen", 24, 32).id != made.id


def test_what_is_past_stays_as_it_was(world: World) -> None:
    made = add(world, "chen", -8, -1)
    with pytest.raises(RotaRefused):
        remove_shift(world.parts, shift_id=made.id, by="nurse-zhao")


# --- Gaps ahead ---------------------------------------------------------------------


def cover(world: World, but: str = "") -> None:
    for rota in {"first", "second", "charge"} - {but}:
        add(world, "zhao", -1, 24 * 15, rota)


def test_a_gap_in_the_next_fourteen_days_is_found(world: World) -> None:
    cover(world, but="second")
    add(world, "chen", -1, 48, "second")
    add(world, "liu", 56, 24 * 15, "second")
    assert rota_gaps(world.parts) == (Gap("second", START + 48 * HOUR, START + 56 * HOUR),)


def test_who_no_longer_works_here_covers_nothing(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    assert {one.rota for one in rota_gaps(world.parts)} == {"first", "second", "charge"}


def test_a_gap_is_announced_once_however_often_we_look(world: World) -> None:
    cover(world, but="second")
    add(world, "chen", -1, 48, "second")
    add(world, "liu", 56, 24 * 15, "second")
    announce_gaps(world.parts)
    world.clock.advance(hours=12)
    announce_gaps(world.parts)
    (task,) = world.rows("tasks", kind="rota_gap")
    assert task.text == "second: 2026-03-12 09:00 - 2026-03-12 17:00"
    assert len(world.rows("audit", action="rota.gap")) == 1


def test_an_empty_rota_is_announced_again_every_week(world: World) -> None:
    cover(world, but="second")
    for _day in range(8):
        announce_gaps(world.parts)
        world.clock.advance(days=1)
    texts = [one.text for one in world.rows("tasks", kind="rota_gap")]
    assert len([one for one in texts if one.startswith("second")]) == 2


def test_a_nurse_on_two_rotas_at_once_is_reported(world: World) -> None:
    add(world, "chen", 0, 8)
    add(world, "chen", 0, 8, "second")
    assert [one.nurse_id for one in rota_overlaps(world.parts)] == ["nurse-chen"]


# --- From a table -------------------------------------------------------------------

HEADING = "nurse,rota,from,to,zone\n"


def bring_in(world: World, *lines: str, heading: str = HEADING) -> Imported:
    return import_rota(world.parts, heading + "\n".join(lines), by="nurse-zhao")


def test_good_rows_are_kept_and_bad_rows_named(world: World) -> None:
    done = bring_in(
        world,
        "chen,first,2026-03-11 08:00,2026-03-11 20:00,Asia/Shanghai",
        "nobody,first,2026-03-11 08:00,2026-03-11 20:00,Asia/Shanghai",
        "liu,first,2026-03-11 20:00,tomorrow,Asia/Shanghai",
        "liu,first,2026-03-11 20:00,2026-03-12 08:00,Mars/Base",
        "liu,first,,2026-03-12 08:00,Asia/Shanghai",
    )
    assert done.added == 1
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
    assert bring_in(world, row, row) == Imported(added=1, repeated=1, faults=())
    assert bring_in(world, row) == Imported(added=0, repeated=1, faults=())


def test_a_file_from_a_spreadsheet_with_a_byte_order_mark_is_read(world: World) -> None:
    row = "CHEN,First,2026/03/11 08:00,2026/03/11 20:00,Asia/Shanghai"
    assert bring_in(world, row, heading="\ufeff" + HEADING).added == 1


def test_a_missing_column_is_named(world: World) -> None:
    done = bring_in(world, "chen,first,a,b", heading="nurse,rota,from,to\n")
    assert done.faults == (Fault(1, "zone", "the heading lacks: zone"),)


def test_an_empty_file_says_what_it_lacks(world: World) -> None:
    assert bring_in(world, heading="").faults[0].column == "nurse"


def test_a_huge_file_is_refused(world: World) -> None:
    assert bring_in(world, "x" * 1_000_001).faults[0].reason == "the file is too large"


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
