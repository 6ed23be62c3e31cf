"""Write a backup: the record at one moment, the photos, the pathways, all in one checked file."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.core.errors import BackupError
from bot.storage.backup import postgres, sqlite
from bot.storage.backup.manifest import MEDIA, NAME, PATHWAYS, RECORD, Manifest
from bot.storage.backup.read import check_sums
from bot.storage.database import open_database

CHUNK: Final = 1 << 20
FILES: Final = "aftercare-*.zip"


@dataclass(frozen=True)
class House:
    """What is backed up, and by which version of us. `url` is the record's address."""

    url: str
    media: Path
    pathways: Path
    version: str


def write_backup(house: House, to: Path, *, now: datetime) -> Manifest:
    """Write the backup `to`, a file that is not there yet. Safe while the service runs.

    It gets its name only when it is complete, flushed to the disk and read back.
    Raises BackupError, and then there is no such file.
    """
    if to.exists():
        raise BackupError(f"{to} is there already")
    try:
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with TemporaryDirectory(dir=to.parent, prefix=".aftercare-backup-") as folder:
            half = Path(folder) / to.name
            manifest = _write(house, Path(folder), half, now)
            check_sums(half, manifest)
            half.rename(to)
        _flush(to.parent)
    except (OSError, sqlite3.Error, SQLAlchemyError, zipfile.BadZipFile) as fault:
        said = spoken(fault)
        raise BackupError(f"no backup was made in {to.parent}: {said}") from fault
    return manifest


def name_for(now: datetime) -> str:
    """The name of a backup made now; names sort like their moments."""
    return f"aftercare-{now:%Y-%m-%dT%H%M%SZ}.zip"


def prune(folder: Path, *, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups of this folder; those that went."""
    old = sorted(folder.glob(FILES), reverse=True)[keep:]
    for one in old:
        with suppress(FileNotFoundError):
            one.unlink()
    return old


def spoken(fault: Exception) -> str:
    """What a person may read of a fault; a database's longer words may repeat a row."""
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror
    return str(fault) if isinstance(fault, sqlite3.Error) else type(fault).__name__


def _write(house: House, folder: Path, half: Path, now: datetime) -> Manifest:
    kind = make_url(house.url).get_backend_name()
    copy = folder / RECORD[kind]
    if kind == "sqlite":
        rows, revision = sqlite.copy_record(Path(make_url(house.url).database or ""), copy)
        schema, found = "", sqlite.check_record(copy)
    else:
        engine = open_database(house.url)
        try:
            rows, revision, schema = postgres.dump_record(engine, house.url, copy)
            found = postgres.check_dump(engine, copy, schema)
        finally:
            engine.dispose()
    if found != rows:
        raise BackupError("the copy of the record has not as many rows as the record")
    sums: dict[str, str] = {}
    half.touch(mode=0o600, exist_ok=False)
    with half.open("wb") as file:
        with zipfile.ZipFile(file, "w", compresslevel=1) as archive:
            for name, one, packed in _contents(house, copy):
                sums[name] = _add(archive, name, one, packed)
            manifest = Manifest(house.version, now, kind, revision, rows, sums, schema)
            archive.writestr(NAME, manifest.text())
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _contents(house: House, copy: Path) -> Iterator[tuple[str, Path, bool]]:
    """Every part's name, its file, and whether it is worth packing.

    The record comes first: a photo is on the disk before the record speaks of it.
    """
    yield copy.name, copy, copy.suffix == ".db"
    for start, folder, packed in ((MEDIA, house.media, False), (PATHWAYS, house.pathways, True)):
        for one in sorted(folder.rglob("*")):
            inside = one.relative_to(folder)
            # A name that begins with a dot is a photo that is still being written.
            if one.is_file() and not any(part.startswith(".") for part in inside.parts):
                yield f"{start}{inside.as_posix()}", one, packed


def _add(archive: zipfile.ZipFile, name: str, file: Path, packed: bool) -> str:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    info.external_attr = 0o600 << 16
    digest = hashlib.sha256()
    with file.open("rb") as source, archive.open(info, "w", force_zip64=True) as part:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            part.write(chunk)
    return digest.hexdigest()


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
