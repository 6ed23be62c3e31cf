"""Folder: the files of a library as texts, out of a folder and into one."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bot.core.errors import PathwayError
from bot.core.release import Files, hash_of
from bot.pathfiles.desk import NAME
from bot.pathfiles.load import SHARED_FILES

log = logging.getLogger(__name__)
SHARED: Final = frozenset(f"shared/{stem}.yml" for stem in SHARED_FILES)
FOR_ALL_TO_READ: Final = 0o644


def may_hold(name: str) -> bool:
    """Whether a library has a file of this name. Nothing else is ever written."""
    stem, dot, ending = name.partition(".")
    return name in SHARED or (dot + ending == ".yml" and NAME.fullmatch(stem) is not None)


def read_folder(folder: Path) -> Files:
    """Every file of the library in `folder`, by its path inside."""
    names = [path.name for path in sorted(folder.glob("*.yml"))] + sorted(SHARED)
    return {
        name: (folder / name).read_bytes().decode("utf-8", "surrogateescape")
        for name in names
        if (folder / name).is_file()
    }


@contextmanager
def as_folder(files: Mapping[str, str]) -> Iterator[Path]:
    """The files in a folder of their own, for as long as somebody reads them."""
    with TemporaryDirectory() as made:
        write_all(Path(made), files)
        yield Path(made)


def write_all(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise PathwayError(name, "the name leads out of the library")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))


def bring_up_to_date(
    folder: Path, wanted: Mapping[str, str], known: Mapping[str, Set[str]]
) -> list[str]:
    """Write what is in force into the care team's folder, so that git sees the same files.

    `known` has the hash of every text that was ever in force, by file: only such a text is
    written over. What somebody changed by hand and nobody released stays; its names are
    returned. A folder that cannot be written to is left as it is.
    """
    standing, differs = read_folder(folder), []
    for name in sorted({*standing, *known}):
        now, new = standing.get(name), wanted.get(name)
        if now == new:
            continue
        if now is not None and hash_of(now) not in known.get(name, set()):
            differs.append(name)
            continue
        try:
            _put(folder / name, new)
        except OSError as fault:
            log.warning("%s was not written: %s", name, type(fault).__name__)
    return differs


def _put(path: Path, text: str | None) -> None:
    """Replace a file in one step: whoever reads it sees the old one or the new one."""
    if text is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(text.encode("utf-8", "surrogateescape"))
    beside.chmod(FOR_ALL_TO_READ)
    beside.replace(path)
