"""Answer words: the lists in `pathways/shared/answer_words` as core objects."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from zhconv import convert  # type: ignore[import-untyped]

from bot.core.errors import PathwayError
from bot.core.reading.answer_words import LISTS, TABLES, AnswerWords
from bot.pathfiles.file_text import Unreadable
from bot.pathfiles.shipped import ANSWER_WORDS, shipped
from bot.pathfiles.spots import Spot, read_spots

log = logging.getLogger(__name__)
COMMON_CHARACTERS = range(0x4E00, 0xA000)  # the CJK unified ideographs


@dataclass
class _Read:
    """The lists of one folder as they stand there."""

    lists: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict.fromkeys(LISTS, ()))
    tables: dict[str, dict[str, int]] = field(default_factory=lambda: {one: {} for one in TABLES})
    characters: dict[int, str] = field(default_factory=dict)
    sounds: dict[str, str] = field(default_factory=dict)
    named: dict[str, dict[str, tuple[str, ...]]] = field(
        default_factory=lambda: {"unit": {}, "subject": {}, "family": {}}
    )
    version: str = ""

    @property
    def lacking(self) -> tuple[str, ...]:
        every = {**self.lists, **self.tables, "sound": self.sounds}
        return tuple(name for name, rows in every.items() if not rows)


def lacking(folder: Path) -> tuple[str, ...]:
    """The lists that this folder does not have. Raises PathwayError naming a bad line."""
    return _read(folder).lacking


def load_answer_words(folder: Path) -> AnswerWords:
    """Read every list in `folder`; raises PathwayError naming the bad line.

    A list that an upgrade brought and a ward's own copy lacks is the software's own.
    """
    own = _read(folder)
    if missing := own.lacking:
        log.warning("answer words lack lists, the software's own stand in: %s", ", ".join(missing))
        lent = _read(ANSWER_WORDS)
        for name in missing:
            if name in own.lists:
                own.lists[name] = lent.lists[name]
            elif name in own.tables:
                own.tables[name] = lent.tables[name]
            else:
                own.sounds = lent.sounds
    for name in own.lacking:
        raise PathwayError(str(folder), f"the list '{name}' is missing or empty")
    return AnswerWords(
        lists=own.lists,
        tables=own.tables,
        units=own.named["unit"],
        subjects=own.named["subject"],
        families=own.named["family"],
        simplify={**simplify_table(), **own.characters},
        sound_of=own.sounds,
        version=own.version,
    )


def _read(folder: Path) -> _Read:
    read, seen = _Read(), hashlib.sha256()
    for path in sorted(folder.glob("*.yml")):
        seen.update(path.read_bytes())
        for name, spot in _blocks(path).items():
            if name in read.lists:
                read.lists[name] += _phrases(spot)
            elif name in read.tables:
                read.tables[name].update(_table(spot))
            elif name == "character":
                read.characters.update(_characters(spot))
            elif name == "sound":
                read.sounds.update(_sounds(spot))
            elif name in read.named:
                entries = _entries(spot).items()
                read.named[name].update({key: _phrases(one) for key, one in entries})
            else:
                known = ", ".join((*LISTS, *TABLES, *read.named, "character", "sound"))
                raise _wrong(spot, f"no list '{name}'", f"Known: {known}")
    read.version = seen.hexdigest()[:12]
    return read


@lru_cache(maxsize=1)
def simplify_table() -> dict[int, str]:
    """Traditional characters with their simplified form, one for one."""
    table: dict[int, str] = {}
    for code in COMMON_CHARACTERS:
        simple = convert(chr(code), "zh-cn")
        if simple != chr(code) and len(simple) == 1:
            table[code] = simple
    return table


@lru_cache(maxsize=1)
def shipped_sounds() -> dict[str, str]:
    """How each common character sounds, without its tone, as this software knows it."""
    return _sounds(shipped("answer_words/sounds.yml")["sound"])


def _sounds(spot: Spot) -> dict[str, str]:
    by_sound = {sound: one.text or "" for sound, one in _entries(spot).items()}
    return {char: sound for sound, chars in by_sound.items() for char in chars}


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
