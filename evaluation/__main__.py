"""`make eval`: every figure of understanding beside its baselines, into results/eval.json.

    .venv/bin/python -m evaluation [--part dev] [--misses] [--without-models]

The sealed part shows its figures only. The train and dev parts have taught the points
tables and the topics, so their figures flatter; `--misses` lists what is missed there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.pathfiles.lexicons import load_lexicons
from evaluation import answers, corpus, library_answers, readers
from evaluation.corpus import Message
from evaluation.figures import Figure
from evaluation.judged import Judged, by_sign, figures

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "results" / "eval.json"
TOPICS_RIGHT = 0.85
Results = dict[str, dict[str, object]]


def main() -> None:
    """Measure everything, print it, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=corpus.PARTS, action="append")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--without-models", action="store_true", help="only what takes seconds")
    asked = parser.parse_args()
    results: Results = {}
    for language in corpus.LANGUAGES:
        for part in asked.part or ("sealed",):
            _screening(results, language, part, asked.misses, not asked.without_models)
            if not asked.without_models:
                _topics(results, language, part, asked.misses)
    for name, some in {**answers.figures(), **library_answers.figures()}.items():
        _show(results, name, some)
    for line in answers.misses() if asked.misses else ():
        _say(f"  {line}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _screening(results: Results, language: str, part: str, misses: bool, models: bool) -> None:
    # What was written beside the rules flatters: only other hands count. Those of whom
    # nothing has taught anything stand apart: they are nearest to a stranger's message.
    messages = list(corpus.screening(language, part, first=False))
    read = _by_all(messages, language, models)
    for whose, sealed in (("strangers", True), ("hands that taught", False)):
        name = f"screening {language} {part}, {whose}"
        for reader, judged in read.items():
            some = [one for one in judged if (one.message.hand in corpus.SEALED_HANDS) is sealed]
            if not some:
                continue
            ours = reader == "ours"
            _show(results, f"{name}: {reader}", [*figures(some), *(by_sign(some) if ours else ())])
            _list(some if ours and misses and part != "sealed" else [])


def _by_all(messages: Sequence[Message], language: str, models: bool) -> dict[str, list[Judged]]:
    """Every message by our own reader, and in the same run by the plain ones it has to beat."""
    read = {
        "ours": readers.ours(messages, load_lexicons(corpus.LEXICON)),
        "key words": readers.key_words(messages),
    }
    lessons = list(corpus.screening(language, "train", "dev", first=False)) if models else []
    for how in ("letters", "diet") if models else ():
        found = readers.learned(lessons, messages, how)
        if found:
            read[how] = found
        else:
            _say(f"screening {language}: {how} was not run (no environment for it here)")
    return read


def _topics(results: Results, language: str, part: str, misses: bool) -> None:
    asked = list(corpus.questions(language, part))
    if not asked:
        return
    found = readers.topics(asked)
    right = [one.label == topic for one, (topic, _) in zip(asked, found, strict=True)]
    shown = [Figure("topic right", sum(right), len(right), TOPICS_RIGHT)]
    for topic in sorted({one.label for one in asked}):
        mine = [ok for one, ok in zip(asked, right, strict=True) if one.label == topic]
        shown.append(Figure(f"  {topic}", sum(mine), len(mine)))
    _show(results, f"questions {language} {part}: ours", shown)
    if misses and part != "sealed":
        for one, (topic, sure), ok in zip(asked, found, right, strict=True):
            if not ok:
                _say(f"  {one.label} read as {topic} ({sure:.2f}): {one.text!r}")


def _list(judged: Sequence[Judged]) -> None:
    for one in judged:
        if one.is_miss:
            got = f"{one.level}{'' if one.to_nurse else ', no nurse'}"
            _say(f"  {one.message.label}/{one.message.sign} read as {got}: {one.message.text!r}")


def _show(results: Results, name: str, some: Sequence[Figure]) -> None:
    _say(f"\n{name}")
    for one in some:
        _say(f"  {one.line()}")
    results[name] = {one.name.strip(): one.as_json() for one in some}


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
