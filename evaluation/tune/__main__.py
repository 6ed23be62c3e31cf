"""Teach the sentence model of screening with what all hands but the judges wrote.

    evaluation/tune/setup.sh                       once: an environment with JAX
    .venv/bin/python -m evaluation.tune            about forty minutes on two quiet cores
    make setup                                     puts the new layers to work
    .venv/bin/python -m evaluation.learn           then: what its points are worth

It learns from the very text that it will be given: a message as screening lays it out, without
courtesies. Nothing sealed is read.
"""

from __future__ import annotations

import json
import subprocess
import sys

from bot.pathfiles.lexicons import load_lexicons
from engine.components.normalise import normalise
from evaluation import corpus
from evaluation.learn import lessons
from evaluation.readers import ROOT
from meaning import package
from meaning.tuned import LAYERS, TOLD

PYTHON = ROOT / "results" / "tune" / ".venv" / "bin" / "python"


def main() -> None:
    """Write the tuned layers anew."""
    if not PYTHON.exists():
        sys.exit("there is no environment to tune in; run evaluation/tune/setup.sh")
    lexicons = load_lexicons(corpus.LEXICON, learned=False)
    told = [
        (one["told"], one["label"], "")
        for script in corpus.LANGUAGES
        for one in lessons(script, lexicons)
        if one["hand"] not in corpus.JUDGES
    ]
    told += ((normalise(text), "", topic) for topic, text in corpus.topics())
    fit = ROOT / "evaluation" / "tune" / "fit.py"
    subprocess.run(
        [str(PYTHON), str(fit), str(package()), str(LAYERS), str(TOLD)],
        input=json.dumps(told),
        text=True,
        check=True,
    )


if __name__ == "__main__":
    main()
