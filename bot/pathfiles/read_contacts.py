"""Read the contacts: check-ins with their windows, teaching and reminders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Final

from bot.core.pathway import (
    LATE_CHECK_IN,
    LATE_REMINDER,
    REMINDERS_LATE,
    TIERS,
    Anchor,
    CheckInPlan,
    Late,
    Lateness,
    Reminder,
    ReminderKind,
    Repeat,
    SilenceLadder,
    Teaching,
)
from bot.core.triage_level import TriageLevel
from bot.core.words import Words
from bot.pathfiles.desk import Desk
from bot.pathfiles.spots import Spot

HABITS: Final = (
    *("window", "remind_after", "nurse_after", "silence_level"),
    *("send_within", "if_too_late"),
)


def read_check_ins(
    desk: Desk, spot: Spot | None, groups: Mapping[str, tuple[str, ...]], owner: str
) -> tuple[CheckInPlan, ...]:
    """All check-ins; what every one has in common is written once above `contacts`."""
    block = desk.block(spot, "check_ins", needs=(*HABITS, "contacts"), may=())
    habits = {name: entry for name, entry in block.items() if name in HABITS}
    plans = []
    for name, entry in desk.named(block.get("contacts"), "check-ins").items():
        desk.mark(entry, owner, "check_ins", name)
        plans.append(_plan(desk, name, entry, habits, groups))
    return tuple(plans)


def read_groups(desk: Desk, spot: Spot | None) -> dict[str, tuple[str, ...]]:
    """Names for questions that are asked together."""
    return {
        name: desk.texts(entry, f"group {name}")
        for name, entry in desk.named(spot, "groups").items()
    }


def _plan(
    desk: Desk,
    name: str,
    spot: Spot,
    habits: Mapping[str, Spot],
    groups: Mapping[str, tuple[str, ...]],
) -> CheckInPlan:
    what = f"check-in {name}"
    may = ("tiers", "intro", "repeat", *HABITS)
    own = desk.block(spot, what, needs=("day", "after", "ask"), may=may)
    entry = {**habits, **own}
    asked = desk.texts(entry.get("ask"), f"ask of {what}")
    hours = desk.hours(entry.get("window"), f"window of {what}") or (time(9), time(19))
    return CheckInPlan(
        id=name,
        day=desk.whole(entry.get("day"), f"day of {what}"),
        anchor=_anchor(desk, entry.get("after"), what),
        opens=hours[0],
        closes=hours[1],
        questions=tuple(dict.fromkeys(one for item in asked for one in groups.get(item, (item,)))),
        tiers=_tiers(desk, entry.get("tiers"), what),
        silence=SilenceLadder(
            remind_after=_length(desk, entry.get("remind_after"), f"remind_after of {what}"),
            nurse_after=_length(desk, entry.get("nurse_after"), f"nurse_after of {what}"),
            level=desk.level(
                entry.get("silence_level"), f"silence_level of {what}", TriageLevel.SAME_DAY
            ),
        ),
        lateness=Lateness(
            send_within=_length(desk, entry.get("send_within"), f"send_within of {what}"),
            otherwise=Late(
                desk.one_of(
                    entry.get("if_too_late"),
                    f"if_too_late of {what}",
                    LATE_CHECK_IN,
                    Late.SKIP_AND_TELL_NURSE,
                )
            ),
        ),
        intro=desk.words(entry.get("intro"), f"intro of {what}"),
        repeat=_repeat(desk, entry.get("repeat"), what),
    )


def _length(desk: Desk, spot: Spot | None, what: str) -> timedelta:
    return desk.duration(spot, what) or timedelta(hours=24)


def _anchor(desk: Desk, spot: Spot | None, what: str) -> Anchor:
    return Anchor(desk.one_of(spot, f"after of {what}", list(Anchor), Anchor.SURGERY))


def _tiers(desk: Desk, spot: Spot | None, what: str) -> tuple[str, ...]:
    if spot is None or spot.items is None:
        desk.texts(spot, f"tiers of {what}")
        return TIERS
    return tuple(desk.one_of(item, f"a tier of {what}", TIERS, TIERS[0]) for item in spot.items)


def _repeat(desk: Desk, spot: Spot | None, what: str) -> Repeat | None:
    if spot is None:
        return None
    entry = desk.block(spot, f"repeat of {what}", needs=("every_days", "times"), may=())
    return Repeat(
        every_days=desk.whole(entry.get("every_days"), f"every_days of {what}", 1),
        times=desk.whole(entry.get("times"), f"times of {what}", 1),
    )


def read_teaching(desk: Desk, spot: Spot | None, owner: str) -> tuple[Teaching, ...]:
    """What is taught unasked, by days after surgery."""
    taught = []
    for name, entry in desk.named(spot, "teaching").items():
        desk.mark(entry, owner, "teaching", name)
        what = f"teaching {name}"
        parts = desk.block(entry, what, needs=("days", "say"), may=("source",))
        span = desk.span(parts.get("days"), f"days of {what}") or (0, 0)
        words = desk.words(parts.get("say"), f"say of {what}") or Words({"zh": "", "en": ""})
        source = desk.texts(parts.get("source"), f"source of {what}")
        taught.append(Teaching(name, int(span[0]), int(span[1]), words, source))
    return tuple(taught)


def read_reminders(desk: Desk, spot: Spot | None, owner: str) -> tuple[Reminder, ...]:
    """Medicines, re-checks and appointments to remember."""
    reminders = []
    for name, entry in desk.named(spot, "reminders").items():
        desk.mark(entry, owner, "reminders", name)
        what = f"reminder {name}"
        may = ("kind", "send_within", "if_too_late", "tiers", "repeat")
        parts = desk.block(entry, what, needs=("day", "after", "at", "say"), may=may)
        kind = _kind(desk, parts.get("kind"), what)
        at = desk.hours(_until(parts.get("at")), f"at of {what}")
        reminders.append(
            Reminder(
                id=name,
                day=desk.whole(parts.get("day"), f"day of {what}"),
                anchor=_anchor(desk, parts.get("after"), what),
                at=at[0] if at else time(9),
                words=desk.words(parts.get("say"), f"say of {what}") or Words({"zh": "", "en": ""}),
                kind=kind,
                lateness=_reminder_late(desk, parts, what, kind),
                tiers=_tiers(desk, parts.get("tiers"), what),
                repeat=_repeat(desk, parts.get("repeat"), what),
            )
        )
    return tuple(reminders)


def _kind(desk: Desk, spot: Spot | None, what: str) -> ReminderKind:
    usual = ReminderKind.APPOINTMENT
    return ReminderKind(desk.one_of(spot, f"kind of {what}", list(ReminderKind), usual))


def _reminder_late(
    desk: Desk, parts: Mapping[str, Spot], what: str, kind: ReminderKind
) -> Lateness:
    usual = REMINDERS_LATE[kind]
    within = desk.duration(parts.get("send_within"), f"send_within of {what}")
    late = parts.get("if_too_late")
    otherwise = desk.one_of(late, f"if_too_late of {what}", LATE_REMINDER, usual.otherwise)
    return Lateness(within or usual.send_within, Late(otherwise))


def _until(spot: Spot | None) -> Spot | None:
    """A single time, read as a span that ends with the day."""
    if spot is None or spot.text is None:
        return spot
    return Spot(spot.file, spot.line, spot.column, text=f"{spot.text}-23:59")
