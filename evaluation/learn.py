"""Learn the points table of screening from the train part and the clinical phrases.

    .venv/bin/python -m evaluation.learn

Run it after every change of the lexicon or of the train part; see
docs/how-to/extend-the-lexicon.md. The same files give the same table.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter, defaultdict
from random import Random

from bot.core.screening.screen import wording_of
from bot.pathfiles.lexicons import load_lexicons
from evaluation import corpus

ROUNDS, STEP, SHRINK, SMALLEST = 30, 0.3, 1e-3, 0.03
# Chosen on held-out batches, see docs/decisions/0004-screening.md.
TODAY_FROM, EMERGENCY_FROM = 0.3, 0.0
SAME_DAY_WEIGHT = 0.25  # how much a same-day message teaches what is not an emergency
URGENT = ("emergency", "same_day")
Lesson = tuple[tuple[str, ...], bool, float]  # features, yes or no, weight


def main() -> None:
    """Learn both tables and write them beside the lexicon."""
    lexicons = load_lexicons(corpus.LEXICON)
    today: list[Lesson] = []
    emergency: list[Lesson] = []
    for label, text in _told():
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
    path = corpus.LEXICON / "wording.json"
    path.write_text(json.dumps(table, ensure_ascii=False, indent=0, sort_keys=True) + "\n", "utf-8")
    counts = [len(one["points"]) for one in table.values()]  # type: ignore[arg-type]
    sys.stdout.write(f"learned {counts[0]} and {counts[1]} points\n")


def _told() -> list[tuple[str, str]]:
    """(label, text) of everything that may teach."""
    told = []
    kinds = {"positive": None, "hard": None, "none": "routine", "ask": "nurse"}
    for language in corpus.LANGUAGES:
        told += [(one.label, one.text) for one in corpus.screening(language, "train")]
        told += [
            (kinds[one.kind] or one.level.word, one.text)
            for one in corpus.phrases(*kinds)
            if one.language == language
        ]
    return told


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


if __name__ == "__main__":
    main()
