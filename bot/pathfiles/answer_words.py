"""Answer words: the lists in `pathways/shared/answer_words` as core objects."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from zhconv import convert  # type: ignore[import-untyped]

from bot.core.errors import PathwayError
from bot.core.reading.answer_words import LISTS, TABLES, AnswerWords
from bot.pathfiles.file_text import Unreadable
from bot.pathfiles.spots import Spot, read_spots

COMMON_CHARACTERS = range(0x4E00, 0xA000)  # the CJK unified ideographs


def load_answer_words(folder: Path) -> AnswerWords:
    """Read every list in `folder`; raises PathwayError naming the bad line."""
    lists: dict[str, tuple[str, ...]] = dict.fromkeys(LISTS, ())
    tables: dict[str, dict[str, int]] = {name: {} for name in TABLES}
    characters: dict[int, str] = {}
    named: dict[str, dict[str, tuple[str, ...]]] = {"unit": {}, "subject": {}, "family": {}}
    seen = hashlib.sha256()
    for path in sorted(folder.glob("*.yml")):
        seen.update(path.read_bytes())
        for name, spot in _blocks(path).items():
            if name in lists:
                lists[name] += _phrases(spot)
            elif name in tables:
                tables[name].update(_table(spot))
            elif name == "character":
                characters.update(_characters(spot))
            elif name in named:
                named[name].update({key: _phrases(one) for key, one in _entries(spot).items()})
            else:
                known = ", ".join((*LISTS, *TABLES, *named, "character"))
                raise _wrong(spot, f"no list '{name}'", f"Known: {known}")
    _complete(folder, lists, tables)
    return AnswerWords(
        lists=lists,
        tables=tables,
        units=named["unit"],
        subjects=named["subject"],
        families=named["family"],
        simplify={**simplify_table(), **characters},
        version=seen.hexdigest()[:12],
    )


@lru_cache(maxsize=1)
def simplify_table() -> dict[int, str]:
    """Traditional characters with their simplified form, one for one."""
    table: dict[int, str] = {}
    for code in COMMON_CHARACTERS:
        simple = convert(chr(code), "zh-cn")
        if simple != chr(code) and len(simple) == 1:
            table[code] = simple
    return table


def _complete(
    folder: Path, lists: dict[str, tuple[str, ...]], tables: dict[str, dict[str, int]]
) -> None:
    for name, rows in {**lists, **tables}.items():
        if not rows:
            raise PathwayError(str(folder), f"the list '{name}' is missing or empty")


def _blocks(path: Path) -> dict[str, Spot]:
    try:
        spot, findings = read_spots(path, path.name)
    except Unreadable as error:
        raise PathwayError(path.name, str(error)) from None
    if findings:
        raise PathwayError(path.name, str(findings[0]))
    return _entries(spot)


def _entries(spot: Spot) -> dict[str, Spot]:
    if spot.entries is None:
        raise _wrong(spot, f"a block with names is needed, not {spot.kind}")
    return spot.entries


def _phrases(spot: Spot) -> tuple[str, ...]:
    """A list of phrases, or a block with one list a language."""
    if spot.items is not None:
        return tuple(_phrase(item) for item in spot.items)
    return tuple(phrase for part in _entries(spot).values() for phrase in _phrases(part))


def _phrase(spot: Spot) -> str:
    if not (spot.text or "").strip():
        raise _wrong(spot, "an empty phrase", "Write a word, or remove the line")
    return str(spot.text)


def _table(spot: Spot) -> dict[str, int]:
    rows: dict[str, int] = {}
    for language in _entries(spot).values():
        for phrase, value in _entries(language).items():
            try:
                rows[phrase] = int(value.text or "")
            except ValueError:
                raise _wrong(value, f"'{phrase}' needs a whole number") from None
    return rows


def _characters(spot: Spot) -> dict[int, str]:
    """Single characters of a dialect with what they stand for."""
    found: dict[int, str] = {}
    for char, plain in _entries(spot).items():
        if len(char) != 1:
            raise _wrong(plain, f"'{char}' is not one character")
        found[ord(char)] = _phrase(plain)
    return found


def _wrong(spot: Spot, what: str, hint: str = "") -> PathwayError:
    return PathwayError(f"{spot.file}:{spot.line}", what, hint)
