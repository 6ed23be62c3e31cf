"""Language: how long training takes, a whole reading by the engine, and a screening.

Run: python -m benchmarks.language
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, middle, p
from benchmarks.load import drive, questions
from benchmarks.turns import engine_alone
from bot.core.screening import screen
from bot.pathfiles.lexicons import load_lexicons
from evaluation import corpus

RASA = Path("engine/.venv/bin/rasa").resolve()
TRAIN = ["train", "--force", "--fixed-model-name", "bench", "--data", "data/nlu", "data/rules"]


def timed(do: Callable[[str], object], texts: Iterable[str]) -> list[float]:
    """Milliseconds for each text, one after the other."""
    taken = []
    for text in texts:
        began = time.perf_counter()
        do(text)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def training() -> float:
    """Seconds for a training of everything, as engine/train.sh does it."""
    with TemporaryDirectory() as folder:
        began = time.perf_counter()
        subprocess.run(
            [str(RASA), *TRAIN, "--out", folder],
            check=True,
            capture_output=True,
            env={**os.environ, "TQDM_DISABLE": "1"},
        )
        return time.perf_counter() - began


def parses() -> list[float]:
    """Milliseconds to read each held-out message once, over HTTP, one at a time."""
    texts = questions()
    with engine_alone() as engine:
        return drive(
            engine.url,
            "/understand",
            lambda _, number: {"texts": [texts[number]]},
            count=len(texts),
            workers=1,
        ).each


def measure() -> list[Figure]:
    read, lexicons = parses(), load_lexicons(corpus.LEXICON)
    texts = [one.text for language in corpus.LANGUAGES for one in corpus.screening(language)]
    screened = timed(partial(screen, lexicons=lexicons), texts[::4])
    return [
        Figure("training", training(), "s", target=60),
        Figure("reading a message never seen, p50", middle(read), "ms"),
        Figure("reading a message never seen, p95", p(0.95, read), "ms", target=25),
        Figure("screening a message, p50", middle(screened), "ms"),
        Figure("screening a message, p95", p(0.95, screened), "ms", target=15),
    ]


if __name__ == "__main__":
    from benchmarks.__main__ import alone

    alone(measure(), "language")
