"""Swaps: both are named, the charge nurse hears of it, and nobody is ever missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.errors import AlreadyDone, NotAllowed, NotFound
from bot.core.rota import find_gaps, on_rota
from bot.core.staff import Shift, StaffRole
from bot.services.rota import RotaRefused, change_shift, remove_shift
from bot.services.show_rota import Swap, show_rota
from bot.services.swap_shift import offer_shift, take_offer, withdraw_offer
from tests.builders import START, a_nurse, a_nurse_chat, a_shift, wang_and_her_ward
from tests.fakes import World, a_world

HOUR = timedelta(hours=1)
BEGINS, ENDS = START + 12 * HOUR, START + 24 * HOUR
NIGHT = "shift-chen-first"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Chen has a night to come; Liu is free; Zhao leads the ward."""
    made = a_world(tmp_path)
    made.add(*(one for one in wang_and_her_ward() if not isinstance(one, Shift)))
    made.add(a_shift("chen", starts_at=BEGINS, ends_at=ENDS))
    return made


def offered(world: World, by: str = "nurse-chen") -> str:
    return offer_shift(world.parts, shift_id=NIGHT, by=by).id


def take(world: World, offer_id: str, by: str = "nurse-liu") -> Shift:
    return take_offer(world.parts, offer_id=offer_id, by=by)


def on_at(world: World, hours: float) -> tuple[str, ...]:
    return on_rota(world.rows("shifts"), "first", START + hours * HOUR)


def swaps(world: World) -> list[Swap]:
    return list(show_rota(world.parts, world.get("nurses", "nurse-zhao")).swaps)


def test_until_somebody_takes_it_the_shift_stays_hers(world: World) -> None:
    offered(world)
    assert on_at(world, 13) == ("nurse-chen",)
    (open_one,) = swaps(world)
    assert (open_one.giver, open_one.taker) == ("Chen", "")


def test_whoever_takes_it_stands_there_for_the_whole_of_it(world: World) -> None:
    take(world, offered(world))
    assert find_gaps(world.rows("shifts"), "first", start=BEGINS, end=ENDS) == ()
    assert {on_at(world, hour) for hour in (12, 18, 23.9)} == {("nurse-liu",)}
    (done,) = swaps(world)
    assert (done.giver, done.taker) == ("Chen", "Liu")
    (entry,) = world.rows("audit", action="rota.take")
    assert (entry.who, entry.details) == ("nurse-liu", f"{NIGHT} of nurse-chen")


def test_a_running_shift_goes_over_at_this_moment(world: World) -> None:
    offer = offered(world)
    world.clock.advance(hours=15)
    take(world, offer)
    assert (on_at(world, 14.9), on_at(world, 15)) == (("nurse-chen",), ("nurse-liu",))
    assert find_gaps(world.rows("shifts"), "first", start=BEGINS, end=ENDS) == ()


def test_who_gave_it_and_the_charge_nurse_are_told_with_both_names(world: World) -> None:
    take(world, offered(world))
    for chat in ("chat-chen", "chat-zhao"):
        (said,) = world.said_to(chat)
        assert said.startswith("staff_shift_taken")
        assert "nurse=Liu" in said
        assert "other=Chen" in said
    assert world.said_to("chat-liu") == []


def test_the_first_wins_and_the_second_reads_who_has_it(world: World) -> None:
    world.add(a_nurse_chat("mo"), a_nurse("mo"))
    offer = offered(world)
    take(world, offer, "nurse-mo")
    with pytest.raises(AlreadyDone) as late:
        take(world, offer)
    assert late.value.by == "Mo"
    with pytest.raises(AlreadyDone):
        withdraw_offer(world.parts, offer_id=offer, by="nurse-chen")


def test_pressing_twice_changes_nothing_more(world: World) -> None:
    assert offered(world) == offered(world)
    offer = offered(world)
    assert take(world, offer) == take(world, offer)
    assert len(world.said_to("chat-zhao")) == 1


def test_she_goes_herself_after_all(world: World) -> None:
    offer = offered(world)
    withdraw_offer(world.parts, offer_id=offer, by="nurse-chen")
    withdraw_offer(world.parts, offer_id=offer, by="nurse-chen")
    with pytest.raises(NotFound):
        take(world, offer)
    assert on_at(world, 13) == ("nurse-chen",)
    assert swaps(world) == []
    assert offered(world) != offer


def test_nobody_gives_away_the_shift_of_another_but_the_charge_nurse(world: World) -> None:
    with pytest.raises(NotAllowed):
        offered(world, by="nurse-liu")
    offer = offered(world, by="nurse-zhao")
    with pytest.raises(NotAllowed):
        withdraw_offer(world.parts, offer_id=offer, by="nurse-liu")
    assert world.get("shift_offers", offer).offered_by == "nurse-chen"


def test_an_auditor_takes_no_shift(world: World) -> None:
    world.add(a_nurse("audrey", role=StaffRole.AUDITOR, conversation_id=None))
    with pytest.raises(NotAllowed):
        take(world, offered(world), "nurse-audrey")


def test_what_would_be_worse_than_before_is_refused(world: World) -> None:
    world.add(
        *(a_nurse_chat("far"), a_nurse("far", ward="cardio")),
        a_nurse("mute", conversation_id=None),
        *(a_nurse_chat("busy"), a_nurse("busy")),
        a_shift("busy", "second", starts_at=ENDS - HOUR, ends_at=ENDS + HOUR),
    )
    offer = offered(world)
    for by, why in (
        ("nurse-chen", "yourself"),
        ("nurse-far", "other_ward"),
        ("nurse-mute", "no_phone"),
        ("nurse-busy", "there_already"),
    ):
        with pytest.raises(RotaRefused) as refused:
            take(world, offer, by)
        assert refused.value.why == why
    assert on_at(world, 13) == ("nurse-chen",)


def test_a_shift_that_was_changed_meanwhile_can_no_longer_be_taken(world: World) -> None:
    offer = offered(world)
    change_shift(
        world.parts,
        shift_id=NIGHT,
        nurse_id="nurse-zhao",
        rota="first",
        starts_at=BEGINS,
        ends_at=ENDS,
        by="nurse-zhao",
    )
    with pytest.raises(NotFound):
        take(world, offer)
    assert on_at(world, 13) == ("nurse-zhao",)
    assert swaps(world) == []


def test_a_shift_that_was_removed_or_is_over_can_no_longer_be_taken(world: World) -> None:
    offer = offered(world)
    world.clock.advance(hours=25)
    with pytest.raises(RotaRefused):
        take(world, offer)
    assert swaps(world) == []
    world.clock.at = START
    remove_shift(world.parts, shift_id=NIGHT, by="nurse-zhao", sure=True)
    with pytest.raises(NotFound):
        take(world, offer)


def test_a_nurse_who_left_stands_in_for_nobody(world: World) -> None:
    offer = offered(world)
    liu = world.get("nurses", "nurse-liu")
    with world.record.transaction() as tx:
        tx.nurses.swap(liu, replace(liu, active=False))
    with pytest.raises(NotAllowed):
        take(world, offer)
