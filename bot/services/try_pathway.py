"""Try a pathway: answer its questions as a patient would, and see which rule fires.

Nothing is kept, and nobody is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.condition import UNKNOWN, Answered, Facts
from bot.core.pathway import CheckInPlan, Pathway, next_question, open_questions
from bot.core.question import Question
from bot.core.reading import Reading, read_many
from bot.core.screening import Screening
from bot.core.triage import Triage, triage
from bot.core.triage_level import TriageLevel
from bot.services.answer import MOST_READINGS
from bot.services.outbox import fill
from bot.services.parts import Parts
from bot.services.record_answer import value_words

USUAL_STAY = 3  # days between surgery and discharge, where a plan counts from discharge


@dataclass(frozen=True)
class Said:
    """One message of the trier: what was asked, what she wrote, how it was read.

    `understood` pairs the name of a question with its value, in words.
    """

    question: Question
    text: str
    understood: tuple[tuple[Question, str], ...]
    screening: Screening


@dataclass(frozen=True)
class Tried:
    """Where the check-in stands. `asks` is None when it is complete."""

    plan: CheckInPlan
    said: tuple[Said, ...]
    asks: Question | None
    triage: Triage
    level: TriageLevel  # of the rules and of the screening together
    tells: tuple[str, ...]  # what a patient would be told to do
    left: str  # the newest message could not be read as an answer: it is asked again


def try_pathway(
    parts: Parts, pathway: Pathway, *, plan_id: str, texts: Sequence[str], language: str
) -> Tried:
    """Play the messages through the check-in. Raises NotFound for a plan that is not there."""
    plan = pathway.check_in(plan_id)
    facts = _facts(pathway, plan)
    answers: dict[str, Answered] = {}
    said: list[Said] = []
    tries, left = 0, ""
    for text in texts:
        asked = next_question(pathway, plan, answers, facts=facts)
        if asked is None:
            break
        others = open_questions(pathway, plan, answers, facts=facts)
        found = _read(parts, asked, others, text, language)
        tries, left = (0, "") if found else (tries + 1, text)
        answers |= {id: _value(one) for id, one in found.items()}
        if tries >= MOST_READINGS:
            answers[asked.id], tries, left = UNKNOWN, 0, ""
        heard = tuple(
            (pathway.questions[id], _in_words(parts, pathway.questions[id], one, language))
            for id, one in found.items()
        )
        screening = parts.screen(text, procedure=facts.procedure, day=facts.day or 0)
        said.append(Said(asked, text, heard, screening))
    weighed = triage(pathway, facts.with_answers(answers))
    return Tried(
        plan=plan,
        said=tuple(said),
        asks=next_question(pathway, plan, answers, facts=facts),
        triage=weighed,
        level=max([weighed.level, *(one.screening.level for one in said)]),
        tells=tuple(
            dict.fromkeys(
                fill(parts, hit.rule.tell, language) for hit in weighed.hits if hit.rule.level
            )
        ),
        left=left,
    )


def _facts(pathway: Pathway, plan: CheckInPlan) -> Facts:
    """A patient of the tier and procedure that the plan is first meant for, on its day."""
    day = plan.day if plan.anchor == "surgery" else plan.day + USUAL_STAY
    home = plan.day if plan.anchor == "discharge" else max(0, plan.day - USUAL_STAY)
    return Facts(
        answers={},
        day=day,
        days_home=home,
        tier=plan.tiers[-1] if plan.tiers else "",
        procedure=pathway.procedures[0] if pathway.procedures else "",
    )


def _read(
    parts: Parts, asked: Question, others: Sequence[Question], text: str, language: str
) -> dict[str, Reading]:
    readings = read_many(
        text,
        asked=asked,
        others=[one for one in others if one.id != asked.id],
        words=parts.answer_words,
        language=language,
        today=parts.clock.now().date(),
    )
    return {id: one for id, one in readings.items() if one.understood}


def _value(one: Reading) -> Answered:
    return one.value if one.value is not None else UNKNOWN


def _in_words(parts: Parts, question: Question, one: Reading, language: str) -> str:
    return value_words(parts, question, _value(one), language)
