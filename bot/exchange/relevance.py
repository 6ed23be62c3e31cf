"""Relevance: the skip logic of an XLSForm as a condition of a pathway, as far as it goes.

Read is what simple forms use: a question compared with a word or a number, `selected`, empty or
not, and, or, not. Anything else is refused with the reason, and the importer tells it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.core.condition.tree import (
    All,
    AnyOf,
    Compare,
    Condition,
    Has,
    Is,
    IsUnknown,
    Measure,
    Not,
)
from bot.core.question import Kind
from bot.exchange.form import DAYS

TOKEN: Final = re.compile(
    r"\s*(?:\$\{(?P<name>[^}]+)\}|(?P<word>'[^']*'|\"[^\"]*\")|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<sign>!=|<=|>=|=|<|>)|(?P<mark>[(),])|(?P<call>[A-Za-z][A-Za-z-]*))"
)
DAYS_BY_NAME: Final = {name: measure for measure, name in DAYS.items()}
NUMERIC: Final = (Kind.SCALE, Kind.COUNT, Kind.MEASURE)
LONGEST: Final = 4000  # characters
DEEPEST: Final = 30


class NotCarried(ValueError):
    """This relevance says more than a condition can; the text says why."""


@dataclass(frozen=True)
class Target:
    """What a name of the form has become in the pathway."""

    name: str
    kind: Kind | None = None  # None: the check-in, the tier or the procedure
    unit: str = ""
    values: Mapping[str, str] | None = None  # choices of the form, and what became of them


def read_relevance(text: str, names: Mapping[str, Target]) -> Condition:
    """The condition. Raises NotCarried."""
    if len(text) > LONGEST:
        raise NotCarried("it is too long")
    reader = _Reader(text, names)
    condition = reader.any_of(0)
    if reader.kind:
        raise NotCarried(f"'{reader.text}' stands where nothing was expected")
    return tidy(condition)


def tidy(condition: Condition) -> Condition:
    """The same without what our conditions mean anyway: they hold only where there is an answer."""
    match condition:
        case All(parts=parts):
            flat = _flat(All, [tidy(one) for one in parts])
            tested = {_question(one) for one in flat if not _is_answered(one)}
            kept = [one for one in flat if not (_is_answered(one) and _question(one) in tested)]
            return kept[0] if len(kept) == 1 else All(tuple(kept))
        case AnyOf(parts=parts):
            return AnyOf(tuple(_flat(AnyOf, [tidy(one) for one in parts])))
        case Not(part=Not(part=part)):
            return tidy(part)
        case Not(part=part):
            return Not(tidy(part))
    return condition


def _flat(kind: type[All] | type[AnyOf], parts: list[Condition]) -> list[Condition]:
    return [
        inner
        for one in parts
        for inner in (one.parts if isinstance(one, All | AnyOf) and type(one) is kind else (one,))
    ]


def _is_answered(condition: Condition) -> bool:
    return isinstance(condition, Not) and isinstance(condition.part, IsUnknown)


def _question(condition: Condition) -> str:
    """The question a single test is about; empty for anything larger."""
    match condition:
        case Not(part=part):
            return _question(part)
        case Is(name=name):
            return name
        case Has(question=question) | IsUnknown(question=question) | Compare(question=question):
            return question
    return ""


class _Reader:
    def __init__(self, text: str, names: Mapping[str, Target]) -> None:
        self.source, self.end, self.names = text, 0, names
        self.kind, self.text = "", ""
        self.step()

    def step(self) -> None:
        rest = self.source[self.end :]
        if not rest.strip():
            self.kind, self.text = "", ""
            return
        found = TOKEN.match(self.source, self.end)
        if found is None or found.lastgroup is None:
            raise NotCarried(f"'{rest.strip()[:20]}' cannot be read")
        self.kind, self.text, self.end = found.lastgroup, found[found.lastgroup], found.end()

    def sees(self, *texts: str) -> bool:
        return self.kind in ("call", "mark") and self.text in texts

    def take(self, text: str) -> None:
        if not self.sees(text):
            raise NotCarried(f"'{text}' is missing before '{self.text or 'the end'}'")
        self.step()

    def any_of(self, depth: int) -> Condition:
        return self.several("or", AnyOf, lambda: self.all_of(depth))

    def all_of(self, depth: int) -> Condition:
        return self.several("and", All, lambda: self.single(depth))

    def several(
        self, joint: str, whole: type[All] | type[AnyOf], part: Callable[[], Condition]
    ) -> Condition:
        parts = [part()]
        while self.sees(joint):
            self.step()
            parts.append(part())
        return parts[0] if len(parts) == 1 else whole(tuple(parts))

    def bracketed(self, depth: int) -> Condition:
        if depth >= DEEPEST:
            raise NotCarried("it has too many brackets inside each other")
        self.take("(")
        inner = self.any_of(depth + 1)
        self.take(")")
        return inner

    def single(self, depth: int) -> Condition:
        if self.sees("("):
            return self.bracketed(depth)
        if self.sees("not"):
            self.step()
            return Not(self.bracketed(depth))
        if self.sees("selected"):
            return self.selected()
        if self.sees("string-length"):
            return self.length()
        if self.kind != "name":
            raise NotCarried(f"'{self.text or 'the end'}' has no counterpart here")
        return self.compared(self.target())

    def target(self) -> Target:
        if self.kind != "name":
            raise NotCarried(f"'{self.text}' stands where a question was expected")
        found = self.names.get(self.text.strip())
        if found is None:
            raise NotCarried(f"'{self.text}' is no question that was carried over before it")
        self.step()
        return found

    def selected(self) -> Condition:
        self.step()
        self.take("(")
        target = self.target()
        self.take(",")
        word = self.word(target)
        self.take(")")
        return self.chosen(target, word)

    def length(self) -> Condition:
        """string-length(${x}) = 0 and > 0: empty or not."""
        self.step()
        self.take("(")
        target = self.target()
        self.take(")")
        sign = self.text
        self.step()
        if sign not in ("=", ">", "!=") or self.text != "0":
            raise NotCarried("the length of an answer is not looked at here")
        self.step()
        return IsUnknown(target.name) if sign == "=" else Not(IsUnknown(target.name))

    def word(self, target: Target) -> str:
        if self.kind not in ("word", "number"):
            raise NotCarried(f"'{self.text or 'the end'}' stands where a word was expected")
        word = self.text.strip("'\"")
        self.step()
        if word and target.values is not None:
            if word not in target.values:
                raise NotCarried(f"'{word}' is no choice of {target.name}")
            return target.values[word]
        return word

    def compared(self, target: Target) -> Condition:
        if self.kind != "sign":
            raise NotCarried(f"after '{target.name}' comes '{self.text or 'nothing'}'")
        sign = self.text
        self.step()
        if self.kind == "word" and self.text in ("''", '""'):
            self.step()
            if sign not in ("=", "!="):
                raise self.wrong(target)
            empty = IsUnknown(target.name)
            return empty if sign == "=" else Not(empty)
        if target.name in DAYS_BY_NAME or target.kind in NUMERIC:
            return self.number(target, sign)
        word = self.word(target)
        if sign not in ("=", "!="):
            raise self.wrong(target)
        found = self.chosen(target, word)
        return found if sign == "=" else Not(found)

    def number(self, target: Target, sign: str) -> Condition:
        text = self.text.strip("'\"")
        if not re.fullmatch(r"\d+(\.\d+)?", text):
            raise NotCarried(f"'{target.name}' is a number and is compared with '{text}'")
        self.step()
        measure = DAYS_BY_NAME.get(target.name, Measure.ANSWER)
        question = "" if measure is not Measure.ANSWER else target.name
        unit = target.unit if target.kind is Kind.MEASURE else ""
        return Compare(measure, question, sign, float(text), unit)

    def chosen(self, target: Target, word: str) -> Condition:
        if target.kind is Kind.CHOICES:
            return Has(target.name, (word,))
        if target.kind in (Kind.CHOICE, Kind.YES_NO, None):
            return Is(target.name, word)
        raise self.wrong(target)

    def wrong(self, target: Target) -> NotCarried:
        return NotCarried(f"'{target.name}' cannot be compared like this")
