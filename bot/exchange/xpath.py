"""XPath: a condition as XLSForm writes it.

Our conditions know "cannot tell" and ask only where they surely hold; in a form an answer that
is not there is an empty text. So each condition is written twice over: when it surely holds,
and when it surely does not. What an earlier contact said is unknown to a form: there the
question is asked, since doubt goes up.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.core.condition.tree import (
    PROCEDURE,
    TIER,
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
    Total,
)
from bot.core.question import Kind
from bot.exchange.form import CHECK_IN, DAYS, Asked, Form

OPPOSITE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
ALWAYS: Final = "true()"
NEVER: Final = "false()"


def relevant(form: Form, asked: Asked) -> str:
    """When the form shows a question; empty: always."""
    parts = [_asked_in(form, asked)]
    if asked.only_when is not None:
        parts.append(_Writer(form, asked).holds(asked.only_when))
    whole = _joined(" and ", [one for one in parts if one], bare=True)
    return "" if whole == ALWAYS else whole


def looks_back(condition: Condition) -> bool:
    """Whether a condition asks about earlier contacts, which no form knows."""
    match condition:
        case Earlier():
            return True
        case Compare(measure=measure):
            return measure in (Measure.RISE, Measure.DROP)
        case Not(part=part):
            return looks_back(part)
        case All(parts=parts) | AnyOf(parts=parts):
            return any(looks_back(part) for part in parts)
    return False


def _asked_in(form: Form, asked: Asked) -> str:
    if len(asked.check_ins) == len(form.pathway.check_ins):
        return ""
    return _joined(" or ", [f"${{{CHECK_IN}}} = '{one}'" for one in asked.check_ins])


def _joined(joint: str, parts: Iterable[str], *, bare: bool = False) -> str:
    """The parts as one expression; what is always or never so is not written out."""
    decides, says_nothing = (NEVER, ALWAYS) if joint == " and " else (ALWAYS, NEVER)
    known = [one for one in dict.fromkeys(parts) if one != says_nothing]
    if decides in known:
        return decides
    if not known:
        return says_nothing
    whole = joint.join(known)
    return whole if len(known) < 2 or bare else f"({whole})"


class _Writer:
    """Writes the condition of one question."""

    def __init__(self, form: Form, asked: Asked) -> None:
        self.form, self.asked = form, asked

    def holds(self, condition: Condition) -> str:
        match condition:
            case All(parts=parts):
                return _joined(" and ", [self.holds(one) for one in parts])
            case AnyOf(parts=parts):
                return _joined(" or ", [self.holds(one) for one in parts])
            case Not(part=part):
                return self.fails(part)
            case Compare():
                return self.compared(condition, condition.sign)
            case Total():
                return self.total(condition, condition.sign)
            case Is(name=name, word=word):
                return self.chosen(name, (word,))
            case Has(question=question, options=options):
                return self.chosen(question, options)
            case IsUnknown(question=question):
                return self.unanswered(question)
            case Earlier():
                return ALWAYS

    def fails(self, condition: Condition) -> str:
        match condition:
            case All(parts=parts):
                return _joined(" or ", [self.fails(one) for one in parts])
            case AnyOf(parts=parts):
                return _joined(" and ", [self.fails(one) for one in parts])
            case Not(part=part):
                return self.holds(part)
            case Compare():
                return self.compared(condition, OPPOSITE[condition.sign])
            case Total():
                return self.total(condition, OPPOSITE[condition.sign])
            case Is(name=name, word=word):
                return self.not_chosen(name, (word,))
            case Has(question=question, options=options):
                return self.not_chosen(question, options)
            case IsUnknown(question=question):
                return self.answered(question)
            case Earlier():
                return ALWAYS

    def compared(self, test: Compare, sign: str) -> str:
        if test.measure in (Measure.RISE, Measure.DROP):
            return ALWAYS
        name = DAYS.get(test.measure, test.question)
        if test.measure is Measure.ANSWER and name not in self.form.asked:
            return NEVER
        compared = f"${{{name}}} {sign} {test.limit:g}"
        # An empty text is less than nothing and more than nothing, but it differs from all.
        return f"({self.answered(name)} and {compared})" if sign == "!=" else compared

    def total(self, test: Total, sign: str) -> str:
        """Added up. Only "or more" is settled by a part of the answers; the rest needs them all."""
        there = [name for name in test.questions if name in self.form.asked]
        if sign in (">", ">="):
            added = " + ".join(f"coalesce(${{{name}}}, 0)" for name in there)
            return f"({added}) {sign} {test.limit:g}" if there else NEVER
        if len(there) < len(test.questions):
            return NEVER
        added = " + ".join(f"${{{name}}}" for name in there)
        answered = [self.answered(name) for name in there]
        return _joined(" and ", [*answered, f"({added}) {sign} {test.limit:g}"])

    def chosen(self, name: str, words: tuple[str, ...]) -> str:
        if name in (TIER, PROCEDURE):
            return f"${{{name}}} = '{words[0]}'"
        if name not in self.form.asked:
            return NEVER
        if self.form.asked[name].question.kind is Kind.CHOICES:
            return _joined(" or ", [f"selected(${{{name}}}, '{one}')" for one in words])
        return _joined(" or ", [f"${{{name}}} = '{one}'" for one in words])

    def not_chosen(self, name: str, words: tuple[str, ...]) -> str:
        if name not in self.form.asked and name not in (TIER, PROCEDURE):
            return NEVER
        if name in self.form.asked and self.form.asked[name].question.kind is Kind.CHOICES:
            tests = [f"not(selected(${{{name}}}, '{one}'))" for one in words]
        else:
            tests = [f"${{{name}}} != '{one}'" for one in words]
        return _joined(" and ", [self.answered(name), *tests])

    def answered(self, name: str) -> str:
        if name in DAYS.values() or name in (TIER, PROCEDURE) or name in self.form.asked:
            return f"${{{name}}} != ''"
        return NEVER

    def unanswered(self, name: str) -> str:
        """It was asked, and there is no answer; a question that was not asked is no doubt."""
        if name not in self.form.asked:
            return NEVER
        other = self.form.asked[name]
        parts = [f"${{{name}}} = ''"]
        if not set(self.asked.check_ins) <= set(other.check_ins):
            parts.insert(0, _asked_in(self.form, other))
        if other.only_when is not None:
            parts.insert(0, _Writer(self.form, other).holds(other.only_when))
        return _joined(" and ", parts)
