"""Run: hundreds of invented patients and some explorers through one pathway."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bot.core.condition import Condition
from bot.core.pathway import TIERS, Pathway
from bot.core.simulation.answering import Patient
from bot.core.simulation.assumptions import Assumptions
from bot.core.simulation.diary import Diary, End
from bot.core.simulation.exploring import Aim, Explorer, aim_at
from bot.core.simulation.grades import GradeBook
from bot.core.simulation.people import Person, invent
from bot.core.simulation.personas import EXPLORER
from bot.core.simulation.scene import Screen, World
from bot.core.simulation.walk import Walk

TRIES = 8  # explorers sent after one rule or question before it counts as never reached


@dataclass
class Coverage:
    """How often each question was asked and each rule fired."""

    asked: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)
    opened: Counter[str] = field(default_factory=Counter)
    cut_short: set[str] = field(default_factory=set)  # an emergency came before it each time

    def add(self, diary: Diary) -> None:
        self.asked.update(diary.asked)
        self.fired.update(diary.fired)
        self.opened.update({plan for plan, _ in diary.ends_by_plan})


@dataclass(frozen=True)
class Simulated:
    """The outcome: every patient's diary, and what patients and explorers reached."""

    pathway: Pathway
    taken: Assumptions
    seed: int
    days: int
    language: str
    diaries: tuple[Diary, ...]
    by_patients: Coverage
    by_explorers: Coverage


def simulate(
    pathway: Pathway,
    *,
    patients: int,
    days: int,
    seed: int,
    taken: Assumptions | None = None,
    language: str = "en",
    screen: Screen | None = None,
) -> Simulated:
    """The same arguments give the same result. Days count from surgery."""
    taken = taken or Assumptions()
    world = World(pathway, taken, GradeBook(pathway), days, language, screen)
    people = invent(pathway, taken, patients=patients, seed=seed)
    diaries = tuple(_live(world, person) for person in people)
    reached = Coverage()
    for diary in diaries:
        reached.add(diary)
    return Simulated(
        pathway=pathway,
        taken=taken,
        seed=seed,
        days=days,
        language=language,
        diaries=diaries,
        by_patients=reached,
        by_explorers=_explore(world, seed, reached),
    )


def _live(world: World, person: Person) -> Diary:
    chance = person.chance()
    answerer = Patient(person, world.taken, world.book, chance)
    return Walk(world, person, answerer, chance).run()


def _explore(world: World, seed: int, reached: Coverage) -> Coverage:
    """Send explorers only after what no patient has reached."""
    found = Coverage()
    for name, condition in _goals(world.pathway):
        tries = []
        for attempt in range(TRIES):
            if any(seen.asked[name] or seen.fired[name] for seen in (reached, found)):
                break
            aim = aim_at(condition, world.pathway, attempt)
            tries.append(_send(world, aim, f"{seed}:explorer:{name}:{attempt}", attempt))
            found.add(tries[-1])
        else:
            if all(diary.ends[End.STOPPED] for diary in tries):
                found.cut_short.add(name)
    return found


def _goals(pathway: Pathway) -> Iterator[tuple[str, Condition]]:
    yield from pathway.ask_when.items()
    for rule in pathway.rules:
        yield rule.id, rule.when


def _send(world: World, aim: Aim, name: str, turn: int) -> Diary:
    """One explorer; the highest tier first, since it usually has the most contacts."""
    pathway, taken = world.pathway, world.taken
    procedures = pathway.procedures or ("",)
    born = invent(pathway, taken, patients=1, seed=0)[0]
    person = replace(
        born,
        persona=EXPLORER,
        zone=taken.zone,
        tier=aim.tier or TIERS[-1 - turn % len(TIERS)],
        procedure=aim.procedure or procedures[turn % len(procedures)],
        chance_seed=name,
    )
    return Walk(world, person, Explorer(pathway, aim, world.book), person.chance()).run()
