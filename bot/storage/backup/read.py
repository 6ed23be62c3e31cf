"""Read a backup: its manifest, whether every part is whole, and the parts themselves."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO, Final

from bot.core.errors import BackupError
from bot.storage.backup.manifest import NAME, Manifest, read_manifest

CHUNK: Final = 1 << 20
DAMAGED: Final = "the backup is damaged: take another one"


def manifest_of(file: Path) -> Manifest:
    """What the backup says of itself. Raises BackupError when it cannot be opened."""
    try:
        with zipfile.ZipFile(file) as archive:
            return read_manifest(archive.read(NAME).decode("utf-8"))
    except OSError as fault:
        raise BackupError(f"{file} cannot be read: {fault.strerror}") from fault
    except KeyError as fault:
        raise BackupError(f"{file} is not a backup of Aftercare") from fault
    except Exception as fault:  # zipfile raises many kinds for bytes it cannot make sense of
        if isinstance(fault, BackupError):
            raise
        raise BackupError(f"{file} is not a backup, or it is damaged") from fault


def check_sums(file: Path, manifest: Manifest) -> None:
    """Read every part to its end and compare; raises BackupError at the first that differs."""
    try:
        with zipfile.ZipFile(file) as archive:
            if set(archive.namelist()) != {NAME, *manifest.sums}:
                raise BackupError(f"{DAMAGED} (not all of its parts are there)")
            for name, expected in manifest.sums.items():
                with archive.open(name) as part:
                    found = _copied(part, None)
                if found != expected:
                    raise BackupError(f"{DAMAGED} ({name})")
    except BackupError:
        raise
    except Exception as fault:
        raise BackupError(DAMAGED) from fault


def extract(file: Path, manifest: Manifest, name: str, to: Path) -> None:
    """Write one part to a new file `to`, and check it once more on the way."""
    with zipfile.ZipFile(file) as archive, archive.open(name) as part, to.open("xb") as out:
        found = _copied(part, out)
    if found != manifest.sums[name]:
        raise BackupError(f"{DAMAGED} ({name})")


def inside(folder: Path, name: str) -> Path:
    """Where a part belongs below `folder`; a name that leads out of it is refused."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
        raise BackupError(f"{DAMAGED} (a part leads out of its folder)")
    return folder.joinpath(*path.parts)


def _copied(part: IO[bytes], out: IO[bytes] | None) -> str:
    digest = hashlib.sha256()
    while chunk := part.read(CHUNK):
        digest.update(chunk)
        if out is not None:
            out.write(chunk)
    return digest.hexdigest()
