"""Step an escalation: tell whoever is on the rota now, and set when the next is told.

Whatever happens here, a case that is not closed leaves with a next step due (P4).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from bot.core.conversation import Priority
from bot.core.errors import AftercareError
from bot.core.escalation import Escalation, EscalationState, Notification
from bot.core.rota import on_rota
from bot.core.staff import Nurse
from bot.core.triage_level import TriageLevel
from bot.services.audit import note
from bot.services.case_notes import (
    describe_case,
    hold_nurse_chats,
    patient_chats,
    patient_of,
)
from bot.services.nurse_tasks import make_task
from bot.services.outbox import phrase
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.tell import case_buttons, tell_chats, tell_nurse, tell_others

log = logging.getLogger(__name__)

CASE_PAGE: Final = "{url}/console/cases/{id}"


@dataclass(frozen=True)
class Told:
    """One nurse to tell at one step of the chain."""

    step: int
    rota: str
    nurse: Nurse


@dataclass
class Reach:
    """Whom this step reaches: at which step of the chain, and which rotas were empty."""

    step: int | None = None
    nurses: list[Told] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)


def step_escalation(parts: Parts, escalation_id: str) -> None:
    """Take the next step if it is due; safe to call at any time and by any number.

    The row is locked and its `changes` compared, so of two workers only one takes
    the step.
    """
    with parts.record.transaction() as tx:
        case = tx.escalations.get(escalation_id)
        if case is None or not case.is_due(parts.clock.now()):
            return
        patient_chats(tx, case, lock=True)  # chats before the case: see raise_escalation
        case = tx.escalations.get(escalation_id, lock=True)
        if case is None or not case.is_due(parts.clock.now()):
            return
        hold_nurse_chats(tx, parts, case)
        stepped = take_step(tx, parts, case)
        unanswered = case.state is EscalationState.OPEN and case.times_told == 1
        if unanswered and stepped.times_told == 2 and case.level is TriageLevel.EMERGENCY:
            _reassure(tx, parts, stepped)


def take_step(tx: Transaction, parts: Parts, case: Escalation, *, without: str = "") -> Escalation:
    """Tell the next nurses now, whatever the clock says. `without` has just passed it on."""
    now = parts.clock.now()
    if case.state is EscalationState.ACKNOWLEDGED:
        case = _reopen(tx, parts, case, now)
    reach = _who_is_next(tx, case, now, without)
    told = reach.step
    stepped = case.unheard(at=now) if told is None else case.stepped(told=told, at=now)
    if not tx.escalations.swap(case, stepped):
        return tx.escalations.get(case.id) or case  # another worker took this step
    if told is None:
        _nobody(tx, parts, stepped)
    else:
        for rota in reach.empty:
            note(tx, parts, who="system", action="rota.nobody", about=case.id, details=rota)
        _notify(tx, parts, stepped, reach.nurses, now)
    tx.wake("escalation", case.id)
    return stepped


def _reopen(tx: Transaction, parts: Parts, old: Escalation, now: datetime) -> Escalation:
    """Somebody had it and no outcome came: the one who had it hears that it is open again."""
    case = old.reopened(at=now)
    if not tx.escalations.swap(old, case):
        return old
    had_it = tx.nurses.get(old.acknowledged_by) if old.acknowledged_by else None
    if had_it is not None:
        tell_others(tx, parts, case, [had_it], "staff_reopened")
    note(
        tx,
        parts,
        who="system",
        action="case.reopen",
        about=case.id,
        details=f"no outcome from {old.acknowledged_by}",
    )
    return case


def _who_is_next(tx: Transaction, case: Escalation, now: datetime, without: str) -> Reach:
    """Look at the rotas as they are now, from the next step upwards, then below it.

    Whoever has no chat that works sees the case in the console; but while somebody
    further on can be paged, the case does not wait for her to look there. Nor does it
    wait once more for a nurse who stands on two rotas and did not answer on the first.
    """
    shifts = tx.shifts.find(starts_at__lte=now, ends_at__gt=now)
    reach, last = Reach(), len(case.chain.rotas) - 1
    for step in case.order():
        rota = case.chain.rotas[step]
        nurses = _active(tx, on_rota(shifts, rota, now), without)
        if not nurses:
            reach.empty += [rota] if step >= case.step else []
            continue
        told = [Told(step, rota, nurse) for nurse in nurses]
        silent = _asked_below(tx, case, step) if case.step <= step < last else set()
        if any(can_be_paged(tx, nurse) and nurse.id not in silent for nurse in nurses):
            reach.step, reach.nurses = step, reach.nurses + told
            return reach
        if reach.step is None:
            reach.step = step
        reach.nurses += told
    # Nobody can be paged: the first who are on duty see it in the console.
    reach.nurses = [one for one in reach.nurses if one.step == reach.step]
    return reach


def _asked_below(tx: Transaction, case: Escalation, step: int) -> set[str]:
    """Who was asked at an earlier step of this case and let it pass."""
    told = tx.notifications.find(escalation_id=case.id)
    return {one.nurse_id for one in told if one.step < step}


def _active(tx: Transaction, nurse_ids: Iterable[str], without: str) -> list[Nurse]:
    found = (tx.nurses.get(id) for id in nurse_ids if id != without)
    return [one for one in found if one is not None and one.active]


def can_be_paged(tx: Transaction, nurse: Nurse) -> bool:
    chat = tx.conversations.get(nurse.conversation_id) if nurse.conversation_id else None
    return chat is not None and not chat.unreachable


def _notify(
    tx: Transaction, parts: Parts, case: Escalation, told: list[Told], now: datetime
) -> None:
    """Keep who was told, and page those who have a chat; at most once per change and nurse."""
    pages: dict[str, str] = {}
    for one in sorted(told, key=lambda one: (one.nurse.conversation_id or "", one.nurse.id)):
        nurse, key = one.nurse, f"{case.id}:{case.changes}:{one.nurse.id}"
        kept = Notification(
            id=parts.ids.new(),
            key=key,
            escalation_id=case.id,
            step=one.step,
            rota=one.rota,
            nurse_id=nurse.id,
            outbound_id=None,
            notified_at=now,
        )
        if not tx.notifications.add_if_new(kept):
            continue
        if nurse.language not in pages:
            pages[nurse.language] = page_text(tx, parts, case, nurse.language)
        outbound_id = tell_nurse(
            tx,
            parts,
            nurse,
            pages[nurse.language],
            key=f"page:{case.id}:{case.changes}",
            buttons=case_buttons(parts, nurse, case),
        )
        tx.notifications.swap(kept, replace(kept, outbound_id=outbound_id))


def page_text(tx: Transaction, parts: Parts, case: Escalation, language: str) -> str:
    """What a nurse reads on her phone: level, SBAR, and where to open it."""
    level = phrase(parts, f"level_{case.level.word}", language)
    link = CASE_PAGE.format(url=parts.house.public_url, id=case.id)
    sbar = f"{_sbar_text(tx, parts, case, language)}\n{link}"
    if case.times_told <= 1:
        return phrase(parts, "staff_page", language, level=level, sbar=sbar)
    turn = case.times_told
    return phrase(parts, "staff_page_again", language, level=level, sbar=sbar, turn=turn)


def _sbar_text(tx: Transaction, parts: Parts, case: Escalation, language: str) -> str:
    """The SBAR. A fault in its wording must not keep the page from going out."""
    try:
        sbar = describe_case(tx, parts, case, language=language)
        return sbar.text(parts.library.shared.phrases, language)
    except (AftercareError, LookupError, ValueError) as fault:
        log.error(
            "sbar could not be worded",
            extra={"escalation_id": case.id, "fault": type(fault).__name__},
        )
        words = [one.words for one in tx.causes.find(escalation_id=case.id)]
        return "\n".join([patient_of(tx, case).name, *words])[:800]


def _nobody(tx: Transaction, parts: Parts, case: Escalation) -> None:
    """Nobody on any rota: a task for whoever looks into the console, and a line to audit."""
    new = make_task(
        tx,
        parts,
        kind="nobody_on_rota",
        key=f"nobody_on_rota:{case.id}:{case.level.word}",
        level=case.level,
        patient_id=case.patient_id,
        episode_id=case.episode_id,
        conversation_id=case.conversation_id,
    )
    if new:
        note(tx, parts, who="system", action="rota.nobody_at_all", about=case.id)
    log.critical("nobody on the rota", extra={"escalation_id": case.id})


def _reassure(tx: Transaction, parts: Parts, case: Escalation) -> None:
    """In an emergency the patient must not sit and wait for a nurse who has not answered."""
    tell_chats(
        tx,
        parts,
        patient_chats(tx, case),
        parts.library.shared.phrases["nurse_still_waiting"],
        key=f"case:{case.id}:{case.level.word}:still-waiting",
        priority=Priority.URGENT_ADVICE,
    )
