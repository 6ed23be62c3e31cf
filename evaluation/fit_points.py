"""Fit the points tables of one script by logistic regression. Run in the engine's environment.

Reads the lessons of `learn.py` as JSON, prints two tables as JSON: for stories, and for
messages of a few words. Every hand is read once by what the other hands teach; from these
readings follows from how many points on an answer is yes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.linear_model import LogisticRegression

# Chosen with each hand left out in turn, see docs/decisions/0004-screening.md.
STRENGTH = 8.0
SHARES = {"run": 1.0, "word": 1.0, "list": 0.5, "sign": 0.2}  # how loud each kind speaks
SURELY_CALM = -1.0  # points; whatever the lessons allow, a story must read calmer than this
RARE = 2  # a feature of fewer messages teaches nothing
SIZE = 3.5  # divides a kind's sum together with the root of how many there are
YES = {
    "emergency": ("emergency",),
    "today": ("emergency", "same_day"),
    "nurse": ("emergency", "same_day", "nurse"),
}
ORDER = ("routine", "ask", "within_48_hours", "same_day", "emergency")
LEVELS = {"emergency": 4, "today": 3, "nurse": 2}
Lesson = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One kind of message: who teaches it and is read by it, and what it may cost.

    So many of the routine messages may be given the level of a question, by rules and wording
    together: the targets of the house for stories, a little less of the gravest
    since rules raise more of what they never saw, and far less for a few words, of which a
    check-in brings ten a day. Those that may wait two days are not looked for in them.
    """

    is_short: bool
    taught_by: tuple[float, float]  # messages of so many words
    routine_may: Mapping[str, float]  # by the questions that are asked, gravest first
    least: float  # what the wording may add when the rules alone have used that up


KINDS = {
    "": Kind(False, (5, np.inf), {"emergency": 0.047, "today": 0.16, "nurse": 0.25}, 0.01),
    ".short": Kind(True, (0, 20), {"emergency": 0.02, "today": 0.08}, 0.002),
}


class Texts:
    """All messages and the parts of them that are read alone, as rows of what they consist of."""

    def __init__(self, lessons: list[Lesson]) -> None:
        parts = [
            (at, kind, one)
            for kind in ("sentences", "calm")
            for at, lesson in enumerate(lessons)
            for one in lesson[kind]
        ]
        self.whole = np.arange(len(lessons))
        self.of = np.array([*self.whole, *(at for at, _, _ in parts)])
        kinds = np.array(["whole"] * len(lessons) + [kind for _, kind, _ in parts])
        self.sentences = np.flatnonzero(kinds == "sentences")
        self.calm = np.flatnonzero(kinds == "calm")
        told = [lesson["features"] for lesson in lessons] + [one for _, _, one in parts]
        self.names: dict[str, list[str]] = {}
        self.there: dict[str, csr_matrix] = {}
        for kind in SHARES:
            known: dict[str, int] = {}
            at = [
                (row, known.setdefault(name, len(known)))
                for row, one in enumerate(told)
                for name in one[kind]
            ]
            rows, columns = zip(*at, strict=True) if at else ((), ())
            shape = (len(told), len(known))
            self.there[kind] = csr_matrix((np.ones(len(rows)), (rows, columns)), shape)
            self.names[kind] = list(known)


class Space:
    """Which features `teachers` know, and how any message lies among them."""

    def __init__(self, texts: Texts, teachers: np.ndarray) -> None:
        self.kept: dict[str, np.ndarray] = {}
        self.weights: dict[str, np.ndarray] = {}
        for kind, there in texts.there.items():
            often = np.asarray(there[teachers].sum(axis=0)).ravel()
            kept = np.flatnonzero(often >= RARE)
            rare = np.log((1 + len(teachers)) / (1 + often[kept])) + 1
            self.kept[kind], self.weights[kind] = kept, SHARES[kind] * rare / SIZE
        self.rows = hstack([self._read(there, kind) for kind, there in texts.there.items()]).tocsr()

    def _read(self, there: csr_matrix, kind: str) -> csr_matrix:
        """Every kind divided by the root of how many a message has of it."""
        known = there[:, self.kept[kind]]
        size = np.sqrt(np.maximum(np.asarray(known.sum(axis=1)).ravel(), 1))
        return diags(1 / size) @ known @ diags(self.weights[kind])


class Reader:
    """The points of one kind of message."""

    def __init__(self, kind: Kind, lessons: list[Lesson], texts: Texts) -> None:
        self.kind, self.lessons, self.texts = kind, lessons, texts
        self.hands = np.array([one["hand"] for one in lessons])
        self.labels = np.array([one["label"] for one in lessons])
        least, most = kind.taught_by
        self.teach = np.array(
            [
                least <= one["words"] < most and (kind.is_short or one["of_stories"])
                for one in lessons
            ]
        )
        self.mine = np.array(
            [one["is_short"] == kind.is_short and one["measures"] for one in lessons]
        )

    def fit(self, space: Space, teachers: np.ndarray, question: str) -> LogisticRegression:
        """The points by which this question is answered best on the teachers' messages."""
        if question == "today":  # what may wait two days teaches neither today nor later
            teachers = teachers[self.labels[teachers] != "nurse"]
        yes = np.isin(self.labels[teachers], YES[question])
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", solver="liblinear")
        return model.fit(space.rows[teachers], yes)

    def by_others(self, sentence_costs: float) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """The points of every message, and of its least calm part, read by the other hands.

        The whole counts, or a sentence of it alone, as in `bot.core.screening.weigh`.
        """
        scores = {
            question: np.full(len(self.lessons), -np.inf) for question in self.kind.routine_may
        }
        calmest = np.full(len(self.lessons), -np.inf)
        for hand in sorted(set(self.hands[self.mine])):
            theirs = self.hands == hand
            teachers = np.flatnonzero(self.teach & ~theirs)
            space = Space(self.texts, teachers)
            read = np.flatnonzero(theirs[self.texts.of])
            for question, score in scores.items():
                found = np.full(len(self.texts.of), -np.inf)
                found[read] = self.fit(space, teachers, question).decision_function(
                    space.rows[read]
                )
                score[theirs] = found[self.texts.whole][theirs]
                alone = self.texts.sentences
                np.maximum.at(score, self.texts.of[alone], found[alone] - sentence_costs)
                if question == "emergency":
                    np.maximum.at(calmest, self.texts.of[self.texts.calm], found[self.texts.calm])
        return scores, calmest

    def levels(self, name: str) -> np.ndarray:
        """What the rules alone made of each message."""
        return np.array([ORDER.index(one[name]) for one in self.lessons])

    def table(self, sentence_costs: float, hundredths: float) -> dict[str, Any]:
        """Everything that `bot.core.screening.points` needs, and a report."""
        scores, calmest = self.by_others(sentence_costs)
        floor, softened = self.levels("floor"), self.levels("softened")
        # Calm is what reads calmer than every emergency whose sign may be only told of.
        told = self.mine & (softened < floor) & np.isfinite(calmest)
        calm = min([SURELY_CALM, *calmest[told & (self.labels == "emergency")]])
        level = np.where(told & (calmest < calm), softened, floor)
        routine = self.mine & (self.labels == "routine")
        questions = {}
        understood = np.array([one["is_understood"] for one in self.lessons])
        for question, score in scores.items():
            word = LEVELS[question]
            raised = level >= (ORDER.index("ask") if question == "nurse" else word)
            left = self.kind.routine_may[question] - float(np.mean(raised[routine]))
            share = max(self.kind.least, left)
            quiet = np.sort(score[routine & ~raised & ~understood])
            enough = float(quiet[-min(len(quiet), max(1, round(share * routine.sum())))])
            level = np.maximum(level, np.where(~understood & (score >= enough), word, 0))
            questions[question] = {"enough": round(enough, 3)}
        questions["emergency"]["calm"] = round(float(calm), 3)
        teachers = np.flatnonzero(self.teach)
        space = Space(self.texts, teachers)
        models = [self.fit(space, teachers, question) for question in scores]
        for question, model in zip(scores, models, strict=True):
            questions[question]["start"] = round(float(model.intercept_[0]), 3)
        weights = np.concatenate([space.weights[kind] for kind in SHARES])
        columns = np.array([model.coef_[0] * weights for model in models])
        points = self._by_feature(space, np.rint(hundredths * columns).astype(int))
        return {"questions": questions, "points": points, "report": self.report(level)}

    def _by_feature(self, space: Space, columns: np.ndarray) -> dict[str, dict[str, list[int]]]:
        rows = iter(columns.T.tolist())
        return {
            kind: {self.texts.names[kind][column]: next(rows) for column in kept}
            for kind, kept in space.kept.items()
        }

    def report(self, level: np.ndarray) -> str:
        """How messages were read, each by what other hands taught, the rules' floor included."""
        return f"{self.mine.sum()} messages by other hands' points: " + ", ".join(
            f"{label} at least {ORDER[least]} "
            f"{np.mean(level[self.mine & (self.labels == label)] >= least):.3f}"
            for label, least in _told()
        )


def _told() -> Iterator[tuple[str, int]]:
    yield from (("emergency", 4), ("emergency", 3), ("same_day", 3), ("nurse", 1))
    yield from (("same_day", 4), ("routine", 4), ("routine", 1))


def main() -> None:
    """Fit every question for every kind of message, and print the tables."""
    lessons: list[Lesson] = json.load(sys.stdin)
    sentence_costs, hundredths = map(float, sys.argv[1:])
    texts = Texts(lessons)
    tables = {
        name: Reader(kind, lessons, texts).table(sentence_costs, hundredths)
        for name, kind in KINDS.items()
    }
    json.dump(tables, sys.stdout)


if __name__ == "__main__":
    main()
