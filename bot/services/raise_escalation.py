"""Raise an escalation: a patient needs a nurse. In the transaction of what caused it.

One patient has at most one escalation that is not closed: what comes later joins
it and may raise it. The first nurse is told in the same transaction, so that no
crash can come between a red flag and its page (P2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bot.core.check_in import CheckInState
from bot.core.conversation import Conversation, Priority
from bot.core.escalation import Cause, Chain, Escalation, EscalationState
from bot.core.patient import Episode
from bot.core.shared import LevelPolicy
from bot.core.triage_level import TriageLevel
from bot.core.words import Words
from bot.services.audit import note
from bot.services.case_notes import hold_nurse_chats, notified_nurses
from bot.services.one_person import who_stays
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.step_escalation import take_step
from bot.services.tell import about_case, case_buttons, tell_chats, tell_nurse, tell_others
from bot.services.whom import chat_for

# Signs of the shared lexicon that need the crisis line beside the emergency number.
CRISIS_SIGNS: Final = frozenset({"suicidal_thoughts"})


@dataclass(frozen=True)
class NewCause:
    """Why to raise: see `Cause`, which it becomes."""

    kind: str  # screening | rule | not_understood | undelivered | asked_for_human
    code: str
    level: TriageLevel
    words: str
    reason: dict[str, str]
    source: tuple[str, ...] = ()
    version: str = ""
    inbound_id: str | None = None


def raise_escalation(
    tx: Transaction,
    parts: Parts,
    *,
    episode: Episode,
    conversation: Conversation | None,
    level: TriageLevel,
    causes: Sequence[NewCause],
    now: datetime,
) -> Escalation:
    """Open an escalation or join the open one; the same causes again change nothing.

    `conversation` is where it was said; None when nothing was said (silence).
    Raises ValueError for a level that needs no nurse, or without a cause.
    """
    policy = parts.library.shared.levels[level]
    chain = chain_of(policy)
    if not causes:
        raise ValueError("an escalation needs a cause")
    # Chat, patient, case, nurses' chats: see `hold_nurse_chats`. The patient's row is held
    # until the commit, so two red flags at one moment open one case.
    chat = conversation or chat_for(tx, episode)
    if chat is not None:
        tx.conversations.get(chat.id, lock=True)
    her = tx.patients.get(episode.patient_id, lock=True)
    if her is not None and her.merged_into:  # two records of one person became one meanwhile
        stays = who_stays(tx, her)
        tx.patients.get(stays.id, lock=True)
        episode = replace(episode, patient_id=stays.id)
    open_case = tx.escalations.one(
        patient_id=episode.patient_id, state__not=EscalationState.CLOSED, lock=True
    )
    fresh = [one for one in causes if not _is_known(tx, open_case, one)]
    if not fresh and (known := open_case or _case_of(tx, causes)):
        return known
    hold_nurse_chats(tx, parts, open_case)
    if open_case is None:
        case = _open(tx, parts, episode, chat, level, chain, now)
    elif level > open_case.level:
        case = _raise(tx, parts, open_case, level, chain, now)
    else:
        return _join(tx, parts, open_case, chat, fresh, now)
    _add_causes(tx, parts, case, fresh, now)
    _tell_patient(tx, parts, case, chat, fresh)
    if level is TriageLevel.EMERGENCY:
        _stop_check_in(tx, episode, now)
    return take_step(tx, parts, case)


def chain_of(policy: LevelPolicy) -> Chain:
    """The level's deadlines, copied so that a later edit does not change a running case."""
    if not policy.rotas or policy.step_every is None or policy.outcome_within is None:
        raise ValueError(f"level {policy.level.word} needs no nurse")
    return Chain(
        rotas=policy.rotas,
        step_every_minutes=int(policy.step_every.total_seconds() // 60),
        outcome_within_minutes=int(policy.outcome_within.total_seconds() // 60),
    )


def _is_known(tx: Transaction, case: Escalation | None, cause: NewCause) -> bool:
    """Whether this very cause was raised before, so that a retry does not raise it twice."""
    same: dict[str, Any] = {"kind": cause.kind, "code": cause.code, "level": cause.level}
    if cause.inbound_id and tx.causes.one(inbound_id=cause.inbound_id, **same):
        return True
    if case is None or cause.kind == "screening":
        return False  # the same words in a new message are a new cry for help
    earlier = tx.causes.find(escalation_id=case.id, **same)
    return any(one.words == cause.words for one in earlier)


def _case_of(tx: Transaction, causes: Sequence[NewCause]) -> Escalation | None:
    """The case that these causes belong to already, even when it is closed by now."""
    inbound_ids = [one.inbound_id for one in causes if one.inbound_id]
    found = tx.causes.one(inbound_id__in=inbound_ids) if inbound_ids else None
    return tx.escalations.get(found.escalation_id) if found else None


def _open(
    tx: Transaction,
    parts: Parts,
    episode: Episode,
    chat: Conversation | None,
    level: TriageLevel,
    chain: Chain,
    now: datetime,
) -> Escalation:
    case = Escalation(
        id=parts.ids.new(),
        patient_id=episode.patient_id,
        episode_id=episode.id,
        level=level,
        state=EscalationState.OPEN,
        opened_at=now,
        chain=chain,
        step=0,
        next_step_at=now,
        conversation_id=chat.id if chat else None,
    )
    tx.escalations.add(case)
    note(tx, parts, who="system", action="case.open", about=case.id, details=level.word)
    return case


def _raise(
    tx: Transaction,
    parts: Parts,
    old: Escalation,
    level: TriageLevel,
    chain: Chain,
    now: datetime,
) -> Escalation:
    """A higher level takes its chain from the start; whoever had it must take it again."""
    case = old.raised(level=level, chain=chain, at=now)
    tx.escalations.swap(old, case)
    note(tx, parts, who="system", action="case.raise", about=case.id, details=level.word)
    had_it = tx.nurses.get(old.acknowledged_by) if old.acknowledged_by else None
    if had_it is not None:
        tell_others(tx, parts, case, [had_it], "staff_raised")
    return case


def _join(
    tx: Transaction,
    parts: Parts,
    case: Escalation,
    chat: Conversation | None,
    fresh: Sequence[NewCause],
    now: datetime,
) -> Escalation:
    """Another sign of the same or a lower level: the nurse who has it reads it at once."""
    heard = {one.inbound_id for one in tx.causes.find(escalation_id=case.id)} - {None}
    _add_causes(tx, parts, case, fresh, now)
    before, case = case, case.joined()
    tx.escalations.swap(before, case)
    if all(one.inbound_id in heard for one in fresh):
        return case  # the same message seen by another rule: everybody has read it
    if chat is not None:
        emergency = max(one.level for one in fresh) is TriageLevel.EMERGENCY
        key = "emergency_repeat" if emergency else "nurse_told_more"
        words = _words_for(parts, fresh, parts.library.shared.phrases[key])
        mark = fresh[0].inbound_id or f"{fresh[0].code}:{now.timestamp()}"
        tell_chats(
            tx,
            parts,
            [chat],
            words,
            key=f"case:{case.id}:more:{mark}",
            priority=Priority.URGENT_ADVICE if emergency else Priority.CONVERSATION,
        )
    _tell_nurses_more(tx, parts, case, fresh, now)
    if not case.snoozed_reason:
        return case
    # Somebody decided that it could wait before this was known.
    woken = case.woken(at=now)
    tx.escalations.swap(case, woken)
    tx.wake("escalation", case.id)
    return woken


def _tell_nurses_more(
    tx: Transaction, parts: Parts, case: Escalation, fresh: Sequence[NewCause], now: datetime
) -> None:
    """The new words to the nurse who has it, or to those who were told and may take it."""
    told = notified_nurses(tx, case)
    if case.acknowledged_by:
        told = [one for one in (tx.nurses.get(case.acknowledged_by),) if one]
    quoted = "; ".join(f"“{one.words}”" for one in fresh if one.words)
    mark = fresh[0].inbound_id or f"{fresh[0].code}:{now.timestamp()}"
    for nurse in told:
        text = about_case(tx, parts, case, nurse, "staff_more_signs", words=quoted)
        key = f"case:{case.id}:more:{mark}"
        tell_nurse(tx, parts, nurse, text, key=key, buttons=case_buttons(parts, nurse, case))


def _add_causes(
    tx: Transaction, parts: Parts, case: Escalation, fresh: Sequence[NewCause], now: datetime
) -> None:
    tx.causes.add_all(
        Cause(
            id=parts.ids.new(),
            escalation_id=case.id,
            kind=one.kind,
            code=one.code,
            level=one.level,
            words=one.words,
            reason=dict(one.reason),
            source=list(one.source),
            version=one.version,
            inbound_id=one.inbound_id,
            noted_at=now,
        )
        for one in fresh
    )


def _tell_patient(
    tx: Transaction,
    parts: Parts,
    case: Escalation,
    chat: Conversation | None,
    fresh: Sequence[NewCause],
) -> None:
    """What to do and that a nurse has been told, once for this raise."""
    if chat is None:
        return
    urgent = case.level is TriageLevel.EMERGENCY
    tell_chats(
        tx,
        parts,
        [chat],
        _words_for(parts, fresh, parts.library.shared.levels[case.level].tell_patient),
        key=f"case:{case.id}:{case.changes}:told",
        priority=Priority.URGENT_ADVICE if urgent else Priority.CONVERSATION,
    )


def _words_for(parts: Parts, fresh: Sequence[NewCause], usual: Words) -> Words:
    """Who thinks of dying needs a voice and not only an ambulance."""
    crisis = any(one.code in CRISIS_SIGNS for one in fresh)
    return parts.library.shared.phrases["crisis_support"] if crisis else usual


def _stop_check_in(tx: Transaction, episode: Episode, now: datetime) -> None:
    """In an emergency no further question is asked."""
    for one in tx.check_ins.find(episode_id=episode.id, state=CheckInState.OPEN):
        stopped = replace(one, state=CheckInState.STOPPED, ended_at=now, current_question=None)
        tx.check_ins.swap(one, replace(stopped, level=TriageLevel.EMERGENCY.word))
