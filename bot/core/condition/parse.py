"""Read a condition from one line of a pathway file. No eval: a small grammar of our own.

one of them:   this or that              both:  this and that
numbers:       temperature >= 38.0 C     trend: rise(pain) >= 2, drop(weight, 7 days) > 2 kg
scores:        sum(interest, down) >= 3
words:         calf is yes               lists: wound has pus, wound has any of (pus, opening)
days:          day <= 14, days_home < 2  who:   tier is high, procedure is knee_replacement
no answer:     unknown(temperature)      past:  two_days(...), last_time(...), ever(...)
opposite:      not (...), calf is not yes
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from bot.core.condition.tree import (
    All,
    AnyOf,
    Compare,
    Condition,
    Earlier,
    Has,
    Is,
    IsUnknown,
    Measure,
    Not,
    Past,
    Total,
)

LONGEST: Final = 1000  # characters; a leaflet's sentence is far shorter
DEEPEST: Final = 12  # brackets inside brackets
MOST_ADDED: Final = 15  # questions in one sum; QoR-15 is the longest score in the clinical facts
TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<word>[A-Za-z][A-Za-z0-9_]*(?:/[A-Za-z]+)?)"
    r"|(?P<sign><=|>=|!=|==|<|>|=)|(?P<mark>[(),])|(?P<unit>[°%\[{][^\s()),]*))"
)
KEYWORDS: Final = frozenset({"and", "or", "not", "is", "has", "any", "of"})
TRENDS: Final = {"rise": Measure.RISE, "drop": Measure.DROP}
PAST: Final = frozenset(past.value for past in Past)


class ConditionError(ValueError):
    """A condition cannot be read; `column` counts from 1 inside its text."""

    def __init__(self, what: str, *, column: int) -> None:
        self.what, self.column = what, column
        super().__init__(f"{what} (at character {column})")


def parse(text: str) -> Condition:
    """Read a condition. Raises ConditionError saying what and where."""
    if len(text) > LONGEST:
        raise ConditionError(f"longer than {LONGEST} characters", column=LONGEST)
    reader = _Reader(text)
    condition = reader.any_of(0)
    if reader.kind:
        raise reader.wrong(f"'{reader.text}' was not expected here; is an 'and' or 'or' missing?")
    return condition


class _Reader:
    """Walks over the tokens of one condition."""

    def __init__(self, source: str) -> None:
        self.source, self.at, self.end = source, 0, 0
        self.kind, self.text = "", ""
        self.step()

    def step(self) -> None:
        """Move to the next token; kind is empty at the end."""
        rest = self.source[self.end :]
        if not rest.strip():
            self.at, self.kind, self.text = len(self.source), "", ""
            return
        found = TOKEN.match(self.source, self.end)
        if found is None or found.lastgroup is None:
            column = self.end + len(rest) - len(rest.lstrip())
            raise ConditionError(f"'{rest.strip()[0]}' cannot be read", column=column + 1)
        self.kind, self.text = found.lastgroup, found[found.lastgroup]
        self.at, self.end = found.start(found.lastgroup), found.end()

    def wrong(self, what: str) -> ConditionError:
        return ConditionError(what, column=self.at + 1)

    def sees(self, *texts: str) -> bool:
        return self.kind in ("word", "mark") and self.text in texts

    def take(self, text: str) -> None:
        if not self.sees(text):
            raise self.wrong(f"'{text}' is missing before '{self.text or 'the end'}'")
        self.step()

    def name(self, what: str) -> str:
        if self.kind != "word" or self.text in KEYWORDS:
            raise self.wrong(f"{what} is missing before '{self.text or 'the end'}'")
        text = self.text
        self.step()
        return text

    def any_of(self, depth: int) -> Condition:
        parts = self.several("or", lambda: self.all_of(depth))
        return parts[0] if len(parts) == 1 else AnyOf(parts)

    def all_of(self, depth: int) -> Condition:
        parts = self.several("and", lambda: self.single(depth))
        return parts[0] if len(parts) == 1 else All(parts)

    def several(self, joint: str, part: Callable[[], Condition]) -> tuple[Condition, ...]:
        parts = [part()]
        while self.sees(joint):
            self.step()
            parts.append(part())
        return tuple(parts)

    def bracketed(self, depth: int) -> Condition:
        if depth >= DEEPEST:
            raise self.wrong(f"more than {DEEPEST} brackets inside each other")
        self.take("(")
        inner = self.any_of(depth + 1)
        self.take(")")
        return inner

    def single(self, depth: int) -> Condition:
        if self.sees("not"):
            if depth >= DEEPEST:
                raise self.wrong(f"more than {DEEPEST} 'not' inside each other")
            self.step()
            return Not(self.single(depth + 1))
        if self.sees("("):
            return self.bracketed(depth)
        name = self.name("a question")
        if name in PAST:
            return Earlier(Past(name), self.bracketed(depth))
        if name == "unknown":
            self.take("(")
            question = self.name("a question")
            self.take(")")
            return IsUnknown(question)
        if name in TRENDS:
            return self.trend(TRENDS[name])
        if name == "sum" and self.sees("("):
            return self.total()
        return self.test(name)

    def test(self, name: str) -> Condition:
        if self.sees("is"):
            self.step()
            negated = self.negation()
            found: Condition = Is(name, self.name(f"what {name} is"))
            return Not(found) if negated else found
        if self.sees("has"):
            self.step()
            negated = self.negation()
            found = Has(name, self.options())
            return Not(found) if negated else found
        days = {"day": Measure.DAY, "days_home": Measure.DAYS_HOME}
        if name in days:
            return self.comparison(days[name], "")
        return self.comparison(Measure.ANSWER, name)

    def negation(self) -> bool:
        negated = self.sees("not")
        if negated:
            self.step()
        return negated

    def options(self) -> tuple[str, ...]:
        if not self.sees("any"):
            return (self.name("an option"),)
        self.step()
        self.take("of")
        return self.listed("an option")

    def listed(self, what: str) -> tuple[str, ...]:
        self.take("(")
        found = [self.name(what)]
        while self.sees(","):
            self.step()
            found.append(self.name(what))
        self.take(")")
        return tuple(found)

    def total(self) -> Condition:
        start = self.at
        parts = self.listed("a question")
        if not 2 <= len(set(parts)) == len(parts) <= MOST_ADDED:
            what = f"a sum adds 2 to {MOST_ADDED} different questions"
            raise ConditionError(what, column=start + 1)
        return Total(parts, *self.limit("sum(...)"))

    def trend(self, measure: Measure) -> Condition:
        self.take("(")
        question, within = self.name("a question"), None
        if self.sees(","):
            self.step()
            within = int(self.number())
            if not self.sees("day", "days"):
                raise self.wrong("'days' is missing, as in rise(weight, 3 days)")
            self.step()
        self.take(")")
        return self.comparison(measure, question, within)

    def comparison(self, measure: Measure, question: str, within: int | None = None) -> Condition:
        return Compare(measure, question, *self.limit(question or measure.value), within)

    def limit(self, left: str) -> tuple[str, float, str]:
        """The sign, the number and its unit after what stands on the left."""
        if self.kind != "sign":
            raise self.wrong(f"after '{left}' comes a comparison such as >= 38.0, or 'is' or 'has'")
        sign = "=" if self.text == "==" else self.text
        self.step()
        limit, unit = self.number(), ""
        if self.kind == "unit" or (self.kind == "word" and self.text not in KEYWORDS):
            unit = self.text
            self.step()
        return sign, limit, unit

    def number(self) -> float:
        if self.kind != "number":
            raise self.wrong(f"a number is missing before '{self.text or 'the end'}'")
        value = float(self.text)
        self.step()
        return value
