"""The release commands: two people at two keyboards, in both languages."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.core.staff import StaffRole
from bot.services.staff_accounts import make_account
from bot.settings import read_settings
from bot.storage.unit_of_work import SqlRecord
from bot.wiring import wire
from tests import builders as b
from tests.unit.pathway_desk import PATHWAYS, spoil

PASSWORD = "a long enough one"
NAME = "day_surgery_generic"


@dataclass
class Keyboard:
    folder: Path
    record: SqlRecord

    def types(self, *words: str, by: str = "mei", code: int = 0, lang: str = "en") -> str:
        command = ["pathway", *words, "--as", by, "--lang", lang]
        done = CliRunner().invoke(app, command, input=f"{PASSWORD}\ny\n")
        assert done.exit_code == code, done.output
        return done.output

    def spoil(self, old: str, new: str) -> None:
        spoil(self.folder, f"{NAME}.yml", old, new)


@pytest.fixture
def keyboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyboard:
    folder = tmp_path / "pathways"
    shutil.copytree(PATHWAYS / "shared", folder / "shared")
    shutil.copy(PATHWAYS / f"{NAME}.yml", folder)
    monkeypatch.setenv("AFTERCARE_DATABASE_URL", f"sqlite:///{tmp_path}/a.db")
    monkeypatch.setenv("AFTERCARE_PATHWAYS", str(folder))
    wired = wire(read_settings(), prepare=True)
    for login, role in (("mei", StaffRole.AUTHOR), ("guo", StaffRole.APPROVER)):
        make_account(
            wired.parts,
            name=login.title(),
            login=login,
            password=PASSWORD,
            role=role,
            ward="*",
            language="en",
        )
    return Keyboard(folder, wired.record)


def draft_id(said: str) -> str:
    return said.split("Draft ")[1].split()[0]


def test_two_people_release_what_one_wrote(keyboard: Keyboard) -> None:
    assert "Nothing in the folder waits" in keyboard.types("draft")
    keyboard.spoil("remind_after: 3 h", "remind_after: 5 h")
    said = keyboard.types("draft")
    assert "silence, reminded after 3 h -> 5 h" in said
    id = draft_id(said)
    assert "waits for a second person" in keyboard.types("review", id)
    assert "Your account may not" in keyboard.types("release", id, code=2)  # an author
    assert "您的账号不能" in keyboard.types("release", id, code=2, lang="zh")
    said = keyboard.types("release", id, by="guo")
    assert "In force now for new patients" in said
    said = keyboard.types("versions", NAME)
    assert "written by Mei, approved by Guo" in said
    assert "from the files" in said
    assert "作者 Mei，批准人 Guo" in keyboard.types("versions", NAME, lang="zh")


def test_what_the_check_finds_is_said_with_file_and_line(keyboard: Keyboard) -> None:
    keyboard.spoil("remind_after: 3 h", "remind_after: soon")
    said = keyboard.types("draft", str(keyboard.folder / f"{NAME}.yml"))
    assert f"{NAME}.yml:" in said
    assert "cannot be 'soon'" in said
    said = keyboard.types("review", draft_id(said), code=2, lang="zh")
    assert "检查发现错误" in said


def test_nobody_signs_in_anothers_name(keyboard: Keyboard) -> None:
    command = ["pathway", "versions", NAME, "--as", "guo"]
    done = CliRunner().invoke(app, command, input="guessed\n")
    assert done.exit_code != 0
    assert "approved" not in done.output


def test_patients_are_moved_only_after_it_was_said_who_and_how(keyboard: Keyboard) -> None:
    with keyboard.record.transaction() as tx:
        version = tx.releases.find()[0].versions[NAME]
        on_it = {"pathway_id": NAME, "pathway_version": version}
        tx.patients.add(b.a_patient())
        tx.episodes.add(b.an_episode(**on_it))
    keyboard.spoil("remind_after: 3 h", "remind_after: 5 h")
    id = draft_id(keyboard.types("draft"))
    keyboard.types("review", id)
    keyboard.types("release", id, by="guo")
    keyboard.types("move-patients", NAME, "--dry-run", code=2)  # an author may not
    said = keyboard.types("move-patients", NAME, "--dry-run", by="guo")
    assert "1 patient would be moved" in said
    assert "episode-wang:" in said
    assert "王秀英" not in said  # ids and counts, no names
    with keyboard.record.reading() as tx:
        assert tx.episodes.get("episode-wang").pathway_version == version
    assert "1 moved now, 0 when" in keyboard.types("move-patients", NAME, by="guo")
    with keyboard.record.reading() as tx:
        assert tx.episodes.get("episode-wang").pathway_version != version


def test_a_pathway_is_retired_by_two_as_well(keyboard: Keyboard) -> None:
    id = draft_id(keyboard.types("retire", NAME))
    assert "pathway removed" in keyboard.types("release", id, by="guo", code=0)
    assert not (keyboard.folder / f"{NAME}.yml").exists()
