"""Show what may be changed about a patient: her follow-up, and who is responsible for her."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.errors import NotFound
from bot.core.escalation import Escalation, EscalationState
from bot.core.patient import Episode, Patient
from bot.core.permissions import Permission
from bot.core.staff import Nurse
from bot.core.words import Words
from bot.services.audit import note
from bot.services.case_notes import name_of
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require
from bot.services.resume_episode import can_resume
from bot.services.show_worklist import pathway_title
from bot.services.transfer_patient import wards
from bot.services.whom import LIVING


@dataclass(frozen=True)
class Changes:
    """One patient with her newest episode, and what can be done about them now."""

    patient: Patient
    episode: Episode
    pathway: Words
    runs: bool  # it can be ended
    resumable: bool
    ended_by: str  # the name of the nurse who ended it
    open_cases: tuple[Escalation, ...]  # each must be closed before the follow-up ends
    wards: tuple[str, ...]  # to which she can go


def show_changes(parts: Parts, nurse: Nurse, *, patient_id: str) -> Changes:
    """What may be done about one patient of the nurse's ward. Raises NotFound, NotAllowed."""
    require(nurse, Permission.CHANGE_PATIENT)
    with parts.record.reading() as tx:
        patient = patient_in_scope(tx, nurse, patient_id)
        found = tx.episodes.find(patient_id=patient.id, order_by="-surgery_on,-created_at")
        if not found:
            raise NotFound(f"no episode of patient {patient_id}")
        episode = next((one for one in found if one.state in LIVING), found[0])
        not_closed = tx.escalations.find(
            patient_id=patient.id, state__not=EscalationState.CLOSED, order_by="-level,opened_at"
        )
        shown = Changes(
            patient=patient,
            episode=episode,
            pathway=pathway_title(parts, episode),
            runs=episode.state in LIVING,
            resumable=can_resume(tx, episode),
            ended_by=name_of(tx, episode.ended_by),
            open_cases=tuple(not_closed),
            wards=wards(parts, but=patient.ward),
        )
    with parts.record.transaction() as tx:
        note(tx, parts, who=nurse.id, action="saw_patient", about=patient.id)
    return shown
