"""Tend a takeover: remind a nurse who fell silent, tell the next one, and give the chat back.

It never ends silently: the nurse and the patient read what happens, and words that
nobody answered become a case, which has a next step until a human closes it (P4, P5).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.conversation import Conversation, Inbound, Mode
from bot.core.rota import on_rota
from bot.core.schedule import in_quiet_hours, next_opening
from bot.core.staff import Nurse
from bot.core.takeover import Ended, Step, Takeover, next_step
from bot.core.triage_level import TriageLevel
from bot.core.words import LANGUAGES
from bot.services.audit import note
from bot.services.hand_back import give_back
from bot.services.lead import (
    about_patient,
    can_hear,
    end,
    lead_buttons,
    take_from_button,
    tell_leader,
    unanswered,
)
from bot.services.outbox import phrase
from bot.services.parts import Parts
from bot.services.permissions import patients_in_scope
from bot.services.ports import Transaction
from bot.services.raise_escalation import NewCause, raise_escalation
from bot.services.step_escalation import can_be_paged
from bot.services.tell import tell_nurse
from bot.services.whom import Whom, whom

ROTAS_UPWARDS = ("charge", "second", "first")  # who is told of an unanswered patient
LONGEST_QUOTE = 200


@dataclass(frozen=True)
class Silence:
    """One takeover as it stands: who leads, and what the patient waits for."""

    takeover: Takeover
    chat: Conversation
    who: Whom
    nurse: Nurse
    unanswered: Inbound | None
    now: datetime

    @property
    def waits(self) -> bool:
        return self.unanswered is not None or not self.takeover.has_written

    @property
    def words(self) -> str:
        return self.unanswered.text[:LONGEST_QUOTE] if self.unanswered else "…"

    @property
    def minutes(self) -> int:
        since = self.unanswered.received_at if self.unanswered else self.takeover.touched_at
        return int((self.now - since).total_seconds() // 60)


def tend_takeover(parts: Parts, takeover_id: str) -> None:
    """Do whatever is due for one takeover now. Safe to call at any time and twice."""
    with parts.record.transaction() as tx:
        takeover = tx.takeovers.get(takeover_id)
        chat = tx.conversations.get(takeover.conversation_id, lock=True) if takeover else None
        takeover = tx.takeovers.get(takeover_id, lock=True)
        if takeover is None or takeover.ended_at is not None or chat is None:
            return None
        who, nurse = whom(tx, parts, chat), tx.nurses.get(takeover.nurse_id)
        led = chat.mode is Mode.NURSE and chat.nurse_id == takeover.nurse_id
        if not led or who is None or nurse is None:
            return end(tx, parts, takeover, Ended.LOST)
        now, waits_for = parts.clock.now(), unanswered(tx, takeover)
        silence = Silence(takeover, chat, who, nurse, waits_for, now)
        _take_step(tx, parts, silence)
    return None


def _take_step(tx: Transaction, parts: Parts, silence: Silence) -> None:
    step, due = _next(tx, parts, silence)
    over = silence.takeover.shift_ends_at
    if over is not None and over <= silence.now:
        mark = over.isoformat()
        tell = "staff_takeover_shift_over"
        buttons = lead_buttons(parts, silence.nurse, silence.chat.id)
        tell_leader(tx, parts, silence.takeover, silence.nurse, tell, mark=mark, buttons=buttons)
    if due > silence.now:
        later = over if over is not None and silence.now < over < due else due
        tx.takeovers.swap(silence.takeover, replace(silence.takeover, look_at=later))
    elif step is Step.REMIND:
        _remind(tx, parts, silence)
    elif step is Step.HAND_BACK or not _go_up(tx, parts, silence):
        _hand_back(tx, parts, silence)


def _next(tx: Transaction, parts: Parts, silence: Silence) -> tuple[Step, datetime]:
    """The next step of her silence. Nobody is woken at night to read that it is over."""
    since = silence.unanswered.received_at if silence.unanswered else None
    step, due = next_step(
        silence.takeover,
        parts.library.shared.takeover,
        unanswered_since=since,
        gone=not can_hear(tx, parts, silence.nurse),
    )
    zone, pathway = silence.who.patient.time_zone, silence.who.pathway
    at = max(due, silence.now)
    if step is Step.HAND_BACK and not silence.waits and in_quiet_hours(at, zone, pathway):
        return step, next_opening(at, zone, pathway)
    return step, due


def _look_again(tx: Transaction, parts: Parts, silence: Silence, changed: Takeover) -> None:
    """Keep the step that was taken, and when the one after it is due."""
    _, due = _next(tx, parts, replace(silence, takeover=changed))
    look_at = max(due, silence.now)
    tx.takeovers.swap(silence.takeover, replace(changed, look_at=look_at))


def _remind(tx: Transaction, parts: Parts, silence: Silence) -> None:
    key = "staff_takeover_waiting" if silence.waits else "staff_takeover_quiet"
    values = {"words": silence.words} if silence.waits else {}
    tell_leader(
        tx,
        parts,
        silence.takeover,
        silence.nurse,
        key,
        mark=silence.now.isoformat(),
        buttons=lead_buttons(parts, silence.nurse, silence.chat.id),
        minutes=silence.minutes,
        **values,
    )
    _look_again(tx, parts, silence, replace(silence.takeover, reminded_at=silence.now))


def _go_up(tx: Transaction, parts: Parts, silence: Silence) -> bool:
    """Tell the charge nurse, or who else is on duty; False when nobody can be told."""
    above = _next_nurses(tx, silence)
    if not above:
        return False
    nurse, takeover, now = silence.nurse, silence.takeover, silence.now
    for one in sorted((*above, nurse), key=lambda one: (one.conversation_id or "", one.id)):
        mark = f"takeover:{takeover.id}:up:{now.isoformat()}"
        if one.id == nurse.id:
            names = ", ".join(told.name for told in above)
            tell_leader(
                tx, parts, takeover, nurse, "staff_takeover_went_up", mark=mark, nurse=names
            )
            continue
        text = about_patient(
            tx,
            parts,
            takeover.patient_id,
            one,
            "staff_takeover_unanswered",
            nurse=nurse.name,
            minutes=silence.minutes,
            words=silence.words,
        )
        buttons = take_from_button(parts, one, silence.chat.id, nurse)
        tell_nurse(tx, parts, one, text, key=mark, buttons=buttons)
    details = " ".join(one.id for one in above)
    note(tx, parts, who="system", action="chat.go_up", about=takeover.patient_id, details=details)
    _look_again(tx, parts, silence, replace(takeover, went_up_at=now))
    return True


def _next_nurses(tx: Transaction, silence: Silence) -> list[Nurse]:
    shifts = tx.shifts.find(starts_at__lte=silence.now, ends_at__gt=silence.now)
    for rota in ROTAS_UPWARDS:
        found = [tx.nurses.get(id) for id in on_rota(shifts, rota, silence.now)]
        there = [one for one in found if one is not None and _can_take_it(tx, silence, one)]
        if there:
            return there
    return []


def _can_take_it(tx: Transaction, silence: Silence, nurse: Nurse) -> bool:
    """Another nurse in work, with a phone that rings, who may see this patient."""
    patient_id = silence.takeover.patient_id
    if not nurse.active or nurse.id == silence.nurse.id:
        return False
    sees_her = patient_id in patients_in_scope(tx, nurse, [patient_id])
    return sees_her and can_be_paged(tx, nurse)


def _hand_back(tx: Transaction, parts: Parts, silence: Silence) -> None:
    """The chatbot leads again; words that nobody answered go up as a case."""
    chat, takeover = silence.chat, silence.takeover
    line = "nurse_led_away" if silence.waits else "nurse_handed_back"
    give_back(tx, parts, chat, takeover, Ended.IDLE, line=line)
    if silence.waits:
        _raise(tx, parts, silence)
    key = "staff_takeover_ended_waiting" if silence.waits else "staff_takeover_ended_idle"
    tell_leader(tx, parts, takeover, silence.nurse, key)


def _raise(tx: Transaction, parts: Parts, silence: Silence) -> None:
    """A patient who asked a nurse something and waits is as urgent as one who asks for her."""
    reason = {
        one: phrase(parts, "cause_takeover_unanswered", one, nurse=silence.nurse.name)
        for one in LANGUAGES
    }
    cause = NewCause(
        kind="asked_for_human",
        code="takeover_unanswered",
        level=TriageLevel.SAME_DAY,
        words=silence.unanswered.text[:LONGEST_QUOTE] if silence.unanswered else "",
        reason=reason,
        version=silence.who.episode.pathway_version,
        inbound_id=silence.unanswered.id if silence.unanswered else None,
    )
    raise_escalation(
        tx,
        parts,
        episode=silence.who.episode,
        conversation=tx.conversations.get(silence.chat.id),
        level=TriageLevel.SAME_DAY,
        causes=[cause],
        now=silence.now,
    )
