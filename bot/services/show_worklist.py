"""Show the worklist: what needs a nurse now, what a nurse has, and what can wait."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.errors import NotFound
from bot.core.escalation import Cause, Escalation, EscalationState
from bot.core.patient import Episode, Patient
from bot.core.permissions import Permission
from bot.core.staff import Nurse, NurseTask
from bot.core.words import Words
from bot.services.parts import Parts
from bot.services.permissions import patients_in_scope, require
from bot.services.ports import Transaction
from bot.services.show_leads import LedLine, led_now, waits_since

MOST_TASKS = 300


@dataclass(frozen=True)
class CaseLine:
    """One open escalation as the worklist shows it. `cause` is the gravest one."""

    escalation: Escalation
    patient: Patient
    pathway: Words
    day: int
    cause: Cause | None
    more_causes: int
    holder: str = ""


@dataclass(frozen=True)
class TaskLine:
    """Work that is not an escalation."""

    task: NurseTask
    patient: Patient | None


@dataclass(frozen=True)
class Worklist:
    waiting: tuple[CaseLine, ...]
    held: tuple[CaseLine, ...]
    tasks: tuple[TaskLine, ...]
    led: tuple[LedLine, ...]
    now: datetime
    names: Mapping[str, str] = field(default_factory=dict)  # of those who answered a call-back


def show_worklist(parts: Parts, nurse: Nurse) -> Worklist:
    """Every open case and task of the nurse's ward, the most urgent first."""
    require(nurse, Permission.SEE_WORKLIST)
    with parts.record.reading() as tx:
        now = parts.clock.now()
        lines, tasks = _cases(tx, parts, nurse, now), _tasks(tx, nurse)
        return Worklist(
            waiting=tuple(one for one in lines if one.escalation.state is EscalationState.OPEN),
            held=tuple(one for one in lines if one.escalation.state is not EscalationState.OPEN),
            tasks=tasks,
            led=led_now(tx, nurse),
            now=now,
            names=names_of(tx, (one.task.answered_by for one in tasks)),
        )


def worklist_stamp(parts: Parts) -> str:
    """Changes whenever some worklist does; holds nothing about anybody."""
    with parts.record.reading() as tx:
        open_cases = tx.escalations.find(state__not=EscalationState.CLOSED, order_by="id")
        facts: list[object] = [
            (one.id, one.state, one.step, one.level, one.acknowledged_by, one.next_step_at)
            for one in open_cases
        ]
        led = tx.takeovers.find(ended_at=None, order_by="id")
        facts += [(one.id, one.touched_at, waits_since(tx, one)) for one in led]
        facts.append(tx.causes.count())
        facts.append(tx.tasks.count())
        facts.append(tx.tasks.count(done_at=None))
        facts.append(tx.tasks.count(done_at=None, answered_at__not=None))
        told = tx.invariants.find(holds=False, alarmed_at__not=None, order_by="id")
        facts.append([(one.id, one.since) for one in told])
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def pathway_title(parts: Parts, episode: Episode) -> Words:
    """The name of the pathway an episode is on; its id where the version is gone."""
    try:
        return parts.library.pathway(episode.pathway_id, episode.pathway_version).title
    except NotFound:
        return Words({"zh": episode.pathway_id, "en": episode.pathway_id})


def day_after_surgery(patient: Patient, episode: Episode, now: datetime) -> int:
    """Days after surgery on the patient's own calendar."""
    return (now.astimezone(ZoneInfo(patient.time_zone)).date() - episode.surgery_on).days


def names_of(tx: Transaction, nurse_ids: Iterable[str | None]) -> dict[str, str]:
    """The names of these members of staff by id."""
    wanted = sorted({one for one in nurse_ids if one})
    return {one.id: one.name for one in tx.nurses.find(id__in=wanted)} if wanted else {}


def _cases(tx: Transaction, parts: Parts, nurse: Nurse, now: datetime) -> list[CaseLine]:
    found = tx.escalations.find(state__not=EscalationState.CLOSED)
    patients = patients_in_scope(tx, nurse, (one.patient_id for one in found))
    mine = [one for one in found if one.patient_id in patients]
    episodes = _by_id(tx, mine)
    causes = _causes(tx, [one.id for one in mine])
    holders = names_of(tx, (one.acknowledged_by for one in mine))
    mine.sort(key=lambda one: (-one.level, one.next_step_at or one.opened_at, one.id))
    lines = []
    for one in mine:
        patient, episode = patients[one.patient_id], episodes[one.episode_id]
        its = causes.get(one.id, [])
        line = CaseLine(
            escalation=one,
            patient=patient,
            pathway=pathway_title(parts, episode),
            day=day_after_surgery(patient, episode, now),
            cause=its[0] if its else None,
            more_causes=max(0, len(its) - 1),
            holder=holders.get(one.acknowledged_by or "", ""),
        )
        lines.append(line)
    return lines


def _by_id(tx: Transaction, escalations: list[Escalation]) -> dict[str, Episode]:
    ids = sorted({one.episode_id for one in escalations})
    return {
        one.id: one
        for start in range(0, len(ids), 500)
        for one in tx.episodes.find(id__in=ids[start : start + 500])
    }


def _causes(tx: Transaction, escalation_ids: list[str]) -> Mapping[str, list[Cause]]:
    """The causes of each escalation, the gravest and then the newest first."""
    by_case: dict[str, list[Cause]] = {}
    for start in range(0, len(escalation_ids), 500):
        part = escalation_ids[start : start + 500]
        for one in tx.causes.find(escalation_id__in=part, order_by="-level,-noted_at"):
            by_case.setdefault(one.escalation_id, []).append(one)
    return by_case


def _tasks(tx: Transaction, nurse: Nurse) -> tuple[TaskLine, ...]:
    found = tx.tasks.find(done_at=None, order_by="due_at", limit=MOST_TASKS)
    patients = patients_in_scope(tx, nurse, (one.patient_id for one in found if one.patient_id))
    return tuple(
        TaskLine(one, patients.get(one.patient_id or ""))
        for one in found
        if one.patient_id is None or one.patient_id in patients
    )
