"""Worklist sight: one cheap look for all open pages that says whether anything is new."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.permissions import sees_every_ward
from bot.core.staff import Nurse
from bot.services.parts import Parts


@dataclass(frozen=True)
class Emergency:
    """An emergency that nobody has. `changes` tells a raised one from the same one before."""

    id: str
    changes: int
    ward: str


@dataclass(frozen=True)
class Sight:
    """`marks` change with what each ward's worklist shows and hold nothing about anybody."""

    marks: Mapping[str | None, str]
    emergencies: tuple[Emergency, ...]

    def stamp(self, nurse: Nurse) -> str:
        """Changes when this nurse's worklist does, and not with other wards."""
        if sees_every_ward(nurse):
            mine = sorted((ward or "", mark) for ward, mark in self.marks.items())
            return _short(mine)
        return _short([self.marks.get(nurse.ward, ""), self.marks.get(None, "")])

    def emergencies_of(self, nurse: Nurse) -> tuple[Emergency, ...]:
        every = sees_every_ward(nurse)
        return tuple(one for one in self.emergencies if every or one.ward == nurse.ward)


def look_at_worklists(parts: Parts) -> Sight:
    """How everybody's worklist stands now."""
    with parts.record.reading() as tx:
        marks = tx.worklist.marks()
        told = tx.invariants.find(holds=False, alarmed_at__not=None, order_by="id")
        marks.setdefault(None, []).append([(one.id, one.since) for one in told])
        emergencies = tuple(Emergency(*one) for one in tx.worklist.emergencies())
    return Sight({ward: _short(mark) for ward, mark in marks.items()}, emergencies)


def wards_of(sight: Sight, nurse: Nurse) -> tuple[str, ...]:
    """The wards among which she can choose: those with something to do. None for one ward."""
    if not sees_every_ward(nurse):
        return ()
    return tuple(sorted(ward for ward in sight.marks if ward))


def _short(facts: object) -> str:
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
