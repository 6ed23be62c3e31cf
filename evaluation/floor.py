"""The floor: figures that were reached once and may not get worse.

    .venv/bin/python -m evaluation.floor     writes today's figures as the new floor

The file is changed on purpose only, by a person who says why in the commit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from bot.pathfiles.lexicons import load_lexicons
from evaluation import corpus, readers
from evaluation.figures import Figure
from evaluation.judged import figures
from meaning import usable

FILE = corpus.FOLDER / "floor.json"
PARTS = ("dev", "sealed")  # what was trained on shows nothing that could be lost
# Where the sentence model is read with the slower code, its points differ in the third digit, and
# a message that stood on the edge may fall to either side.
ON_THE_EDGE = 3


def measured() -> dict[str, list[Figure]]:
    """Our own safety figures of screening, by language, part, and whose hand."""
    lexicons = load_lexicons(corpus.LEXICON)
    found = {}
    for language in corpus.LANGUAGES:
        for part in PARTS:
            judged = readers.ours(list(corpus.screening(language, part)), lexicons)
            own = [one for one in judged if one.message.hand == corpus.FIRST]
            others = [one for one in judged if one.message.hand != corpus.FIRST]
            found[f"{language} {part}, first hand"] = figures(own)
            found[f"{language} {part}, other hands"] = figures(others)
    return found


def worse(kept: dict[str, dict[str, list[int]]], now: dict[str, list[Figure]]) -> Iterator[str]:
    """A sentence for every safety figure that is worse than what was kept."""
    spare = 0 if usable() else ON_THE_EDGE
    for name, some in now.items():
        for one in some:
            right, total = kept.get(name, {}).get(one.name, (0, 0))
            if one.target is None or not (total and one.total):
                continue
            before = right / total
            of_ours = one.right + (-spare if one.at_most else spare)
            share = of_ours / one.total
            if share > before if one.at_most else share < before:
                yield f"{name}: {one.name} was {right}/{total}, is {one.right}/{one.total}"


def read_floor() -> dict[str, dict[str, list[int]]]:
    """{part: {figure: [right, total]}}"""
    kept: dict[str, dict[str, list[int]]] = json.loads(FILE.read_text("utf-8"))
    return kept


def main() -> None:
    """Keep today's figures."""
    kept = {
        name: {one.name: [one.right, one.total] for one in some if one.total}
        for name, some in measured().items()
    }
    FILE.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
