"""A release on both databases: kept as signed, one winner of two, and heard of by every process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import library_wiring
from bot.core.errors import Overtaken
from bot.core.staff import StaffRole
from bot.library_wiring import kept_fresh, make_library
from bot.services.adopt_files import adopt_files
from bot.services.draft_pathway import open_draft
from bot.services.parts import Parts
from bot.services.release_pathway import release_draft, submit_draft
from bot.services.show_pathways import show_pathway
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.unit_of_work import SqlRecord
from tests import builders as b
from tests.fakes import World, a_world
from tests.unit.pathway_desk import write_library

MEI = b.a_nurse("mei", role=StaffRole.AUTHOR, conversation_id=None)
GUO = b.a_nurse("guo", role=StaffRole.APPROVER, conversation_id=None)
HERNIA = "hernia.yml"


@pytest.fixture
def parts(database_url: str, tmp_path: Path) -> Iterator[Parts]:
    folder = write_library(tmp_path / "pathways")
    engine = open_database(database_url)
    migrate(engine)
    record, world = SqlRecord(engine), a_world(tmp_path)
    adopt_files(record, world.parts.workbench, world.clock, world.ids, use=False)
    with record.transaction() as tx:
        tx.nurses.add_all([MEI, GUO])
    yield replace(world.parts, record=record, library=make_library(record, folder))
    engine.dispose()


def a_draft_in_review(parts: Parts, new: str) -> str:
    text = parts.workbench.folder()[HERNIA].replace("疼几分", new)
    draft = open_draft(parts, nurse=MEI, files={HERNIA: text})
    submit_draft(parts, nurse=MEI, draft_id=draft.id, number=1)
    return draft.id


def test_what_was_signed_comes_back_as_it_was(parts: Parts) -> None:
    release = release_draft(
        parts, nurse=GUO, draft_id=a_draft_in_review(parts, "伤口疼几分"), number=1
    )
    newest = show_pathway(parts, GUO, "hernia").versions[0]
    assert newest.release == release
    assert newest.version == parts.library.pathway("hernia").version


def test_of_two_releases_of_one_file_one_wins(parts: Parts) -> None:
    first, second = (a_draft_in_review(parts, new) for new in ("伤口疼几分", "现在疼几分"))
    release_draft(parts, nurse=GUO, draft_id=first, number=1)
    with pytest.raises(Overtaken):
        release_draft(parts, nurse=GUO, draft_id=second, number=1)
    with parts.record.reading() as tx:
        assert tx.releases.count() == 2
        assert tx.drafts.get(second).state == "in_review"


def test_another_process_hears_of_it_by_itself(
    parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_wiring, "LOOK_SECONDS", 0.05)
    assert isinstance(parts.record, SqlRecord)
    other = make_library(parts.record, tmp_path / "pathways")
    with kept_fresh(other):
        release = release_draft(
            parts, nurse=GUO, draft_id=a_draft_in_review(parts, "伤口疼几分"), number=1
        )
        end = time.monotonic() + 10
        while other.pathway("hernia").version != release.versions["hernia"]:
            assert time.monotonic() < end, "it never heard"
            time.sleep(0.05)


def test_a_process_that_is_up_before_the_record_is_ready_uses_the_folder_first(
    tmp_path: Path,
) -> None:
    """An action server may start while the app still migrates."""
    folder = write_library(tmp_path / "pathways")
    record = SqlRecord(open_database(f"sqlite:///{tmp_path}/new.db"))
    library = make_library(record, folder)
    before = library.pathway("hernia").version
    migrate(record.engine)
    world: World = a_world(tmp_path)
    adopt_files(record, world.parts.workbench, world.clock, world.ids, use=False)
    assert library.refresh() is True
    assert library.pathway("hernia").version == before
