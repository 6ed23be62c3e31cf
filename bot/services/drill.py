"""Drill: the weekly test page. It goes the way of a real page and is about nobody.

No escalation, notification or task is made of it, so it stands in no list of cases
and counts in no figure. Its result is a row of its own, which the watchdog reads.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.conversation import Priority
from bot.core.rota import on_rota
from bot.core.staff import Nurse
from bot.core.triage_level import TriageLevel
from bot.core.watch import Drill
from bot.services.audit import note
from bot.services.outbox import NewButton, phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction

ACTION = "drill"


def due_drills(tx: Transaction, parts: Parts, now: datetime) -> list[tuple[str, str]]:
    """(work, about) of the test page that is to begin, or to go on to the next step."""
    due = {one.id for one in tx.drills.find(next_step_at__lte=now)}
    week = _week(parts, now)
    if week is not None and tx.drills.get(week) is None:
        due.add(week)
    return [("drill", one) for one in sorted(due)]


def tend_drill(parts: Parts, week: str) -> None:
    """Begin this week's test page, or tell the next on the chain. Safe to call at any time."""
    with parts.record.transaction() as tx:
        now = parts.clock.now()
        drill = tx.drills.get(week, lock=True)
        if drill is None:
            drill = Drill(week, started_at=now, step=-1, next_step_at=now)
            if week != _week(parts, now) or not tx.drills.add_if_new(drill):
                return
        if drill.next_step_at is not None and drill.next_step_at <= now:
            _step(tx, parts, drill, now)


def answer_drill(tx: Transaction, parts: Parts, week: str, nurse: Nurse) -> str:
    """She pressed the test page's button: what to answer her."""
    drill, now = tx.drills.get(week, lock=True), parts.clock.now()
    if drill is None or drill.answered_at is not None:
        return phrase(parts, "staff_drill_done", nurse.language)
    answered = replace(drill, answered_at=now, answered_by=nurse.id, next_step_at=None)
    tx.drills.swap(drill, answered)
    seconds = int((now - drill.started_at).total_seconds())
    details = f"{seconds} s"
    note(tx, parts, who=nurse.id, action="drill.answered", about=week, details=details)
    return phrase(parts, "staff_drill_thanks", nurse.language, seconds=seconds)


def _week(parts: Parts, now: datetime) -> str | None:
    house = parts.house
    return house.drill.week(now, ZoneInfo(house.default_time_zone)) if house.drill else None


def _step(tx: Transaction, parts: Parts, drill: Drill, now: datetime) -> None:
    """Page whoever is on the next rota that has somebody, with an emergency's deadline."""
    policy = parts.library.shared.levels[TriageLevel.EMERGENCY]
    shifts = tx.shifts.find(starts_at__lte=now, ends_at__gt=now)
    wait = policy.step_every or timedelta(minutes=5)
    for step in range(drill.step + 1, len(policy.rotas)):
        nurses = _reachable(tx, on_rota(shifts, policy.rotas[step], now))
        if not nurses:
            continue
        paged = [_page(tx, parts, one, drill, step, wait) for one in nurses]
        stepped = replace(drill, step=step, next_step_at=now + wait)
        tx.drills.swap(drill, replace(stepped, outbound_id=drill.outbound_id or paged[0]))
        rota = policy.rotas[step]
        note(tx, parts, who="system", action="drill.sent", about=drill.id, details=rota)
        return
    tx.drills.swap(drill, replace(drill, next_step_at=None, missed_at=now))
    note(tx, parts, who="system", action="drill.missed", about=drill.id)


def _reachable(tx: Transaction, nurse_ids: tuple[str, ...]) -> list[Nurse]:
    """In the order of their chats' ids, in which all chats of nurses are locked."""
    found = []
    for nurse in (tx.nurses.get(id) for id in nurse_ids):
        if nurse is None or not nurse.active or nurse.conversation_id is None:
            continue
        chat = tx.conversations.get(nurse.conversation_id)
        if chat is not None and not chat.unreachable:
            found.append(nurse)
    return sorted(found, key=lambda one: one.conversation_id or "")


def _page(
    tx: Transaction, parts: Parts, nurse: Nurse, drill: Drill, step: int, wait: timedelta
) -> str | None:
    minutes = int(wait.total_seconds() // 60)
    button = NewButton(
        title=phrase(parts, "staff_button_have_it", nurse.language),
        action=ACTION,
        payload={"drill": drill.id},
    )
    return put(
        tx,
        parts,
        nurse.conversation_id or "",
        phrase(parts, "staff_drill", nurse.language, minutes=minutes),
        key=f"drill:{drill.id}:{step}:{nurse.id}",
        priority=Priority.NURSE_PAGE,
        buttons=[[button]],
        kind="system",
    )
