"""Learn the points tables of screening from the train and dev parts of other hands.

    .venv/bin/python -m evaluation.learn

Run it after every change of the lexicon or of the messages; see
docs/how-to/extend-the-lexicon.md. The same files give the same tables. It prints how each
hand was read by points that the other hands taught, which is what `enough` is chosen by.
The messages of the hand that wrote the rules teach nothing: they would teach that rules
are never wrong.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Final

from bot.core.screening import Lexicons
from bot.core.screening.screen import judge
from bot.core.screening.weigh import counts_alone, floor_of
from bot.core.screening.wording import SENTENCE_COSTS, features, sentences, stretches
from bot.pathfiles.lexicons import load_lexicons
from bot.pathfiles.read_wording import QUESTIONS
from evaluation import corpus
from evaluation.readers import ENGINE_PYTHON, ROOT

# Points in hundredths are as exact as anybody needs, and make a table half the size.
HUNDREDTHS: Final = 100


def main() -> None:
    """Learn a table for each script and write them beside the lexicon."""
    lexicons = load_lexicons(corpus.LEXICON, learned=False)
    told = {script: _learned(list(lessons(script, lexicons))) for script in corpus.LANGUAGES}
    for script, table in told.items():
        rows = [
            f"{kind}\t{feature}\t" + "\t".join(str(round(HUNDREDTHS * one)) for one in numbers)
            for kind, points in sorted(table["points"].items())
            for feature, numbers in sorted(points.items())
        ]
        file = corpus.LEXICON / f"wording.{script}.tsv"
        file.write_text("\n".join(rows) + "\n", "utf-8")
        sys.stdout.write(f"{script}: {table['report']}\n{len(rows)} features\n")
    questions = {script: table["questions"] for script, table in told.items()}
    (corpus.LEXICON / QUESTIONS).write_text(json.dumps(questions, indent=1) + "\n", "utf-8")


def lessons(script: str, lexicons: Lexicons) -> Iterator[dict[str, Any]]:
    """What teaches: each message's label, hand, features, and what the rules made of it."""
    for hand, label, text in _told(script):
        page, judged = judge(text, lexicons)
        parts = list(stretches(page))
        if len(parts) != 1 or parts[0].is_bare:
            continue
        level, asks = floor_of(one for one in judged if counts_alone(one, parts))
        whole, *alone = [
            {kind: sorted(names) for kind, names in features(page, one, judged, lexicons).items()}
            for one in (parts[0], *sentences(page, parts[0]))
        ]
        yield {
            "hand": hand,
            "label": label,
            "floor": level.word if level.needs_nurse else "ask" if asks else "routine",
            "features": whole,
            "sentences": alone,
        }


def _told(script: str) -> Iterator[tuple[str, str, str]]:
    """(hand, label, text) of the messages, and of phrases that must not fire."""
    for one in corpus.screening(script, "train", "dev", first=False):
        if one.label != "other":  # whose a sign is, the rules alone decide
            yield one.hand, one.label, one.text
    for phrase in corpus.phrases("none"):
        if phrase.language == script:
            yield "clinical facts", "routine", phrase.text


def _learned(told: list[dict[str, Any]]) -> dict[str, Any]:
    """The fit itself runs in the engine's environment, where scikit-learn is."""
    done = subprocess.run(
        [
            *(str(ENGINE_PYTHON), "-W", "ignore"),
            *(str(ROOT / "evaluation" / "fit_points.py"), str(SENTENCE_COSTS)),
        ],
        input=json.dumps(told),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    table: dict[str, Any] = json.loads(done.stdout)
    return table


if __name__ == "__main__":
    main()
