"""The kennel of the watchdog's tests: a record, virtual time, and a house that can break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.core.staff import StaffRole
from bot.services.sign_of_life import sign
from bot.watchdog.dog import Kennel, Watchdog
from bot.watchdog.memory import Memory
from bot.watchdog.voice import Voice
from tests.builders import a_nurse, a_nurse_chat, wang_and_her_ward
from tests.fakes import FakeSender, World, a_world


@dataclass
class FakeOutside:
    """Everything outside is well until a test says otherwise."""

    engines: list[str | None] = field(default_factory=lambda: [None])
    actions: list[str | None] = field(default_factory=lambda: [None])
    provider: str | None = None
    free: int = 50_000
    jump: int = 0
    ahead: int = 0

    def why_no_engine(self) -> Sequence[str | None]:
        return self.engines

    def why_no_actions(self) -> Sequence[str | None]:
        return self.actions

    def why_no_provider(self) -> str | None:
        return self.provider

    def free_megabytes(self) -> int:
        return self.free

    def clock_jump(self) -> int:
        return self.jump

    def server_ahead(self) -> int:
        return self.ahead


@dataclass
class FakeHeartbeat:
    """Remembers each beat; `listens` False: the other side does not take it."""

    beats: list[bool] = field(default_factory=list)
    listens: bool = True

    def beat(self, *, well: bool) -> bool:
        self.beats.append(well)
        return self.listens


@dataclass
class Guarded:
    """A ward that is well and watched. `dog` may be replaced, as after its death."""

    world: World
    outside: FakeOutside
    heartbeat: FakeHeartbeat
    provider: FakeSender
    kennel: Kennel
    dog: Watchdog

    def look(self, *, minutes: float = 1, worker: bool = True) -> set[str]:
        """Let time pass, let the worker sign unless it is dead, and do one round.

        Returns what does not hold.
        """
        self.world.clock.advance(minutes=minutes)
        if worker:
            with self.world.record.transaction() as tx:
                sign(tx, "worker-1", self.world.clock.now())
        return {one.id for one in self.dog.round() if not one.holds}

    def alarms(self) -> list[str]:
        """What the administrator's phone has shown so far."""
        return [one.text for one in self.provider.sent]

    @property
    def beats(self) -> list[bool]:
        return self.heartbeat.beats


def a_guarded_ward(tmp_path: Path, *, language: str = "en") -> Guarded:
    """Mrs Wang's ward with Lin, its administrator, whom alarms reach at address-lin."""
    world = a_world(tmp_path)
    world.add(*wang_and_her_ward())
    lin = a_nurse("lin", role=StaffRole.ADMINISTRATOR, language=language)
    world.add(a_nurse_chat("lin", address="address-lin"), lin)
    outside, heartbeat, provider = FakeOutside(), FakeHeartbeat(), FakeSender()
    kennel = Kennel(
        record=world.record,
        clock=world.clock,
        ids=world.ids,
        outside=outside,
        voice=Voice({"telegram": provider}, world.parts.house.name, "Asia/Shanghai"),
        heartbeat=heartbeat,
        memory=Memory(tmp_path / "watchdog.json"),
    )
    return Guarded(world, outside, heartbeat, provider, kennel, Watchdog(kennel))
