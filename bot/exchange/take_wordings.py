"""Take wordings back: the changed sentences of a translator's table go into their files.

All or nothing. Whatever is doubtful is told with its line, and no file is touched: an unknown
place, a lost blank, an empty language, a text that is too long, a formula, a sentence that was
changed in the file since, and whatever `aftercare pathway check` finds wrong afterwards.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.core.spreadsheet import FORMULA, unguarded
from bot.core.words import LANGUAGES
from bot.exchange.sheet import Row, read_sheets
from bot.exchange.wordings import COLUMNS, as_cell, as_said, fingerprint, longest_at, version
from bot.pathfiles.check import check_library, check_with
from bot.pathfiles.check_words import BLANK
from bot.pathfiles.file_text import unreadable
from bot.pathfiles.findings import Finding, Severity, did_you_mean
from bot.pathfiles.folder import may_hold
from bot.pathfiles.sentences import Reworded, Said, Sentence, read_sentences, reword

BOM: Final = b"\xef\xbb\xbf"
EXPORT_AGAIN: Final = "Export the file again and bring the change over"
Changes = dict[tuple[str, str], Said]


@dataclass
class Taken:
    """What a table brings. With errors among the findings nothing was written."""

    findings: list[Finding] = field(default_factory=list)
    changed: dict[str, int] = field(default_factory=dict)  # wordings, by file
    kept: int = 0  # sentences changed in the file since, and not by the translator
    moved: list[str] = field(default_factory=list)  # files that were changed since the export
    one_sided: list[str] = field(default_factory=list)  # places changed in one language only

    @property
    def errors(self) -> list[Finding]:
        return [one for one in self.findings if one.severity is Severity.ERROR]


def take_wordings(table: Path, folder: Path, *, write: bool = True) -> Taken:
    """Put the wordings of a table into the files of `folder`. Raises Unreadable."""
    sheets = read_sheets(table)
    title, rows = next(iter(sheets.items()), ("", ()))
    name = f"{table.name} ({title})" if title else table.name
    if not rows:
        raise unreadable(name, "bad_table", "the table has no rows", "Export it again")
    if lacking := [one for one in COLUMNS if one not in rows[0].cells]:
        what = f"the table lacks the column '{lacking[0]}'"
        raise unreadable(name, "bad_table", what, "Export it again and keep the first row")
    taken = Taken()
    changes = _changes(name, rows, folder, taken)
    if taken.errors or not changes:
        return taken
    texts = _reworded(folder, changes, name, taken)
    taken.findings += _afterwards(folder, texts, name)
    if taken.errors:
        return taken
    taken.changed = {file: len(some) for file, some in changes.items()}
    if write:
        for file, text in texts.items():
            _write(folder / file, text)
    return taken


def _changes(name: str, rows: tuple[Row, ...], folder: Path, taken: Taken) -> dict[str, Changes]:
    """What is to be changed, by file. Whatever is wrong with a row is noted with its line."""
    known: dict[str, dict[str, Sentence]] = {}
    lines: dict[tuple[str, str], int] = {}
    changes: dict[str, Changes] = {}
    for row in rows:
        file, place = row.cells["file"], row.cells["place"]
        if file not in known:
            known[file] = _sentences_of(folder, file)
            if known[file] and row.cells["file_then"] != version(folder, file):
                taken.moved.append(file)
        note = _Notes(name, row.line, taken)
        if not known[file]:
            note.error("unknown_file", f"there is no pathway file '{file}'", "Keep this column")
            continue
        sentence = known[file].get(place)
        if sentence is None:
            hint = did_you_mean(place, known[file]) if place else "Keep this column"
            note.error("unknown_place", f"{file} has no sentence '{place}'", hint)
            continue
        first = lines.setdefault((file, place), row.line)
        if first != row.line:
            what = f"'{place}' stands here twice (first in line {first})"
            note.error("duplicate_name", what, "Remove one row")
            continue
        for language, said in _row(note, row, file, sentence):
            changes.setdefault(file, {})[place, language] = said
    return changes


def _sentences_of(folder: Path, file: str) -> dict[str, Sentence]:
    """The sentences of a file of this folder; none when it is not one of its files."""
    if not may_hold(file) or not (folder / file).is_file():
        return {}
    return {one.place: one for one in read_sentences(folder / file, file)}


@dataclass
class _Notes:
    """Findings of one row."""

    name: str
    line: int
    taken: Taken

    def error(self, kind: str, what: str, hint: str = "", column: int = 1) -> None:
        self.taken.findings.append(Finding(self.name, self.line, column, kind, what, hint))


def _row(note: _Notes, row: Row, file: str, sentence: Sentence) -> Iterator[tuple[str, Said]]:
    """The languages of a row that were changed, by the translator and by nobody else."""
    here = {one: as_cell(sentence.said.get(one, "")) for one in LANGUAGES}
    told = {one: unguarded(row.cells.get(one, "")) for one in LANGUAGES}
    if told == here:
        return
    moved = row.cells["as_exported"] != fingerprint(file, sentence)
    as_left = Sentence(sentence.place, 0, told)
    if moved and row.cells["as_exported"] == fingerprint(file, as_left):
        note.taken.kept += 1
        return
    if moved:
        what = f"{sentence.place} was changed in {file} (line {sentence.line}) since the export"
        note.error("changed_since", what, EXPORT_AGAIN)
        return
    different = [one for one in LANGUAGES if told[one] != here[one]]
    if len(different) == 1 and all(here.values()):
        # Does the other language still say the same? Only a person can tell (hazard H11).
        note.taken.one_sided.append(f"{file} {sentence.place} ({different[0]})")
    longest = longest_at(file, sentence)
    for language in different:
        column = COLUMNS.index(language) + 1
        where = f"{sentence.place} ({language})"
        for kind, what, hint in _wrong(told[language], here[language], longest[language]):
            note.error(kind, f"{where} {what}", hint, column)
        yield language, as_said(told[language], sentence.said.get(language, ""))


def _wrong(told: str, before: str, longest: int) -> Iterator[tuple[str, str, str]]:
    """What keeps a new wording out of the file: kind, what, hint."""
    if not told:
        yield "missing_language", "is empty", "Write it, or leave the row out"
    if told.startswith(FORMULA):
        yield "formula", f"begins with {told[0]!r}, as a formula does", "Begin with a word"
    if any(not one.isprintable() and one != "\n" for one in told):
        yield "wrong_shape", "holds an unprintable character", "Write it anew"
    if len(told) > max(longest, len(before)):
        what = f"has {len(told)} characters, at most {longest} fit"
        yield "sentence_too_long", what, "Say it shorter"
    for blank in sorted(set(BLANK.findall(before)) - set(BLANK.findall(told))):
        yield "wrong_blank", f"has lost the blank {{{blank}}}", "Put it back as it was"


def _reworded(
    folder: Path, changes: Mapping[str, Changes], name: str, taken: Taken
) -> dict[str, str]:
    texts = {}
    for file, some in changes.items():
        try:
            texts[file] = reword(folder / file, file, some)
        except Reworded as fault:
            what = f"the new wording of {fault.place} cannot be put into {file}"
            taken.findings.append(Finding(name, 1, 1, "bad_table", what, "Edit that line by hand"))
    return texts


def _afterwards(folder: Path, texts: Mapping[str, str], name: str) -> list[Finding]:
    """What the check finds with the new wordings and did not find before."""
    before = {(one.kind, one.what) for one in check_library(folder)}
    return [
        Finding(name, 0, 0, one.kind, f"{one.file}:{one.line}: {one.what}", one.hint, one.severity)
        for one in check_with(folder, texts)
        if (one.kind, one.what) not in before
    ]


def _write(path: Path, text: str) -> None:
    """The whole file or the old one, also when the machine stops in between."""
    mark = BOM if path.read_bytes().startswith(BOM) else b""
    half = path.with_name(f".{path.name}.half")
    half.write_bytes(mark + text.encode())
    shutil.copymode(path, half)
    half.replace(path)
