"""Understanding: milliseconds to screen a message and to read an answer.

Yardstick in the same run: one regular expression of all the clinical phrases, searched.
How well they do it is another question: `make eval`.
"""

from __future__ import annotations

import json
import re
import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from bot.core.reading import read
from bot.core.screening import screen
from bot.pathfiles.lexicons import load_lexicons
from evaluation import answer_book, corpus

RESULTS = Path("results/understanding.json")


def timed(do: Callable[[str], object], texts: Iterable[str]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds over these texts, one after the other."""
    taken = []
    for text in texts:
        began = time.perf_counter()
        do(text)
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return {
        "messages": len(taken),
        "p50_ms": round(statistics.median(taken), 3),
        "p95_ms": round(taken[int(0.95 * (len(taken) - 1))], 3),
    }


def main() -> None:
    """Measure and write results/understanding.json."""
    lexicons = load_lexicons(corpus.LEXICON)
    phrases = "|".join(re.escape(one.text) for one in corpus.phrases())
    yardstick = re.compile(phrases, re.IGNORECASE)
    words = answer_book.answer_words()
    figures: dict[str, dict[str, float]] = {}
    for language in corpus.LANGUAGES:
        texts = [one.text for one in corpus.screening(language)]
        answers = list(answer_book.lines(language))
        figures[f"yardstick, one expression, {language}"] = timed(yardstick.search, texts)
        figures[f"screening {language}"] = timed(lambda t: screen(t, lexicons=lexicons), texts)
        asked = iter([answer_book.QUESTIONS[one.question] for one in answers])
        figures[f"reading an answer {language}"] = timed(
            lambda text, asked=asked, language=language: read(
                text, next(asked), words=words, language=language, today=answer_book.TODAY
            ),
            [one.text for one in answers],
        )
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
