"""Re-read: a message that was edited corrects what the first version of it answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.core.check_in import CheckIn, Observation
from bot.core.conversation import Inbound
from bot.core.question import Question
from bot.core.reading import Reading, read_many
from bot.services.nurse_tasks import message_task
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.whom import Whom


def answered_by_original(
    tx: Transaction, message: Inbound, check_in: CheckIn | None
) -> list[Observation]:
    """What earlier versions of this message answered and what still stands."""
    versions = [
        one.id
        for one in tx.inbound.find(
            conversation_id=message.conversation_id, message_id=message.message_id
        )
        if one.id != message.id
    ]
    if not message.message_id or not versions:
        return []
    within: dict[str, Any] = {"check_in_id": check_in.id} if check_in else {}
    return tx.observations.find(inbound_id__in=versions, superseded_by=None, **within)


def reread(
    parts: Parts, who: Whom, message: Inbound, questions: list[Question], language: str
) -> dict[str, Reading]:
    """The new words as answers to the questions that the old words answered."""
    readings = read_many(
        message.text,
        asked=questions[0],
        others=questions[1:],
        words=parts.answer_words,
        language=language,
        answered=frozenset(),
        today=who.today(parts.clock.now()),
    )
    return {id: replace(one, correction=True) for id, one in readings.items() if one.understood}


def nurse_reads_edit(tx: Transaction, parts: Parts, who: Whom, message: Inbound) -> None:
    """An edit that we cannot put in its place is read by a nurse."""
    message_task(tx, parts, who, message, "look", key=f"edited:{message.id}")
