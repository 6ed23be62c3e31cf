"""Who is on call, where nobody is, and a rota that comes from a table."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.errors import NotAllowed, NotFound
from bot.core.rota import Gap, find_gaps, find_overlaps, handover, on_rota
from bot.core.staff import Shift, StaffRole
from bot.services.rota import LeavesGap, RotaRefused, add_shift, change_shift, remove_shift
from bot.services.rota_gaps import announce_gaps, remind_of_gaps, rota_gaps, rota_overlaps
from tests.builders import START, a_nurse, wang_and_her_ward
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


def test_the_next_hand_over_says_when_and_who() -> None:
    shifts = [shift("chen", 0, 8), shift("liu", 8, 16), shift("zhao", 8, 12)]
    assert handover(shifts, "first", START) == (START + 8 * HOUR, ("nurse-liu", "nurse-zhao"))
    assert handover(shifts, "first", START + 9 * HOUR) == (START + 12 * HOUR, ("nurse-liu",))
    assert handover(shifts, "first", START + 12 * HOUR) == (START + 16 * HOUR, ())
    assert handover(shifts, "first", START + 16 * HOUR) is None


def test_two_shifts_of_one_nurse_that_touch_are_no_hand_over() -> None:
    shifts = [shift("chen", 0, 8), shift("chen", 8, 16)]
    assert handover(shifts, "first", START) == (START + 16 * HOUR, ())


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
    remove_shift(world.parts, shift_id=made.id, by="nurse-zhao", sure=True)
    assert world.get("shifts", made.id).ends_at == START


def test_a_coming_shift_is_taken_off_altogether_and_can_be_put_back(world: World) -> None:
    made = add(world, "chen", 24, 32)
    remove_shift(world.parts, shift_id=made.id, by="nurse-zhao", sure=True)
    with pytest.raises(NotFound):
        remove_shift(world.parts, shift_id=made.id, by="nurse-zhao")
    assert add(world, "chen", 24, 32).id != made.id


def test_what_is_past_stays_as_it_was(world: World) -> None:
    made = add(world, "chen", -8, -1)
    with pytest.raises(RotaRefused):
        remove_shift(world.parts, shift_id=made.id, by="nurse-zhao")


def change(world: World, made: Shift, sure: bool = False, **over: object) -> Shift:
    given: dict[str, object] = {
        "nurse_id": made.nurse_id,
        "rota": made.rota,
        "starts_at": made.starts_at,
        "ends_at": made.ends_at,
        **over,
    }
    return change_shift(world.parts, shift_id=made.id, by="nurse-zhao", sure=sure, **given)


def lasting(world: World) -> list[tuple[str, str, float, float]]:
    """Who, which rota, from and to in hours after START."""
    return sorted(
        (one.nurse_id, one.rota, (one.starts_at - START) / HOUR, (one.ends_at - START) / HOUR)
        for one in world.rows("shifts")
        if one.ends_at > one.starts_at
    )


def test_removing_the_only_nurse_is_asked_about_and_changes_nothing_until_then(
    world: World,
) -> None:
    made, _ = add(world, "chen", 24, 32), add(world, "liu", 28, 36)
    with pytest.raises(LeavesGap) as left:
        remove_shift(world.parts, shift_id=made.id, by="nurse-zhao")
    assert left.value.gaps == (Gap("first", START + 24 * HOUR, START + 28 * HOUR),)
    assert world.get("shifts", made.id) == made
    assert world.rows("audit", action="rota.remove") == []
    remove_shift(world.parts, shift_id=made.id, by="nurse-zhao", sure=True)
    assert lasting(world) == [("nurse-liu", "first", 28, 36)]


def test_one_of_two_on_duty_goes_without_a_question(world: World) -> None:
    made, _ = add(world, "chen", 24, 32), add(world, "liu", 20, 40)
    remove_shift(world.parts, shift_id=made.id, by="nurse-zhao")
    assert lasting(world) == [("nurse-liu", "first", 20, 40)]


def test_a_shift_gets_another_nurse_from_its_beginning(world: World) -> None:
    made = add(world, "chen", 24, 32)
    change(world, made, nurse_id="nurse-liu")
    assert lasting(world) == [("nurse-liu", "first", 24, 32)]


def test_a_running_shift_is_handed_over_now_and_what_is_past_stays(world: World) -> None:
    made = add(world, "chen", -2, 8)
    change(world, made, nurse_id="nurse-liu")
    assert lasting(world) == [("nurse-chen", "first", -2, 0), ("nurse-liu", "first", 0, 8)]
    there = world.rows("shifts")
    assert on_rota(there, "first", START) == ("nurse-liu",)


def test_a_shift_moved_away_leaves_its_time_only_after_a_question(world: World) -> None:
    made = add(world, "chen", 24, 32)
    later = {"starts_at": START + 48 * HOUR, "ends_at": START + 56 * HOUR}
    with pytest.raises(LeavesGap):
        change(world, made, **later)
    assert lasting(world) == [("nurse-chen", "first", 24, 32)]
    change(world, made, sure=True, **later)
    assert lasting(world) == [("nurse-chen", "first", 48, 56)]


def test_a_shift_cannot_be_moved_into_the_past(world: World) -> None:
    made = add(world, "chen", 24, 32)
    with pytest.raises(RotaRefused):
        change(world, made, starts_at=START - 9 * HOUR, ends_at=START - HOUR)
    assert lasting(world) == [("nurse-chen", "first", 24, 32)]


def test_who_may_not_act_on_a_case_is_on_no_rota(world: World) -> None:
    world.add(a_nurse("audrey", role=StaffRole.AUDITOR, conversation_id=None))
    with pytest.raises(RotaRefused) as refused:
        add(world, "audrey", 0, 8)
    assert (refused.value.column, refused.value.why) == ("nurse", "cannot_stand")


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


def test_the_charge_nurse_is_reminded_of_a_new_gap_once_and_again_when_it_is_near(
    world: World,
) -> None:
    for rota in ("first", "charge"):
        add(world, "zhao", -1, 24 * 30, rota)
    add(world, "chen", -1, 24 * 6, "second")
    add(world, "liu", 24 * 6 + 8, 24 * 30, "second")
    told = []
    for _hour in range(24 * 6):
        announce_gaps(world.parts)
        remind_of_gaps(world.parts)
        told.append(len(world.said_to("chat-zhao")))
        world.clock.advance(hours=1)
    # Each of these days begins at nine; the reminder comes at eight.
    days = [told[24 * day + 23] for day in range(6)]
    assert days == [1, 1, 1, 1, 3, 4]
    assert "rota_second" in world.said_to("chat-zhao")[0]
    assert "2026-03-16 09:00 - 2026-03-16 17:00" in world.said_to("chat-zhao")[0]
    assert world.said_to("chat-chen") == []


def test_a_reminder_wakes_nobody_at_night(world: World) -> None:
    world.clock.advance(hours=12)  # nine in the evening on the house's clock
    remind_of_gaps(world.parts)
    assert world.said_to("chat-zhao") == []
    world.clock.advance(hours=11)
    remind_of_gaps(world.parts)
    assert len(world.said_to("chat-zhao")) == 1


def test_nobody_is_reminded_when_there_is_no_gap(world: World) -> None:
    cover(world)
    remind_of_gaps(world.parts)
    assert world.said_to("chat-zhao") == []


def test_a_nurse_on_two_rotas_at_once_is_reported(world: World) -> None:
    add(world, "chen", 0, 8)
    add(world, "chen", 0, 8, "second")
    assert [one.nurse_id for one in rota_overlaps(world.parts)] == ["nurse-chen"]
