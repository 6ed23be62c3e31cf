"""Versions: an episode keeps the pathway it started on, whatever is edited or released later.

What the care team wrote about the operation comes from the kept files. What the house
says and does for everybody (phrases, emergency numbers, levels) is always today's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Final

from bot.core.errors import NotFound, PathwayError
from bot.core.pathway import Library, Pathway
from bot.core.shared import Shared
from bot.core.words import LANGUAGES, Words
from bot.pathfiles.load import FILES_OF_A_VERSION, SHARED_FILES, load_library
from bot.pathfiles.nurse_asks import nurse_asks

log = logging.getLogger(__name__)
Fetch = Callable[[str], Mapping[str, str] | None]
BLANKS: Final = {"emergency": "-", "crisis": "-", "hospital_line": "-"}  # always filled in


def files_of(folder: Path, pathway_id: str) -> dict[str, str]:
    """The files that make one pathway: its own and the shared ones."""
    names = [f"{pathway_id}.yml", *(f"shared/{stem}.yml" for stem in SHARED_FILES)]
    return {
        name: (folder / name).read_text(encoding="utf-8")
        for name in names
        if (folder / name).is_file()
    }


class VersionedLibrary:
    """The library in force, and every older version that an episode is still on.

    `fetch` finds the kept files of a version, `folder` holds today's. Implements the
    `Library` port.
    """

    def __init__(self, current: Library, fetch: Fetch, folder: Path) -> None:
        self._current, self._fetch = current, fetch
        # Read once: files that are being replaced belong to the next start.
        self._today: dict[str, str] = {}
        for id in current.pathways:
            self._today.update(files_of(folder, id))
        self._older: dict[tuple[str, str], Pathway | None] = {}
        self._lock = Lock()

    @property
    def shared(self) -> Shared:
        return self._current.shared

    def pathway(self, id: str, version: str | None = None) -> Pathway:
        """A pathway in the very version asked for.

        Raises NotFound when it was never kept, or cannot be read by this release.
        """
        known = self._current.pathways.get(id)
        if known is not None and version in (None, known.version):
            return known
        if version is None:
            raise NotFound(f"no pathway '{id}'")
        with self._lock:
            if (id, version) not in self._older:
                self._older[id, version] = self._read(id, version)
            found = self._older[id, version]
        if found is None:
            raise NotFound(f"pathway '{id}' cannot be read in version {version}")
        return found

    def followed(self, id: str, version: str) -> Pathway:
        """The pathway by which an episode goes on. Never NotFound.

        Where its version cannot be read, today's pathway of the same name stands in;
        where there is none any more, nurses ask themselves. `stands_in_for` tells.
        """
        try:
            return self.pathway(id, version)
        except NotFound:
            today = self._current.pathways.get(id) or nurse_asks(id, self.shared)
            return replace(today, stands_in_for=version)

    def for_procedure(self, code: str) -> Pathway | None:
        return self._current.for_procedure(code)

    def procedures(self) -> frozenset[str]:
        """Every procedure code that has a pathway."""
        return frozenset(self._current.by_procedure)

    def all(self) -> tuple[Pathway, ...]:
        """Every pathway in force."""
        return tuple(self._current.pathways.values())

    def _read(self, id: str, version: str) -> Pathway | None:
        """The kept version; None, and a word in the log, when it cannot be used."""
        kept = self._fetch(version)
        try:
            if kept is None:
                raise PathwayError(version, "the version was never kept")
            return self._load(id, version, kept)
        except Exception as fault:  # whatever is wrong with a file, her message must be heard
            log.error(
                "pathway %s cannot be read in version %s: %s: %s",
                *(id, version, type(fault).__name__, fault),
            )
            if isinstance(fault, OSError):  # a full disk, say: look again the next time
                raise NotFound(f"pathway '{id}' cannot be read now") from fault
            return None

    def _load(self, id: str, version: str, kept: Mapping[str, str]) -> Pathway:
        own = (f"{id}.yml", *(f"shared/{stem}.yml" for stem in FILES_OF_A_VERSION))
        house = {name: text for name, text in self._today.items() if name.startswith("shared/")}
        with TemporaryDirectory() as folder:
            today, files = Path(folder, "today"), Path(folder, "kept")
            _write(today, self._today)
            _write(files, {**house, **{name: kept[name] for name in own if name in kept}})
            found = load_library(files, today=today).pathways.get(id)
        if found is None:
            raise PathwayError(f"{id}.yml", "the version was kept without its own file")
        _usable(found)
        return replace(found, version=version, shared=self.shared)


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _usable(pathway: Pathway) -> None:
    """What the check holds of today's files and nobody has checked of these.

    Raises PathwayError for a question that is not there, and KeyError or ValueError for
    a sentence with a blank that nobody fills any more.
    """
    asked = {name for plan in pathway.check_ins for name in plan.questions}
    if not asked or not asked <= set(pathway.questions):
        gone = ", ".join(sorted(asked - set(pathway.questions)))
        raise PathwayError(f"{pathway.id}.yml", f"it asks no question that is there: {gone}")
    said: list[Words | None] = [*pathway.answers.values()]
    said += [plan.intro for plan in pathway.check_ins]
    said += [words for one in pathway.questions.values() for words in (one.ask, one.help, one.why)]
    said += [one.tell for one in pathway.rules]
    said += [one.words for one in pathway.teaching]
    said += [one.words for one in pathway.reminders]
    for words in said:
        for language in LANGUAGES if words else ():
            words.say(language, **BLANKS)  # type: ignore[union-attr]
