"""Features of a message beside its meaning: its runs of letters, and its telling words.

Chinese and English go through the same readers, so nothing here needs to know
the language or to cut Chinese into words. The meaning (meanings.py) bears words
that no training phrase has; runs of letters bear typing errors; the telling
words are the look-up lists beside the phrases in data/nlu. Figures:
docs/decisions/0003-nlu-pipeline.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from engine.components.normalise import normalise

CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Letters:
    """Runs of one to five letters, weighted by how telling they are."""

    def __init__(self, vectorizer: TfidfVectorizer) -> None:
        self._vectorizer = vectorizer

    @classmethod
    def learn(cls, texts: Sequence[str]) -> Letters:
        """Learn which runs of letters occur in `texts`."""
        return cls(_vectorizer().fit(texts))

    def read(self, texts: Sequence[str]) -> csr_matrix:
        """Return one row of length one per text."""
        return self._vectorizer.transform(texts)

    def kept(self) -> dict[str, Any]:
        """What is needed to read again, as plain values: a model must never hold code."""
        runs = sorted(self._vectorizer.vocabulary_, key=self._vectorizer.vocabulary_.get)
        return {"runs": runs, "weights": [round(float(one), 6) for one in self._vectorizer.idf_]}

    @classmethod
    def again(cls, kept: Mapping[str, Any]) -> Letters:
        """The reader that `kept` was taken from."""
        vectorizer = _vectorizer(vocabulary={run: at for at, run in enumerate(kept["runs"])})
        vectorizer.idf_ = np.array(kept["weights"])
        return cls(vectorizer)


def _vectorizer(**more: Any) -> TfidfVectorizer:
    # Two or more phrases must share a run: a run of one phrase says nothing.
    return TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(1, 5),
        min_df=2,
        sublinear_tf=True,
        preprocessor=normalise,
        dtype=np.float32,
        **more,
    )


class TellingWords:
    """How many telling words of each topic a text has; a word ending in * may go on."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self.words = {topic: sorted(set(words[topic])) for topic in sorted(words)}
        # The 2,500 words of all topics in one table, looked up by what stands at a place:
        # as expressions, one for each topic, they took ten times as long.
        self._known: dict[str, list[tuple[str, int]]] = {}
        for at, listed in enumerate(self.words.values()):
            for word in listed:
                self._known.setdefault(word.removesuffix("*"), []).append((word, at))
        lengths: dict[str, set[int]] = {}
        for stem in self._known:
            lengths.setdefault(stem[:1], set()).add(len(stem))
        self._lengths = {first: sorted(some, reverse=True) for first, some in lengths.items()}

    def read(self, texts: Sequence[str]) -> np.ndarray:
        """Return one row per text, one column per topic in the order of `words`."""
        return np.array([self._count(normalise(text)) for text in texts], dtype=np.float32)

    def _count(self, text: str) -> list[float]:
        """Each different word once. From left to right, the longest first, none inside another."""
        found: list[set[str]] = [set() for _ in self.words]
        free_from = [0] * len(found)
        for place, first in enumerate(text):
            for at, end in self._at(text, place, self._lengths.get(first, ())):
                if free_from[at] <= place:
                    free_from[at] = end
                    found[at].add(text[place:end])
        return [float(np.log1p(sum(map(_weight, hits)))) for hits in found]

    def _at(self, text: str, place: int, lengths: Sequence[int]) -> list[tuple[int, int]]:
        """Topic and end of each word that stands at this place, the longest first."""
        hits = [
            (word, at, end)
            for length in lengths
            if place + length <= len(text)
            for word, at in self._known.get(text[place : place + length], ())
            if (end := _end(word, text, place, place + length))
        ]
        hits.sort(key=lambda hit: (-len(hit[0]), hit[0]))
        return [(at, end) for _word, at, end in hits]


def _end(word: str, text: str, start: int, end: int) -> int:
    """Where a word that is written at text[start:end] ends there; 0 when it is part of another."""
    if CHINESE.search(word):
        return end
    if start and _in_word(text[start - 1]) == _in_word(text[start]):
        return 0
    if word.endswith("*"):
        while end < len(text) and _in_word(text[end]):
            end += 1
        return end
    goes_on = end < len(text) and _in_word(text[end])
    return 0 if goes_on == _in_word(text[end - 1]) else end


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _weight(word: str) -> float:
    """A longer word tells more. A Chinese letter says about as much as three English."""
    return float(len(word)) if CHINESE.search(word) else len(word) / 3


def save_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def load_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
