"""A house with an author, an approver and Mrs Wang in the middle of a check-in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.core.check_in import CheckInState
from bot.core.patient import Episode
from bot.core.release import Draft, Release
from bot.core.staff import Nurse, StaffRole
from bot.library_wiring import make_library
from bot.pathfiles.versions import VersionedLibrary
from bot.services.adopt_files import adopt_files
from bot.services.draft_pathway import open_draft
from bot.services.move_patients import DryRun, dry_run, move_patients
from bot.services.parts import Parts
from bot.services.release_pathway import release_draft, submit_draft
from tests import builders as b
from tests.fakes import World
from tests.unit.house_under_test import ActingEngine
from tests.unit.pathway_desk import write_library
from tests.unit.patient_desk import her_world, says

HERNIA = "hernia.yml"
NUMBERS = "shared/emergency_numbers.yml"


@dataclass
class ReleaseDesk:
    """The house, and the two people who change what it asks."""

    world: World
    folder: Path
    author: Nurse
    approver: Nurse

    @property
    def parts(self) -> Parts:
        return self.world.parts

    def text(self, name: str = HERNIA) -> str:
        return (self.folder / name).read_text("utf-8")

    def edited(self, old: str, new: str, name: str = HERNIA) -> dict[str, str | None]:
        """The file with a piece replaced, as an author would send it."""
        assert old in self.text(name), f"'{old}' does not stand in {name}"
        return {name: self.text(name).replace(old, new, 1)}

    def draft(self, old: str, new: str, name: str = HERNIA) -> Draft:
        return open_draft(self.parts, nurse=self.author, files=self.edited(old, new, name))

    def release(self, draft: Draft, by: Nurse | None = None) -> Release:
        """The author asks for a review, and the approver lets it into force."""
        given: dict[str, Any] = {"draft_id": draft.id, "number": draft.number}
        submit_draft(self.parts, nurse=self.author, **given)
        return release_draft(self.parts, nurse=by or self.approver, **given)

    def change(self, old: str, new: str, name: str = HERNIA) -> Release:
        return self.release(self.draft(old, new, name))

    def version(self) -> str:
        return self.parts.library.pathway("hernia").version

    def dry_run(self) -> DryRun:
        return dry_run(self.parts, nurse=self.approver, pathway_id="hernia")

    def move_everybody(self) -> tuple[int, int]:
        seal = self.dry_run().seal
        return move_patients(self.parts, nurse=self.approver, pathway_id="hernia", seal=seal)

    def wang(self) -> Any:
        return self.world.get("episodes", "episode-wang")

    def says(self, *texts: str) -> str:
        """What the house said to Mrs Wang's last message."""
        said: list[str] = []
        for text in texts:
            said = says(self.world, text)
        return "\n".join(said)


def a_release_desk(tmp_path: Path) -> ReleaseDesk:
    """Mrs Wang is asked on day 6, and has answered nothing yet. The day after is planned."""
    folder = write_library(tmp_path / "pathways")
    world = her_world(tmp_path)
    adopt_files(world.record, world.parts.workbench, world.clock, world.ids, use=False)
    engine = ActingEngine()
    library = make_library(world.record, folder)
    world.parts = replace(world.parts, library=library, dialogue=engine)
    engine.parts = world.parts
    version = library.pathway("hernia").version
    on_hernia = {"pathway_id": "hernia", "pathway_version": version, "procedure_code": "hernia"}
    for one in b.wang_and_her_ward():
        world.add(replace(one, **on_hernia) if isinstance(one, Episode) else one)
    author = b.a_nurse("mei", role=StaffRole.AUTHOR, conversation_id=None)
    approver = b.a_nurse("guo", role=StaffRole.APPROVER, conversation_id=None)
    world.add(author, approver)
    later = b.START + timedelta(days=1)
    world.add(
        b.a_check_in(plan_id="day_1"),
        replace(
            b.a_check_in(
                state=CheckInState.PLANNED,
                opened_at=None,
                conversation_id=None,
                due_at=later,
                window_end=later + timedelta(hours=10),
            ),
            id="check-in-later",
        ),
    )
    return ReleaseDesk(world, folder, author, approver)


def another_process(desk: ReleaseDesk) -> VersionedLibrary:
    """What a second worker, or the action server, knows of the pathways."""
    return make_library(desk.world.record, desk.folder)
