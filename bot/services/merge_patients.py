"""Merge a double registration: a named nurse says which record stays; nothing is lost.

Everything of the record that goes is joined to the one that stays: people and their chats,
follow-ups, cases, tasks, takeovers. Its row stays, points to the other, and its hospital
number still finds her. One follow-up at a time speaks to a patient: where both records have
one, the nurse chooses, and the other ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.core.escalation import EscalationState
from bot.core.merge import Merge
from bot.core.patient import END_MERGED, Episode, Patient
from bot.core.permissions import Permission
from bot.core.staff import Nurse
from bot.services.asked_twice import asked_in, take_questions_back
from bot.services.audit import note
from bot.services.end_episode import LONGEST_NOTE, hold_chats, withdraw
from bot.services.lead import takeover_of
from bot.services.one_person import refuse_merged
from bot.services.parts import Parts
from bot.services.permissions import patient_in_scope, require
from bot.services.ports import Transaction
from bot.services.staff_accounts import Refused
from bot.services.transfer_patient import cases_go_with
from bot.services.whom import LIVING

ROWS: Final = ("contacts", "escalations", "tasks", "takeovers")


@dataclass(frozen=True)
class Said:
    """What the nurse typed: each year of birth as the patient's paper says it, whether she
    compared what differs, the follow-up that goes on, and why the two are one person."""

    year_stays: str = ""
    year_goes: str = ""
    compared: bool = False
    keeps: str = ""
    words: str = ""


@dataclass(frozen=True)
class Both:
    """The two records, held, and the episodes of each."""

    stays: Patient
    goes: Patient
    of_stays: tuple[Episode, ...]
    of_goes: tuple[Episode, ...]

    @property
    def rivals(self) -> tuple[Episode, ...]:
        """The follow-ups among which the nurse must choose; none where only one record has any."""
        mine, hers = living(self.of_stays), living(self.of_goes)
        return (*mine, *hers) if mine and hers else ()

    def twin(self, episode: Episode) -> Episode | None:
        """The same operation in the record that stays, where both have it."""
        return next((one for one in self.of_stays if _operation(one) == _operation(episode)), None)


def living(episodes: Iterable[Episode]) -> tuple[Episode, ...]:
    return tuple(one for one in episodes if one.state in LIVING)


def _operation(episode: Episode) -> tuple[Any, ...]:
    return episode.procedure_code, episode.surgery_on


def merge_patients(parts: Parts, nurse: Nurse, *, stays_id: str, goes_id: str, said: Said) -> Merge:
    """Join the two records. Raises NotFound, NotAllowed, AlreadyDone, and Refused by field."""
    require(nurse, Permission.MERGE_PATIENTS)
    if stays_id == goes_id:
        raise Refused({"stays": "same_record"})
    with parts.record.transaction() as tx:
        for id in (stays_id, goes_id):
            patient_in_scope(tx, nurse, id)
        chats = hold_chats(tx, stays_id, goes_id)
        for id in sorted((stays_id, goes_id)):
            tx.patients.get(id, lock=True)
        both = read_both(tx, nurse, stays_id, goes_id)
        wrong = _wrong(both, said)
        if both.stays.ward != both.goes.ward and any(takeover_of(tx, one) for one in chats):
            wrong["chat"] = "led"  # as with a transfer: her nurse may lose sight of her
        if wrong:
            raise Refused(wrong)
        merge = _join(tx, parts, nurse, both, said)
        for about, details in ((stays_id, goes_id), (goes_id, f"into {stays_id}")):
            note(tx, parts, who=nurse.id, action="patient.merge", about=about, details=details)
        cases_go_with(tx, parts, stays_id, both.stays.ward)
    return merge


def read_both(tx: Transaction, nurse: Nurse, stays_id: str, goes_id: str) -> Both:
    """Both records, of wards that this nurse sees. Raises NotFound, AlreadyDone."""
    pair = [patient_in_scope(tx, nurse, id) for id in (stays_id, goes_id)]
    refuse_merged(tx, *pair)
    found = [
        tuple(tx.episodes.find(patient_id=one.id, order_by="-surgery_on,-created_at"))
        for one in pair
    ]
    return Both(pair[0], pair[1], found[0], found[1])


def _wrong(both: Both, said: Said) -> dict[str, str]:
    """By field, why they are not merged: identity both ways, the choice, the reason."""
    wrong = {}
    for field, typed, patient in (
        ("year_stays", said.year_stays, both.stays),
        ("year_goes", said.year_goes, both.goes),
    ):
        if typed.strip() != str(patient.birth_year):
            wrong[field] = "not_her_year"
    if differs(both) and not said.compared:
        wrong["compared"] = "compare"
    if not said.words.strip():
        wrong["words"] = "needed"
    elif len(said.words.strip()) > LONGEST_NOTE:
        wrong["words"] = "too_long"
    return wrong | _wrong_choice(both, said)


def differs(both: Both) -> tuple[str, ...]:
    """What a person does not have twice, and these two records have differently."""
    names = ("name", "birth_year")
    return tuple(one for one in names if getattr(both.stays, one) != getattr(both.goes, one))


def _wrong_choice(both: Both, said: Said) -> dict[str, str]:
    """One operation is one follow-up: of two of the same, that of the record that stays."""
    if both.rivals and said.keeps not in {one.id for one in both.rivals}:
        return {"keeps": "choose_follow_up"}
    for one in living(both.of_goes):
        twin, chosen = both.twin(one), not both.rivals or said.keeps == one.id
        if twin is not None and chosen:
            return {"stays": "same_operation"}
    return {}


def _join(tx: Transaction, parts: Parts, nurse: Nurse, both: Both, said: Said) -> Merge:
    kept, ended = _chosen(both, said)
    asked = asked_in(tx, ended)
    for one in ended:
        withdraw(tx, parts, one, (), by=nurse.id, reason=END_MERGED)
    twins = {one.id for one in both.of_goes if both.twin(one) is not None}
    moved: dict[str, Any] = {
        "episodes": _hand_over(
            tx.episodes,
            [one for one in tx.episodes.find(patient_id=both.goes.id) if one.id not in twins],
            both.stays.id,
        ),
        **{
            name: _hand_over(
                getattr(tx, name), getattr(tx, name).find(patient_id=both.goes.id), both.stays.id
            )
            for name in ROWS
        },
        "same_operation": sorted(twins),
        "ended": {one.id: str(one.state) for one in ended},
        "hours": [both.stays.time_zone, both.stays.language],
    }
    _close_records(tx, both, kept)
    merge = Merge(
        id=parts.ids.new(),
        stays_id=both.stays.id,
        goes_id=both.goes.id,
        merged_at=parts.clock.now(),
        merged_by=nurse.id,
        words=said.words.strip(),
        kept_episode_id=kept.id if kept is not None else None,
        ended_episode_id=ended[0].id if ended else None,
        moved=moved,
    )
    tx.merges.add(merge)
    chats = [chat for id in asked if (chat := tx.conversations.get(id)) is not None]
    take_questions_back(tx, parts, chats, key=f"merge:{merge.id}")
    return merge


def _chosen(both: Both, said: Said) -> tuple[Episode | None, tuple[Episode, ...]]:
    """The follow-up that goes on, and those of the other record that end."""
    if not both.rivals:
        found = (*living(both.of_stays), *living(both.of_goes))
        return (found[0] if found else None), ()
    kept = next(one for one in both.rivals if one.id == said.keeps)
    return kept, tuple(one for one in both.rivals if one.patient_id != kept.patient_id)


def _hand_over(rows: Any, found: Sequence[Any], to: str) -> list[str]:
    """Give these rows to the record that stays; their ids."""
    for one in found:
        rows.swap(one, replace(one, patient_id=to))
    return sorted(one.id for one in found)


def _close_records(tx: Transaction, both: Both, kept: Episode | None) -> None:
    """The row that goes points to the one that stays; the hours of the follow-up that goes on
    hold from now on. What was merged into the one that goes earlier follows it."""
    if kept is not None and kept.patient_id == both.goes.id:
        hers = replace(both.stays, time_zone=both.goes.time_zone, language=both.goes.language)
        tx.patients.swap(both.stays, hers)
    for one in (both.goes, *tx.patients.find(merged_into=both.goes.id)):
        tx.patients.swap(one, replace(one, merged_into=both.stays.id))


def open_cases(tx: Transaction, patient_id: str) -> int:
    return tx.escalations.count(patient_id=patient_id, state__not=EscalationState.CLOSED)
