"""Sentences: every wording of a file with its place, and new wordings put in at that place.

Nothing else of the file is touched: comments, order, quotes and blank lines stay, since only
the characters of one value are replaced. The result is read again before anybody gets it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode

from bot.core.words import LANGUAGES
from bot.pathfiles.file_text import file_text
from bot.pathfiles.spots import READER, read_spots

Said = str | tuple[str, ...]
# What stands without quotes and is surely read as these very words.
PLAIN: Final = re.compile(r"[^\W\d_][^\n\r\t:#,\[\]{}&*!|>'\"%@`]*")
# What other readers of YAML take for something else than a word.
NOT_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"})
# A question's ways to say an answer may also be lent by name; the name is no wording.
LENT: Final = "like"


@dataclass(frozen=True)
class Sentence:
    """One wording in every language. A list of phrases is a tuple per language."""

    place: str  # questions.walking.ask
    line: int
    said: Mapping[str, Said]


class Reworded(Exception):
    """The file would not read as it should; `place` says where. Nothing was changed."""

    def __init__(self, place: str) -> None:
        self.place = place
        super().__init__(place)


def read_sentences(path: Path, name: str) -> tuple[Sentence, ...]:
    """Every sentence of a file, in its order. Raises Unreadable."""
    read_spots(path, name)  # refuses what is too large, too deep or no YAML
    root = yaml.compose(file_text(path, name), Loader=READER)
    return tuple(
        Sentence(
            place=place,
            line=node.start_mark.line + 1,
            said={language: _said(value) for language, value in _languages(node)},
        )
        for place, node in _sentences(root, ())
    )


def reword(path: Path, name: str, changes: Mapping[tuple[str, str], Said]) -> str:
    """The text of the file with new wordings, by place and language. Raises Reworded."""
    text = file_text(path, name)
    root = yaml.compose(text, Loader=READER)
    edits: list[tuple[int, int, str]] = []
    wanted = dict(_values(root, ()))
    for place, node in _sentences(root, ()):
        here = dict(_languages(node))
        for language in LANGUAGES:
            new = changes.get((place, language))
            if new is None or (language in here and new == _said(here[language])):
                continue
            value = here.get(language)
            edits.append(_edit(text, value, new) if value else _added(text, node, language, new))
            wanted = {key: one for key, one in wanted.items() if not _below(key, place, language)}
            wanted.update(_as_values(f"{place}.{language}", new))
    for start, end, new_text in sorted(edits, reverse=True):
        text = text[:start] + new_text + text[end:]
    try:
        written = dict(_values(yaml.compose(text, Loader=READER), ()))
    except yaml.YAMLError:
        raise Reworded(name) from None
    for key in {*written, *wanted}:
        if written.get(key) != wanted.get(key):
            raise Reworded(key)
    return text


def _sentences(node: Node | None, path: tuple[str, ...]) -> Iterator[tuple[str, MappingNode]]:
    if isinstance(node, SequenceNode):
        for turn, item in enumerate(node.value, start=1):
            yield from _sentences(item, (*path, str(turn)))
    if not isinstance(node, MappingNode):
        return
    if list(_languages(node)) and all(key.value in (*LANGUAGES, LENT) for key, _ in node.value):
        yield ".".join(path), node
        return
    for key, value in node.value:
        yield from _sentences(value, (*path, str(key.value).strip()))


def _languages(node: MappingNode) -> Iterator[tuple[str, Node]]:
    for key, value in node.value:
        if key.value in LANGUAGES and not isinstance(value, MappingNode):
            yield key.value, value


def _said(node: Node) -> Said:
    if isinstance(node, SequenceNode):
        return tuple(str(item.value).strip() for item in node.value)
    return str(node.value).strip()


def _values(node: Node | None, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every single value of a file by its path, to compare a file before and after."""
    if isinstance(node, ScalarNode):
        yield ".".join(path), str(node.value).strip()
    elif isinstance(node, SequenceNode):
        for turn, item in enumerate(node.value, start=1):
            yield from _values(item, (*path, str(turn)))
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _values(value, (*path, str(key.value).strip()))


def _as_values(place: str, said: Said) -> Iterator[tuple[str, str]]:
    if isinstance(said, str):
        yield place, said
    else:
        yield from ((f"{place}.{turn}", one) for turn, one in enumerate(said, start=1))


def _below(key: str, place: str, language: str) -> bool:
    whole = f"{place}.{language}"
    return key == whole or key.startswith(f"{whole}.")


def _edit(text: str, node: Node, new: Said) -> tuple[int, int, str]:
    """Which characters give way, and to what."""
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, ScalarNode) and isinstance(new, str):
        if node.style in ("|", ">"):
            return start, end, _as_lines(text[start:end], new)
        gap = " " if text[start - 1 : start] == ":" else ""  # nothing stood here: `en:`
        return start, end, gap + quoted(new, node.style)
    if isinstance(node, SequenceNode) and not isinstance(new, str):
        # A phrase that stays keeps its quotes.
        kept = {
            str(item.value).strip(): text[item.start_mark.index : item.end_mark.index]
            for item in node.value
        }
        items = [kept.get(one) or quoted(one, None) for one in new]
        if node.flow_style or not node.value:
            return start, end, f"[{', '.join(items)}]"
        joint = _line_end(text) + " " * node.start_mark.column + "- "
        return start, node.value[-1].end_mark.index, f"- {joint.join(items)}"
    raise Reworded(f"line {node.start_mark.line + 1}")


def _added(text: str, node: MappingNode, language: str, new: Said) -> tuple[int, int, str]:
    """A language that is not there yet, behind the other one."""
    last = node.value[-1][1]
    items = [quoted(one, None) for one in ((new,) if isinstance(new, str) else new)]
    value = items[0] if isinstance(new, str) else f"[{', '.join(items)}]"
    if node.flow_style:
        return last.end_mark.index, last.end_mark.index, f", {language}: {value}"
    column = node.value[0][0].start_mark.column
    # A text of several lines ends behind its last line.
    end = last.start_mark.index + len(text[last.start_mark.index : last.end_mark.index].rstrip())
    return end, end, f"{_line_end(text)}{' ' * column}{language}: {value}"


def quoted(said: str, style: str | None) -> str:
    """One value on one line, in the quotes it had if they can hold it."""
    if not style and PLAIN.fullmatch(said) and said.casefold() not in NOT_WORDS:
        return said
    if style == "'" and "\n" not in said:
        return "'" + said.replace("'", "''") + "'"
    escaped = said.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _as_lines(old: str, said: str) -> str:
    """A text of several lines, as `|-` writes it: its first line, its indent and its end stay."""
    end = _line_end(old)
    head, *lines = old.splitlines()
    indent = re.match(r" *", next(line for line in lines if line.strip()))
    before = indent[0] if indent else "  "
    tail = old[len(old.rstrip()) :]
    if head.startswith(">"):  # folded: an empty line stands for a new one
        said = said.replace("\n", "\n\n")
    body = [f"{before}{line}" if line else "" for line in said.split("\n")]
    return end.join([head, *body]) + tail


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
