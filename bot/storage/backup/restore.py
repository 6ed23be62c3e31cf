"""Restore a backup: check it, prepare it beside the record, then put it in place at once.

Until the last step nothing that is there is touched, so every failure leaves
the machine as it was.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.core.errors import BackupError
from bot.storage import migrate
from bot.storage.backup import postgres, sqlite
from bot.storage.backup.manifest import MEDIA, PATHWAYS, Manifest
from bot.storage.backup.read import check_sums, extract, inside, manifest_of
from bot.storage.backup.write import House, spoken
from bot.storage.database import open_database


@dataclass(frozen=True)
class Restored:
    """What was put in place. `kept` says where the earlier record is, if there was one.

    `pathways` is where the backup's pathways went when others are in force here.
    """

    manifest: Manifest
    photos: int
    kept: str | None
    pathways: Path | None


def restore_backup(
    file: Path,
    house: House,
    *,
    now: datetime,
    replace: bool,
    prepare: Callable[[str, datetime], None],
) -> Restored:
    """Put a backup in the place of the record; raises BackupError, and nothing has changed.

    `prepare` is called with the address of the restored record before it gets
    its place, and with the moment of the backup: it brings the tables up to date
    and settles what time has overtaken.
    """
    manifest = manifest_of(file)
    _refuse_foreign(manifest, house)
    check_sums(file, manifest)
    try:
        with ExitStack() as undo:
            pathways = _put_pathways(undo, file, manifest, house, now)
            photos = _put_photos(undo, file, manifest, house)
            aside = f"before_restore_{now:%Y%m%dt%H%M%Sz}"
            put = _put_sqlite if manifest.database == "sqlite" else _put_postgres
            kept = put(file, manifest, house.url, (replace, aside), prepare)
            undo.pop_all()
    except (OSError, sqlite3.Error, SQLAlchemyError) as fault:
        said = spoken(fault)
        raise BackupError(f"nothing was restored: {said}") from fault
    return Restored(manifest, photos, kept, pathways)


def _refuse_foreign(manifest: Manifest, house: House) -> None:
    """A backup of another kind of database, or of a later version, is not for us."""
    here = make_url(house.url).get_backend_name()
    if manifest.database != here:
        raise BackupError(
            f"the backup is of {manifest.database} and AFTERCARE_DATABASE_URL names {here}: "
            f"give the address of a {manifest.database} database"
        )
    config = Config()
    config.set_main_option("script_location", str(migrate.SCRIPTS))
    known = {one.revision for one in ScriptDirectory.from_config(config).walk_revisions()}
    if manifest.revision not in known:
        raise BackupError(
            f"the backup was made by Aftercare {manifest.app} with tables of step "
            f"{manifest.revision}, which this version does not know: "
            f"install that version or a later one, then restore again"
        )


def _put_sqlite(
    file: Path,
    manifest: Manifest,
    url: str,
    over: tuple[bool, str],
    prepare: Callable[[str, datetime], None],
) -> str | None:
    target, (replace, aside) = Path(make_url(url).database or ""), over
    sqlite.refuse_while_open(target)
    if not replace and sqlite.holds_something(target):
        raise BackupError(_not_empty(str(target)))
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(dir=target.parent, prefix=".aftercare-restore-") as folder:
        staged = Path(folder) / "aftercare.db"
        extract(file, manifest, manifest.record, staged)
        if sqlite.check_record(staged) != dict(manifest.rows):
            raise BackupError("the backup's record has not as many rows as it should")
        prepare(f"sqlite:///{staged}", manifest.made_at)
        kept = sqlite.put_in_place(staged, target, aside=aside)
    return str(kept) if kept else None


def _put_postgres(
    file: Path,
    manifest: Manifest,
    url: str,
    over: tuple[bool, str],
    prepare: Callable[[str, datetime], None],
) -> str | None:
    engine: Engine = open_database(url)
    replace, aside = over
    try:
        postgres.refuse_while_open(engine)
        if not replace and postgres.holds_something(engine):
            raise BackupError(_not_empty(f"database {make_url(url).database}"))
        with TemporaryDirectory(prefix="aftercare-restore-") as folder, ExitStack() as undo:
            dump = Path(folder) / "record.dump"
            extract(file, manifest, manifest.record, dump)
            if postgres.check_dump(engine, dump, manifest.schema) != dict(manifest.rows):
                raise BackupError("the backup's record has not as many rows as it should")
            undo.callback(postgres.drop_staged, engine)
            staged = postgres.load_staged(engine, url, dump, manifest)
            prepare(staged, manifest.made_at)
            kept = postgres.put_in_place(engine, manifest.schema, aside=aside)
    finally:
        engine.dispose()
    return f"schema {kept}" if kept else None


def _not_empty(where: str) -> str:
    return (
        f"there is a record in {where} already: nothing was changed. "
        "Give --replace to restore over it; what is there is kept beside it"
    )


def _put_photos(undo: ExitStack, file: Path, manifest: Manifest, house: House) -> int:
    """Add the photos that are missing. Those that are there stay: no two share a name."""
    return _put_files(undo, file, manifest, MEDIA, house.media)


def _put_pathways(
    undo: ExitStack, file: Path, manifest: Manifest, house: House, now: datetime
) -> Path | None:
    """Put the pathways where none are; beside them when others are in force here.

    Which of the two is right is for the care team to say, never for a command.
    """
    if not house.pathways.exists():
        _put_files(undo, file, manifest, PATHWAYS, house.pathways)
        return None
    if _same_pathways(manifest, house.pathways):
        return None
    beside = house.pathways.with_name(f"{house.pathways.name}.from_backup_{now:%Y%m%dt%H%M%Sz}")
    _put_files(undo, file, manifest, PATHWAYS, beside)
    return beside


def _same_pathways(manifest: Manifest, folder: Path) -> bool:
    def is_there(name: str, expected: str) -> bool:
        one = inside(folder, name.removeprefix(PATHWAYS))
        return one.is_file() and hashlib.sha256(one.read_bytes()).hexdigest() == expected

    sums = manifest.sums.items()
    return all(is_there(name, sum) for name, sum in sums if name.startswith(PATHWAYS))


def _put_files(undo: ExitStack, file: Path, manifest: Manifest, start: str, folder: Path) -> int:
    """Write the parts below `start` that are not there yet; how many. `undo` removes them."""
    written = 0
    for name in manifest.sums:
        if not name.startswith(start):
            continue
        to = inside(folder, name.removeprefix(start))
        if to.exists():
            continue
        _make_folder(undo, to.parent)
        undo.callback(to.unlink, missing_ok=True)
        extract(file, manifest, name, to)
        written += 1
    return written


def _make_folder(undo: ExitStack, folder: Path) -> None:
    if not folder.exists():
        _make_folder(undo, folder.parent)
        folder.mkdir(mode=0o700)
        undo.callback(folder.rmdir)
