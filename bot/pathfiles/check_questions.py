"""Check the questions: can they be reached, do their answers lead anywhere, are they clear."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.core.condition.review import can_hold, review
from bot.core.condition.tree import Has, Is, IsUnknown, leaves, names, questions
from bot.core.pathway import TIERS
from bot.core.question import Kind, Question
from bot.core.triage_level import TriageLevel
from bot.core.words import LANGUAGES
from bot.pathfiles.findings import did_you_mean
from bot.pathfiles.look import Look

CHOOSING: Final = (Kind.CHOICE, Kind.CHOICES)
ANY: Final = "*"  # the answer as a whole is looked at, such as a number


def check_questions(look: Look) -> None:
    """Every question of one pathway."""
    looked_at = _looked_at(look)
    asked = {question for plan in look.pathway.check_ins for question in plan.questions}
    for name, question in look.pathway.questions.items():
        if name not in asked:
            look.warn(("questions", name), "never_asked", f"no check-in asks question {name}")
        _reachable(look, name)
        _leads_somewhere(look, question, looked_at.get(name, set()))
        _unknown(look, name)
        _phrases(look, question)
        _call_back(look, question)
        _named_numbers(look, question)
        if question.name is None:
            look.warn(
                ("questions", name),
                "no_short_name",
                f"question {name} has no short name for lists of answers",
                "Add name: {zh: ..., en: ...}",
            )


def _reachable(look: Look, name: str) -> None:
    condition = look.pathway.ask_when.get(name)
    if condition is None:
        return
    path = ("questions", name)
    # A lent question may depend on others of the bank that this pathway does not ask.
    known = {**look.read.bank, **look.pathway.questions}
    doubts = list(review(condition, known, tiers=TIERS, procedures=look.pathway.procedures))
    for doubt in doubts:
        look.note(
            path,
            doubt.kind,
            f"only_when of question {name}: {doubt.what}",
            did_you_mean(doubt.word, doubt.known) if doubt.known else "",
        )
    if doubts:
        return
    plans = [plan for plan in look.pathway.check_ins if name in plan.questions]
    for plan in plans:
        before = plan.questions[: plan.questions.index(name)]
        late = [one for one in questions(condition) if one in plan.questions and one not in before]
        if late:
            look.warn(
                path,
                "asked_too_early",
                f"check-in {plan.id} asks {name} before {late[0]}, on which it depends",
                "Change the order",
            )
    contacts = [
        look.contact(plan, tier, procedure)
        for plan in plans
        for tier in plan.tiers
        for procedure in look.pathway.procedures[:1]
    ]
    if plans and can_hold(condition, look.pathway.questions, contacts) is False:
        look.note(
            path,
            "unreachable_question",
            f"question {name} is never asked: nothing makes its only_when true",
            "Ask what it depends on in the same check-in",
        )


def _looked_at(look: Look) -> dict[str, set[str]]:
    """For each question, the answers that some rule or some further question looks at."""
    found: dict[str, set[str]] = {}
    rules = [rule.when for rule in look.pathway.rules]
    for condition in (*rules, *look.pathway.ask_when.values()):
        for leaf in leaves(condition):
            match leaf:
                case Is(name=name, word=word):
                    found.setdefault(name, set()).add(word)
                case Has(question=name, options=options):
                    found.setdefault(name, set()).update(options)
                case IsUnknown():
                    pass
                case _:
                    for name in names(leaf):
                        found.setdefault(name, set()).add(ANY)
    return found


def _leads_somewhere(look: Look, question: Question, looked_at: set[str]) -> None:
    """An answer that no rule looks at must say that this is meant so."""
    record = look.asked[question.id].for_the_record
    if "" in record:
        return
    if question.kind in CHOOSING:
        open_ends = {option.value for option in question.options} - looked_at - record
    elif question.kind is Kind.YES_NO:
        open_ends = set() if looked_at else {"yes"}
    else:
        open_ends = set() if looked_at else {"any answer"}
    for answer in sorted(open_ends):
        look.note(
            ("questions", question.id, answer),
            "answer_without_rule",
            f"no rule looks at the answer '{answer}' to {question.id}",
            "Write a rule, or mark the answer with for_the_record: yes",
        )


def _unknown(look: Look, name: str) -> None:
    """ "I don't know" may count for little only where another question takes over."""
    level = look.pathway.if_unknown.get(name)
    if level is None or level >= TriageLevel.WITHIN_48_HOURS:
        return
    if "" in look.asked[name].for_the_record:
        return
    takes_over = any(
        isinstance(leaf, IsUnknown) and leaf.question == name
        for condition in look.pathway.ask_when.values()
        for leaf in leaves(condition)
    )
    if not takes_over:
        look.note(
            ("questions", name),
            "doubt_goes_down",
            f"an unclear answer to {name} would count as {level.word}",
            f"Ask another question with only_when: unknown({name}), or raise the level",
        )


def _call_back(look: Look, question: Question) -> None:
    """A score that brings a call: a number the question can have, with its source."""
    below, path = question.call_back_below, ("questions", question.id)
    if below is None:
        return
    low, high = question.minimum, question.maximum
    if low is None or high is None or not low < below <= high:
        look.note(
            path,
            "call_back_never",
            f"no answer to {question.id} can be told from others by 'below {below:g}'",
            "Only numbers can be low; write a limit inside of the question's range",
        )
    sources, known = look.asked[question.id].call_back_source, look.pathway.shared.sources
    if not sources:
        look.note(
            path,
            "rule_without_source",
            f"call_back of {question.id} has no source",
            "Add source: [...] with names from shared/sources.yml; GK for general knowledge",
        )
    for source in sources:
        if source not in known:
            look.note(
                path,
                "unknown_source",
                f"call_back of {question.id}: no source '{source}'",
                did_you_mean(source, known),
            )


def _named_numbers(look: Look, question: Question) -> None:
    """Names stand for whole numbers of the scale, each for one of them."""
    low, high = question.minimum or 0, question.maximum or 0
    named = [one.counts for one in question.options if one.counts is not None]
    strange = [one for one in named if one != int(one) or not low <= one <= high]
    if strange or len(set(named)) != len(named):
        look.note(
            ("questions", question.id),
            "named_number",
            f"the options of {question.id} do not stand for different numbers of its range",
            f"Give each option one whole number from {low:g} to {high:g}",
        )


def _phrases(look: Look, question: Question) -> None:
    """The same phrase under two options cannot be understood."""
    for language in LANGUAGES:
        owner: dict[str, str] = {}
        for value, phrase in _said(question, language):
            other = owner.setdefault(phrase.casefold(), value)
            if other != value:
                look.warn(
                    ("questions", question.id, value),
                    "phrase_twice",
                    f"'{phrase}' stands under both {other} and {value} of {question.id}",
                    "Keep it where it belongs",
                )


def _said(question: Question, language: str) -> Iterator[tuple[str, str]]:
    for option in question.options:
        for phrase in option.also.get(language, ()):
            yield option.value, phrase
