"""Triage: from the answers of a check-in to one triage level.

The care team writes the rules; this module only weighs them. It works on part
of the answers too, so that a worrying answer acts at once and not at the end.
Doubt goes up: an answer that was not understood is never taken as "no".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.core.condition import UNKNOWN, Answered, Facts, holds
from bot.core.condition.tree import questions
from bot.core.pathway import Pathway, Rule
from bot.core.triage_level import TriageLevel

# An unclear answer to a question that may mean a same-day or emergency sign
# is looked at the same day (hazard H01); any other one within 48 hours.
UNCLEAR_SIGN: Final = TriageLevel.SAME_DAY
UNCLEAR: Final = TriageLevel.WITHIN_48_HOURS


@dataclass(frozen=True)
class RuleHit:
    """A rule that holds, and the answers it stands on."""

    rule: Rule
    because: tuple[tuple[str, Answered], ...]


@dataclass(frozen=True)
class Triage:
    """The level, the rules that led to it (worst first), and what stayed unclear."""

    level: TriageLevel
    hits: tuple[RuleHit, ...] = ()
    unclear: tuple[str, ...] = ()
    pathway_id: str = ""
    version: str = ""

    @property
    def worst(self) -> RuleHit | None:
        """The hit with the highest level, if any rule holds."""
        return self.hits[0] if self.hits else None


def triage(pathway: Pathway, facts: Facts) -> Triage:
    """Weigh every rule of the pathway. The highest level wins."""
    hits = tuple(
        RuleHit(rule, _because(rule, facts))
        for rule in sorted(pathway.rules, key=lambda rule: -rule.level)
        if holds(rule.when, facts) is True
    )
    unclear = tuple(asked for asked, answer in facts.answers.items() if answer is UNKNOWN)
    levels = [hit.rule.level for hit in hits]
    levels += [level_when_unclear(pathway, asked) for asked in unclear]
    return Triage(
        level=max(levels, default=TriageLevel.ROUTINE),
        hits=hits,
        unclear=unclear,
        pathway_id=pathway.id,
        version=pathway.version,
    )


def level_when_unclear(pathway: Pathway, question_id: str) -> TriageLevel:
    """What an unclear answer to this question counts as.

    The pathway's own `if_unknown` holds where it is given: "I have no
    thermometer" leads to another question instead of to a nurse.
    """
    if question_id in pathway.if_unknown:
        return pathway.if_unknown[question_id]
    worst = max(
        (rule.level for rule in pathway.rules if question_id in questions(rule.when)),
        default=TriageLevel.ROUTINE,
    )
    return UNCLEAR_SIGN if worst >= TriageLevel.SAME_DAY else UNCLEAR


def _because(rule: Rule, facts: Facts) -> tuple[tuple[str, Answered], ...]:
    return tuple(
        (asked, facts.answers[asked]) for asked in questions(rule.when) if asked in facts.answers
    )
