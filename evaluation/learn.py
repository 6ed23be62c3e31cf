"""Learn the points tables of screening from the train and dev parts of other hands.

    .venv/bin/python -m evaluation.learn

Run it after every change of the lexicon or of the messages; see
docs/how-to/extend-the-lexicon.md. The same files give the same tables. It prints how each
hand was read by points that the other hands taught, which is what `enough` is chosen by.
The messages of the hand that wrote the rules teach nothing about stories: they would teach
that rules are never wrong. Of a few words there are too few examples to leave any out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any, Final

from bot.core.screening import Lexicons
from bot.core.screening.calm import must_read_calm, softened
from bot.core.screening.judged import Judged
from bot.core.screening.page import Page
from bot.core.screening.points import Meaning
from bot.core.screening.screen import judge
from bot.core.screening.weigh import SOUNDS_HARMLESS, costs, counts_alone, floor_of
from bot.core.screening.wording import (
    FEWEST,
    SENTENCE_COSTS,
    Stretch,
    features,
    sentences,
    spelled,
    stretches,
    weighed,
)
from bot.core.triage_level import TriageLevel
from bot.pathfiles.lexicons import load_lexicons
from bot.pathfiles.read_wording import QUESTIONS
from bot.sentence_model import sentence_model
from evaluation import answer_book, corpus
from evaluation.readers import ENGINE_PYTHON, ROOT

# Points in hundredths are as exact as anybody needs, and make a table half the size.
HUNDREDTHS: Final = 100
FACTS: Final = "clinical facts"
TALK: Final = "talk"
BESIDE_THE_RULES: Final = (FACTS, corpus.FIRST, TALK)
# What is said of these holds no complaint; where a rule finds one all the same, it teaches nothing.
TALKED_OF: Final = (
    *("abuse", "are_you_human", "ask_human", "bad_news", "complain_bot", "complain_care"),
    *("dont_know", "follow_up_visit", "goodbye", "greet", "later", "out_of_scope", "privacy"),
    *("refuse", "thanks", "travel", "what_can_you_do", "when_next", "why_ask", "wrong_person"),
    *("bathing", "diet", "driving_work", "activity_exercise"),
)
LABELS: Final = {
    TriageLevel.EMERGENCY: "emergency",
    TriageLevel.SAME_DAY: "same_day",
    TriageLevel.WITHIN_48_HOURS: "nurse",
}


KINDS: Final = {"none": "routine", "ask": "nurse", "other": "other"}
# Answers that say yes to one of these are no lesson for what is harmless.
SIGNS_ASKED: Final = ("calf", "breath", "wound", "walking", "note")
NOT_YES: Final = ("false", "none", "?dk", "?later", "?refused")


def main() -> None:
    """Learn the tables of each script and write them beside the lexicon."""
    questions = {}
    with ProcessPoolExecutor(len(corpus.LANGUAGES)) as both:
        for script, tables in zip(
            corpus.LANGUAGES, both.map(_tables, corpus.LANGUAGES), strict=True
        ):
            for length, table in tables.items():
                name = f"{script}{length}"
                rows = [
                    f"{kind}\t{feature}\t" + "\t".join(map(str, numbers))
                    for kind, points in sorted(table["points"].items())
                    for feature, numbers in sorted(points.items())
                ]
                file = corpus.LEXICON / f"wording.{name}.tsv"
                file.write_text("\n".join(rows) + "\n", "utf-8")
                sys.stdout.write(f"{name}: {table['report']}\n{len(rows)} features\n")
                questions[name] = table["questions"]
    (corpus.LEXICON / QUESTIONS).write_text(json.dumps(questions, indent=1) + "\n", "utf-8")


def _tables(script: str) -> dict[str, Any]:
    lexicons = load_lexicons(corpus.LEXICON, learned=False)
    return _learned(list(lessons(script, lexicons, sentence_model())))


def lessons(
    script: str, lexicons: Lexicons, model: Meaning | None = None
) -> Iterator[dict[str, Any]]:
    """What teaches: each message's label, hand, features, and what the rules made of it."""
    hands = {one.hand for one in corpus.screening(script, first=False)}
    for hand, label, text in _told(script):
        page, judged = judge(text, lexicons)
        parts = weighed(page)
        if len(parts) != 1 or len(list(stretches(page))) != 1:
            continue
        part = parts[0]
        if hand == TALK and judged:
            continue
        is_routine_fact = hand == FACTS and label == "routine"
        counted = [one for one in judged if counts_alone(one, parts)]
        yield {
            "hand": hand,
            "label": label,
            "words": part.words,
            "is_short": part.words < FEWEST,
            "told": spelled(part),
            "meaning": model.points(spelled(part))
            if model and (hand in corpus.JUDGES or is_routine_fact)
            else None,
            "must_be_quiet": is_routine_fact,
            # Whose a sign is in a story, the rules alone decide.
            "of_stories": label != "other" and (hand in hands or hand == FACTS),
            "measures": label != "other"
            and (
                is_routine_fact or hand in hands or (part.is_bare and hand not in BESIDE_THE_RULES)
            ),
            "costs": costs(part, judged, page, lexicons),
            "floor": _floor(counted),
            "softened": _floor(softened(counted, part, heard=False)),
            "softened_heard": _floor(softened(counted, part, heard=True)),
            "features": _features(page, [part], judged, lexicons)[0],
            "sentences": _features(page, sentences(page, part), judged, lexicons),
            "calm": _features(
                page, must_read_calm(page, part, judged, heard=False), judged, lexicons
            ),
            "calm_heard": _features(
                page, must_read_calm(page, part, judged, heard=True), judged, lexicons
            ),
        }


def _floor(counted: Iterable[Judged]) -> str:
    level, asks = floor_of(counted)
    return level.word if level.needs_nurse else "ask" if asks else "routine"


def _features(
    page: Page, parts: Iterable[Stretch], judged: list[Judged], lexicons: Lexicons
) -> list[dict[str, list[str]]]:
    return [
        {kind: sorted(names) for kind, names in features(page, one, judged, lexicons).items()}
        for one in parts
    ]


def _told(script: str) -> Iterator[tuple[str, str, str]]:
    """(hand, label, text) of messages, phrases of the clinical facts, harmless answers and talk."""
    for one in corpus.screening(script, "train", "dev"):
        yield one.hand, one.label, one.text
    for line in answer_book.lines(script):
        if line.split != "sealed" and not _tells_a_sign(line):
            yield f"answers, {line.split}", "routine", line.text
    for text in corpus.talk(script, TALKED_OF):
        yield TALK, "routine", text
    for phrase in corpus.phrases("none", "positive", "hard", "ask", "other"):
        if phrase.language == script:
            yield FACTS, KINDS.get(phrase.kind) or LABELS[phrase.level], phrase.text


def _tells_a_sign(line: answer_book.Line) -> bool:
    return line.question in SIGNS_ASKED and line.expected not in NOT_YES


def _learned(told: list[dict[str, Any]]) -> dict[str, Any]:
    """The fit itself runs in the engine's environment, where scikit-learn is."""
    done = subprocess.run(
        [
            *(str(ENGINE_PYTHON), "-W", "ignore"),
            *(
                str(ROOT / "evaluation" / "fit_points.py"),
                *map(str, (SENTENCE_COSTS, HUNDREDTHS, SOUNDS_HARMLESS)),
            ),
        ],
        input=json.dumps(told),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    tables: dict[str, Any] = json.loads(done.stdout)
    return tables


if __name__ == "__main__":
    main()
