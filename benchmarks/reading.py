"""Reading answers: accuracy by kind and language, wrong values stored, and speed.

Run: python -m benchmarks.reading [--split test|fresh|dev] [--misses]
Misses are shown for the dev part only: nobody tunes on the others.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "unit"))

from corpus.answers import book  # noqa: E402

from bot.core.reading import AnswerWords, read  # noqa: E402
from bot.pathfiles.answer_words import load_answer_words  # noqa: E402


def score(language: str, split: str | None, words: AnswerWords, misses: bool) -> None:
    """Print one language's figures by kind, and every miss when asked."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    stored: list[str] = []
    missed: list[str] = []
    taken: list[float] = []
    for line in book.lines(language, split):
        question = book.QUESTIONS[line.question]
        started = time.perf_counter()
        reading = read(line.text, question, words=words, language=language, today=book.TODAY)
        taken.append((time.perf_counter() - started) * 1000)
        total[question.kind.value] += 1
        shown = f"{line.question}: {line.text!r} wanted {line.expected}, read {_shown(reading)}"
        if book.is_right(reading, line.expected, question.kind):
            right[question.kind.value] += 1
        else:
            missed.append(shown)
        if book.is_wrongly_stored(reading, line.expected, question.kind):
            stored.append(shown)
    kinds = "  ".join(f"{kind} {right[kind]}/{total[kind]}" for kind in sorted(total))
    whole, good = sum(total.values()), sum(right.values())
    print(f"{language} {split or 'all'}: {good}/{whole} = {good / whole:.1%}   {kinds}")
    print(f"   wrong value stored: {len(stored)} ({len(stored) / whole:.1%})")
    p95 = sorted(taken)[int(len(taken) * 0.95)]
    print(f"   per message: median {statistics.median(taken):.2f} ms, p95 {p95:.2f} ms")
    if misses:
        for shown in missed:
            print("   ", "STORED" if shown in stored else "      ", shown)


def _shown(reading: object) -> str:
    outcome, value = getattr(reading, "outcome", "?"), getattr(reading, "value", None)
    return f"{outcome} {value} {getattr(reading, 'candidates', ())}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("test", "fresh", "dev"))
    parser.add_argument("--misses", action="store_true")
    asked = parser.parse_args()
    words = load_answer_words(ROOT / "pathways" / "shared" / "answer_words")
    for split in [asked.split] if asked.split else ["dev", "test", "fresh"]:
        for language in book_languages(split):
            score(language, split, words, asked.misses and split == "dev")


def book_languages(split: str) -> list[str]:
    return [one for one in ("zh", "en") if any(True for _ in book.lines(one, split))]


if __name__ == "__main__":
    main()
