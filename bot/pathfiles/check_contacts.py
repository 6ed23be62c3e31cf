"""Check the contacts: windows, silence, the first contact, how much is asked, reminders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.core.pathway import TIERS, Anchor, CheckInPlan, Reminder, ReminderKind
from bot.core.triage_level import TriageLevel
from bot.pathfiles.findings import did_you_mean
from bot.pathfiles.look import Look

FIRST_DAY: Final = 1
# More than this in one go is not answered to the end (project's own judgement).
MOST_QUESTIONS: Final = 20
# Next to a dose that is due again within the day (project's own judgement).
LATEST_MEDICINE: Final = timedelta(hours=12)
LAST_DAY: Final = 7300  # twenty years: farther is a slip of the keyboard (project's own judgement)
EARLY_DAYS: Final = 3  # hazard H06: silence on days 1 to 3 counts as same day


def check_contacts(look: Look) -> None:
    """Every check-in and reminder of one pathway."""
    for plan in look.pathway.check_ins:
        _days(look, ("check_ins", plan.id), f"check-in {plan.id}", plan)
        _asked(look, plan)
        _hours(look, plan)
        _silence(look, plan)
    for reminder in look.pathway.reminders:
        _days(look, ("reminders", reminder.id), f"reminder {reminder.id}", reminder)
        _reminder(look, reminder)
    _first(look)
    _same_day(look)


def _days(look: Look, path: tuple[str, ...], what: str, plan: CheckInPlan | Reminder) -> None:
    """A day before the first or after twenty years: no calendar of a patient has it."""
    for day in dict.fromkeys((plan.day, _last_day(plan))):
        if not 0 <= day <= LAST_DAY:
            look.note(
                path,
                "day_out_of_reach",
                f"{what}: day {day} cannot be reached",
                f"Days go from 0 to {LAST_DAY}; look at day and repeat",
            )


def _asked(look: Look, plan: CheckInPlan) -> None:
    path = ("check_ins", plan.id)
    known = {*look.pathway.questions, *look.read.bank}
    for question in plan.questions:
        if question not in look.pathway.questions:
            look.note(
                path,
                "unknown_question",
                f"check-in {plan.id}: no question '{question}'",
                did_you_mean(question, known),
            )
    if not plan.questions:
        look.note(path, "asks_nothing", f"check-in {plan.id} asks nothing")
    if len(plan.questions) > MOST_QUESTIONS:
        look.warn(
            path,
            "too_many_questions",
            f"check-in {plan.id} asks {len(plan.questions)} questions",
            f"More than {MOST_QUESTIONS} are rarely answered to the end",
        )


def _hours(look: Look, plan: CheckInPlan) -> None:
    path, quiet = ("check_ins", plan.id), look.pathway.shared.quiet
    if plan.opens >= plan.closes:
        look.note(path, "window_empty", f"check-in {plan.id}: the window ends before it opens")
    elif quiet.hold(plan.opens) or quiet.hold(plan.closes):
        look.note(
            path,
            "in_quiet_hours",
            f"check-in {plan.id}: its window reaches into the quiet hours",
            f"Quiet is from {quiet.starts:%H:%M} to {quiet.ends:%H:%M} (shared/levels.yml)",
        )
    if plan.repeat is not None and (plan.repeat.every_days < 1 or plan.repeat.times < 1):
        look.note(path, "repeat_empty", f"check-in {plan.id}: its repeat never comes")


def _reminder(look: Look, plan: Reminder) -> None:
    path, quiet = ("reminders", plan.id), look.pathway.shared.quiet
    if quiet.hold(plan.at):
        look.note(
            path,
            "reminder_in_quiet_hours",
            f"reminder {plan.id}: {plan.at:%H:%M} is in the quiet hours",
            f"Quiet is from {quiet.starts:%H:%M} to {quiet.ends:%H:%M} (shared/levels.yml)",
        )
    if plan.repeat is not None and (plan.repeat.every_days < 1 or plan.repeat.times < 1):
        look.note(path, "repeat_empty", f"reminder {plan.id}: its repeat never comes")
    if plan.kind is ReminderKind.MEDICINE and plan.lateness.send_within > LATEST_MEDICINE:
        look.note(
            path,
            "medicine_too_late",
            f"reminder {plan.id}: sent so late, it may lead to a second dose",
            f"Make send_within {LATEST_MEDICINE.total_seconds() / 3600:g} h or less",
        )
    late = [tier for tier in plan.tiers if _ended_by(look.pathway.check_ins, tier, plan)]
    if late:
        look.warn(
            path,
            "reminder_after_the_end",
            f"reminder {plan.id} comes after the last check-in, which ends the follow-up, so it "
            f"is not sent (tier {', '.join(late)})",
            "Give it an earlier day, fewer repeats, or plan a later check-in",
        )


def _ended_by(contacts: Sequence[CheckInPlan], tier: str, plan: Reminder) -> bool:
    """Whether this tier's last check-in comes before the reminder's last turn."""
    days = [_last_day(one) for one in contacts if tier in one.tiers]
    return bool(days) and max(days) < _last_day(plan)


def _last_day(plan: CheckInPlan | Reminder) -> int:
    """The day of its last turn, from whichever date it counts."""
    return plan.day + ((plan.repeat.times - 1) * plan.repeat.every_days if plan.repeat else 0)


def _silence(look: Look, plan: CheckInPlan) -> None:
    path, silence = ("check_ins", plan.id), plan.silence
    if silence.remind_after >= silence.nurse_after:
        look.note(
            path,
            "silence_reversed",
            f"check-in {plan.id}: the nurse is told before the patient is reminded",
            "Make remind_after shorter than nurse_after",
        )
    if not silence.level.needs_nurse:
        look.note(
            path,
            "silence_ignored",
            f"check-in {plan.id}: silence is not recovery, level {silence.level.word} has no nurse",
            "Use within_48_hours or same_day",
        )
    early = plan.anchor is Anchor.DISCHARGE and plan.day <= EARLY_DAYS
    if early and silence.level < TriageLevel.SAME_DAY:
        look.warn(
            path,
            "early_silence",
            f"check-in {plan.id}: silence in the first {EARLY_DAYS} days should reach a nurse "
            "the same day",
            "Set silence_level: same_day",
        )


def _first(look: Look) -> None:
    """First contact within 24 hours of discharge, for every risk tier."""
    for tier in TIERS:
        plans = [plan for plan in look.pathway.check_ins if tier in plan.tiers]
        if not plans:
            look.note(("check_ins",), "tier_without_contact", f"tier {tier} has no check-in at all")
        elif not any(p.anchor is Anchor.DISCHARGE and p.day <= FIRST_DAY for p in plans):
            look.warn(
                ("check_ins",),
                "no_first_contact",
                f"tier {tier} has no check-in within a day of discharge",
                "Add one with 'day: 1' and 'after: discharge'",
            )


def _same_day(look: Look) -> None:
    """Two check-ins counted from the same date must not fall on the same day."""
    for tier in TIERS:
        seen: dict[tuple[Anchor, int], str] = {}
        for plan in look.pathway.check_ins:
            if tier not in plan.tiers:
                continue
            other = seen.setdefault((plan.anchor, plan.day), plan.id)
            if other != plan.id:
                look.note(
                    ("check_ins", plan.id),
                    "same_day_twice",
                    f"check-ins {other} and {plan.id} fall on the same day for tier {tier}",
                    "Merge them, or give them different tiers",
                )
