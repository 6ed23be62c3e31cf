"""Readers: ours, and the plain ones it has to beat in the same run."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.core.screening import Lexicons, screen
from evaluation.corpus import Message
from evaluation.judged import Judged

ROOT = Path(__file__).resolve().parents[1]
ENGINE_PYTHON = ROOT / "engine" / ".venv" / "bin" / "python"
# Rasa as it comes, with TensorFlow: made by benchmarks/stock/setup.sh where wanted.
STOCK_PYTHON = ROOT / "results" / "stock" / ".venv" / "bin" / "python"
QUIET = ("routine", "other")


def ours(messages: Sequence[Message], lexicons: Lexicons) -> list[Judged]:
    """The very code that inbound messages pass through."""
    judged = []
    for one in messages:
        found = screen(one.text, lexicons=lexicons)
        nurse = found.level.needs_nurse or found.ask
        judged.append(Judged(one, found.level.word, nurse, found.another_person))
    return judged


def key_words(messages: Sequence[Message]) -> list[Judged]:
    """A list of alarming words, looked for anywhere; the gravest counts. What many bots do."""
    told = list(_word_list())
    judged = []
    for one in messages:
        text = one.text.lower()
        level = next((level for level, words in told if any(w in text for w in words)), "routine")
        judged.append(Judged(one, level, level != "routine"))
    return judged


def _word_list() -> Iterator[tuple[str, list[str]]]:
    """(level, words) of each line, the gravest level first."""
    lines = (ROOT / "evaluation" / "baselines" / "key_words.txt").read_text("utf-8").splitlines()
    for line in sorted(one for one in lines if not one.startswith("#")):
        level, _, words = line.partition(": ")
        yield level, words.split("|") if "|" in words else words.split()


def learned(lessons: Sequence[Message], messages: Sequence[Message], how: str) -> list[Judged]:
    """A model trained on `lessons` and asked about `messages`, in its own environment.

    `how`: "letters" (letter n-grams with logistic regression) or "diet" (Rasa's stock
    pipeline). Gives nothing when that environment is not there.
    """
    python = STOCK_PYTHON if how == "diet" else ENGINE_PYTHON
    if not python.exists() or not lessons or not messages:
        return []
    asked = {
        "lessons": [[one.text, one.label] for one in lessons],
        "texts": [one.text for one in messages],
    }
    done = subprocess.run(
        [str(python), "-W", "ignore", str(ROOT / "evaluation" / "baselines" / f"{how}.py")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    labels = json.loads(done.stdout.splitlines()[-1])
    return [
        Judged(one, label if label != "nurse" else "within_48_hours", label not in QUIET)
        if label != "other"
        else Judged(one, "routine", False, another_person=True)
        for one, label in zip(messages, labels, strict=True)
    ]


def topics(messages: Sequence[Message]) -> list[tuple[str, float]]:
    """(topic, confidence) of each text by the trained model; "other" when it is none."""
    texts = "\n".join(one.text.replace("\n", " ") for one in messages) + "\n"
    done = subprocess.run(
        [str(ENGINE_PYTHON), "-W", "ignore", "-m", "engine.understand"],
        input=texts,
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return [(one["topic"] or "other", one["confidence"]) for one in found]
