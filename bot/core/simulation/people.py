"""People: invented patients with their dates, zone and tier, from one seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.core.pathway import Pathway
from bot.core.schedule import utc_of
from bot.core.simulation.assumptions import Assumptions
from bot.core.simulation.personas import Persona, shares

CHANGE_AFTER_DAYS = 2  # the clocks change so long after discharge
A_YEAR = 366
ENROLLED_AT = time(10)


@dataclass(frozen=True)
class Person:
    """One invented patient, or the son who answers for her."""

    number: int
    persona: Persona
    surgery_on: date
    discharge_on: date
    zone: str
    tier: str
    procedure: str
    chance_seed: str

    def chance(self) -> Random:
        """Her own dice: the same seed gives the same life."""
        return Random(self.chance_seed)  # noqa: S311, invented lives, no secrets

    def zone_at(self, moment: datetime) -> str:
        """Where she lives at this moment."""
        new = self.persona.moves_to
        if new is None:
            return self.zone
        leaves = self.discharge_on + timedelta(days=self.persona.moves_on_day)
        return new if moment >= utc_of(leaves, time(12), ZoneInfo(self.zone)) else self.zone

    @property
    def enrolled_at(self) -> datetime:
        return utc_of(self.discharge_on, ENROLLED_AT, ZoneInfo(self.zone))


def invent(pathway: Pathway, taken: Assumptions, *, patients: int, seed: int) -> tuple[Person, ...]:
    """So many patients of every persona, operated on over the days of one week."""
    people: list[Person] = []
    for persona, count in shares(patients):
        for _ in range(count):
            people.append(_person(pathway, taken, persona, len(people), seed))
    return tuple(people)


def _person(
    pathway: Pathway, taken: Assumptions, persona: Persona, number: int, seed: int
) -> Person:
    chance_seed = f"{seed}:{number}:{persona.id}"
    chance = Random(chance_seed + ":born")  # noqa: S311, invented lives, no secrets
    stay = timedelta(days=chance.randint(*taken.stay_days))
    surgery = taken.first_surgery_on + timedelta(days=number % 7)
    zone = persona.zone or taken.zone
    if persona.clock_change:
        change = next_clock_change(zone, taken.first_surgery_on + timedelta(days=7))
        surgery = change - stay - timedelta(days=CHANGE_AFTER_DAYS)
    return Person(
        number=number,
        persona=persona,
        surgery_on=surgery,
        discharge_on=surgery + stay,
        zone=zone,
        tier=chance.choices([*taken.tiers], [*taken.tiers.values()])[0],
        procedure=chance.choice(pathway.procedures) if pathway.procedures else "",
        chance_seed=chance_seed,
    )


def next_clock_change(zone: str, after: date) -> date:
    """The first day from `after` on whose noon is not 24 hours after the noon before.

    `after` itself when the clocks of this zone never change.
    """
    place, noon = ZoneInfo(zone), time(12)
    for days in range(A_YEAR):
        day = after + timedelta(days=days)
        if utc_of(day, noon, place) - utc_of(day - timedelta(days=1), noon, place) != timedelta(
            days=1
        ):
            return day
    return after
