"""Read questions: kind, wording, options and when to ask, from a pathway or the shared bank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.core.condition import Condition
from bot.core.question import Kind, Option, Question
from bot.core.triage_level import TriageLevel
from bot.core.words import LANGUAGES, Words
from bot.pathfiles.desk import Desk
from bot.pathfiles.spots import Spot

LONGEST_SCALE: Final = 100  # as the 0-100 of a visual analogue scale
NAMES: Final = (
    *("name", "code", "why", "help", "unit", "range", "options", "topics"),
    *("only_when", "if_unknown", "for_the_record", "call_back"),
)
NUMERIC: Final = (Kind.SCALE, Kind.COUNT, Kind.MEASURE)
CHOOSING: Final = (Kind.CHOICE, Kind.CHOICES)
YES_NO: Final = {
    "yes": Words({"zh": "有", "en": "Yes"}),
    "no": Words({"zh": "没有", "en": "No"}),
}


@dataclass(frozen=True)
class AskedQuestion:
    """A question and what the pathway says about asking it.

    `for_the_record` names the answers that deliberately lead to no rule; an
    empty name stands for the whole question.
    """

    question: Question
    only_when: Condition | None
    if_unknown: TriageLevel | None
    for_the_record: frozenset[str]
    call_back_source: tuple[str, ...] = ()


Ways = Mapping[str, Mapping[str, tuple[str, ...]]]


def read_ways(desk: Desk, spot: Spot | None) -> Ways:
    """Common ways to say something, lent to options by name: `also: {like: none}`."""
    return {
        name: desk.phrases(entry, f"ways {name}")
        for name, entry in desk.named(spot, "ways").items()
    }


def read_questions(
    desk: Desk, spot: Spot | None, owner: str, ways: Ways
) -> dict[str, AskedQuestion]:
    """All questions of one block; `owner` is the pathway's id or "shared"."""
    found: dict[str, AskedQuestion] = {}
    for name, entry in desk.named(spot, "questions").items():
        desk.mark(entry, owner, "questions", name)
        asked = _question(desk, name, entry, owner, ways)
        if asked is not None:
            found[name] = asked
    return found


def _question(desk: Desk, name: str, spot: Spot, owner: str, ways: Ways) -> AskedQuestion | None:
    what = f"question {name}"
    entry = desk.block(spot, what, needs=("kind", "ask"), may=NAMES)
    if "kind" not in entry or "ask" not in entry:
        return None
    kind = Kind(desk.one_of(entry["kind"], f"the kind of {what}", list(Kind), Kind.TEXT))
    options, record = _options(desk, (owner, name), entry.get("options"), kind, ways)
    span = desk.span(entry.get("range"), f"the range of {what}")
    if kind in NUMERIC and span is None and "range" not in entry:
        hint = "Add the smallest and largest plausible answer, such as range: 0-10"
        desk.note(spot, "missing_range", f"{what} asks for a number without a range", hint)
    if kind is Kind.SCALE and span is not None and span[1] - span[0] > LONGEST_SCALE:
        hint = f"A scale has at most {LONGEST_SCALE} steps; use kind: count or kind: measure"
        desk.note(spot, "scale_too_long", f"{what} has too many steps to be tapped", hint)
    if kind in CHOOSING and len(options) < 2:
        desk.note(spot, "missing_options", f"{what} is a choice with fewer than two options")
    call_back = desk.block(
        entry.get("call_back"), f"call_back of {what}", needs=("below", "source"), may=("note",)
    )
    question = Question(
        id=name,
        kind=kind,
        ask=_must(desk.words(entry["ask"], f"ask of {what}")),
        code=desk.text(entry.get("code"), f"code of {what}", name),
        name=desk.words(entry.get("name"), f"name of {what}"),
        why=desk.words(entry.get("why"), f"why of {what}"),
        help=desk.words(entry.get("help"), f"help of {what}"),
        unit=desk.text(entry.get("unit"), f"unit of {what}") or None,
        minimum=span[0] if span else None,
        maximum=span[1] if span else None,
        options=options,
        topics=desk.phrases(entry.get("topics"), f"topics of {what}"),
        call_back_below=desk.number(call_back.get("below"), f"below in call_back of {what}"),
    )
    unknown = entry.get("if_unknown")
    return AskedQuestion(
        question=question,
        only_when=desk.condition(entry.get("only_when"), f"only_when of {what}"),
        if_unknown=desk.level(unknown, f"if_unknown of {what}", TriageLevel.SAME_DAY)
        if unknown is not None
        else None,
        for_the_record=record
        | ({""} if desk.flag(entry.get("for_the_record"), "for_the_record") else frozenset()),
        call_back_source=desk.texts(call_back.get("source"), f"source in call_back of {what}"),
    )


def _options(
    desk: Desk, path: tuple[str, str], spot: Spot | None, kind: Kind, ways: Ways
) -> tuple[tuple[Option, ...], frozenset[str]]:
    """The options and the names of those that lead to no rule on purpose."""
    owner, question = path
    options: list[Option] = []
    record: set[str] = set()
    for value, entry in desk.named(spot, f"options of {question}").items():
        what = f"option {value} of {question}"
        desk.mark(entry, owner, "questions", question, value)
        if kind is Kind.YES_NO and value not in YES_NO:
            desk.note(entry, "unknown_word", f"{what}: a yes_no question has only yes and no")
        parts = desk.block(entry, what, may=("button", "also", "for_the_record", "counts"))
        counts = desk.number(parts.get("counts"), f"counts of {what}")
        counts = int(counts) if counts is not None and counts.is_integer() else counts
        if (counts is None) is (kind is Kind.SCALE):
            hint = "Only the named numbers of a scale count, and each of them must: counts: 4"
            desk.note(entry, "named_number", f"{what}: counts is missing or out of place", hint)
        button = desk.words(parts.get("button"), f"button of {what}") or YES_NO.get(value)
        if button is None:
            desk.note(entry, "missing_name", f"{what} lacks 'button'", "Say what stands on it")
        if desk.flag(parts.get("for_the_record"), "for_the_record"):
            record.add(value)
        also = _also(desk, parts.get("also"), f"also of {what}", ways)
        options.append(Option(value, _must(button), also, counts))
    return tuple(options), frozenset(record)


def _also(desk: Desk, spot: Spot | None, what: str, ways: Ways) -> Mapping[str, tuple[str, ...]]:
    """The ways written here, and those lent with `like`."""
    if spot is None or spot.entries is None or "like" not in spot.entries:
        return desk.phrases(spot, what)
    name = desk.one_of(spot.entries["like"], f"like in {what}", tuple(ways), "")
    here = {key: entry for key, entry in spot.entries.items() if key != "like"}
    own = desk.phrases(replace(spot, entries=here), what) if here else {}
    lent = ways.get(name, {})
    return {one: (*own.get(one, ()), *lent.get(one, ())) for one in LANGUAGES}


def _must(words: Words | None) -> Words:
    """A stand-in for words that were already noted as missing."""
    return words or Words({"zh": "", "en": ""})
