"""Tuned: the layers that were learned here, and the questions asked of what they say."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from meaning import MADE

LAYERS: Final = Path(__file__).with_name("tuned.bin")
TOLD: Final = LAYERS.with_suffix(".json")


@dataclass(frozen=True)
class Question:
    """One question: the points of a message are `start` and each number of its meaning weighed."""

    start: float
    weights: Sequence[float]


@dataclass(frozen=True)
class Tuned:
    """`base` is the hash of the model that `tensors`, in their order in the file, belong to.

    Only the first `layers` of its layers are read.
    """

    base: str
    layers: int
    tensors: Sequence[str]
    questions: Mapping[str, Question]


def tuned() -> Tuned:
    """What stands beside the layers."""
    told = json.loads(TOLD.read_text("utf-8"))
    questions = {name: Question(**one) for name, one in told.pop("questions").items()}
    return Tuned(questions=questions, **told)


@cache
def composed() -> Path:
    """Where the whole model stands once it is put together: never that of other layers."""
    return MADE / f"taught-{sha256(LAYERS.read_bytes()).hexdigest()[:12]}.bin"
