"""What goes wrong with a backup: a clear sentence, and nothing has changed."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import BackupError
from bot.storage import migrate
from bot.storage.backup.postgres import STAGED
from bot.storage.database import open_database
from tests import builders as b
from tests.fakes import FixedClock
from tests.integration.restored_house import ROOT, Machine, add, empty_beside

COMMAND = ROOT / ".venv/bin/aftercare"
NEXT_STEP = '''
"""A later step."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "9999", "{head}"
def upgrade(): op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
def downgrade(): op.drop_table("later")
'''


@pytest.fixture
def old(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(database_url, tmp_path / "old", FixedClock(), monkeypatch)
    with machine.awake() as parts:
        add(parts, *b.wang_and_her_ward(), b.an_inbound("我喘不过气"))
    (tmp_path / "old/media").mkdir(parents=True)
    (tmp_path / "old/media/web-1.jpg").write_bytes(b"\xff\xd8\xff" * 1000)
    return machine


@pytest.fixture
def new(old: Machine, tmp_path: Path) -> Iterator[Machine]:
    with empty_beside(old.url, tmp_path) as url:
        yield Machine(url, tmp_path / "new", old.clock, old.monkeypatch)


@pytest.fixture
def file(old: Machine, tmp_path: Path) -> Path:
    old.backup(tmp_path / "a.zip")
    return tmp_path / "a.zip"


def state(machine: Machine, folder: Path) -> Any:
    """Everything that a failed command could have changed."""
    schemas = machine.schemas() if machine.url.startswith("postgresql") else []
    files = {
        one.relative_to(folder): one.read_bytes()
        for one in folder.rglob("*")
        if one.is_file() and not one.name.startswith("aftercare.db")
    }
    names = sorted(one.name for one in folder.rglob("*") if not one.name.endswith(("-wal", "-shm")))
    return machine.tables(), files, names, schemas


def refused(machine: Machine, folder: Path, file: Path, **options: Any) -> str:
    """Restore and be refused; what was said. Nothing has changed."""
    before = state(machine, folder)
    with pytest.raises(BackupError) as caught:
        machine.restore(file, **options)
    assert state(machine, folder) == before
    return str(caught.value)


def flipped(file: Path, part: str) -> None:
    """Change one bit in the middle of a part, as a bad disk would."""
    with zipfile.ZipFile(file) as archive:
        found = archive.getinfo(part)
    whole = bytearray(file.read_bytes())
    whole[found.header_offset + 60 + found.compress_size // 2] ^= 1
    file.write_bytes(bytes(whole))


@pytest.mark.parametrize("part", ["record", "media/web-1.jpg", "pathways/shared/phrases.yml"])
def test_a_damaged_backup_is_refused(old: Machine, tmp_path: Path, file: Path, part: str) -> None:
    with zipfile.ZipFile(file) as archive:
        name = next(one for one in archive.namelist() if one.startswith(part))
    flipped(file, name)
    assert "the backup is damaged" in refused(old, tmp_path, file, replace=True)


def test_half_a_backup_is_refused(old: Machine, tmp_path: Path, file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert "not a backup, or it is damaged" in refused(old, tmp_path, file, replace=True)
    assert "cannot be read" in refused(old, tmp_path, tmp_path / "none.zip", replace=True)


def rewritten(file: Path, **over: Any) -> None:
    """The same backup with another manifest."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["manifest.json"] = json.dumps({**json.loads(parts["manifest.json"]), **over}).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_a_backup_of_a_later_version_is_refused(old: Machine, tmp_path: Path, file: Path) -> None:
    rewritten(file, revision="9999", app="7.0")
    said = refused(old, tmp_path, file, replace=True)
    assert "Aftercare 7.0" in said
    assert "install that version or a later one" in said
    rewritten(file, format=2)
    assert "has format 2" in refused(old, tmp_path, file, replace=True)


def test_a_backup_with_too_few_rows_is_refused(old: Machine, tmp_path: Path, file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        counted = json.loads(archive.read("manifest.json"))["rows"]
    rewritten(file, rows={**counted, "inbound": 7})
    assert "not as many rows" in refused(old, tmp_path, file, replace=True)


def test_a_part_that_leads_out_of_its_folder_is_refused(
    old: Machine, tmp_path: Path, file: Path
) -> None:
    with zipfile.ZipFile(file) as archive:
        sums = json.loads(archive.read("manifest.json"))["sums"]
    name = "media/../../outside.jpg"
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(name, b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    rewritten(file, sums={**sums, name: empty})
    assert "leads out of its folder" in refused(old, tmp_path, file, replace=True)


def test_a_backup_of_the_other_database_is_refused(
    old: Machine, tmp_path: Path, file: Path
) -> None:
    other = "postgresql" if old.url.startswith("sqlite") else "sqlite"
    rewritten(file, database=other)
    with zipfile.ZipFile(file) as archive:
        sums = json.loads(archive.read("manifest.json"))["sums"]
    record = {"record.db": "record.dump", "record.dump": "record.db"}
    rewritten(file, sums={record.get(name, name): sum for name, sum in sums.items()})
    assert f"the backup is of {other}" in refused(old, tmp_path, file, replace=True)


def test_a_record_is_never_overwritten_unless_it_is_said(
    old: Machine, new: Machine, tmp_path: Path, file: Path
) -> None:
    assert "--replace" in refused(old, tmp_path, file)
    new.restore(file)
    assert "--replace" in refused(new, tmp_path, file), "twice"
    before = new.tables()["patients"]
    with new.awake() as parts:
        add(parts, b.a_patient("later"))
    new.clock.advance(minutes=1)
    new.restore(file, replace=True)
    assert new.tables()["patients"] == before
    if new.url.startswith("sqlite"):
        kept = tmp_path / "new/aftercare.db.before_restore_20260310t010100z"
        assert any("patient-later" in one for one in on(new, f"sqlite:///{kept}")["patients"])
    else:
        schema = "before_restore_20260310t010100z"
        url = f"{new.url}?options=-csearch_path%3D{schema}"
        assert any("patient-later" in one for one in on(new, url)["patients"])
        assert STAGED not in new.schemas()


def on(machine: Machine, url: str) -> dict[str, list[Any]]:
    return Machine(url, machine.folder, machine.clock, machine.monkeypatch).tables()


def test_nothing_is_restored_under_a_running_service(
    old: Machine, tmp_path: Path, file: Path
) -> None:
    with open_database(old.url).connect() as service:
        service.exec_driver_sql("SELECT 1")
        service.commit()
        before = old.tables()
        with pytest.raises(BackupError, match="stop"):
            old.restore(file, replace=True)
        assert old.tables() == before


def test_a_service_that_started_once_and_holds_nothing_may_be_restored_over(
    new: Machine, file: Path
) -> None:
    with new.awake():
        pass
    new.restore(file)
    assert len(new.tables()["patients"]) == 1


def test_an_older_record_is_brought_up_to_date(
    new: Machine, tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts = tmp_path / "migrations"
    shutil.copytree(migrate.SCRIPTS, scripts)
    with zipfile.ZipFile(file) as archive:
        head = json.loads(archive.read("manifest.json"))["revision"]
    (scripts / "versions/9999_later.py").write_text(NEXT_STEP.format(head=head))
    monkeypatch.setattr(migrate, "SCRIPTS", scripts)
    new.restore(file)
    assert new.tables()["later"] == []
    assert new.tables()["alembic_version"] == ["('9999',)"]


def test_a_full_disk_leaves_no_backup_and_no_half_record(
    old: Machine, new: Machine, tmp_path: Path, file: Path
) -> None:
    """No file may grow beyond a few pages, as on a disk that is nearly full."""
    folder = tmp_path / "full"
    folder.mkdir()
    said = on_a_full_disk(old, "backup", str(folder / "b.zip"))
    assert "no backup was made" in said or "pg_dump failed" in said
    assert list(folder.iterdir()) == []
    before = state(old, tmp_path)
    said = on_a_full_disk(old, "restore", str(file), "--replace")
    assert "nothing was restored" in said
    assert state(old, tmp_path) == before


def on_a_full_disk(machine: Machine, *command: str) -> str:
    machine.switch_on()
    limit = 20_000
    done = subprocess.run(
        [COMMAND, *command],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_place_that_cannot_be_written_is_named(old: Machine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(
        BackupError, match=r"no backup was made in .*file: (Not a directory|File exists)"
    ):
        old.backup(tmp_path / "file/a.zip")


def test_a_backup_is_never_written_over_another(old: Machine, file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(BackupError, match="is there already"):
        old.backup(file)
    assert file.read_bytes() == before


def test_no_record_no_backup(new: Machine, old: Machine, tmp_path: Path, database_url: str) -> None:
    with pytest.raises(BackupError, match=r"no record|not a record"):
        new.backup(tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()
    assert not (tmp_path / "new/aftercare.db").exists(), "asking makes no database"
