"""Show a pathway as a leaflet: plain text that reads from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from unicodedata import east_asian_width

from bot.core.pathway import (
    TIERS,
    Anchor,
    CheckInPlan,
    Late,
    Pathway,
    ReminderKind,
    Repeat,
    Rule,
)
from bot.core.question import Question
from bot.core.triage_level import TriageLevel

UNSIGNED: Final = {
    "zh": "未经临床批准：医院签字后才能使用。",
    "en": "Not clinically approved until a hospital signs it.",
}
HEADINGS: Final = {
    "zh": ("什么时候联系", "问什么", "什么情况要处理", "按天提醒", "提醒事项", "患者常问"),
    "en": (
        *("When we check in", "What we ask", "What worries us"),
        *("What we teach", "Reminders", "When patients ask"),
    ),
}
KINDS: Final = {
    "zh": {ReminderKind.MEDICINE: "用药", ReminderKind.APPOINTMENT: "复查"},
    "en": {ReminderKind.MEDICINE: "medicine", ReminderKind.APPOINTMENT: "appointment"},
}
AFTER: Final = {
    "zh": {Anchor.SURGERY: "术后", Anchor.DISCHARGE: "出院后"},
    "en": {Anchor.SURGERY: "after surgery", Anchor.DISCHARGE: "after discharge"},
}


def show(pathway: Pathway, language: str = "en") -> str:
    """The whole pathway in one language, as text."""
    parts = (
        _check_ins(pathway, language),
        _questions(pathway, language),
        _rules(pathway, language),
        (f"{one.from_day}-{one.to_day}: {one.words.say(language)}" for one in pathway.teaching),
        _reminders(pathway, language),
        (f"{topic}: {words.say(language)}" for topic, words in pathway.answers.items()),
    )
    lines = [*_head(pathway, language)]
    for heading, part in zip(HEADINGS[language], parts, strict=True):
        body = list(part)
        if body:
            lines += ["", heading, "-" * _width(heading), *body]
    return "\n".join(lines) + "\n"


def _width(text: str) -> int:
    """How wide a line is: a Chinese character takes two places."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _head(pathway: Pathway, language: str) -> Iterator[str]:
    title = f"{pathway.title.say(language)} ({pathway.id})"
    yield title
    yield "=" * _width(title)
    yield f"number {pathway.number}, version {pathway.version}, {len(pathway.cases)} cases"
    yield f"{', '.join(pathway.procedures)}; {pathway.respondent}"
    yield UNSIGNED[language]


def _check_ins(pathway: Pathway, language: str) -> Iterator[str]:
    for plan in pathway.check_ins:
        tiers = "" if plan.tiers == TIERS else f" [{', '.join(plan.tiers)}]"
        day = _day(plan.day, plan.anchor, language)
        asked = ", ".join(_name(pathway.questions[one], language) for one in plan.questions)
        again = _again(plan.repeat, language)
        yield f"{day}{again}, {plan.opens:%H:%M}-{plan.closes:%H:%M}{tiers}: {asked}"
        yield f"    {_silence(plan, language)}"


def _again(repeat: Repeat | None, language: str) -> str:
    if repeat is None:
        return ""
    if language == "zh":
        return f"（之后每 {repeat.every_days} 天一次，共 {repeat.times} 次）"
    return f" (then every {repeat.every_days} days, {repeat.times} times in all)"


def _reminders(pathway: Pathway, language: str) -> Iterator[str]:
    """When, what, and what becomes of one that could not be sent in time."""
    for one in pathway.reminders:
        tiers = "" if one.tiers == TIERS else f" [{', '.join(one.tiers)}]"
        day, again = _day(one.day, one.anchor, language), _again(one.repeat, language)
        yield f"{day}{again} {one.at:%H:%M}{tiers}: {one.words.say(language)}"
        hours = one.lateness.send_within.total_seconds() / 3600
        tells = one.lateness.otherwise is Late.SKIP_AND_TELL_NURSE
        if language == "zh":
            end = "不再发，告诉护士" if tells else "不再发"
            yield f"    {KINDS[language][one.kind]}；晚过 {hours:g} 小时{end}"
        else:
            end = "not sent any more, a nurse is told" if tells else "not sent any more"
            yield f"    {KINDS[language][one.kind]}; later than {hours:g} h {end}"


def _name(question: Question, language: str) -> str:
    return question.name.say(language) if question.name else question.id


def _day(day: int, anchor: Anchor, language: str) -> str:
    after = AFTER[language][anchor]
    return f"{after}第 {day} 天" if language == "zh" else f"day {day} {after}"


def _silence(plan: CheckInPlan, language: str) -> str:
    remind = plan.silence.remind_after.total_seconds() / 3600
    nurse = plan.silence.nurse_after.total_seconds() / 3600
    level = plan.silence.level.word
    if language == "zh":
        return f"没有回答：{remind:g} 小时后提醒，{nurse:g} 小时后交护士（{level}）"
    return f"no answer: reminded after {remind:g} h, a nurse after {nurse:g} h ({level})"


def _questions(pathway: Pathway, language: str) -> Iterator[str]:
    for question in pathway.questions.values():
        yield f"{question.id}: {question.ask.say(language)}"
        if options := _options(question, language):
            yield f"    {options}"


def _options(question: Question, language: str) -> str:
    if question.options:
        return " / ".join(option.words.say(language) for option in question.options)
    if question.minimum is not None and question.maximum is not None:
        return f"{question.minimum:g}-{question.maximum:g} {question.unit or ''}".strip()
    return ""


def _rules(pathway: Pathway, language: str) -> Iterator[str]:
    for level in sorted(TriageLevel, reverse=True):
        rules = [rule for rule in pathway.rules if rule.level is level]
        if rules:
            yield f"[{level.word}]"
        for rule in rules:
            yield from _rule(rule, language)


def _rule(rule: Rule, language: str) -> Iterator[str]:
    yield f"  {rule.id}: {rule.when_text}"
    yield f"    {rule.reason.say(language)} ({', '.join(rule.source)})"
    yield f"    -> {rule.tell.say(language)}"
