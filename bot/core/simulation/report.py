"""Report: what a simulation showed, as plain data with stable keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.core.simulation.diary import Alert, End
from bot.core.simulation.run import Simulated
from bot.core.simulation.transcript import transcripts
from bot.core.triage_level import TriageLevel

LEVELS: Final = tuple(level for level in sorted(TriageLevel, reverse=True) if level.needs_nurse)
DIGITS: Final = 2
FORMAT: Final = 1  # raised when a key changes its meaning


def report(done: Simulated) -> dict[str, Any]:
    """Everything a care team wants to know, ready for JSON."""
    return {
        "format": FORMAT,
        "pathway": done.pathway.id,
        "version": done.pathway.version,
        "title": dict(done.pathway.title.by_language),
        "patients": len(done.diaries),
        "days": done.days,
        "seed": done.seed,
        "assumptions": _assumptions(done),
        "personas": _personas(done),
        "check_ins": _check_ins(done),
        "messages": _messages(done),
        "reached": _reached(done),
        "alerts": _alerts(done),
        "noticed": _noticed(done),
        "forecast": _forecast(done),
        "transcripts": transcripts(done.diaries),
    }


def _assumptions(done: Simulated) -> dict[str, Any]:
    taken = done.taken
    return {
        "nurse_minutes": {level.word: taken.minutes(level) for level in LEVELS},
        "operations_per_week": taken.operations_per_week,
        "chance_per_question": {
            "mild_answer": taken.mild_answer,
            "worrying_answer": taken.worrying_answer,
            "unclear_answer": taken.unclear_answer,
        },
        "days_in_hospital": list(taken.stay_days),
        "tiers": dict(taken.tiers),
        "first_surgery_on": taken.first_surgery_on.isoformat(),
        "zone": taken.zone,
        "case_closed_after": "the level's time for an outcome",
        "not_simulated": ["photos", "delivery failures", "nurse takeovers"],
    }


def _personas(done: Simulated) -> list[dict[str, Any]]:
    counts = Counter(diary.person.persona.id for diary in done.diaries)
    titles = {
        diary.person.persona.id: dict(diary.person.persona.title.by_language)
        for diary in done.diaries
    }
    return [{"id": id, "title": titles[id], "patients": counts[id]} for id in titles]


def _check_ins(done: Simulated) -> dict[str, Any]:
    ends: Counter[End] = Counter()
    by_plan: dict[str, dict[str, int]] = {
        plan.id: {end.value: 0 for end in End} for plan in done.pathway.check_ins
    }
    for diary in done.diaries:
        ends.update(diary.ends)
        for (plan, end), count in diary.ends_by_plan.items():
            by_plan[plan][end.value] += count
    return {
        "planned": sum(ends.values()),
        "sent": sum(diary.sent for diary in done.diaries),
        "reminders": sum(diary.reminders for diary in done.diaries),
        "outside_window": sum(diary.outside_window for diary in done.diaries),
        **{end.value: ends[end] for end in End},
        "by_plan": by_plan,
    }


def _messages(done: Simulated) -> dict[str, Any]:
    return {
        "unasked": _per_day(done, [diary.unasked for diary in done.diaries]),
        "all": _per_day(done, [diary.unasked + diary.replies for diary in done.diaries]),
        "unasked_by_day": _by_day(done),
        "in_quiet_hours": sum(diary.unasked_at_night for diary in done.diaries),
        "replies_in_quiet_hours": sum(diary.replies_at_night for diary in done.diaries),
        "reminders": sum(diary.nudges["reminder"] for diary in done.diaries),
        "teaching": sum(diary.nudges["teaching"] for diary in done.diaries),
        "taught_in_check_ins": sum(diary.nudges["with_a_check_in"] for diary in done.diaries),
        "reminders_too_late": sum(diary.nudges["skipped"] for diary in done.diaries),
        "unclear_answers": sum(diary.unclear for diary in done.diaries),
        "self_care_advice": sum(diary.advice for diary in done.diaries),
    }


def _per_day(done: Simulated, diaries: Iterable[Counter[Any]]) -> dict[str, Any]:
    counts = [count for days in diaries for count in days.values()]
    total, patient_days = sum(counts), len(done.diaries) * max(done.days, 1)
    return {
        "total": total,
        "max_per_patient_and_day": max(counts, default=0),
        "mean_per_patient_and_day": _round(total / patient_days if patient_days else 0),
        "mean_on_days_with_messages": _round(total / len(counts) if counts else 0),
    }


def _by_day(done: Simulated) -> list[dict[str, Any]]:
    """Unasked messages per patient on each day after surgery, on average."""
    counts: Counter[int] = Counter()
    for diary in done.diaries:
        for day, count in diary.unasked.items():
            counts[(day - diary.person.surgery_on).days] += count
    patients = max(len(done.diaries), 1)
    return [
        {"day": day, "mean": _round(counts[day] / patients)}
        for day in range(max(counts, default=0) + 1)
    ]


def _reached(done: Simulated) -> dict[str, Any]:
    pathway, patients, explorers = done.pathway, done.by_patients, done.by_explorers
    later = {plan.id for plan in pathway.check_ins if plan.day > done.days}
    rules = [rule.id for rule in pathway.rules]
    plans = [plan.id for plan in pathway.check_ins]
    return {
        "check_ins": _split(plans, patients.opened, explorers.opened, later, "after_last_day"),
        "questions": _split(
            list(pathway.questions),
            patients.asked,
            explorers.asked,
            explorers.cut_short,
            "emergency_first",
        ),
        "rules": _split(
            rules, patients.fired, explorers.fired, explorers.cut_short, "emergency_first"
        ),
    }


def _split(
    names: list[str],
    patients: Counter[str],
    explorers: Counter[str],
    explained: set[str],
    why: str,
) -> dict[str, Any]:
    """By patients how often, by explorers only, and never, with the reason where it is known."""
    missed = [name for name in names if not patients[name]]
    never = [name for name in missed if not explorers[name]]
    return {
        "by_patients": {name: patients[name] for name in names if patients[name]},
        "by_explorers_only": [name for name in missed if explorers[name]],
        "never": never,
        "why_never": {name: why if name in explained else "not_found" for name in never},
    }


def _noticed(done: Simulated) -> list[dict[str, Any]]:
    """For each illness: how many were noticed, and how many days after it began."""
    waits: dict[str, list[int | None]] = {}
    for diary in done.diaries:
        ill = diary.person.persona.illness
        if ill is None or ill.from_day > done.days:
            continue
        end = ill.from_day + ill.lasts_days
        days = [one.day for one in diary.alerts if one.kind == "case"]
        after = [day - ill.from_day for day in days if ill.from_day <= day < end]
        waits.setdefault(diary.person.persona.id, []).append(min(after, default=None))
    rows = []
    for persona, found in waits.items():
        known = sorted(wait for wait in found if wait is not None)
        rows.append(
            {
                "persona": persona,
                "patients": len(found),
                "noticed": len(known),
                "median_days": known[len(known) // 2] if known else None,
                "longest_days": known[-1] if known else None,
            }
        )
    return rows


def _alerts(done: Simulated) -> dict[str, Any]:
    alerts = [alert for diary in done.diaries for alert in diary.alerts]
    kinds = sorted({alert.kind for alert in alerts})
    return {
        "per_level": _by_level(alerts),
        "per_kind": {kind: _by_level(a for a in alerts if a.kind == kind) for kind in kinds},
        "joined_signs": sum(alert.joined for alert in alerts),
        "per_100_patients": _scaled(_by_level(alerts), 100 / max(len(done.diaries), 1)),
        "most_frequent": [
            {"kind": kind, "code": code, "alerts": count}
            for (kind, code), count in sorted(
                Counter((alert.kind, alert.code) for alert in alerts).items(),
                key=lambda one: (-one[1], one[0]),
            )[:10]
        ],
    }


def _forecast(done: Simulated) -> dict[str, Any]:
    """A ward that operates on so many a week: the weeks of filling up, then every week."""
    patients, per_week = max(len(done.diaries), 1), done.taken.operations_per_week
    factor = per_week / patients
    weeks = max(1, -(-(done.days + 1) // 7))
    found: list[Counter[str]] = [Counter() for _ in range(weeks)]
    for diary in done.diaries:
        for alert in diary.alerts:
            week = min(max(alert.day, 0) // 7, weeks - 1)
            found[week][alert.level.word] += 1
    running: Counter[str] = Counter()
    rows: list[dict[str, Any]] = []
    for number, counts in enumerate(found, start=1):
        running.update(counts)
        alerts = _scaled({level.word: running[level.word] for level in LEVELS}, factor)
        minutes = sum(alerts[level.word] * done.taken.minutes(level) for level in LEVELS)
        rows.append({"week": number, "alerts": alerts, "nurse_minutes": round(minutes)})
    return {
        "operations_per_week": per_week,
        "every_week_once_full": rows[-1],
        "by_week": rows,
    }


def _by_level(alerts: Iterable[Alert]) -> dict[str, int]:
    counts = Counter(alert.level for alert in alerts)
    return {level.word: counts[level] for level in LEVELS}


def _scaled(counts: Mapping[str, int], factor: float) -> dict[str, float]:
    return {name: _round(count * factor) for name, count in counts.items()}


def _round(value: float) -> float:
    return round(value, DIGITS)
