"""XLSForm out: the check-in questions of a pathway as survey, choices and settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from bot.core.condition.tree import PROCEDURE, TIER
from bot.core.pathway import TIERS, CheckInPlan
from bot.core.question import Kind, Option, Question
from bot.core.words import Words
from bot.exchange.form import CHECK_IN, DAY, DAYS_HOME, NAMES_OF, Asked, Form
from bot.exchange.xpath import looks_back, relevant
from bot.pathfiles.read_questions import YES_NO

LANGUAGES: Final = {"en": "English (en)", "zh": "Chinese (zh)"}
SPOKEN: Final = ("label", "hint", "guidance_hint", "constraint_message")
SURVEY: Final = (
    *("type", "name"),
    *(f"{one}::{language}" for one in SPOKEN for language in LANGUAGES.values()),
    *("relevant", "constraint", "parameters", "bind::unit", "bind::code"),
)
CHOICES: Final = (
    *("list_name", "name"),
    *(f"label::{language}" for language in LANGUAGES.values()),
    *("day", "after", "tiers"),
)
SETTINGS: Final = ("form_title", "form_id", "version", "default_language")
TYPES: Final = {
    Kind.SCALE: "range",
    Kind.COUNT: "integer",
    Kind.MEASURE: "decimal",
    Kind.YES_NO: "select_one",
    Kind.CHOICE: "select_one",
    Kind.CHOICES: "select_multiple",
    Kind.DATE: "date",
    Kind.TEXT: "text",
}
# What the form must be told, as a nurse reads it.
TOLD: Final = {
    CHECK_IN: Words({"zh": "这是哪一次随访？", "en": "Which check-in is this?"}),
    DAY: Words({"zh": "手术后第几天？", "en": "Which day after surgery is it?"}),
    DAYS_HOME: Words({"zh": "出院后第几天？", "en": "Which day after discharge is it?"}),
    TIER: Words({"zh": "患者的风险分层", "en": "The patient's risk tier"}),
    PROCEDURE: Words({"zh": "做了哪种手术？", "en": "Which operation was it?"}),
}
AFTER: Final = {"surgery": "术后", "discharge": "出院后"}
OUT_OF_RANGE: Final = {
    "zh": "请填 {least} 到 {most} 之间的数字。",
    "en": "Please give a number from {least} to {most}.",
}
Sheets = dict[str, tuple[Sequence[str], Iterable[Sequence[str]]]]
Cells = dict[str, str]


def xlsform(form: Form) -> Sheets:
    """The three sheets."""
    pathway = form.pathway
    title = f"{pathway.title.say('en')} · {pathway.title.say('zh')}"
    settings = (title, pathway.id, pathway.version, LANGUAGES["en"])
    return {
        "survey": (SURVEY, [_in_order(SURVEY, row) for row in _survey(form)]),
        "choices": (CHOICES, [_in_order(CHOICES, row) for row in _choices(form)]),
        "settings": (SETTINGS, [settings]),
    }


def not_carried(form: Form) -> Iterator[str]:
    """What stands in the pathway and not in the form, in plain words."""
    yield "rules, advice, teaching, reminders and how long silence may last"
    yield "ways to say an answer: a form is filled in by tapping and typing"
    if PROCEDURE not in form.told and len(form.pathway.procedures) > 1:
        yield "the codes of the operations"
    for plan in form.pathway.check_ins:
        if plan.repeat is not None:
            again = f"every {plan.repeat.every_days} days, {plan.repeat.times} times"
            yield f"check-in {plan.id} comes again: {again}"
    for name, asked in form.asked.items():
        if asked.only_when is not None and looks_back(asked.only_when):
            yield f"{name}: its only_when looks at earlier contacts; the form always asks it"


def _in_order(names: Sequence[str], row: Mapping[str, str]) -> list[str]:
    return [row.get(name, "") for name in names]


def _survey(form: Form) -> Iterator[Cells]:
    yield {"type": "begin_group", "name": "about", **_spoken("label", GROUP)}
    for name in (CHECK_IN, DAY, DAYS_HOME, TIER, PROCEDURE):
        if name != CHECK_IN and name not in form.told:
            continue
        kind = "integer" if name in (DAY, DAYS_HOME) else f"select_one {name}"
        yield {"type": kind, "name": name, **_spoken("label", TOLD[name])}
    yield {"type": "end_group"}
    for plan in form.pathway.check_ins:
        if plan.intro is not None:
            yield {
                "type": "note",
                "name": f"intro_{plan.id}",
                **_spoken("label", plan.intro),
                "relevant": f"${{{CHECK_IN}}} = '{plan.id}'",
            }
    for asked in form.asked.values():
        if asked.question.named_numbers:
            yield _names(form, asked)
        yield _question(form, asked)


def _names(form: Form, asked: Asked) -> Cells:
    """What each number of a scale is called, to be read before it is answered."""
    question = asked.question
    named = sorted(question.named_numbers, key=lambda one: one.counts or 0)
    told = {language: "\n".join(_named(one, language) for one in named) for language in LANGUAGES}
    return {
        "type": "note",
        "name": f"{NAMES_OF}{question.id}",
        **_spoken("label", Words(told)),
        "relevant": relevant(form, asked),
    }


def _named(option: Option, language: str) -> str:
    """ "3 = Nearly every day"; a button that says the number itself is left as it is."""
    said, number = option.words.say(language), f"{option.counts:g}"
    return said if said.startswith(number) else f"{number} = {said}"


GROUP: Final = Words({"zh": "由医护人员填写", "en": "To be filled in by staff"})


def _question(form: Form, asked: Asked) -> Cells:
    question = asked.question
    kind = TYPES[question.kind]
    row = {
        "type": f"{kind} {_list_of(question)}" if kind.startswith("select") else kind,
        "name": question.id,
        **_spoken("label", question.ask),
        **_spoken("hint", question.help),
        **_spoken("guidance_hint", question.why),
        "relevant": relevant(form, asked),
        "bind::unit": question.unit or "",
        "bind::code": question.code if question.code != question.id else "",
    }
    if question.minimum is not None and question.maximum is not None:
        least, most = f"{question.minimum:g}", f"{question.maximum:g}"
        row["constraint"] = f". >= {least} and . <= {most}"
        told = {one: said.format(least=least, most=most) for one, said in OUT_OF_RANGE.items()}
        row.update(_spoken("constraint_message", Words(told)))
        if question.kind is Kind.SCALE:
            row["parameters"] = f"start={least} end={most} step=1"
    return row


def _list_of(question: Question) -> str:
    return "yes_no" if question.kind is Kind.YES_NO and not question.options else question.id


def _choices(form: Form) -> Iterator[Cells]:
    for plan in form.pathway.check_ins:
        when = {"day": str(plan.day), "after": plan.anchor.value, "tiers": " ".join(plan.tiers)}
        yield {**_choice(CHECK_IN, plan.id, called(plan)), **when}
    if TIER in form.told:
        yield from (_choice(TIER, one, Words({"zh": one, "en": one})) for one in TIERS)
    if PROCEDURE in form.told:
        for code in form.pathway.procedures:
            yield _choice(PROCEDURE, code, Words({"zh": code, "en": code}))
    questions = [one.question for one in form.asked.values()]
    if any(one.kind is Kind.YES_NO and not one.options for one in questions):
        yield from (_choice("yes_no", value, words) for value, words in YES_NO.items())
    for question in questions:
        if _list_of(question) == question.id:
            for value, words in offered(question).items():
                yield _choice(question.id, value, words)


def offered(question: Question) -> dict[str, Words]:
    """What stands on the buttons of a question; yes and no without words of their own too.

    The names of a scale's numbers stand in a note before it: a range of a form has none.
    """
    if question.kind is Kind.SCALE:
        return {}
    own = {option.value: option.words for option in question.options}
    return {**YES_NO, **own} if question.kind is Kind.YES_NO else own


def called(plan: CheckInPlan) -> Words:
    """A check-in as a person names it."""
    after = plan.anchor.value
    return Words(
        {"zh": f"{AFTER[after]}第 {plan.day} 天", "en": f"{plan.id}: day {plan.day} after {after}"}
    )


def _choice(of: str, value: str, words: Words) -> Cells:
    return {"list_name": of, "name": value, **_spoken("label", words)}


def _spoken(column: str, words: Words | None) -> Cells:
    """Both languages in their columns; both stay empty where nothing is said."""
    if words is None:
        return {}
    return {f"{column}::{name}": words.say(one) for one, name in LANGUAGES.items()}
