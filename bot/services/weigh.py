"""Weigh: let the pathway's rules look at the answers, and act on what is new."""

from __future__ import annotations

from bot.core.check_in import CheckIn
from bot.core.condition import Facts
from bot.core.conversation import Conversation, Inbound
from bot.core.triage import RuleHit, level_when_unclear, triage
from bot.core.triage_level import TriageLevel
from bot.services.ask import Said
from bot.services.facts import facts_after
from bot.services.outbox import fill, phrase
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.raise_escalation import NewCause, raise_escalation
from bot.services.record_answer import value_words
from bot.services.whom import Whom


def weigh(
    tx: Transaction,
    parts: Parts,
    chat: Conversation,
    who: Whom,
    message: Inbound,
    check_in: CheckIn,
    before: Facts,
) -> list[Said]:
    """Raise what the new answers call for, in the same transaction that stored them.

    A rule that held before this message is not raised twice; the highest level wins.
    """
    now = parts.clock.now()
    earlier = triage(who.pathway, before)
    after = triage(who.pathway, facts_after(tx, who, before, check_in))
    known = {hit.rule.id for hit in earlier.hits}
    hits = [hit for hit in after.hits if hit.rule.id not in known]
    unclear = [id for id in after.unclear if id not in earlier.unclear]
    causes = [_cause(parts, who, message, hit) for hit in hits if hit.rule.level.needs_nurse]
    causes += [one for id in unclear if (one := _unclear(parts, who, message, id)) is not None]
    if causes:
        raise_escalation(
            tx,
            parts,
            episode=who.episode,
            conversation=chat,
            level=max(one.level for one in causes),
            causes=tuple(causes),
            now=now,
        )
    urgent = [hit for hit in hits if hit.rule.level >= TriageLevel.SAME_DAY]
    return [Said(fill(parts, hit.rule.tell, chat.language)) for hit in urgent[:1]]


def _cause(parts: Parts, who: Whom, message: Inbound, hit: RuleHit) -> NewCause:
    """Which rule, on which answers, from which words, by which version."""
    rule = hit.rule
    answers = "; ".join(
        value_words(parts, who.pathway.questions[id], value, who.patient.language, named=True)
        for id, value in hit.because
    )
    return NewCause(
        kind="rule",
        code=rule.id,
        level=rule.level,
        words=message.text[:200],
        reason={
            language: f"{rule.reason.say(language)} [{rule.when_text}] {answers}"
            for language in rule.reason.by_language
        },
        source=tuple(rule.source),
        version=who.pathway.version,
        inbound_id=message.id,
    )


def _unclear(parts: Parts, who: Whom, message: Inbound, question_id: str) -> NewCause | None:
    """An answer that says nothing we can use counts as needing a nurse."""
    level = level_when_unclear(who.pathway, question_id)
    if not level.needs_nurse:
        return None
    question = who.pathway.questions[question_id]
    return NewCause(
        kind="not_understood",
        code=question_id,
        level=level,
        words=message.text[:200],
        reason={
            language: phrase(
                parts, "cause_not_understood", language, question=question.ask.say(language)
            )
            for language in ("zh", "en")
        },
        version=who.pathway.version,
        inbound_id=message.id,
    )
