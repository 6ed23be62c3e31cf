"""Show the worklist: what needs a nurse now, what a nurse has, and what can wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.errors import NotFound
from bot.core.escalation import Cause, Escalation, EscalationState
from bot.core.patient import Episode, Patient
from bot.core.permissions import Permission, sees_every_ward
from bot.core.staff import Nurse, NurseTask
from bot.core.words import Words
from bot.core.worklist import Fits, Sought
from bot.services.parts import Parts
from bot.services.permissions import require
from bot.services.ports import Transaction
from bot.services.show_leads import LedLine, led_now

PAGE = 50  # items of each lane at first; the gravest and nearest come first, so the rest can wait
MOST = 2000


@dataclass(frozen=True)
class CaseLine:
    """One open escalation as the worklist shows it. `cause` is the gravest one."""

    escalation: Escalation
    patient: Patient
    pathway: Words
    day: int
    age: int
    cause: Cause | None
    more_causes: int
    holder: str = ""


@dataclass(frozen=True)
class TaskLine:
    """Work that is not an escalation."""

    task: NurseTask
    patient: Patient | None


@dataclass(frozen=True)
class Counts:
    """How many there are of each lane, the ones that do not stand on this page included."""

    waiting: int
    held: int
    tasks: int

    @property
    def all(self) -> int:
        return self.waiting + self.held + self.tasks


@dataclass(frozen=True)
class Worklist:
    """`hidden`: how many items the nurse's wishes keep from her. `more`: not all are shown."""

    waiting: tuple[CaseLine, ...]
    held: tuple[CaseLine, ...]
    tasks: tuple[TaskLine, ...]
    led: tuple[LedLine, ...]
    now: datetime
    counts: Counts
    hidden: int
    names: Mapping[str, str] = field(default_factory=dict)  # of those who answered a call-back

    @property
    def more(self) -> bool:
        shown = len(self.waiting), len(self.held), len(self.tasks)
        counted = self.counts.waiting, self.counts.held, self.counts.tasks
        return any(here < all for here, all in zip(shown, counted, strict=True))


def show_worklist(
    parts: Parts, nurse: Nurse, sought: Sought | None = None, *, shown: int = PAGE
) -> Worklist:
    """Open cases and tasks of the nurse's ward, the most urgent first, `shown` of each lane."""
    require(nurse, Permission.SEE_WORKLIST)
    limit = min(max(PAGE, shown), MOST)
    with parts.record.reading() as tx:
        now = parts.clock.now()
        fits = fits_for(tx, nurse, sought or Sought(), now)
        waiting = tx.worklist.cases(fits, EscalationState.OPEN, limit=limit)
        held = tx.worklist.cases(fits, EscalationState.ACKNOWLEDGED, limit=limit)
        tasks = tx.worklist.tasks(fits, limit=limit)
        counts = _counts(tx, fits)
        every = fits if not fits.sought.narrowed else fits_for(tx, nurse, Sought(), now)
        return Worklist(
            waiting=_lines(tx, parts, waiting, now),
            held=_lines(tx, parts, held, now),
            tasks=tuple(TaskLine(*one) for one in tasks),
            led=led_now(tx, nurse),
            now=now,
            counts=counts,
            hidden=_counts(tx, every).all - counts.all if every is not fits else 0,
            names=names_of(tx, (one.answered_by for one, _ in tasks)),
        )


def read_case_line(parts: Parts, escalation_id: str) -> CaseLine | None:
    """One case as a worklist shows it, for whoever may see its ward; None: it is not there."""
    with parts.record.reading() as tx:
        case = tx.escalations.get(escalation_id)
        patient = tx.patients.get(case.patient_id) if case else None
        episode = tx.episodes.get(case.episode_id) if case else None
        if case is None or patient is None or episode is None:
            return None
        return _lines(tx, parts, [(case, patient, episode)], parts.clock.now())[0]


def fits_for(tx: Transaction, nurse: Nurse, sought: Sought, now: datetime) -> Fits:
    """What this nurse looks for, within what she may see."""
    on_rota = {one.nurse_id for one in tx.shifts.find(starts_at__lte=now, ends_at__gt=now)}
    scope = None if sees_every_ward(nurse) else nurse.ward
    return Fits(sought, scope, nurse.id, tuple(sorted(on_rota | {nurse.id})))


def _counts(tx: Transaction, fits: Fits) -> Counts:
    by_state = tx.worklist.count_cases(fits)
    return Counts(
        waiting=by_state.get(EscalationState.OPEN, 0),
        held=by_state.get(EscalationState.ACKNOWLEDGED, 0),
        tasks=tx.worklist.count_tasks(fits),
    )


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


def _lines(
    tx: Transaction,
    parts: Parts,
    found: Sequence[tuple[Escalation, Patient, Episode]],
    now: datetime,
) -> tuple[CaseLine, ...]:
    causes = _causes(tx, [case.id for case, _, _ in found])
    holders = names_of(tx, (case.acknowledged_by for case, _, _ in found))
    return tuple(
        CaseLine(
            escalation=case,
            patient=patient,
            pathway=pathway_title(parts, episode),
            day=day_after_surgery(patient, episode, now),
            age=now.year - patient.birth_year,
            cause=next(iter(causes.get(case.id, ())), None),
            more_causes=max(0, len(causes.get(case.id, ())) - 1),
            holder=holders.get(case.acknowledged_by or "", ""),
        )
        for case, patient, episode in found
    )


def _causes(tx: Transaction, escalation_ids: list[str]) -> Mapping[str, list[Cause]]:
    """The causes of each escalation, the gravest and then the newest first."""
    by_case: dict[str, list[Cause]] = {}
    for start in range(0, len(escalation_ids), 500):
        part = escalation_ids[start : start + 500]
        for one in tx.causes.find(escalation_id__in=part, order_by="-level,-noted_at"):
            by_case.setdefault(one.escalation_id, []).append(one)
    return by_case
