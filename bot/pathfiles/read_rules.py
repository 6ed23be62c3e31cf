"""Read rules and cases: what worries the care team, and the examples that prove it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.core.condition import UNKNOWN, Answered, EarlierCheckIn, Facts
from bot.core.condition.tree import Is
from bot.core.pathway import Case, Rule
from bot.core.question import Kind, Question
from bot.core.triage_level import TriageLevel
from bot.core.words import Words
from bot.pathfiles.desk import Desk
from bot.pathfiles.findings import did_you_mean
from bot.pathfiles.spots import Spot

CASE_NAMES: Final = ("day", "days_home", "tier", "procedure", "answers", "earlier", "note")
EMPTY: Final = Words({"zh": "", "en": ""})


def read_rules(
    desk: Desk, spot: Spot | None, owner: str, tells: Mapping[TriageLevel, Words]
) -> dict[str, Rule]:
    """Rules of one block. Without its own `tell`, the words of the level are used."""
    rules: dict[str, Rule] = {}
    for name, entry in desk.named(spot, "rules").items():
        what = f"rule {name}"
        desk.mark(entry, owner, "rules", name)
        parts = desk.block(
            entry,
            what,
            needs=("when", "level", "reason", "source"),
            may=("tell", "note", "cases"),
        )
        level = desk.level(parts.get("level"), f"level of {what}", TriageLevel.EMERGENCY)
        for part in ("when", "tell"):
            if part in parts:
                desk.mark(parts[part], owner, "rules", name, part)
        if "cases" in parts:
            desk.mark(parts["cases"], owner, "rules", name, "cases")
        own = desk.words(parts.get("tell"), f"tell of {what}")
        rules[name] = Rule(
            id=name,
            when=desk.condition(parts.get("when"), f"when of {what}") or Is("tier", "none"),
            level=level,
            tell=own or tells.get(level, EMPTY),
            reason=desk.words(parts.get("reason"), f"reason of {what}") or EMPTY,
            source=desk.texts(parts.get("source"), f"source of {what}"),
            when_text=desk.text(parts.get("when"), f"when of {what}"),
            note=desk.text(parts.get("note"), f"note of {what}"),
        )
    return rules


def read_rule_cases(
    desk: Desk, rules: Mapping[str, Rule], owner: str, questions: Mapping[str, Question]
) -> list[Case]:
    """The short cases that stand under a rule: these answers reach its level by it."""
    cases = []
    for name, rule in rules.items():
        spot = desk.places.get((owner, "rules", name, "cases"))
        if spot is None:
            continue
        if spot.items is None:
            desk.note(spot, "wrong_shape", f"cases of rule {name} must be a list")
            continue
        for turn, item in enumerate(spot.items, start=1):
            what = f"case {turn} of rule {name}"
            parts = desk.block(item, what, needs=("day", "answers"), may=CASE_NAMES)
            facts = _facts(desk, parts, what, questions)
            case_id = f"{name}_{turn}"
            desk.places[owner, "cases", case_id] = item
            cases.append(Case(case_id, facts, rule.level, (name,)))
    return cases


def read_cases(
    desk: Desk, spot: Spot | None, owner: str, questions: Mapping[str, Question]
) -> list[Case]:
    """Cases that stand on their own, with what they expect."""
    cases = []
    for name, entry in desk.named(spot, "cases").items():
        desk.mark(entry, owner, "cases", name)
        what = f"case {name}"
        parts = desk.block(
            entry,
            what,
            needs=("day", "answers", "expect"),
            may=(*CASE_NAMES, "rules", "unclear", "check_in"),
        )
        cases.append(
            Case(
                id=name,
                facts=_facts(desk, parts, what, questions),
                level=desk.level(parts.get("expect"), f"expect of {what}", TriageLevel.ROUTINE),
                rules=desk.texts(parts.get("rules"), f"rules of {what}"),
                unclear=desk.texts(parts.get("unclear"), f"unclear of {what}"),
                check_in=desk.text(parts.get("check_in"), f"check_in of {what}"),
            )
        )
    return cases


def _facts(
    desk: Desk, parts: Mapping[str, Spot], what: str, questions: Mapping[str, Question]
) -> Facts:
    earlier = []
    past = parts.get("earlier")
    for item in (past.items or ()) if past is not None else ():
        entry = desk.block(item, f"earlier of {what}", needs=("day", "answers"), may=())
        earlier.append(
            EarlierCheckIn(
                desk.whole(entry.get("day"), f"earlier day of {what}"),
                _answers(desk, entry.get("answers"), what, questions),
            )
        )
    home = parts.get("days_home")
    return Facts(
        answers=_answers(desk, parts.get("answers"), what, questions),
        day=desk.whole(parts.get("day"), f"day of {what}"),
        days_home=desk.whole(home, f"days_home of {what}") if home is not None else None,
        tier=desk.text(parts.get("tier"), f"tier of {what}", "medium"),
        procedure=desk.text(parts.get("procedure"), f"procedure of {what}"),
        earlier=tuple(earlier),
    )


def _answers(
    desk: Desk, spot: Spot | None, what: str, questions: Mapping[str, Question]
) -> dict[str, Answered]:
    answers: dict[str, Answered] = {}
    for name, entry in desk.named(spot, f"answers of {what}").items():
        question = questions.get(name)
        if question is None:
            desk.note(
                entry,
                "unknown_question",
                f"{what}: no question '{name}'",
                did_you_mean(name, questions),
            )
            continue
        answer = _answer(entry, question)
        if answer is None:
            hint = ", ".join(option.value for option in question.options)
            desk.note(
                entry,
                "bad_answer",
                f"{what}: '{entry.text}' cannot be an answer to {name} ({question.kind})",
                f"Options: {hint}" if hint else "",
            )
            continue
        answers[name] = answer
    return answers


def _answer(spot: Spot, question: Question) -> Answered | None:
    """The value a case gives to a question; None when it cannot be one."""
    if spot.text == "unknown":
        return UNKNOWN
    options = {option.value for option in question.options}
    match question.kind:
        case Kind.SCALE | Kind.COUNT | Kind.MEASURE:
            try:
                return float(spot.text or "")
            except ValueError:
                return None
        case Kind.YES_NO:
            return {"yes": True, "no": False}.get(spot.text or "")
        case Kind.CHOICE:
            return spot.text if spot.text in options else None
        case Kind.CHOICES:
            texts = [item.text for item in spot.items or ()] or [spot.text]
            chosen = tuple(text for text in texts if text in options)
            return chosen if len(chosen) == len(texts) else None
        case _:
            return spot.text
