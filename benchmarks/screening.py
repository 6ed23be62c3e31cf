"""Screening: recall of emergencies, false alarms, nurse load and speed, per language.

Run: python -m benchmarks.screening [--split train|dev|test] [--misses] [--rules] [--learn]
Misses are shown for train and dev only: nobody tunes on the test split.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import time
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "unit"))

from corpus.screening import book  # noqa: E402

from bot.core.screening import Lexicons, screen  # noqa: E402
from bot.core.screening.screen import wording_of  # noqa: E402
from bot.core.triage_level import TriageLevel  # noqa: E402
from bot.pathfiles.lexicons import load_lexicons  # noqa: E402

ROUNDS, STEP, SHRINK, SMALLEST = 30, 0.3, 1e-3, 0.03
# Chosen on held-out batches, see docs/decisions/0004-screening.md.
TODAY_FROM, EMERGENCY_FROM = 0.3, 0.0
SAME_DAY_WEIGHT = 0.25  # how much a same-day message teaches what is not an emergency
URGENT = ("emergency", "same_day")
Lesson = tuple[tuple[str, ...], bool, float]  # features, yes or no, weight


def interval(right: int, total: int) -> str:
    """A share with its 95 % Wilson interval."""
    if not total:
        return "-"
    z, share = 1.96, right / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    half /= 1 + z * z / total
    low, high = 100 * max(0.0, middle - half), 100 * (middle + half)
    return f"{100 * share:5.1f} % [{low:.0f}-{high:.0f}] ({right}/{total})"


def report(language: str, split: str, lexicons: Lexicons, misses: bool) -> None:
    """Print one language's figures for one split."""
    counts: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    taken: list[float] = []
    for line in book.lines(language, split):
        started = time.perf_counter()
        found = screen(line.text, lexicons=lexicons)
        taken.append((time.perf_counter() - started) * 1000)
        for name, hit in _figures(line, found).items():
            totals[name] += 1
            counts[name] += hit
        if misses and split != "test" and not book.is_right(line, found):
            codes = [f"{flag.code}:{flag.span}" for flag in found.red_flags]
            print(f"  {line.label} {line.text!r} -> {found.level.word} ask={found.ask} {codes}")
    if not taken:
        return
    print(f"{language} {split}")
    for name in totals:
        print(f"  {name:38} {interval(counts[name], totals[name])}")
    p95 = sorted(taken)[int(0.95 * len(taken))]
    print(f"  speed: p50 {statistics.median(taken):.2f} ms, p95 {p95:.2f} ms")


def _figures(line: book.Line, found: book.Screening) -> dict[str, bool]:
    today = found.level >= TriageLevel.SAME_DAY
    at_once = found.level is TriageLevel.EMERGENCY
    nurse = book.reaches_a_nurse(found)
    return {
        "emergency": {
            "emergency treated as emergency": at_once,
            "emergency at least same day": today,
        },
        "same_day": {"same day at least same day": today, "same day raised to emergency": at_once},
        "nurse": {"48 h or ask reaches a nurse": nurse},
        "routine": {"routine raised to emergency": at_once, "routine to a nurse or asked": nurse},
        "other": {"another person recognised": book.is_right(line, found)},
    }[line.label]


def learn(lexicons: Lexicons) -> None:
    """Learn the points table from train, dev and the phrases, and write it."""
    today: list[Lesson] = []
    emergency: list[Lesson] = []
    for language in ("zh", "en"):
        told = [(line.label, line.text) for line in book.lines(language, "train", "dev")]
        kinds = {"positive": None, "hard": None, "none": "routine", "ask": "nurse"}
        told += [
            (kinds[phrase.kind] or phrase.level.word, phrase.text)
            for phrase in book.phrases()
            if phrase.language == language and phrase.kind in kinds
        ]
        for label, text in told:
            features = tuple(sorted(wording_of(text, lexicons)))
            if label in (*URGENT, "routine"):
                today.append((features, label in URGENT, 1.0))
            if label in (*URGENT, "routine", "nurse"):
                weight = SAME_DAY_WEIGHT if label == "same_day" else 1.0
                emergency.append((features, label == "emergency", weight))
    table = {
        "today": _table(today, TODAY_FROM),
        "emergency": _table(emergency, EMERGENCY_FROM),
    }
    path = book.LEXICON / "wording.json"
    path.write_text(json.dumps(table, ensure_ascii=False, indent=0, sort_keys=True) + "\n", "utf-8")
    print(f"learned {len(table['today']['points'])} and {len(table['emergency']['points'])} points")


def _table(told: list[Lesson], enough: float) -> dict[str, object]:
    """Logistic regression by plain gradient steps; the same file gives the same table."""
    often = Counter(feature for features, *_ in told for feature in features)
    told = [(tuple(one for one in told_of if often[one] > 1), *rest) for told_of, *rest in told]
    points: dict[str, float] = defaultdict(float)
    start = 0.0
    for turn in range(ROUNDS):
        Random(turn).shuffle(told)  # noqa: S311  # an order, not a secret
        for features, yes, weight in told:
            size = math.sqrt(len(features) or 1)
            score = start + sum(points[one] for one in features) / size
            wrong = weight * (1 / (1 + math.exp(-max(-30.0, min(30.0, score)))) - yes)
            start -= STEP * wrong * 0.1
            for one in features:
                points[one] -= STEP * (wrong / size + SHRINK * points[one])
    kept = {one: round(value, 2) for one, value in points.items() if abs(value) >= SMALLEST}
    return {"start": round(start, 3), "enough": enough, "points": kept}


def main() -> None:
    """Print the figures, or learn the points table first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("train", "dev", "test"))
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--rules", action="store_true", help="without the points table")
    parser.add_argument("--learn", action="store_true")
    asked = parser.parse_args()
    lexicons = load_lexicons(book.LEXICON)
    if asked.learn:
        learn(lexicons)
        lexicons = load_lexicons(book.LEXICON)
    if asked.rules:
        lexicons = replace(lexicons, wording=None)
    for language in ("zh", "en"):
        for split in (asked.split,) if asked.split else ("train", "dev", "test"):
            report(language, split, lexicons, asked.misses)


if __name__ == "__main__":
    main()
