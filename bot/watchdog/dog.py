"""The watchdog's round: look at everything, tell who must know, then beat or be silent.

Nothing here is tried again: what fails now is a fault, and the next round looks anew.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from bot.core.watch import Invariant
from bot.services.faults import kind_and_place
from bot.services.ports import Clock, Ids, Record
from bot.watchdog.alarms import Fault, follow, marked, news, unlogged
from bot.watchdog.checks import OUTSIDE_CHECKS
from bot.watchdog.finding import Found, judge
from bot.watchdog.hand import Hand
from bot.watchdog.heartbeat import Heartbeat
from bot.watchdog.house_checks import Outside
from bot.watchdog.limits import ROUND_SECONDS
from bot.watchdog.memory import Known, Memory
from bot.watchdog.record_look import Seen, look_at_record, write_down
from bot.watchdog.voice import Voice

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kennel:
    """What the watchdog works with; made in `bot.watchdog_wiring`."""

    record: Record
    clock: Clock
    ids: Ids
    outside: Outside
    voice: Voice
    heartbeat: Heartbeat
    memory: Memory


class Watchdog:
    """Remembers from round to round; `memory` also from one life to the next."""

    def __init__(self, kennel: Kennel) -> None:
        self._kennel = kennel
        self._hand = Hand("record", ROUND_SECONDS)
        self.known = kennel.memory.recall()

    def round(self) -> Sequence[Invariant]:
        """One look at everything, and what follows from it. Returns what was found."""
        kennel, now, before = self._kennel, self._kennel.clock.now(), self.known
        seen = self._look_at_record(now)
        found = {**seen.found, **self._look_outside()}
        found["heartbeat"] = Found(int(before.heartbeat_failing), reason="not_taken")
        looked = {id: judge(id, one, now) for id, one in found.items()}
        people = before.administrators if seen.administrators is None else seen.administrators
        faults = follow(before.faults, looked.values(), now)
        said = news(faults, looked, now)
        logged = unlogged(faults, said.bad, now)
        told = kennel.voice.tell(said, looked, faults, to=people, logged=logged)
        faults = marked(faults, said, logged, now, told=told)
        results = [_dated(one, faults.get(one.id)) for one in looked.values()]
        well = all(one.holds for one in results if one.id != "heartbeat")
        taken = kennel.heartbeat.beat(well=well)
        self.known = Known(
            looked_at=now,
            administrators=tuple(people),
            faults=faults,
            invariants=results,
            heartbeat_at=now if well and taken else before.heartbeat_at,
            heartbeat_failing=not taken,
        )
        kennel.memory.keep(self.known)
        if looked["database"].holds:
            over = [id for id in said.over if id not in faults]
            keep = partial(write_down, kennel.record, kennel.ids, results, now=now)
            self._hand.do(partial(keep, alarmed=logged, over=over))
        return results

    def _look_at_record(self, now: datetime) -> Seen:
        seen = self._hand.do(partial(look_at_record, self._kennel.record, now))
        return seen or Seen({"database": Found(1, reason="hangs")})

    def _look_outside(self) -> dict[str, Found]:
        found = {}
        for id, look in OUTSIDE_CHECKS.items():
            try:
                found[id] = look(self._kennel.outside)
            except Exception as fault:
                log.error("check %s broke", id, extra=kind_and_place(fault))
                found[id] = Found(None, reason=type(fault).__name__)
        return found


def _dated(one: Invariant, fault: Fault | None) -> Invariant:
    """With the moments that its fault began and was told."""
    if fault is None:
        return one
    return replace(one, since=fault.since, alarmed_at=fault.told_at or fault.logged_at)
