"""Record an answer as an observation: value, unit, time, source words, who said it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.core.check_in import CheckIn, Observation
from bot.core.conversation import Inbound
from bot.core.question import Question
from bot.core.reading import Reading
from bot.services.outbox import phrase
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import Whom


@dataclass(frozen=True)
class Given:
    """One answer to one question, as read from one message."""

    check_in: CheckIn
    question: Question
    reading: Reading
    message: Inbound


def record_answer(tx: Transaction, parts: Parts, who: Whom, given: Given) -> Observation:
    """Store the observation; an earlier answer to the same question is superseded, never lost."""
    reading, question = given.reading, given.question
    value: Any = list(reading.value) if isinstance(reading.value, tuple) else reading.value
    new = Observation(
        id=parts.ids.new(),
        episode_id=who.episode.id,
        check_in_id=given.check_in.id,
        question_id=question.id,
        code=question.code,
        value=value if reading.understood else None,
        unit=reading.unit or question.unit,
        source_text=given.message.text,
        understood=reading.understood,
        observed_at=parts.clock.now(),
        inbound_id=given.message.id,
        said_by=who.contact.id,
        said_by_role=str(who.contact.role),
        pathway_id=who.pathway.id,
        pathway_version=who.pathway.version,
        details={
            "outcome": str(reading.outcome),
            "span": reading.span,
            "also": [list(one) if isinstance(one, tuple) else one for one in reading.candidates],
        },
    )
    same: dict[str, Any] = {"check_in_id": given.check_in.id, "question_id": question.id}
    earlier = tx.observations.find(superseded_by=None, **same)
    tx.observations.add(new)
    for one in earlier:
        tx.observations.swap(one, replace(one, superseded_by=new.id))
    asked = tx.asked.one(**same)
    if asked is not None:
        tx.asked.swap(asked, replace(asked, state=_state(reading)))
    return new


def _state(reading: Reading) -> str:
    return "answered" if reading.understood else str(reading.outcome)


def value_words(
    parts: Parts, question: Question, value: Any, language: str, *, named: bool = False
) -> str:
    """A value as a person would say it: option words, yes/no, or a number with its unit."""
    options = {one.value: one.words.say(language) for one in question.options}
    if isinstance(value, bool):
        key = "answer_yes" if value else "answer_no"
        words = options.get("yes" if value else "no") or phrase(parts, key, language)
    elif isinstance(value, tuple | list):
        known = [options.get(one, str(one)) for one in value]
        words = ("、" if language == "zh" else ", ").join(known)
    elif isinstance(value, int | float):
        unit = "°C" if question.unit == "Cel" else ""
        words = f"{value:g}{unit}"
    else:
        words = options.get(str(value), str(value))
    if not named:
        return words
    between = "：" if language == "zh" else ": "
    return f"{short_name(question, language)}{between}{words}"


def short_name(question: Question, language: str) -> str:
    """What a question is called in a list of answers."""
    return question.name.say(language) if question.name else question.ask.say(language)
