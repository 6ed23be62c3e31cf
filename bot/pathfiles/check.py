"""Check a library before anything runs: every mistake in plain words, with file and line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.core.errors import PathwayError
from bot.pathfiles.answer_words import lacking
from bot.pathfiles.check_contacts import check_contacts
from bot.pathfiles.check_questions import check_questions
from bot.pathfiles.check_rules import check_rules
from bot.pathfiles.check_words import check_shared_words, check_words
from bot.pathfiles.findings import Finding, Severity
from bot.pathfiles.folder import as_folder, read_folder
from bot.pathfiles.in_chinese import told_in_both
from bot.pathfiles.load import read_library
from bot.pathfiles.look import Look


def check_library(folder: Path) -> list[Finding]:
    """Every finding of the library in `folder`, in the order of the files.

    When a file cannot be read, only that is told: the rest would be noise.
    """
    read = read_library(folder)
    if read.errors:
        return [told_in_both(one) for one in dict.fromkeys(read.findings)]
    findings = [*read.findings, *check_shared_words(read), *_answer_words(folder / "shared")]
    for pathway in read.library.pathways.values():
        look = Look(read, pathway)
        for check in (check_contacts, check_questions, check_rules, check_words):
            check(look)
        findings.extend(look.findings)
    # A shared piece is looked at once per pathway that uses it, and told once.
    return [told_in_both(one) for one in sorted(dict.fromkeys(findings))]


def _answer_words(shared: Path) -> list[Finding]:
    """What a ward's own copy of the answer words lacks since an upgrade, or cannot be read."""
    name = "shared/answer_words"
    if not (shared / "answer_words").is_dir():
        return []
    try:
        missing = lacking(shared / "answer_words")
    except PathwayError as error:
        place, _, line = error.where.rpartition(":")
        at = (f"{name}/{place or line}", int(line) if place and line.isdigit() else 1, 1)
        return [Finding(*at, "bad_answer_words", error.what, error.hint)]
    hint = "Copy it from pathways/shared/answer_words of this software"
    return [
        Finding(
            *(name, 1, 1, "missing_list"),
            f"the list '{one}' is missing, and the software's own stands in",
            hint,
            Severity.WARNING,
        )
        for one in missing
    ]


def check_with(folder: Path, texts: Mapping[str, str]) -> list[Finding]:
    """Every finding of the library in `folder` as it would be with these texts in it."""
    with as_folder({**read_folder(folder), **texts}) as changed:
        return check_library(changed)
