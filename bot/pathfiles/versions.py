"""Versions: an episode keeps the pathway it started on, whatever is edited or released later.

What the care team wrote about the operation comes from the kept files. What the house
says and does for everybody (phrases, emergency numbers, levels) is always today's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Final

from bot.core.errors import NotFound, PathwayError
from bot.core.pathway import Library, Pathway
from bot.core.shared import Shared
from bot.core.words import LANGUAGES, Words
from bot.pathfiles.folder import read_folder, write_all
from bot.pathfiles.load import FILES_OF_A_VERSION, load_library
from bot.pathfiles.nurse_asks import nurse_asks

log = logging.getLogger(__name__)
Fetch = Callable[[str], Mapping[str, str] | None]
BLANKS: Final = {"emergency": "-", "crisis": "-", "hospital_line": "-"}  # always filled in


@dataclass(frozen=True)
class _Today:
    """What is in force at one moment. Replaced as a whole, never changed."""

    library: Library
    files: Mapping[str, str]
    older: dict[tuple[str, str], Pathway | None] = field(default_factory=dict)


class VersionedLibrary:
    """The library in force, and every older version that an episode is still on.

    `fetch` finds the kept files of a version, `folder` holds today's. Implements the
    `Library` port.
    """

    def __init__(
        self,
        current: Library,
        fetch: Fetch,
        files: Path | Mapping[str, str],
        news: Callable[[], tuple[Library, Mapping[str, str]] | None] = lambda: None,
    ) -> None:
        """`files` are those that `current` was read from, or their folder. `news` gives what
        came into force since it was asked last; None: nothing."""
        self._fetch, self._news = fetch, news
        # Read once: files that are being replaced belong to a release or the next start.
        texts = read_folder(files) if isinstance(files, Path) else files
        self._today = _Today(current, texts)
        self._lock, self._looking = Lock(), Lock()

    @property
    def shared(self) -> Shared:
        return self._today.library.shared

    @property
    def files(self) -> Mapping[str, str]:
        """The files in force."""
        return self._today.files

    def refresh(self) -> bool:
        """Take up what was released since the last look; says whether anything was.

        Whoever works with a pathway at this moment goes on with the one she holds.
        """
        with self._looking:
            found = self._news()
            if found is not None:
                self._today = _Today(*found)
        return found is not None

    def pathway(self, id: str, version: str | None = None) -> Pathway:
        """A pathway in the very version asked for.

        Raises NotFound when it was never kept, or cannot be read by this release.
        """
        today = self._today
        known = today.library.pathways.get(id)
        if known is not None and version in (None, known.version):
            return known
        if version is None:
            raise NotFound(f"no pathway '{id}'")
        with self._lock:
            if (id, version) not in today.older:
                today.older[id, version] = self._read(today, id, version)
            found = today.older[id, version]
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
            today = self._today.library.pathways.get(id) or nurse_asks(id, self.shared)
            return replace(today, stands_in_for=version)

    def for_procedure(self, code: str) -> Pathway | None:
        return self._today.library.for_procedure(code)

    def procedures(self) -> frozenset[str]:
        """Every procedure code that has a pathway."""
        return frozenset(self._today.library.by_procedure)

    def all(self) -> tuple[Pathway, ...]:
        """Every pathway in force."""
        return tuple(self._today.library.pathways.values())

    def _read(self, today: _Today, id: str, version: str) -> Pathway | None:
        """The kept version; None, and a word in the log, when it cannot be used."""
        kept = self._fetch(version)
        try:
            if kept is None:
                raise PathwayError(version, "the version was never kept")
            return self._load(today, id, version, kept)
        except Exception as fault:  # whatever is wrong with a file, her message must be heard
            log.error(
                "pathway %s cannot be read in version %s: %s: %s",
                *(id, version, type(fault).__name__, fault),
            )
            if isinstance(fault, OSError):  # a full disk, say: look again the next time
                raise NotFound(f"pathway '{id}' cannot be read now") from fault
            return None

    def _load(self, today: _Today, id: str, version: str, kept: Mapping[str, str]) -> Pathway:
        own = (f"{id}.yml", *(f"shared/{stem}.yml" for stem in FILES_OF_A_VERSION))
        house = {name: text for name, text in today.files.items() if name.startswith("shared/")}
        with TemporaryDirectory() as folder:
            lends, files = Path(folder, "today"), Path(folder, "kept")
            write_all(lends, today.files)
            write_all(files, {**house, **{name: kept[name] for name in own if name in kept}})
            found = load_library(files, today=lends).pathways.get(id)
        if found is None:
            raise PathwayError(f"{id}.yml", "the version was kept without its own file")
        _usable(found)
        return replace(found, version=version, shared=today.library.shared)


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
