"""Finish a check-in: what was heard, what it means, what to do. From OUR answers only."""

from __future__ import annotations

from dataclasses import replace

from bot.core.check_in import CheckIn, CheckInState
from bot.core.condition import UNKNOWN
from bot.core.conversation import Conversation
from bot.core.patient import EpisodeState
from bot.core.triage import triage
from bot.core.triage_level import TriageLevel
from bot.services.ask import Said
from bot.services.facts import facts_of
from bot.services.moments import next_contact
from bot.services.move_episode import move_after_check_in
from bot.services.nudges_due import say_one_lesson
from bot.services.outbox import fill, phrase
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.record_answer import short_name, value_words
from bot.services.whom import Whom


def finish_check_in(
    tx: Transaction, parts: Parts, chat: Conversation, who: Whom, check_in: CheckIn
) -> list[Said]:
    """Mark the check-in completed and word its summary."""
    now, language = parts.clock.now(), chat.language
    facts = facts_of(tx, who, check_in, now)
    found = triage(who.pathway, facts)
    done = replace(check_in, state=CheckInState.COMPLETED, ended_at=now, level=found.level.word)
    tx.check_ins.swap(check_in, done)

    heard, unclear = [], []
    for id, value in facts.answers.items():
        question = who.pathway.questions[id]
        name = short_name(question, language)
        if value is UNKNOWN:
            unclear.append(name)
            continue
        words = value_words(parts, question, value, language)
        heard.append(phrase(parts, "summary_item", language, question=name, answer=words))
    said = [phrase(parts, "check_in_ended", language)]
    said.append(phrase(parts, "summary_heard", language, items="\n".join(heard)))
    if unclear:
        joined = ("；" if language == "zh" else "; ").join(unclear)
        said.append(phrase(parts, "summary_unclear", language, items=joined))
    advice = [fill(parts, hit.rule.tell, language) for hit in found.hits if hit.rule.level]
    if advice:
        said += [phrase(parts, "summary_do", language, advice=one) for one in advice]
    elif found.level is TriageLevel.ROUTINE:
        said.append(phrase(parts, "summary_routine", language))
    said.append(say_one_lesson(tx, parts, who, language))
    said.append(phrase(parts, "if_worse", language))
    said.append(_what_next(tx, parts, who, language))
    return [Said("\n\n".join(one for one in said if one))]


def _what_next(tx: Transaction, parts: Parts, who: Whom, language: str) -> str:
    """When we write again; the last check-in ends the episode."""
    move_after_check_in(tx, parts, who.episode.id)
    if planned := next_contact(tx, parts, who, language):
        return planned
    ended = replace(who.episode, state=EpisodeState.FINISHED, ended_at=parts.clock.now())
    tx.episodes.swap(who.episode, ended)  # unless a move has just ended it
    return phrase(parts, "episode_finished", language)
