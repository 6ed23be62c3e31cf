"""Plain: a message in one spelling, that still knows where each letter came from.

NFKC, small letters, simplified characters, no invisible characters, spaced letters put
together, English short forms written out, usual slips mended. Linear in the length of the
text. Read `joined`, a sentence broken over lines, dots or smileys is one again: "I can't
... breathe". Screening reads a message both ways, see `screen.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

from bot.core.disguises import taken_off
from bot.core.screening.joining import JOIN, join, without_gaps
from bot.core.screening.lexicon import Lexicons

HAN: Final = re.compile("[一-鿿〇]")
TOKEN: Final = re.compile(r"[a-z]+(?:'[a-z]+)*")
ODD_APOSTROPHE: Final = re.compile(
    r"\b(ca|wo|do|did|does|is|was|are|were|have|has|had|could|would|should|ai)n[ \"*;:,.^_|]t\b"
)
CAN_NOT: Final = re.compile(r"\bcan ?not\b")
INVISIBLE_SPACES: Final = frozenset("\u200b\u2060\ufeff\u00ad\u200c\u200d")
HYPHEN: Final = re.compile(r"(?<=[a-z])-(?=[a-z])")
SHORT_FORMS: Final = {"'ll": " will", "'re": " are", "'d": " would"}
KEEP_S: Final = frozenset(
    ("it", "he", "she", "that", "what", "there", "here", "who", "where", "how", "let", "thing")
)
DRAWL: Final = re.compile(r"([a-z])\1{2,}")
MOST_DRAWN: Final = 4  # letters of one word
SHORTEST_MENDED: Final = 6  # shorter words turn into other words too easily


@dataclass(frozen=True)
class Plain:
    """`text` is what screening reads; `at[i]` is where its letter i stood in `original`."""

    original: str
    text: str
    at: tuple[int, ...]
    breaks: frozenset[int]  # places in `text` before which a space was dropped
    joins: tuple[int, ...] = ()  # places in `text` where a break was read over, or a slip mended

    def words(self, start: int, end: int) -> str:
        """The very words between two places of `text`."""
        if end <= start:
            return ""
        return self.original[self.at[start] : self.at[end - 1] + 1].strip()


def is_han(char: str) -> bool:
    """Whether this is a Chinese character."""
    return HAN.match(char) is not None


def has_han(text: str) -> bool:
    """Whether a Chinese character is in it."""
    return HAN.search(text) is not None


def count_han(text: str) -> int:
    """How many Chinese characters are in it."""
    return len(HAN.findall(text))


def plain(text: str, lexicons: Lexicons, *, joined: bool = False) -> Plain:
    """Bring a message into one spelling."""
    chars: list[str] = []
    at: list[int] = []
    simplified = lexicons.simplified
    letter = _joined_char if joined else _plain_char
    for char, place in zip(*taken_off(text), strict=True):
        for one in letter(char):
            chars.append(simplified.get(one, one))
            at.append(place)
    told = HYPHEN.sub(" ", ODD_APOSTROPHE.sub(r"\1n't", "".join(chars)))
    told = CAN_NOT.sub(lambda found: "cant".ljust(len(found[0])), told)
    told, at = without_gaps(told, at, lexicons.known_words)
    if joined:
        told = join(told)
    if lexicons.mistyped:
        told = _mend_chinese(told, lexicons.mistyped)
    told, at = _mend_english(told, at, lexicons)
    return _without_spaces(text, told, at)


@lru_cache(maxsize=8192)
def _joined_char(char: str) -> str:
    """A smiley or an invisible space stands where another would have put a space."""
    if char in INVISIBLE_SPACES or unicodedata.category(char) == "So":
        return JOIN
    return _plain_char(char)


@lru_cache(maxsize=8192)
def _plain_char(char: str) -> str:
    if char in "’‘`´＇ʼ":
        return "'"
    if char in "\n\r\u2028\u2029":
        return "\n"
    kind = unicodedata.category(char)
    if kind == "Cf" or kind == "Mn":
        return ""
    if kind == "Cc" or char == "*":  # the star means "any letters" in the trie
        return " "
    if kind in ("So", "Cs", "Co", "Cn", "Sk") and char not in "°℃℉º":
        return ","
    return unicodedata.normalize("NFKC", char).lower().replace("º", "°")


@lru_cache(maxsize=16)
def _slips(pairs: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    longest_first = sorted((wrong for wrong, _ in pairs), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)))


def _mend_chinese(text: str, mistyped: Mapping[str, str]) -> str:
    slips = _slips(tuple(mistyped.items()))
    return slips.sub(lambda found: mistyped[found[0]], text)


def _mend_english(text: str, at: list[int], lexicons: Lexicons) -> tuple[str, list[int]]:
    pieces: list[str] = []
    places: list[int] = []
    done = 0
    for found in TOKEN.finditer(text):
        word = found[0]
        better = _better_word(word, lexicons)
        if better == word:
            continue
        start, end = found.span()
        pieces += text[done:start], better
        places += at[done:start]
        # Every letter of a mended word stands for the whole word as it was written.
        places += [at[start]] * (len(better) - 1) + [at[end - 1]]
        done = end
    if not done:
        return text, at
    pieces.append(text[done:])
    places += at[done:]
    return "".join(pieces), places


def _better_word(word: str, lexicons: Lexicons) -> str:
    if len(word) > 40:
        return word
    if "'" in word:
        word = written_out(word)
    if word in lexicons.known_words:
        return word
    word = lexicons.spelled.get(word, word)
    if word in lexicons.known_words:
        return word
    word = _without_drawl(word, lexicons.known_words)
    if len(word) < SHORTEST_MENDED or word in lexicons.known_words:
        return word
    return _nearest(word, lexicons.near_words, _stem(word, lexicons))


def written_out(word: str) -> str:
    """`i'll` -> `i will`, `can't` -> `cant`, `foot's` -> `foot`, but `it's` -> `its`."""
    for ending, ends_in in SHORT_FORMS.items():
        if word.endswith(ending):
            return word[: -len(ending)].replace("'", "") + ends_in
    stem, _, ending = word.rpartition("'")
    if ending == "s" and stem not in KEEP_S:
        return stem.replace("'", "")
    return word.replace("'", "")


def _stem(word: str, lexicons: Lexicons) -> str:
    """The longest listed stem that the word begins with: tingled is not tinged."""
    sizes = range(len(word), 2, -1)
    return next((word[:size] for size in sizes if word[:size] in lexicons.stems), "")


def _without_drawl(word: str, known: Set[str]) -> str:
    """`soooo` -> `so`, `blooood` -> `blood`, `cheeeest` -> `chest`."""
    usual = DRAWL.sub(lambda found: found[1] * (2 if found[1] in "oe" else 1), word)
    if usual == word or usual in known:
        return usual
    return next(
        (
            other
            for sizes in product((1, 2), repeat=min(MOST_DRAWN, len(DRAWL.findall(word))))
            if (other := _drawn(word, sizes)) in known
        ),
        usual,
    )


def _drawn(word: str, sizes: tuple[int, ...]) -> str:
    """The word with its drawn-out letters as often as these sizes say."""
    left = iter(sizes)
    return DRAWL.sub(lambda found: found[1] * next(left, 1), word)


def _nearest(word: str, near_words: Mapping[str, tuple[str, ...]], stem: str) -> str:
    for shorter in (word, *(word[:i] + word[i + 1 :] for i in range(len(word)))):
        for other in near_words.get(shorter, ()):
            if one_slip_apart(word, other) and other.startswith(stem):
                return other
    return word


def one_slip_apart(one: str, other: str) -> bool:
    """Whether one letter missing, added, changed or two swapped make the same word."""
    if one[0] != other[0] or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    if a == b:
        return True
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])


def _without_spaces(original: str, text: str, at: list[int]) -> Plain:
    """Drop spaces beside Chinese characters, remember them; keep others single."""
    if " " not in text and "\t" not in text and JOIN not in text:
        return Plain(original, text, tuple(at), frozenset())
    out: list[str] = []
    places: list[int] = []
    breaks: set[int] = set()
    joins: list[int] = []
    waiting = joining = False
    for char, place in zip(text, at, strict=True):
        if char == JOIN or (char.isspace() and char != "\n"):
            waiting, joining = bool(out), joining or char == JOIN
            continue
        if joining:
            joins.append(len(out))
        if waiting:
            if is_han(char) or is_han(out[-1]):
                if not joining:
                    breaks.add(len(out))
            elif out[-1] != "\n" and char != "\n":
                out.append(" ")
                places.append(place)
        waiting = joining = False
        out.append(char)
        places.append(place)
    return Plain(original, "".join(out), tuple(places), frozenset(breaks), tuple(joins))
