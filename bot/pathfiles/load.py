"""Load the library: every pathway file and the shared folder become core objects.

`load_library` is strict: the first error stops it, and the running version
stays untouched. `read_library` tells everything at once, for the check.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.core.errors import PathwayError
from bot.core.pathway import Case, Library, Pathway, Rule
from bot.core.question import Question
from bot.core.shared import Shared
from bot.core.words import Words
from bot.pathfiles.desk import Desk
from bot.pathfiles.file_text import Unreadable
from bot.pathfiles.findings import Finding, Severity, did_you_mean
from bot.pathfiles.lend import lenders
from bot.pathfiles.read_contacts import (
    read_check_ins,
    read_groups,
    read_reminders,
    read_teaching,
)
from bot.pathfiles.read_questions import AskedQuestion, Ways, read_questions, read_ways
from bot.pathfiles.read_rules import read_cases, read_rule_cases, read_rules
from bot.pathfiles.read_shared import OWNER, read_shared
from bot.pathfiles.spots import Spot, read_spots

SHARED_FILES: Final = (
    *("ways", "questions", "rules", "phrases", "levels", "emergency_numbers"),
    *("sources", "consent", "answers", "quick_replies"),
)
# What the care team wrote about the operation: an episode keeps these with its pathway. The
# other shared files are the house's as it runs now, for everybody at once (decision 5).
FILES_OF_A_VERSION: Final = ("ways", "questions", "rules", "answers")
RESPONDENTS: Final = ("patient", "parent", "carer")
TOPICS: Final = (
    *("wound_care", "bathing", "diet", "activity_exercise", "driving_work", "medication"),
    *("pain_control", "follow_up_visit", "sutures", "swelling_bruising", "constipation"),
    *("sleep", "mood", "sex", "travel", "results", "other"),
)
HASH_LENGTH: Final = 12
EMPTY: Final = Words({"zh": "", "en": ""})


@dataclass(frozen=True)
class Read:
    """A library as read, every finding, and where each piece stood.

    With errors among the findings the library is for looking at, not for use.
    """

    library: Library
    findings: tuple[Finding, ...]
    places: Mapping[tuple[str, ...], Spot]
    asked: Mapping[str, Mapping[str, AskedQuestion]]
    bank: Mapping[str, Question]  # the shared questions

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)


@dataclass(frozen=True)
class _Bank:
    """What the shared folder lends to every pathway."""

    shared: Shared
    ways: Ways
    questions: Mapping[str, AskedQuestion]
    rules: Mapping[str, Rule]
    answers: Mapping[str, Words]
    digest: str


def load_library(folder: Path, *, today: Path | None = None) -> Library:
    """The library in `folder`. Raises PathwayError with the place of the first error.

    `today` is for a version kept by an older release: the folder that lends it what it
    must have by now and does not.
    """
    read = read_library(folder, today=today)
    for finding in read.errors:
        raise PathwayError(f"{finding.file}:{finding.line}", finding.what, finding.hint)
    return read.library


def read_library(folder: Path, *, today: Path | None = None) -> Read:
    """Read everything and note every mistake; never raises for what a file contains."""
    desk = Desk()
    bank = _read_bank(desk, folder / "shared", today)
    pathways: dict[str, Pathway] = {}
    asked: dict[str, Mapping[str, AskedQuestion]] = {}
    for path in sorted(folder.glob("*.yml")):
        spot = _open(desk, path, path.name, today)
        if spot is None:
            continue
        version = _digest([bank.digest.encode(), path.read_bytes()])
        pathway, questions = _read_pathway(desk, spot, path.stem, bank, version)
        pathways[pathway.id], asked[pathway.id] = pathway, questions
    by_procedure = _by_procedure(desk, pathways.values())
    lent = {name: one.question for name, one in bank.questions.items()}
    versions = [pathway.version.encode() for pathway in pathways.values()]
    library = Library(
        pathways, bank.shared, _digest([bank.digest.encode(), *versions]), by_procedure
    )
    return Read(library, tuple(sorted(desk.findings)), desk.places, asked, lent)


def _open(desk: Desk, path: Path, name: str, today: Path | None) -> Spot | None:
    try:
        spot, findings = read_spots(path, name)
    except Unreadable as error:
        desk.findings.append(error.finding)
        return None
    desk.findings.extend(findings)
    if today is not None:
        desk.lenders.update(lenders(spot, today, name))
    return spot


def _read_bank(desk: Desk, folder: Path, today: Path | None) -> _Bank:
    files: dict[str, Spot] = {}
    raw: list[bytes] = []
    for stem in SHARED_FILES:
        path, name = folder / f"{stem}.yml", f"shared/{stem}.yml"
        if not path.is_file():
            desk.findings.append(
                Finding(name, 0, 0, "missing_file", "the file is missing", "Every library needs it")
            )
            continue
        raw.append(path.read_bytes())
        spot = _open(desk, path, name, today)
        if spot is not None:
            files[stem] = spot
    shared = read_shared(desk, files)
    tells = {level: policy.tell_patient for level, policy in shared.levels.items()}
    ways = read_ways(desk, files.get("ways"))
    return _Bank(
        shared=shared,
        ways=ways,
        questions=read_questions(desk, files.get("questions"), OWNER, ways),
        rules=read_rules(desk, files.get("rules"), OWNER, tells),
        answers=_answers(desk, files.get("answers"), OWNER),
        digest=_digest(raw),
    )


def _read_pathway(
    desk: Desk, spot: Spot, stem: str, bank: _Bank, version: str
) -> tuple[Pathway, Mapping[str, AskedQuestion]]:
    may = ("groups", "questions", "use_rules", "rules", "teaching", "reminders", "answers")
    parts = desk.block(
        spot,
        "the pathway",
        needs=("pathway", "number", "title", "for", "check_ins", "cases"),
        may=(*may, "note"),
    )
    owner = desk.text(parts.get("pathway"), "the name of the pathway", stem)
    desk.mark(spot, owner)
    if owner != stem:
        desk.note(spot, "wrong_file_name", f"pathway '{owner}' stands in {stem}.yml", "Rename one")
    for_whom = desk.block(
        parts.get("for"), "for", needs=("procedures", "respondent"), may=("note",)
    )
    own = read_questions(desk, parts.get("questions"), owner, bank.ways)
    plans = read_check_ins(
        desk, parts.get("check_ins"), read_groups(desk, parts.get("groups")), owner
    )
    asked = _asked(bank, own, {one for plan in plans for one in plan.questions})
    questions = {name: one.question for name, one in asked.items()}
    rules = _rules(desk, parts, owner, bank)
    cases = read_cases(desk, parts.get("cases"), owner, questions)
    cases += _rule_cases(desk, rules, owner, questions)
    pathway = Pathway(
        id=owner,
        version=version,
        number=desk.whole(parts.get("number"), "the number of the pathway"),
        title=desk.words(parts.get("title"), "title") or EMPTY,
        procedures=desk.texts(for_whom.get("procedures"), "procedures"),
        respondent=desk.one_of(
            for_whom.get("respondent"), "respondent", RESPONDENTS, RESPONDENTS[0]
        ),
        check_ins=plans,
        questions=questions,
        ask_when={name: one.only_when for name, one in asked.items() if one.only_when is not None},
        if_unknown={
            name: one.if_unknown for name, one in asked.items() if one.if_unknown is not None
        },
        rules=tuple(rules.values()),
        teaching=read_teaching(desk, parts.get("teaching"), owner),
        reminders=read_reminders(desk, parts.get("reminders"), owner),
        answers={**bank.answers, **_answers(desk, parts.get("answers"), owner)},
        cases=tuple(cases),
        shared=bank.shared,
    )
    return pathway, asked


def _asked(
    bank: _Bank, own: Mapping[str, AskedQuestion], wanted: set[str]
) -> dict[str, AskedQuestion]:
    """The pathway's own questions, and those of the bank that its check-ins ask."""
    lent = {name: one for name, one in bank.questions.items() if name in wanted}
    return {**lent, **own}


def _rules(desk: Desk, parts: Mapping[str, Spot], owner: str, bank: _Bank) -> dict[str, Rule]:
    tells = {level: policy.tell_patient for level, policy in bank.shared.levels.items()}
    rules = read_rules(desk, parts.get("rules"), owner, tells)
    used = parts.get("use_rules")
    for item in (used.items or ()) if used is not None else ():
        name = desk.text(item, "an entry of use_rules")
        if name not in bank.rules:
            desk.note(
                item, "unknown_rule", f"no shared rule '{name}'", did_you_mean(name, bank.rules)
            )
        elif name in rules:
            desk.note(item, "duplicate_name", f"rule '{name}' is both shared and written here")
        else:
            rules[name] = bank.rules[name]
            desk.mark(item, owner, "rules", name)
    return rules


def _rule_cases(
    desk: Desk,
    rules: Mapping[str, Rule],
    owner: str,
    questions: Mapping[str, Question],
) -> list[Case]:
    """Cases under the rules: those written here, and those that came with lent rules."""
    own = {
        name: rule for name, rule in rules.items() if (owner, "rules", name, "when") in desk.places
    }
    lent = {name: rule for name, rule in rules.items() if name not in own}
    cases = read_rule_cases(desk, own, owner, questions)
    return cases + read_rule_cases(desk, lent, OWNER, questions)


def _answers(desk: Desk, spot: Spot | None, owner: str) -> dict[str, Words]:
    """What the care team says about a topic when a patient asks."""
    answers: dict[str, Words] = {}
    for topic, entry in desk.block(spot, "answers", may=TOPICS).items():
        desk.mark(entry, owner, "answers", topic)
        answers[topic] = desk.words(entry, f"answer {topic}") or EMPTY
    return answers


def _by_procedure(desk: Desk, pathways: Iterable[Pathway]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pathway in pathways:
        for code in pathway.procedures:
            if code in found:
                desk.note(
                    desk.places[pathway.id,],
                    "duplicate_procedure",
                    f"procedure '{code}' is also served by pathway {found[code]}",
                    "A procedure code belongs to one pathway",
                )
            found[code] = pathway.id
    return found


def _digest(parts: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        # The length keeps two files from reading like one.
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()[:HASH_LENGTH]
