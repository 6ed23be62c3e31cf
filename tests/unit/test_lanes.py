"""Lanes: a provider that hangs fills its own slots, never those of a page."""

from __future__ import annotations

from bot.workflows.lanes import LOST_AFTER, Lanes
from bot.workflows.verbs import SLOTS, VERBS

FEW = {"page": 2, "deliver": 1}


class Watch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def taken(lanes: Lanes, *tickets: str) -> list[tuple[str, str] | None]:
    return [lanes.take(one) for one in tickets]


def test_every_verb_has_slots() -> None:
    assert list(SLOTS) == list(VERBS)


def test_a_page_is_taken_first_whenever_it_came() -> None:
    lanes = Lanes(FEW)
    lanes.put("deliver:telegram", "a")
    lanes.put("page:telegram", "b")
    assert taken(lanes, "1", "2") == [("page:telegram", "b"), ("deliver:telegram", "a")]


def test_full_slots_of_one_lane_leave_the_other_lanes_alone() -> None:
    lanes = Lanes(FEW)
    for chat in ("a", "b", "c"):
        lanes.put("deliver:telegram", chat)
    lanes.put("deliver:webchat", "web")
    assert taken(lanes, "1", "2") == [("deliver:telegram", "a"), ("deliver:webchat", "web")]
    lanes.put("page:telegram", "nurse")
    assert lanes.take("3") == ("page:telegram", "nurse")
    lanes.done("1")
    assert lanes.take("4") == ("deliver:telegram", "b")


def test_the_same_piece_waits_once_and_may_wait_again_while_it_runs() -> None:
    lanes = Lanes(FEW)
    lanes.put("page:telegram", "a")
    lanes.put("page:telegram", "a")
    assert lanes.take("1") == ("page:telegram", "a")
    lanes.put("page:telegram", "a")
    assert lanes.take("2") == ("page:telegram", "a")
    lanes.put("deliver:x", "end")
    assert lanes.take("3") == ("deliver:x", "end"), "there was no third"


def test_a_slot_that_never_came_back_is_given_again() -> None:
    watch = Watch()
    lanes = Lanes(FEW, monotonic=watch)
    lanes.put("deliver:x", "a")
    lanes.put("deliver:x", "b")
    assert lanes.take("1") == ("deliver:x", "a")
    watch.seconds = LOST_AFTER + 1
    assert lanes.take("2") == ("deliver:x", "b")


def test_closed_lanes_start_nothing() -> None:
    lanes = Lanes(FEW)
    lanes.put("deliver:x", "a")
    lanes.close()
    assert lanes.take("1") is None
