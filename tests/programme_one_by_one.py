"""The programme counted one thing after the other in plain Python.

`OneByOne` has the methods of the `ProgrammeRows` port that count, written from what each row
means and with no statement of a database, so that whatever makes the statements fast is held
against it. A month is named by the calendar, not by comparing moments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from bot.core.check_in import CheckIn, CheckInState, Observation
from bot.core.escalation import Escalation
from bot.core.patient import Consent, Episode, EpisodeState, Patient
from bot.core.programme.period import month_of
from bot.core.programme.rows import (
    WHOLE,
    AnswerRow,
    CallBackRow,
    CaseRow,
    ContactRow,
    EpisodeRow,
    FollowedRow,
    ScoreRow,
    StopRow,
)
from bot.core.staff import NurseTask
from bot.services.ports import Selection

ZONE = "Asia/Shanghai"
ANSWERED = (CheckInState.COMPLETED, CheckInState.STOPPED)


class OneByOne:
    """The rows of one selection, found by looking at every thing of the house."""

    def __init__(self, house: Iterable[Any]) -> None:
        self._of: dict[type, list[Any]] = {}
        for one in house:
            self._of.setdefault(type(one), []).append(one)
        self._patients: dict[str, Patient] = {one.id: one for one in self._of[Patient]}
        self._episodes: dict[str, Episode] = {one.id: one for one in self._of[Episode]}

    def episodes(self, asked: Selection) -> list[EpisodeRow]:
        found = []
        for one in self._of[Episode]:
            place, month = self._place(asked, one.id), f"{one.discharge_on:%Y-%m}"
            if place and month in _names(asked) and one.state != EpisodeState.CANCELLED:
                own = self._check_ins(one.id)
                sent = [at.opened_at for at in own if at.opened_at is not None]
                row = EpisodeRow(
                    **place,
                    month=month,
                    discharge_on=one.discharge_on,
                    asked_at=min(sent, default=None),
                    answered=any(at.state in ANSWERED for at in own),
                )
                found.append(row)
        return found

    def contacts(self, asked: Selection) -> list[ContactRow]:
        return self._contacts(asked, lambda one: one.due_at < asked.now or bool(one.opened_at))

    def lost(self, asked: Selection) -> list[ContactRow]:
        return self._contacts(asked, self._is_lost)

    def _is_lost(self, one: CheckIn) -> bool:
        """In order of time: silence, no answer after it, and no such silence before it."""
        in_order = sorted(self._check_ins(one.episode_id), key=lambda at: at.due_at)
        answers = [number for number, at in enumerate(in_order) if at.state in ANSWERED]
        tail = in_order[max(answers, default=-1) + 1 :]
        silent = [at for at in tail if at.state == CheckInState.SILENT]
        return bool(silent) and one == silent[0]

    def _contacts(self, asked: Selection, fits: Callable[[CheckIn], bool]) -> list[ContactRow]:
        return [
            ContactRow(
                **place,
                pathway_id=self._episodes[one.episode_id].pathway_id,
                plan_id=one.plan_id,
                occurrence=one.occurrence,
                state=one.state,
                planned=not (one.state == CheckInState.MISSED and one.ended_at is None),
            )
            for one, place in self._placed(asked, CheckIn, "due_at")
            if fits(one)
        ]

    def followed(self, asked: Selection) -> list[FollowedRow]:
        found = set()
        for one, place in self._placed(asked, CheckIn, "due_at"):
            if one.due_at < asked.now and one.state != CheckInState.CANCELLED:
                for month in (place["month"], WHOLE):
                    found.add((one.episode_id, *(place | {"month": month}).values()))
        return [
            FollowedRow(ward=ward, procedure=procedure, month=month, count=1)
            for _, ward, procedure, month in found
        ]

    def stops(self, asked: Selection) -> list[StopRow]:
        found = {
            (one.episode_id, *place.values())
            for one, place in self._placed(asked, Consent, "decided_at")
            if one.decision == "withdrawn"
        }
        return [
            StopRow(ward=ward, procedure=procedure, month=month, count=1)
            for _, ward, procedure, month in found
        ]

    def cases(self, asked: Selection) -> list[CaseRow]:
        return [
            CaseRow(
                **place,
                episode_id=one.episode_id,
                level=one.level,
                opened_at=one.opened_at,
                since=one.opened_at,
                heard_at=None,
                closed_at=one.closed_at,
                outcome_within=timedelta(minutes=30),
                alert_right=one.alert_right,
                complication=one.complication,
            )
            for one, place in self._placed(asked, Escalation, "opened_at")
        ]

    def tasks_done(self, asked: Selection) -> list[tuple[str, str, str, str, int]]:
        found = Counter(
            (*place.values(), one.kind) for one, place in self._tasks(asked) if one.done_at
        )
        return [(*key, times) for key, times in found.items()]

    def call_backs(self, asked: Selection) -> list[CallBackRow]:
        return [
            CallBackRow(
                **place,
                due_at=one.due_at,
                answered_at=one.answered_at,
                solve_by=one.solve_by,
                done_at=one.done_at,
            )
            for one, place in self._tasks(asked)
            if one.solve_by is not None
        ]

    def scores(self, asked: Selection, codes: Iterable[str]) -> list[ScoreRow]:
        return [
            ScoreRow(**place, code=one.code, value=float(one.value))
            for one, place in self._numbers(asked, codes)
        ]

    def answers(self, asked: Selection, codes: Iterable[str]) -> list[AnswerRow]:
        by_id = {one.id: one for one in self._of[CheckIn]}
        return [
            AnswerRow(one.code, one.pathway_id, at.plan_id, at.occurrence, float(one.value), 1)
            for one, _ in self._numbers(asked, codes)
            if (at := by_id.get(one.check_in_id))
        ]

    def _numbers(self, asked: Selection, codes: Iterable[str]) -> Iterator[tuple[Any, Any]]:
        for one, place in self._placed(asked, Observation, "observed_at"):
            counts = one.understood and one.superseded_by is None and one.code in codes
            if counts and type(one.value) in (int, float):
                yield one, place

    def _tasks(self, asked: Selection) -> Iterator[tuple[NurseTask, dict[str, str]]]:
        """A task may be about a patient and no follow-up of hers."""
        for one in self._of[NurseTask]:
            month = month_of(one.created_at, ZONE)
            patient = self._patients.get(one.patient_id or "")
            place = self._place(asked, one.episode_id) if one.episode_id else None
            if patient and not one.episode_id and patient.merged_into is None:
                whole = asked.procedure is None and asked.ward in (None, patient.ward)
                place = {"ward": patient.ward, "procedure": ""} if whole else None
            if patient and place and month in _names(asked):
                yield one, place | {"month": month}

    def _placed(
        self, asked: Selection, kind: type, moment: str
    ) -> Iterator[tuple[Any, dict[str, Any]]]:
        """The things of one kind whose moment lies in the period, with where they belong."""
        for one in self._of[kind]:
            month = month_of(getattr(one, moment), ZONE)
            place = self._place(asked, one.episode_id)
            if place and month in _names(asked):
                yield one, place | {"month": month}

    def _place(self, asked: Selection, episode_id: str) -> dict[str, Any] | None:
        """Where a follow-up is counted, or None where it is not."""
        episode = self._episodes[episode_id]
        patient = self._patients[episode.patient_id]
        if patient.merged_into is not None or episode.end_reason in ("mistake", "merged"):
            return None
        if asked.ward not in (None, patient.ward):
            return None
        if asked.procedure not in (None, episode.procedure_code):
            return None
        return {"ward": patient.ward, "procedure": episode.procedure_code}

    def _check_ins(self, episode_id: str) -> list[CheckIn]:
        return [one for one in self._of[CheckIn] if one.episode_id == episode_id]


def _names(asked: Selection) -> list[str]:
    return [one.name for one in asked.months]
