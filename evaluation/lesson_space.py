"""Lesson space: messages, and the parts of them that are read alone, as rows of numbers.

Used by `fit_points.py`, in the engine's environment.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack

# Chosen with each hand left out in turn, see docs/decisions/0004-screening.md.
SHARES = {"run": 1.0, "word": 1.0, "list": 0.5, "sign": 0.2}  # how loud each kind speaks
CALM = ("calm", "calm_heard")  # what must read calm, without and with the sentence model
RARE = 2  # a feature of fewer messages teaches nothing
SIZE = 3.5  # divides a kind's sum together with the root of how many there are
Lesson = dict[str, Any]


class Texts:
    """All messages and the parts of them that are read alone, as rows of what they consist of."""

    def __init__(self, lessons: list[Lesson]) -> None:
        parts = [
            (at, kind, one)
            for kind in ("sentences", *CALM)
            for at, lesson in enumerate(lessons)
            for one in lesson[kind]
        ]
        self.whole = np.arange(len(lessons))
        self.of = np.array([*self.whole, *(at for at, _, _ in parts)])
        kinds = np.array(["whole"] * len(lessons) + [kind for _, kind, _ in parts])
        self.sentences = np.flatnonzero(kinds == "sentences")
        self.calm = {kind: np.flatnonzero(kinds == kind) for kind in CALM}
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
