"""Rota gaps: where nobody is in the next 14 days, and who is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.permissions import Permission, allows
from bot.core.rota import Gap, Overlap, find_gaps, find_overlaps
from bot.core.schedule import utc_of
from bot.core.staff import Nurse, Shift, StaffRole
from bot.services.audit import note
from bot.services.nurse_tasks import make_task
from bot.services.outbox import phrase, put
from bot.services.parts import Parts
from bot.services.ports import Transaction

LOOK_AHEAD: Final = timedelta(days=14)
SOON: Final = timedelta(hours=48)  # then a charge nurse is reminded every day
DAY_BEGINS, DAY_ENDS = time(8), time(20)  # a reminder that can wait wakes nobody
LINES: Final = 8  # of one reminder; the page shows them all


def rota_gaps(parts: Parts) -> tuple[Gap, ...]:
    """Where nobody is on a rota that some chain needs, in the next 14 days."""
    with parts.record.reading() as tx:
        now = parts.clock.now()
        return gaps_between(tx, parts, now, now + LOOK_AHEAD)


def rota_overlaps(parts: Parts) -> tuple[Overlap, ...]:
    """Where one nurse stands twice in the next 14 days."""
    with parts.record.reading() as tx:
        now = parts.clock.now()
        return find_overlaps(shifts_between(tx, now, now + LOOK_AHEAD))


def gaps_between(
    tx: Transaction, parts: Parts, start: datetime, end: datetime, *, more: Iterable[Shift] = ()
) -> tuple[Gap, ...]:
    """Where nobody is in a stretch of time; `more` are shifts that are not on the rota yet."""
    there = able_shifts(tx, start, end) + list(more)
    return tuple(
        gap for rota in known_rotas(parts) for gap in find_gaps(there, rota, start=start, end=end)
    )


def left_alone(
    tx: Transaction, parts: Parts, rota: str, starts_at: datetime, ends_at: datetime
) -> tuple[Gap, ...]:
    """Where, from now on, nobody is on this rota in the stretch that a shift held."""
    start = max(starts_at, parts.clock.now())
    if start >= ends_at or rota not in known_rotas(parts):
        return ()
    return find_gaps(able_shifts(tx, start, ends_at), rota, start=start, end=ends_at)


def known_rotas(parts: Parts) -> tuple[str, ...]:
    """Every rota that some level's chain tells, in the order of the chain."""
    levels = sorted(parts.library.shared.levels.values(), key=lambda one: -one.level)
    return tuple(dict.fromkeys(rota for policy in levels for rota in policy.rotas))


def shifts_between(tx: Transaction, start: datetime, end: datetime) -> list[Shift]:
    return tx.shifts.find(starts_at__lt=end, ends_at__gt=start, order_by="starts_at,id")


def able_shifts(tx: Transaction, start: datetime, end: datetime) -> list[Shift]:
    """The shifts of those who can answer a case: in work, in a role that acts on cases."""
    able = {one.id for one in tx.nurses.find(active=True) if can_stand(one)}
    return [one for one in shifts_between(tx, start, end) if one.nurse_id in able]


def can_stand(nurse: Nurse) -> bool:
    """Whether this person may be on a rota: an auditor could not take a case."""
    return nurse.active and allows(nurse.role, Permission.ACT_ON_CASE)


def announce_gaps(parts: Parts) -> tuple[Gap, ...]:
    """Make a nurse task of every gap in the next 14 days, once each. Call it every day."""
    with parts.record.transaction() as tx:
        now = parts.clock.now()
        gaps = gaps_between(tx, parts, now, now + LOOK_AHEAD)
        for gap in gaps:
            text = f"{gap.rota}: {_span(gap, parts)}"
            if make_task(tx, parts, kind="rota_gap", key=_key(gap, now), text=text):
                note(tx, parts, who="system", action="rota.gap", about=gap.rota, details=text)
        return gaps


def remind_of_gaps(parts: Parts) -> None:
    """Write to each charge nurse with a chat, at most once on a day of the house's calendar:
    of gaps found since then, and of those that begin within two days.

    By night nobody is woken for what can wait: call it every hour.
    """
    now, zone = parts.clock.now(), ZoneInfo(parts.house.default_time_zone)
    local = now.astimezone(zone)
    if not DAY_BEGINS <= local.time() < DAY_ENDS:
        return
    since = utc_of(local.date() - timedelta(days=1), DAY_ENDS, zone)
    with parts.record.transaction() as tx:
        gaps = [
            gap
            for gap in gaps_between(tx, parts, now, now + LOOK_AHEAD)
            if gap.starts_at - now <= SOON or _is_new(tx, gap, now, since)
        ]
        leads = tx.nurses.find(active=True, role=StaffRole.CHARGE_NURSE) if gaps else []
        for lead in sorted(leads, key=lambda one: one.conversation_id or ""):
            chat = tx.conversations.get(lead.conversation_id) if lead.conversation_id else None
            if chat is not None and not chat.unreachable:
                key = f"staff_rota_gaps:{local.date()}:{lead.id}"
                put(tx, parts, chat.id, _words(parts, lead, gaps), key=key, kind="system")


def _is_new(tx: Transaction, gap: Gap, now: datetime, since: datetime) -> bool:
    """Whether it was found after the day of yesterday had ended, so that nobody was told."""
    task = tx.tasks.one(key=_key(gap, now))
    return task is None or task.created_at >= since


def _words(parts: Parts, lead: Nurse, gaps: list[Gap]) -> str:
    lines = [
        f"{phrase(parts, f'rota_{gap.rota}', lead.language)}: {_span(gap, parts)}"
        for gap in gaps[:LINES]
    ]
    lines += ["…"] if len(gaps) > LINES else []
    return phrase(parts, "staff_rota_gaps", lead.language, gaps="\n".join(lines))


def _key(gap: Gap, now: datetime) -> str:
    """What stays the same of a gap from day to day: an end that is only the edge of our
    view moves with the clock. One without any end is announced again every week."""
    start = "" if gap.starts_at == now else gap.starts_at.isoformat()
    end = "" if gap.ends_at == now + LOOK_AHEAD else gap.ends_at.isoformat()
    year, week, _ = now.isocalendar()
    mark = f"{start}/{end}" if start or end else f"{year}-{week}"
    return f"rota_gap:{gap.rota}:{mark}"


def _span(gap: Gap, parts: Parts) -> str:
    zone = ZoneInfo(parts.house.default_time_zone)
    starts, ends = gap.starts_at.astimezone(zone), gap.ends_at.astimezone(zone)
    return f"{starts:%Y-%m-%d %H:%M} - {ends:%Y-%m-%d %H:%M}"
