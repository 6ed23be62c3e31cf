"""Versions: an episode keeps the pathway it started on, whatever is edited later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from bot.core.errors import NotFound
from bot.core.pathway import Library, Pathway
from bot.core.shared import Shared
from bot.pathfiles.load import SHARED_FILES, load_library

Fetch = Callable[[str], Mapping[str, str] | None]


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

    `fetch` finds the kept files of a version. Implements the `Library` port.
    """

    def __init__(self, current: Library, fetch: Fetch) -> None:
        self._current, self._fetch = current, fetch
        self._older: dict[str, Pathway] = {}
        self._lock = Lock()

    @property
    def shared(self) -> Shared:
        return self._current.shared

    def pathway(self, id: str, version: str | None = None) -> Pathway:
        """A pathway in the version asked for. Raises NotFound when it was never kept."""
        known = self._current.pathways.get(id)
        if known is not None and version in (None, known.version):
            return known
        if version is None:
            raise NotFound(f"no pathway '{id}'")
        with self._lock:
            if version not in self._older:
                self._older[version] = self._load(id, version)
            return self._older[version]

    def for_procedure(self, code: str) -> Pathway | None:
        return self._current.for_procedure(code)

    def procedures(self) -> frozenset[str]:
        """Every procedure code that has a pathway."""
        return frozenset(self._current.by_procedure)

    def all(self) -> tuple[Pathway, ...]:
        """Every pathway in force."""
        return tuple(self._current.pathways.values())

    def _load(self, id: str, version: str) -> Pathway:
        files = self._fetch(version)
        if files is None:
            raise NotFound(f"pathway '{id}' was never kept in version {version}")
        with TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return load_library(Path(folder)).pathways[id]
