"""Fit the points of one script by logistic regression. Run in the engine's environment.

Reads the lessons of `learn.py` as JSON, prints one table as JSON. Every hand is read
once by what the other hands teach; from these readings follows from how many points on
an answer is yes.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.linear_model import LogisticRegression

# Chosen with each hand left out in turn, see docs/decisions/0004-screening.md.
STRENGTH = 8.0
SHARES = {"run": 1.0, "word": 1.0, "list": 0.5, "sign": 0.3}  # how loud each kind speaks
RARE = 3  # a feature of fewer messages teaches nothing
SIZE = 3.5  # divides a kind's sum together with the root of how many there are
# So many of all routine messages may be given the level of a question, by rules and wording
# together: the targets of the house, with the middle one between them.
ROUTINE_MAY = {"emergency": 0.05, "today": 0.16, "nurse": 0.25}
LEAST = 0.01  # what the wording may add when the rules alone have used that up
YES = {
    "emergency": ("emergency",),
    "today": ("emergency", "same_day"),
    "nurse": ("emergency", "same_day", "nurse"),
}
LEFT_OUT = {"emergency": (), "today": ("nurse",), "nurse": ()}
ORDER = ("routine", "ask", "within_48_hours", "same_day", "emergency")
Lesson = dict[str, Any]


class Space:
    """Which features are known, and how messages lie among them."""

    def __init__(self, lessons: list[Lesson]) -> None:
        self.known: dict[str, dict[str, int]] = {}
        self.weights: dict[str, np.ndarray] = {}
        for kind in SHARES:
            often = Counter(name for one in lessons for name in one["features"][kind])
            names = sorted(name for name, times in often.items() if times >= RARE)
            self.known[kind] = {name: at for at, name in enumerate(names)}
            rare = np.log((1 + len(lessons)) / (1 + np.array([often[one] for one in names]))) + 1
            self.weights[kind] = SHARES[kind] * rare / SIZE

    def read(self, lessons: list[Lesson]) -> csr_matrix:
        """One row per message: every kind divided by the root of how many it has."""
        return hstack([self._read(lessons, kind) for kind in SHARES]).tocsr()

    def _read(self, lessons: list[Lesson], kind: str) -> csr_matrix:
        known = self.known[kind]
        places = [
            (row, known[name])
            for row, one in enumerate(lessons)
            for name in one["features"][kind]
            if name in known
        ]
        rows, columns = zip(*places, strict=True) if places else ((), ())
        there = csr_matrix((np.ones(len(rows)), (rows, columns)), (len(lessons), len(known)))
        size = np.sqrt(np.maximum(np.asarray(there.sum(axis=1)).ravel(), 1))
        return diags(1 / size) @ there @ diags(self.weights[kind])


def fit(space: Space, lessons: list[Lesson], question: str) -> LogisticRegression:
    """The points by which this question is answered best on `lessons`."""
    some = [one for one in lessons if one["label"] not in LEFT_OUT[question]]
    yes = [one["label"] in YES[question] for one in some]
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", solver="liblinear")
    return model.fit(space.read(some), yes)


def read_by_others(lessons: list[Lesson], question: str, sentence_costs: float) -> np.ndarray:
    """The points of every message when its own hand taught nothing.

    The whole counts, or a sentence of it alone, as in `bot.core.screening.weigh`.
    """
    scores = np.zeros(len(lessons))
    for hand in sorted({one["hand"] for one in lessons}):
        mine = [at for at, one in enumerate(lessons) if one["hand"] == hand]
        others = [one for one in lessons if one["hand"] != hand]
        space = Space(others)
        model = fit(space, others, question)
        scores[mine] = model.decision_function(space.read([lessons[at] for at in mine]))
        alone = [(at, {"features": one}) for at in mine for one in lessons[at]["sentences"]]
        if alone:
            points = model.decision_function(space.read([one for _, one in alone]))
            np.maximum.at(scores, [at for at, _ in alone], points - sentence_costs)
    return scores


def main() -> None:
    """Fit every question and print the table."""
    lessons: list[Lesson] = json.load(sys.stdin)
    sentence_costs = float(sys.argv[1])
    space = Space(lessons)
    level = np.array([ORDER.index(one["floor"]) for one in lessons])
    routine = np.array([one["label"] == "routine" for one in lessons])
    questions, columns = {}, []
    for question, word in (("emergency", 4), ("today", 3), ("nurse", 2)):
        scores = read_by_others(lessons, question, sentence_costs)
        below = level < (ORDER.index("ask") if question == "nurse" else word)
        share = max(LEAST, ROUTINE_MAY[question] - float(np.mean(~below[routine])))
        quiet = np.sort(scores[routine & below])
        enough = float(quiet[-min(len(quiet), max(1, round(share * routine.sum())))])
        level = np.maximum(level, np.where(scores >= enough, word, 0))
        model = fit(space, lessons, question)
        questions[question] = {
            "start": round(float(model.intercept_[0]), 3),
            "enough": round(enough, 3),
        }
        columns.append(model.coef_[0] * np.concatenate([space.weights[one] for one in SHARES]))
    points = _by_feature(space, columns)
    told = report(lessons, level)
    json.dump({"questions": questions, "points": points, "report": told}, sys.stdout)


def _by_feature(space: Space, columns: list[np.ndarray]) -> dict[str, dict[str, list[float]]]:
    points: dict[str, dict[str, list[float]]] = {}
    at = 0
    for kind, known in space.known.items():
        points[kind] = {}
        for name in known:
            points[kind][name] = [float(column[at]) for column in columns]
            at += 1
    return points


def report(lessons: list[Lesson], level: np.ndarray) -> str:
    """How messages were read, each by what other hands taught, the rules' floor included."""
    told = []
    for label, least in (
        ("emergency", 4),
        ("emergency", 3),
        ("same_day", 3),
        ("nurse", 1),
        ("same_day", 4),
        ("routine", 4),
        ("routine", 1),
    ):
        some = level[[one["label"] == label for one in lessons]]
        told.append(f"{label} at least {ORDER[least]} {np.mean(some >= least):.3f}")
    return f"{len(lessons)} messages by other hands' points: " + ", ".join(told)


if __name__ == "__main__":
    main()
