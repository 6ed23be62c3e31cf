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
from sklearn.linear_model import LogisticRegression

from evaluation.asked import YES
from evaluation.lesson_space import CALM, SHARES, Lesson, Space, Texts

# Chosen with each hand left out in turn, see docs/decisions/0004-screening.md.
STRENGTH = 8.0
# So many of the emergencies that rules know may read calm to the points and harmless to the
# sentence model; and no points of more than this are calm.
LOST, CALM_AT_MOST = 0.005, 0.0
SURELY_CALM = -1.0  # points; whatever the lessons allow, a story must read calmer than this
QUIETER = 0.05  # points that a harmless phrase of the clinical facts stays below what is enough
ORDER = ("routine", "ask", "within_48_hours", "same_day", "emergency")
LEVELS = {"emergency": 4, "today": 3, "nurse": 2}


@dataclass(frozen=True)
class Kind:
    """One kind of message: who teaches it and is read by it, and what it may cost.

    So many of the routine messages may be given the level of a question, by rules and wording
    together: the targets of the house for stories, a little less of the gravest
    since rules raise more of what they never saw, and far less for a few words, of which a
    check-in brings ten a day. Those that may wait two days are not looked for in them.
    The judges of the sentence model wrote more look-alikes than an inbox holds (points alone
    raise twice as many of theirs), so with it more of them may be raised.
    """

    is_short: bool
    taught_by: tuple[float, float]  # messages of so many words
    routine_may: Mapping[str, float]  # by the questions that are asked, gravest first
    heard_may: Mapping[str, float]  # the same of the judges, with the sentence model
    share: float  # how loud the sentence model speaks beside the points
    least: float  # what the wording may add when the rules alone have used that up


KINDS = {
    "": Kind(
        is_short=False,
        taught_by=(5, np.inf),
        routine_may={"emergency": 0.047, "today": 0.16, "nurse": 0.25},
        heard_may={"emergency": 0.08, "today": 0.19, "nurse": 0.23},
        share=0.5,
        least=0.01,
    ),
    ".short": Kind(
        is_short=True,
        taught_by=(0, 20),
        routine_may={"emergency": 0.02, "today": 0.08},
        heard_may={"emergency": 0.03, "today": 0.08},
        share=0.25,
        least=0.002,
    ),
}


class Reader:
    """The points of one kind of message."""

    def __init__(self, kind: Kind, lessons: list[Lesson], texts: Texts) -> None:
        self.kind, self.lessons, self.texts = kind, lessons, texts
        self.hands = np.array([one["hand"] for one in lessons])
        self.labels = np.array([one["label"] for one in lessons])
        self.must_be_quiet = np.array([one["must_be_quiet"] for one in lessons])
        self.costs = np.array([one["costs"] for one in lessons])
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

    def by_others(
        self, sentence_costs: float
    ) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """The points of every message, and of its least calm part, read by the other hands.

        The whole counts, or a sentence of it alone, as in `bot.core.screening.weigh`.
        """
        scores = {
            question: np.full(len(self.lessons), -np.inf) for question in self.kind.routine_may
        }
        calmest = {kind: np.full(len(self.lessons), -np.inf) for kind in CALM}
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
                    for kind, calm in self.texts.calm.items():
                        np.maximum.at(calmest[kind], self.texts.of[calm], found[calm])
        return scores, calmest

    def levels(self, name: str) -> np.ndarray:
        """What the rules alone made of each message."""
        return np.array([ORDER.index(one[name]) for one in self.lessons])

    def table(
        self, sentence_costs: float, hundredths: float, sounds_harmless: float
    ) -> dict[str, Any]:
        """Everything that `bot.core.screening.points` needs, and a report."""
        scores, calmest = self.by_others(sentence_costs)
        calm, level = self.calm(calmest["calm"])
        enough, by_points = self.enough(scores, level, self.mine, self.kind.routine_may)
        # With the sentence model: on messages of the hands that did not teach it.
        heard = {q: score + self.kind.share * self.meaning(q) for q, score in scores.items()}
        fresh = self.mine & np.isfinite(self.meaning("emergency")) & ~self.must_be_quiet
        calm_heard, level = self.calm_heard(calmest["calm_heard"], sounds_harmless)
        enough_heard, with_meaning = self.enough(heard, level, fresh, self.kind.heard_may)
        teachers = np.flatnonzero(self.teach)
        space = Space(self.texts, teachers)
        models = [self.fit(space, teachers, question) for question in scores]
        whole = space.rows[self.texts.whole]
        for question, model in zip(scores, models, strict=True):
            points = model.decision_function(whole) + self.kind.share * self.meaning(question)
            loudest = self.loudest_quiet(points, level < LEVELS[question])
            enough_heard[question] = max(enough_heard[question], round(loudest + QUIETER, 3))
        questions = {
            question: {
                "start": round(float(model.intercept_[0]), 3),
                "enough": enough[question],
                "share": self.kind.share,
                "enough_with_meaning": enough_heard[question],
            }
            for question, model in zip(scores, models, strict=True)
        }
        questions["emergency"] |= {"calm": calm, "calm_with_meaning": calm_heard}
        weights = np.concatenate([space.weights[kind] for kind in SHARES])
        columns = np.array([model.coef_[0] * weights for model in models])
        points = self._by_feature(space, np.rint(hundredths * columns).astype(int))
        report = "\n".join(
            f"{where.sum()} messages by other hands' {by}: {self.report(found, where)}"
            for by, found, where in (
                ("points", by_points, self.mine),
                ("points, those that the sentence model never saw", by_points, fresh),
                ("points and its meaning", with_meaning, fresh),
            )
        )
        return {"questions": questions, "points": points, "report": report}

    def calm(self, calmest: np.ndarray) -> tuple[float, np.ndarray]:
        """Below how many points a message is calm, and what the rules make of each with that.

        Calm is what reads calmer than every emergency whose sign may be only told of.
        """
        floor, softened = self.levels("floor"), self.levels("softened")
        told = self.mine & (softened < floor) & np.isfinite(calmest)
        calm = float(min([SURELY_CALM, *calmest[told & (self.labels == "emergency")]]))
        return round(calm, 3), np.where(told & (calmest < calm), softened, floor)

    def calm_heard(self, calmest: np.ndarray, harmless: float) -> tuple[float, np.ndarray]:
        """The same where the sentence model finds a message harmless as well."""
        floor, softened = self.levels("floor"), self.levels("softened_heard")
        told = self.mine & (softened < floor) & np.isfinite(calmest)
        told &= self.meaning("emergency") < harmless
        known = self.mine & (floor == LEVELS["emergency"]) & (self.labels == "emergency")
        known &= np.isfinite(self.meaning("emergency"))
        calmest_first = np.sort(calmest[told & known])
        may = int(LOST * known.sum())
        calm = float(min([CALM_AT_MOST, *calmest_first[may:]]))
        return round(calm, 3), np.where(told & (calmest < calm), softened, floor)

    def meaning(self, question: str) -> np.ndarray:
        """What the sentence model says of each message; not a number where it was taught by it."""
        return np.array([(one["meaning"] or {}).get(question, np.nan) for one in self.lessons])

    def loudest_quiet(self, points: np.ndarray, unraised: np.ndarray) -> float:
        """The most points of a phrase of the clinical facts that must reach nobody."""
        left = points - self.costs
        return max(
            left[self.mine & self.must_be_quiet & unraised & np.isfinite(left)], default=-np.inf
        )

    def enough(
        self,
        scores: Mapping[str, np.ndarray],
        level: np.ndarray,
        where: np.ndarray,
        routine_may: Mapping[str, float],
    ) -> tuple[dict[str, float], np.ndarray]:
        """From how many points on each answer is yes, and what level every message gets by that.

        `level` is what the rules made of them; `where` are the messages that measure.
        """
        routine = where & (self.labels == "routine")
        enough = {}
        for question, score in scores.items():
            word = LEVELS[question]
            raised = level >= (ORDER.index("ask") if question == "nurse" else word)
            left = routine_may[question] - float(np.mean(raised[routine]))
            share = max(self.kind.least, left)
            points = score - self.costs
            quiet = np.sort(points[routine & ~raised & np.isfinite(points)])
            least = float(quiet[-min(len(quiet), max(1, round(share * routine.sum())))])
            level = np.maximum(level, np.where(points >= least, word, 0))
            enough[question] = round(least, 3)
        return enough, level

    def _by_feature(self, space: Space, columns: np.ndarray) -> dict[str, dict[str, list[int]]]:
        rows = iter(columns.T.tolist())
        return {
            kind: {self.texts.names[kind][column]: next(rows) for column in kept}
            for kind, kept in space.kept.items()
        }

    def report(self, level: np.ndarray, where: np.ndarray) -> str:
        """How messages were read, the rules' floor included."""
        return ", ".join(
            f"{label} at least {ORDER[least]} "
            f"{np.mean(level[where & (self.labels == label)] >= least):.3f}"
            for label, least in _told()
        )


def _told() -> Iterator[tuple[str, int]]:
    yield from (("emergency", 4), ("emergency", 3), ("same_day", 3), ("nurse", 1))
    yield from (("same_day", 4), ("routine", 4), ("routine", 1))


def main() -> None:
    """Fit every question for every kind of message, and print the tables."""
    lessons: list[Lesson] = json.load(sys.stdin)
    numbers = list(map(float, sys.argv[1:]))
    texts = Texts(lessons)
    tables = {name: Reader(kind, lessons, texts).table(*numbers) for name, kind in KINDS.items()}
    json.dump(tables, sys.stdout)


if __name__ == "__main__":
    main()
