"""Library wiring: which pathways are in force here, and how a process hears of a release.

The record says what is in force; the folder is written after it. See
docs/decisions/0012-release.md.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.core.errors import PathwayError
from bot.core.pathway import Library
from bot.core.release import Files, Release, hash_of, in_force
from bot.pathfiles.folder import as_folder, bring_up_to_date, read_folder
from bot.pathfiles.load import load_library
from bot.pathfiles.versions import VersionedLibrary
from bot.services.faults import kind_and_place
from bot.services.ports import Record

log = logging.getLogger(__name__)
LOOK_SECONDS = 2.0  # so long after a release another process may still begin on the old one


def make_library(record: Record, folder: Path) -> VersionedLibrary:
    """The pathways in force, with older versions from the record.

    Raises PathwayError when neither the record nor the folder has pathways to work with.
    """

    def fetch(version: str) -> Files | None:
        with record.reading() as tx:
            kept = tx.pathway_versions.get(version)
            return kept.files if kept else None

    released = _Released(record, folder)
    try:
        found = released.news()
    except PathwayError as fault:
        # It was checked by an older release of this software, whose words this one lacks.
        log.error("what is in force cannot be read; the folder stands in: %s", fault)
        found = None
    except Exception as fault:
        # An action server may be up before the app has brought the record up to date.
        log.warning("not yet known what is in force", extra=kind_and_place(fault))
        found = None
    library, files = found or (load_library(folder), read_folder(folder))
    return VersionedLibrary(library, fetch, files, released.news)


class _Released:
    """Remembers up to which release this process has looked."""

    def __init__(self, record: Record, folder: Path) -> None:
        self._record, self._folder, self._seen = record, folder, 0

    def news(self) -> tuple[Library, Mapping[str, str]] | None:
        """What is in force now; None when nothing was released since it was asked last."""
        with self._record.reading() as tx:
            number = tx.releases.count()
            if number == self._seen:
                return None
            releases = tx.releases.find(order_by="number")
        self._seen = number
        files = in_force(releases)
        differs = bring_up_to_date(self._folder, files, _known(releases))
        if differs:
            log.warning("changed in the folder, not released, not in force: %s", ", ".join(differs))
        with as_folder(files) as made:
            # What this software needs and a file of earlier lacks, the folder lends.
            return load_library(made, today=self._folder), files


def _known(releases: list[Release]) -> dict[str, set[str]]:
    known: dict[str, set[str]] = {}
    for one in releases:
        for name, text in one.files.items():
            known.setdefault(name, set()).add(hash_of(text))
    return known


@contextmanager
def kept_fresh(library: VersionedLibrary) -> Iterator[None]:
    """Look every two seconds whether something was released, as long as the block lasts."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK_SECONDS):
            try:
                library.refresh()
            except Exception as fault:  # the pathways in hand go on
                log.error("a release was not taken up", extra=kind_and_place(fault))

    thread = threading.Thread(target=look, name="releases", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(LOOK_SECONDS)
