"""Seats: several workers share what is due; a slow or dead one's work goes to the next."""

from __future__ import annotations

from collections.abc import Sequence

from bot.services.seats import PATIENCE, Alone, Share
from bot.workflows.lead import Lead

DUE = [("converse", f"chat-{n}") for n in range(60)]


class Ward:
    """Workers who see each other, and a watch that only the test moves."""

    def __init__(self, *living: int) -> None:
        self.living, self.leader, self.seconds = list(living), living[0], 100.0

    def now(self) -> float:
        return self.seconds


class Seat:
    def __init__(self, ward: Ward, number: int) -> None:
        self.ward, self.number = ward, number

    def mine(self) -> int:
        return self.number

    def taken(self) -> Sequence[int]:
        return self.ward.living

    def leads(self, what: str) -> bool:
        return self.ward.leader == self.number

    def close(self) -> None:
        self.ward.living.remove(self.number)


def shares(ward: Ward, *numbers: int) -> list[Share]:
    return [Share(Seat(ward, n), monotonic=ward.now) for n in numbers]


def test_a_worker_alone_takes_all_that_is_due_at_once() -> None:
    share = Share(Alone())
    assert share.of(DUE) == DUE
    assert share.of(DUE) == DUE


def test_of_three_workers_each_piece_is_taken_by_one() -> None:
    ward = Ward(1, 2, 3)
    taken = [share.of(DUE) for share in shares(ward, 1, 2, 3)]
    assert sorted(one for share in taken for one in share) == sorted(DUE)
    assert all(len(share) > len(DUE) / 6 for share in taken), "nobody does it all"


def test_what_stays_due_is_taken_by_the_next_worker() -> None:
    ward = Ward(1, 2)
    first, second = shares(ward, 1, 2)
    own = first.of(DUE)
    left = [one for one in DUE if one not in own]
    ward.seconds += PATIENCE - 0.1
    assert first.of(left) == []
    ward.seconds += 0.2
    assert first.of(left) == left, "its worker is slow, so this one goes on"
    assert first.of(left) == [], "and does not try it again at every look"
    assert second.of(DUE) == left


def test_the_work_of_a_worker_that_died_falls_to_those_who_live() -> None:
    ward = Ward(1, 2, 3)
    first, second = shares(ward, 1, 2)
    first.of(DUE), second.of(DUE)
    ward.living.remove(3)
    assert sorted([*first.of(DUE), *second.of(DUE)]) == sorted(DUE)


class Poller:
    def __init__(self, running: list[Poller]) -> None:
        self.running = running

    def start(self) -> None:
        self.running.append(self)

    def stop(self) -> None:
        self.running.remove(self)


def test_one_worker_leads_and_the_next_goes_on_when_it_stops() -> None:
    ward, running = Ward(1, 2), list[Poller]()
    first, second = (Lead(Seat(ward, n), "polling", lambda: Poller(running)) for n in (1, 2))
    for lead in (first, second, first, second):
        lead.look()
    assert len(running) == 1
    leader = running[0]
    ward.leader = 2
    first.look()
    assert running == [], "who no longer leads stops before the next begins"
    second.look()
    assert len(running) == 1
    assert running[0] is not leader
