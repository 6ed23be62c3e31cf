"""Check the rules: names, units, sources, cases, contradictions, and whether they can fire."""

from __future__ import annotations

from typing import Final

from bot.core.condition.review import can_hold, review
from bot.core.condition.tree import Total, leaves
from bot.core.pathway import TIERS, Case, Rule
from bot.core.triage import triage
from bot.core.triage_level import TriageLevel
from bot.pathfiles.findings import Severity, did_you_mean
from bot.pathfiles.look import Look

EMERGENCY_BLANK: Final = "{emergency}"


def check_rules(look: Look) -> None:
    """Every rule and every case of one pathway."""
    proven = {name for case in look.pathway.cases for name in case.rules}
    for rule in look.pathway.rules:
        _names(look, rule)
        _sources(look, rule)
        _advice(look, rule)
        if rule.id not in proven:
            look.note(
                ("rules", rule.id),
                "rule_without_case",
                f"no case shows that rule {rule.id} fires",
                "Add a line under cases: {day: 3, answers: {...}}",
            )
    _twins(look)
    for case in look.pathway.cases:
        _case(look, case)


def _names(look: Look, rule: Rule) -> None:
    path = ("rules", rule.id, "when")
    doubts = list(
        review(rule.when, look.pathway.questions, tiers=TIERS, procedures=look.pathway.procedures)
    )
    for doubt in doubts:
        look.note(
            path,
            doubt.kind,
            f"rule {rule.id}: {doubt.what}",
            did_you_mean(doubt.word, doubt.known) if doubt.known else "",
            Severity.ERROR if doubt.serious else Severity.WARNING,
        )
    if any(doubt.serious for doubt in doubts):
        return
    _asked_together(look, rule)
    contacts = [
        look.contact(plan, tier, procedure)
        for plan in look.pathway.check_ins
        for tier in plan.tiers
        for procedure in look.pathway.procedures[:1]
    ]
    if can_hold(rule.when, look.pathway.questions, contacts) is False:
        look.note(
            path,
            "never_fires",
            f"rule {rule.id} can never fire: no check-in and no answers make it true",
            "Look at its limits, its days, and whether its questions are asked together",
        )


def _asked_together(look: Look, rule: Rule) -> None:
    """A sum whose questions no check-in asks together is never complete."""
    for test in leaves(rule.when):
        if not isinstance(test, Total):
            continue
        parts = set(test.questions)
        if not any(parts <= set(plan.questions) for plan in look.pathway.check_ins):
            look.note(
                ("rules", rule.id, "when"),
                "sum_asked_apart",
                f"rule {rule.id} adds {', '.join(test.questions)}; no check-in asks all of them",
                "Ask them in the same check-in",
            )


def _sources(look: Look, rule: Rule) -> None:
    path = ("rules", rule.id)
    if not rule.source:
        look.note(
            path,
            "rule_without_source",
            f"rule {rule.id} has no source",
            "Add source: [...] with names from shared/sources.yml; GK for general knowledge",
        )
    known = look.pathway.shared.sources
    for source in rule.source:
        if source not in known:
            hint = did_you_mean(source, known)
            look.note(path, "unknown_source", f"rule {rule.id}: no source '{source}'", hint)


def _advice(look: Look, rule: Rule) -> None:
    """What is told always says what to do if it gets worse; an emergency names the number."""
    for language, said in rule.tell.by_language.items():
        if EMERGENCY_BLANK in said:
            continue
        if rule.level is TriageLevel.EMERGENCY:
            look.note(
                ("rules", rule.id, "tell"),
                "emergency_without_number",
                f"rule {rule.id} is an emergency, its advice ({language}) has no number",
                "Write {emergency} where the number belongs",
            )
        elif rule.level is not TriageLevel.ROUTINE:
            look.warn(
                ("rules", rule.id, "tell"),
                "no_way_out",
                f"the advice of rule {rule.id} ({language}) does not say whom to call if it "
                "gets worse",
                "Add what to look out for, and {emergency}",
            )


def _twins(look: Look) -> None:
    """Two rules with the same condition: a repetition, or a contradiction."""
    seen: dict[str, Rule] = {}
    for rule in look.pathway.rules:
        other = seen.setdefault(repr(rule.when), rule)
        if other is rule:
            continue
        if other.level is rule.level:
            what = f"rules {other.id} and {rule.id} look for the same thing"
            look.warn(("rules", rule.id), "same_rule_twice", what, "Remove one")
        else:
            look.note(
                ("rules", rule.id),
                "rules_contradict",
                f"rules {other.id} and {rule.id} look for the same thing with different levels",
                "Decide for one",
            )


def _case(look: Look, case: Case) -> None:
    path = ("cases", case.id)
    rules = {rule.id for rule in look.pathway.rules}
    for name in case.rules:
        if name not in rules:
            what = f"case {case.id}: no rule '{name}'"
            look.note(path, "case_without_rule", what, did_you_mean(name, rules))
            return
    plans = {plan.id for plan in look.pathway.check_ins}
    if case.check_in and case.check_in not in plans:
        hint = did_you_mean(case.check_in, plans)
        look.note(path, "unknown_check_in", f"case {case.id}: no check-in '{case.check_in}'", hint)
    result = triage(look.pathway, case.facts)
    fired = {hit.rule.id for hit in result.hits}
    if result.level is not case.level:
        why = ", ".join([*sorted(fired), *(f"unclear {one}" for one in result.unclear)])
        look.note(
            path,
            "case_fails",
            f"case {case.id} expects {case.level.word}, the rules say {result.level.word}",
            f"Because of: {why}" if why else "No rule fires",
        )
    elif missing := set(case.rules) - fired:
        what = f"case {case.id}: rule {', '.join(sorted(missing))} does not fire"
        look.note(path, "case_fails", what, f"Firing: {', '.join(sorted(fired)) or 'none'}")
    elif case.unclear and set(case.unclear) != set(result.unclear):
        what = f"case {case.id}: unclear is {', '.join(result.unclear) or 'nothing'}"
        look.note(path, "case_fails", what)
