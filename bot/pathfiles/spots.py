"""Spots: a YAML file as plain texts, lists and mappings that remember their place.

Scalars stay text: whether `no` is a word, an answer or a country is decided by
whoever reads it, and every complaint can name its line and column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml
from yaml import MappingNode, MarkedYAMLError, Node, ScalarNode, SequenceNode, YAMLError
from yaml.reader import ReaderError

from bot.pathfiles.file_text import file_text, unreadable
from bot.pathfiles.findings import Finding

DEEPEST: Final = 20
# Brackets that are open at once in the raw text; quotes and notes may hold a few.
MOST_OPEN: Final = 100
# Dashes in a row, each a list in a list: "- - - -". The reader in C has no limit of its own.
TOO_MANY_DASHES: Final = re.compile(r"(?:[-?:]\s+){100}")
# They turn the direction of writing, so that a reviewer reads another order than the machine.
HIDDEN: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
OWN_TAGS: Final = "tag:yaml.org,2002:"  # what every YAML value has by itself
# libyaml reads the whole folder in 0.15 s; a reader in Python took 5 s of every start.
READER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Spot:
    """A value and its place. Exactly one of text, items and entries is not None."""

    file: str
    line: int
    column: int
    text: str | None = None
    items: tuple[Spot, ...] | None = None
    entries: dict[str, Spot] | None = None
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What a person would call it."""
        if self.entries is not None:
            return "a block with names"
        return "a list" if self.items is not None else "a single value"


def read_spots(path: Path, name: str) -> tuple[Spot, tuple[Finding, ...]]:
    """Read one file; `name` is how findings call it. Raises Unreadable."""
    return _read(file_text(path, name), name)


@lru_cache(maxsize=256)
def _read(content: str, name: str) -> tuple[Spot, tuple[Finding, ...]]:
    # Cached by content: checking and loading read the same files one after the other.
    if hidden := HIDDEN.search(content):
        line, start = (
            content.count("\n", 0, hidden.start()) + 1,
            content.rfind("\n", 0, hidden.start()),
        )
        what = "a hidden sign here makes the text read otherwise than it is"
        hint = "Remove it: people would approve other words than patients get"
        raise unreadable(name, "hidden_sign", what, hint, (line, hidden.start() - start))
    if _open_at_once(content) > MOST_OPEN or TOO_MANY_DASHES.search(content):
        raise unreadable(name, "bad_yaml", "the file is nested too deeply", "")
    try:
        root = yaml.compose(content, Loader=READER)
    except RecursionError:
        raise unreadable(name, "bad_yaml", "the file is nested too deeply", "") from None
    except YAMLError as error:
        raise unreadable(name, "bad_yaml", *_told(content, _worded(content, error))) from None
    findings: list[Finding] = []
    if root is None:
        return Spot(name, 1, 1, entries={}), ()
    return _spot(root, name, findings, set(), 0), tuple(findings)


def _open_at_once(content: str) -> int:
    """How deep the brackets go, before a slow and careful reader has to find out."""
    deepest = depth = 0
    for mark in re.findall(r"[\[\]{}]", content):
        depth = depth + 1 if mark in "[{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


def _worded(content: str, error: YAMLError) -> YAMLError:
    """The same mistake as the reader in Python words and places it, which is better."""
    try:
        yaml.compose(content, Loader=yaml.SafeLoader)
    except YAMLError as better:
        return better
    except RecursionError:
        pass
    return error


def _told(content: str, error: YAMLError) -> tuple[str, str, tuple[int, int]]:
    place = (1, 1)
    what = "this is not YAML"
    if isinstance(error, ReaderError):
        before = content[: error.position]
        place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
        return "this character cannot stand in a file", "Remove it; it may not be visible", place
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        if mark is not None:
            place = (mark.line + 1, mark.column + 1)
        what = f"this is not YAML: {error.problem or error.context}"
    hint = "Look at the spaces at the start of the line, at colons and at quotes around it"
    return what, hint, place


def _spot(node: Node, name: str, findings: list[Finding], seen: set[int], depth: int) -> Spot:
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    if depth > DEEPEST:
        raise unreadable(name, "bad_yaml", "the file is nested too deeply", "", (line, column))
    if not node.tag.startswith(OWN_TAGS) or "/" in node.tag:
        raise unreadable(
            name,
            "tag_used",
            f"words with a ! in front, such as {node.tag}, are not read here; nothing is included",
            "Write it out, or put quotes around it",
            (line, column),
        )
    if isinstance(node, ScalarNode):
        return Spot(name, line, column, text=str(node.value).strip())
    if id(node) in seen:
        raise unreadable(
            name,
            "alias_used",
            "anchors and aliases (& and *) are not read here",
            "Write it out, or put it into the shared folder",
            (line, column),
        )
    seen.add(id(node))
    if isinstance(node, SequenceNode):
        items = tuple(_spot(item, name, findings, seen, depth + 1) for item in node.value)
        return Spot(name, line, column, items=items)
    if not isinstance(node, MappingNode):
        raise unreadable(name, "bad_yaml", "this is not YAML", "", (line, column))
    return _block(node, name, findings, seen, depth)


def _block(
    node: MappingNode, name: str, findings: list[Finding], seen: set[int], depth: int
) -> Spot:
    entries: dict[str, Spot] = {}
    keys: dict[str, tuple[int, int]] = {}
    for key_node, value_node in node.value:
        place = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        key = str(key_node.value).strip() if isinstance(key_node, ScalarNode) else "?"
        if key in entries:
            what = f"'{key}' stands here twice (first in line {keys[key][0]})"
            findings.append(Finding(name, *place, "duplicate_name", what, "Rename or remove one"))
            continue
        entries[key] = _spot(value_node, name, findings, seen, depth + 1)
        keys[key] = place
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    return Spot(name, line, column, entries=entries, keys=keys)
