"""Lexicons: the care team's word and sign files -> what screening works with.

A folder holds `words/*.yml` (word lists; those of body.yml name parts of the
body), `signs/*.yml` (what to look for), `context.yml` (words that steer how a
sentence is read), `numbers.yml` and `spelling.yml`. See extend-the-lexicon.md.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from zhconv.zhconv import getdict  # type: ignore[import-untyped]  # it ships no types

from bot.core.errors import PathwayError
from bot.core.screening.lexicon import CONTEXT, Lexicons, Measure, Pattern
from bot.core.screening.plain import SHORTEST_MENDED, TOKEN
from bot.core.screening.points import Wording
from bot.pathfiles.file_text import Unreadable
from bot.pathfiles.lexicon_signs import SignReader
from bot.pathfiles.lexicon_words import WordReader, phrases_of
from bot.pathfiles.read_wording import read_wording, usage_of
from bot.pathfiles.spots import Spot, read_spots
from bot.sentence_model import sentence_model

BY_LANGUAGE: Final = ("zh", "en")


def load_lexicons(folder: Path, *, learned: bool = True) -> Lexicons:
    """Read and check a folder of lexicon files; the first mistake is told with its line.

    Without what was `learned` it is what the points tables are learned with.
    """
    if not folder.is_dir():
        raise PathwayError(str(folder), "there is no such folder", "Expected the lexicon's folder")
    words = WordReader(_simplified())
    spelling = _read(folder / "spelling.yml", folder)
    words.slips(spelling)
    for path in sorted((folder / "words").glob("*.yml")):
        words.lists(_read(path, folder), kind=path.stem)
    words.lists(_read(folder / "context.yml", folder), kind="context")
    procedures = words.procedures(_read(folder / "procedures.yml", folder))
    _check_context(words, folder)
    words.resolve_unions()
    signs = SignReader(words)
    for path in sorted((folder / "signs").glob("*.yml")):
        signs.signs(_read(path, folder))
    measures = signs.measures(_read(folder / "numbers.yml", folder))
    signs.together_of(_read(folder / "together.yml", folder))
    signs.check_references()
    wording = read_wording(folder) if learned else None
    return _finish(folder, words, signs, measures, spelling, procedures, wording)


def _finish(
    folder: Path,
    words: WordReader,
    signs: SignReader,
    measures: Mapping[str, Measure],
    spelling: Spot,
    procedures: Mapping[str, int],
    wording: Wording | None,
) -> Lexicons:
    known = words.latin_words | set(phrases_of((spelling.entries or {}).get("real_words")))
    return Lexicons(
        version=_version(folder),
        names=tuple(words.names),
        body=frozenset(words.body),
        fluids=frozenset(words.fluids),
        context={name: words.number[name] for name in CONTEXT},
        trie=words.trie,
        signs=tuple(signs.all),
        patterns=_by_rarest(signs.patterns),
        together=tuple(signs.together),
        measures=measures,
        simplified=words.simplified,
        mistyped=words.mistyped,
        spelled=words.spelled,
        known_words=frozenset(known),
        stems=frozenset(words.stems),
        near_words=_near_words(words.mendable),
        vocabulary=_vocabulary(wording),
        dialect=frozenset(phrases_of((spelling.entries or {}).get("dialect"))),
        child_procedures=frozenset(phrases_of((spelling.entries or {}).get("child_procedures"))),
        wording=wording,
        usage=usage_of(wording) if wording else None,
        meaning=sentence_model() if wording else None,
        procedures=procedures,
    )


def _vocabulary(wording: Wording | None) -> frozenset[str]:
    """The single words that the points table of English messages knows."""
    if wording is None:
        return frozenset()
    return frozenset(one for one in wording.tables["en"].points["word"] if " " not in one)


def _read(path: Path, folder: Path) -> Spot:
    name = f"{folder.name}/{path.relative_to(folder)}"
    if not path.is_file():
        raise PathwayError(name, "the file is missing")
    try:
        spot, findings = read_spots(path, name)
    except Unreadable as error:
        finding = error.finding
        raise PathwayError(f"{name}:{finding.line}", finding.what, finding.hint) from None
    for finding in findings:
        raise PathwayError(f"{name}:{finding.line}", finding.what, finding.hint)
    if spot.entries is None:
        raise PathwayError(f"{name}:1", "the file must be a block with names")
    return spot


def _check_context(words: WordReader, folder: Path) -> None:
    missing = [name for name in CONTEXT if name not in words.number]
    if missing:
        raise PathwayError(
            f"{folder.name}/context.yml", f"it lacks the list '{missing[0]}'", "Add it"
        )


def _simplified() -> dict[str, str]:
    """Single characters only: phrase tables would change the length of a text."""
    table = getdict("zh-hans")
    return {
        old: new for old, new in table.items() if len(old) == 1 and len(new) == 1 and old != new
    }


def _by_rarest(patterns: list[Pattern]) -> dict[int, tuple[Pattern, ...]]:
    """Index each pattern under the element that the fewest patterns share."""
    uses = Counter(
        number for pattern in patterns for part in pattern.parts for number in part.lists
    )
    index: dict[int, list[Pattern]] = {}
    for pattern in patterns:
        rarest = min(
            (part for part in pattern.parts if part.lists),
            key=lambda part: sum(uses[number] for number in part.lists),
        )
        for number in rarest.lists:
            index.setdefault(number, []).append(pattern)
    return {number: tuple(found) for number, found in index.items()}


def _near_words(words: set[str]) -> dict[str, tuple[str, ...]]:
    """Every word with one letter left out -> the word: finds slips of one letter."""
    near: dict[str, set[str]] = {}
    for word in words:
        if len(word) < SHORTEST_MENDED or not TOKEN.fullmatch(word):
            continue
        for shorter in (word, *(word[:i] + word[i + 1 :] for i in range(len(word)))):
            near.setdefault(shorter, set()).add(word)
    return {shorter: tuple(sorted(found)) for shorter, found in near.items()}


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(
        path for kind in ("*.yml", "*.json", "*.tsv") for path in folder.rglob(kind)
    ):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
