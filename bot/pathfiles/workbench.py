"""Workbench: look at files of the care team that are not, or not yet, in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.core.errors import PathwayError
from bot.core.finding import Finding
from bot.core.pathway import Pathway
from bot.core.release import Files
from bot.pathfiles.check import check_library
from bot.pathfiles.diff import Change, diff_libraries
from bot.pathfiles.folder import as_folder, may_hold, read_folder
from bot.pathfiles.load import load_library


class FileWorkbench:
    """Implements the `Workbench` port beside the care team's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def may_hold(self, name: str) -> bool:
        return may_hold(name)

    def findings(self, files: Mapping[str, str]) -> list[Finding]:
        with as_folder(files) as folder:
            return check_library(folder)

    def pathways(self, files: Mapping[str, str]) -> Mapping[str, Pathway]:
        with as_folder(files) as folder:
            return load_library(folder).pathways

    def changes(self, old: Mapping[str, str], new: Mapping[str, str]) -> list[dict[str, Any]]:
        with as_folder(old) as before, as_folder(new) as after:
            now = load_library(after)
            try:
                found = diff_libraries(load_library(before), now)
            except PathwayError:
                # It was released under older software, whose words this one lacks.
                found = [Change("shared", "not_comparable", "", {})]
        return [one.as_row() for one in together(found)]

    def folder(self) -> Files:
        return read_folder(self._folder)


def together(changes: Iterable[Change]) -> list[Change]:
    """The same change in many places is told once: "check-in day_1, day_3: day ..."."""
    found: dict[tuple[object, ...], Change] = {}
    for one in changes:
        rest = {name: value for name, value in one.values.items() if name != "on"}
        # A question that comes or goes on several check-ins, or a value that changed in several.
        key = (
            one.pathway,
            one.kind,
            *sorted(rest.items()),
            one.about if "on" in one.values else "",
        )
        known = found.get(key)
        if known is None:
            found[key] = one
        elif "on" in one.values:
            on = f"{known.values['on']}, {one.values['on']}"
            found[key] = replace(known, values={**known.values, "on": on})
        else:
            found[key] = replace(known, about=f"{known.about}, {one.about}")
    return list(found.values())
