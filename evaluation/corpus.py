"""The corpora: messages by several hands, each in one of three parts.

Every writer has a file of her own, `data/eval/<what>/<hand>.<language>.tsv`. The part of a
message follows from its own text, so nobody chooses it: four of ten train, three develop,
three are sealed; four hands are sealed as a whole. The sealed part is measured and never looked
at. The house's own first messages, written beside the rules, name their part in a column
`split`.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.core.triage_level import TriageLevel

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "data" / "eval"
NLU = ROOT / "data" / "nlu"
LEXICON = ROOT / "pathways" / "shared" / "lexicon"
LANGUAGES = ("zh", "en")
PARTS = ("train", "dev", "sealed")
FIRST = "first"  # the hand that also wrote the rules: its figures flatter
SEALED_HANDS = (
    "quay",
    "bridge",
    "kestrel",
    "fjord",
    "lagoon",
    "moor",
    "osprey",
    "plover",
)  # nothing of theirs has taught anything
# What these wrote taught the points and not the sentence model: how both together read is
# judged by them.
JUDGES = ("clover", "dune", "ember", "larch", "thistle")
LABELS = ("emergency", "same_day", "nurse", "routine", "other")
TRAIN_BELOW, DEV_BELOW = 4, 7  # of ten


@dataclass(frozen=True)
class Message:
    """`label` is the level that a screening message calls for, or a question's topic."""

    hand: str
    language: str
    label: str
    sign: str
    text: str
    part: str


@dataclass(frozen=True)
class Phrase:
    """One phrase of the clinical facts: positive, none, ask, other or hard."""

    language: str
    kind: str
    sign: str
    level: TriageLevel
    text: str


def screening(language: str, *parts: str, first: bool = True) -> Iterator[Message]:
    """Messages with the level they call for, of these parts or of all."""
    for one in _messages("screening", "label", language, parts):
        if first or one.hand != FIRST:
            yield one


def questions(language: str, *parts: str) -> Iterator[Message]:
    """Questions and remarks with their topic, of these parts or of all."""
    yield from _messages("questions", "topic", language, parts)


def phrases(*kinds: str) -> Iterator[Phrase]:
    """The phrases of the clinical facts, of these kinds or all."""
    for row in _rows(FOLDER / "phrases.tsv"):
        if not kinds or row["kind"] in kinds:
            level = TriageLevel.from_word(row["level"])
            yield Phrase(row["language"], row["kind"], row["sign"], level, row["text"])


def talk(language: str, topics: Sequence[str]) -> Iterator[str]:
    """What is said of these topics: the phrases that train the engine, and others' questions."""
    for topic in topics:
        told = yaml.safe_load((NLU / language / f"{topic}.yml").read_text("utf-8"))
        for block in told["nlu"]:
            if block.get("intent") == topic:
                yield from _examples(block)
    yield from (one.text for one in questions(language, "train", "dev") if one.label in topics)


def topics() -> Iterator[tuple[str, str]]:
    """(topic, phrase) of all that trains the engine, in both languages."""
    for file in sorted(NLU.glob("*/*.yml")):
        for block in yaml.safe_load(file.read_text("utf-8"))["nlu"]:
            if "intent" in block:
                yield from ((block["intent"], one) for one in _examples(block))


def part_of(text: str) -> str:
    """Where a message belongs, by its text alone."""
    place = int(hashlib.sha256(text.encode()).hexdigest(), 16) % 10
    return "train" if place < TRAIN_BELOW else "dev" if place < DEV_BELOW else "sealed"


def _examples(block: dict[str, str]) -> Iterator[str]:
    """The phrases of one block of a training file."""
    yield from (line[2:].strip() for line in block["examples"].splitlines() if line)


def _messages(kind: str, key: str, language: str, parts: tuple[str, ...]) -> Iterator[Message]:
    for file in sorted((FOLDER / kind).glob(f"*.{language}.tsv")):
        hand = file.name.split(".")[0]
        for row in _rows(file):
            # Fragments that came one after the other are written with " / " between them.
            text = row["text"].replace(" / ", "\n")
            part = "sealed" if hand in SEALED_HANDS else row.get("split") or part_of(text)
            if not parts or part in parts:
                yield Message(hand, language, row[key], row.get("sign", ""), text, part)


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
