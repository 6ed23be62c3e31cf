"""Lexicon signs: what to look for, as the care team wrote it -> signs and patterns.

`says` holds phrases that are enough by themselves; `…` stands for a few words
between. `when` holds combinations of word lists: `calf + swollen` in any order,
`calf > swollen` in this order, `- word` what must be absent, `#>=3` a number.
"""

from __future__ import annotations

import re
from typing import Final

from bot.core.errors import PathwayError
from bot.core.screening.lexicon import (
    Case,
    Measure,
    Part,
    Pattern,
    Sign,
    Threshold,
    Together,
)
from bot.core.triage_level import TriageLevel
from bot.core.words import LANGUAGES, Words
from bot.pathfiles.findings import did_you_mean
from bot.pathfiles.lexicon_words import WordReader, phrases_of, spellings, where
from bot.pathfiles.spots import Spot

ASK: Final = "ask"
APART: Final = 14  # Chinese characters between two elements of a combination
CLOSE: Final = 8  # where `…` stands in a phrase
FIELDS: Final = frozenset(
    [
        "code",
        "level",
        "source",
        "why",
        "says",
        "when",
        "unless",
        "carer",
        "near",
        "brief",
        "unless_anywhere",
        "even_asked",
        "always_ask",
        "only_alone",
        "doubtful",
        "unless_calm",
        "replaces",
        "cases",
    ]
)
NUMBER: Final = re.compile(r"#(>=|<=)(\d+(?:\.\d+)?)")


class SignReader:
    """Collects signs, patterns, thresholds and combinations."""

    def __init__(self, words: WordReader) -> None:
        self.words = words
        self.all: list[Sign] = []
        self.patterns: list[Pattern] = []
        self.together: list[Together] = []
        self.places: dict[str, Spot] = {}
        self.phrase_lists: dict[str, int] = {}

    def signs(self, spot: Spot) -> None:
        """Read a file of signs."""
        for key, entry in (spot.entries or {}).items():
            number = self._sign(key, entry)
            self._patterns(number, entry.entries or {})

    def _sign(self, key: str, entry: Spot, *, measured: bool = False) -> int:
        fields = entry.entries
        if fields is None:
            raise PathwayError(where(entry), f"'{key}' must be a block with level, source and why")
        for name in fields:
            if name not in FIELDS:
                raise PathwayError(
                    where(fields[name]), f"a sign has no '{name}'", did_you_mean(name, FIELDS)
                )
        if key in self.places:
            raise PathwayError(where(entry), f"there are two signs '{key}'", "Rename one")
        self.places[key] = entry
        level, ask = self._level(fields.get("level"), entry)
        self.all.append(
            Sign(
                key=key,
                code=self._text(fields.get("code"), entry) if "code" in fields else key,
                level=level,
                ask=ask,
                why=self._why(fields.get("why"), entry),
                source=self._text(fields.get("source"), entry),
                carer=_is_yes(fields.get("carer")),
                always_ask=_is_yes(fields.get("always_ask")),
                even_asked=_is_yes(fields.get("even_asked")),
                brief=_is_yes(fields.get("brief")),
                measured=measured,
                only_alone=_is_yes(fields.get("only_alone")),
                doubtful=_is_yes(fields.get("doubtful")),
                unless_calm=_is_yes(fields.get("unless_calm")),
                replaces=tuple(phrases_of(fields.get("replaces"))),
                unless_anywhere=tuple(
                    number
                    for name in phrases_of(fields.get("unless_anywhere"))
                    for number in self._numbers(name, fields["unless_anywhere"])
                ),
                near=_is_yes(fields.get("near")),
                cases=self._cases(fields.get("cases")),
            )
        )
        return len(self.all) - 1

    def _text(self, spot: Spot | None, entry: Spot) -> str:
        if spot is None or not spot.text:
            raise PathwayError(where(entry), "it needs level, source and why (zh and en)")
        return spot.text

    def _level(self, spot: Spot | None, entry: Spot) -> tuple[TriageLevel, bool]:
        word = self._text(spot, entry)
        if word == ASK:
            return TriageLevel.ROUTINE, True
        try:
            return TriageLevel.from_word(word), False
        except KeyError as error:
            raise PathwayError(where(spot or entry), str(error.args[0]), "or: ask") from None

    def _why(self, spot: Spot | None, entry: Spot) -> Words:
        entries = (spot.entries if spot else None) or {}
        return Words({one: self._text(entries.get(one), spot or entry) for one in LANGUAGES})

    def _cases(self, spot: Spot | None) -> tuple[Case, ...]:
        cases = []
        for item in (spot.items if spot else None) or ():
            fields = item.entries or {}
            level, ask = self._level(fields.get("level"), item)
            days = re.fullmatch(
                r"(\d*)-(\d*)", (fields["days"].text or "") if "days" in fields else "-"
            )
            if days is None:
                raise PathwayError(where(item), "days must be such as 0-14, 3- or -7")
            cases.append(
                Case(
                    level=level,
                    ask=ask,
                    procedures=tuple(phrases_of(fields.get("procedures"))),
                    from_day=int(days[1]) if days[1] else None,
                    to_day=int(days[2]) if days[2] else None,
                    source=self._text(fields.get("source"), item),
                )
            )
        return tuple(cases)

    def _patterns(self, sign: int, fields: dict[str, Spot]) -> None:
        says = fields.get("says")
        unless = tuple(
            number
            for name in phrases_of(fields.get("unless"))
            for number in self._numbers(name, fields["unless"])
        )
        if says is not None:
            if says.entries is None or not set(says.entries) <= set(LANGUAGES):
                raise PathwayError(where(says), "says must have zh and en")
            for spot in says.entries.values():
                for phrase in phrases_of(spot):
                    self.patterns.append(self._phrase(sign, phrase, spot, unless))
        when = fields.get("when")
        for line in phrases_of(when):
            self.patterns.append(self._combination(sign, line, when or fields["level"], unless))

    def _phrase(self, sign: int, phrase: str, spot: Spot, unless: tuple[int, ...]) -> Pattern:
        pieces = (piece.strip() for piece in phrase.split("…"))
        # A piece that may be absent is already covered by the … beside it.
        needed = [piece for piece in pieces if piece and not _may_be_absent(piece, spot)]
        parts = tuple(self._phrase_part(piece, spot) for piece in needed)
        if not any(part.lists for part in parts):
            raise PathwayError(where(spot), f"'{phrase}' has no words")
        return Pattern(sign, parts, ordered=True, gap=CLOSE, unless=unless)

    def _phrase_part(self, piece: str, spot: Spot) -> Part:
        if piece.startswith("#"):
            return self._number_part(piece, spot)
        if piece.startswith("{") and piece.endswith("}"):
            return Part(self._numbers(piece[1:-1].strip(), spot))
        if piece not in self.phrase_lists:
            number = self.words.new_list(f"phrase:{piece}")
            self.words.add(piece, number, spot)
            self.phrase_lists[piece] = number
        return Part((self.phrase_lists[piece],))

    def _combination(self, sign: int, line: str, spot: Spot, unless: tuple[int, ...]) -> Pattern:
        wanted, *absent = (part.strip() for part in re.split(r"\s-\s", line))
        ordered = ">" in re.sub(r"#>=", "#", wanted)
        names = re.split(r"\s\+\s" if not ordered else r"\s>\s", wanted)
        parts = tuple(self._part(name.strip(), spot) for name in names)
        if not any(part.lists for part in parts):
            raise PathwayError(where(spot), f"'{line}' needs a word list besides the number")
        also = tuple(number for name in absent for number in self._numbers(name, spot))
        return Pattern(sign, parts, ordered=ordered, gap=APART, unless=(*unless, *also))

    def _part(self, name: str, spot: Spot) -> Part:
        return (
            self._number_part(name, spot)
            if name.startswith("#")
            else Part(
                tuple(
                    number for one in name.split("/") for number in self._numbers(one.strip(), spot)
                )
            )
        )

    def _number_part(self, name: str, spot: Spot) -> Part:
        found = NUMBER.fullmatch(name)
        if name == "#":
            return Part(at_least=0)
        if found is None:
            raise PathwayError(where(spot), f"'{name}' must be such as #>=3")
        value = float(found[2])
        return Part(at_least=value) if found[1] == ">=" else Part(at_most=value)

    def _numbers(self, name: str, spot: Spot) -> tuple[int, ...]:
        if name not in self.words.members:
            raise PathwayError(
                where(spot),
                f"there is no word list '{name}'",
                did_you_mean(name, self.words.members),
            )
        return self.words.members[name]

    def measures(self, spot: Spot) -> dict[str, Measure]:
        """Read the file of numbers."""
        found: dict[str, Measure] = {}
        for name, entry in (spot.entries or {}).items():
            fields = entry.entries or {}
            lowest, highest = self._range(fields.get("plausible"), entry)
            found[name] = Measure(
                name=name,
                called=self._one_list(fields.get("called"), entry),
                unit=self._one_list(fields["unit"], entry) if "unit" in fields else None,
                not_with=self._one_list(fields["not_with"], entry)
                if "not_with" in fields
                else None,
                lowest=lowest,
                highest=highest,
                thresholds=tuple(
                    self._threshold(name, item)
                    for item in (fields["levels"].items if "levels" in fields else None) or ()
                ),
            )
        return found

    def _one_list(self, spot: Spot | None, entry: Spot) -> int:
        name = self._text(spot, entry)
        self._numbers(name, spot or entry)
        return self.words.number[name]

    def _range(self, spot: Spot | None, entry: Spot) -> tuple[float, float]:
        found = re.fullmatch(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)", self._text(spot, entry))
        if found is None:
            raise PathwayError(where(spot or entry), "plausible must be such as 20-250")
        return float(found[1]), float(found[2])

    def _threshold(self, name: str, item: Spot) -> Threshold:
        fields = dict(item.entries or {})
        limits = {
            key: float(self._text(fields.pop(key), item))
            for key in ("at_least", "at_most")
            if key in fields
        }
        if not limits:
            raise PathwayError(where(item), "a level needs at_least or at_most")
        key = f"{name}_{'_'.join(f'{k}_{v:g}' for k, v in limits.items())}"
        place = Spot(item.file, item.line, item.column, entries=fields)
        sign = self._sign(key, place, measured=True)
        return Threshold(limits.get("at_least"), limits.get("at_most"), sign)

    def together_of(self, spot: Spot) -> None:
        """Read the signs that mean more together."""
        for key, entry in (spot.entries or {}).items():
            fields = dict(entry.entries or {})
            of = fields.pop("of", None)
            sign = self._sign(key, Spot(entry.file, entry.line, entry.column, entries=fields))
            codes = tuple(
                tuple(code.strip() for code in phrase.split("/"))
                for phrase in self._text(of, entry).split("+")
            )
            self.places[f"together:{key}"] = of or entry
            self.together.append(Together(codes, sign))

    def check_references(self) -> None:
        """Every sign that another one names must exist."""
        codes = {sign.code for sign in self.all}
        keys = {sign.key for sign in self.all} | codes
        for sign in self.all:
            for other in sign.replaces:
                if other not in keys:
                    raise PathwayError(
                        where(self.places[sign.key]),
                        f"'{sign.key}' replaces an unknown sign '{other}'",
                        did_you_mean(other, keys),
                    )
        for rule in self.together:
            key = self.all[rule.sign].key
            for code in (one for group in rule.codes for one in group):
                if code not in codes:
                    raise PathwayError(
                        where(self.places[f"together:{key}"]),
                        f"'{key}' speaks of an unknown sign '{code}'",
                        did_you_mean(code, codes),
                    )


def _may_be_absent(piece: str, spot: Spot) -> bool:
    return not piece.startswith(("#", "{")) and "" in spellings(piece, spot)


def _is_yes(spot: Spot | None) -> bool:
    return spot is not None and (spot.text or "").lower() in ("yes", "true")
