"""The look at the record: can it be written and read, and what do the checks find in it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.staff import AuditEntry
from bot.core.watch import Invariant
from bot.services.faults import kind_and_place
from bot.services.ports import Ids, Record
from bot.services.sign_of_life import sign
from bot.watchdog.administrators import Administrator, administrators
from bot.watchdog.checks import RECORD_CHECKS
from bot.watchdog.finding import Found
from bot.watchdog.limits import LIMITS

log = logging.getLogger(__name__)
SIGN = "watchdog"


@dataclass(frozen=True)
class Seen:
    """What was found, and whom to tell; None when the record could not say."""

    found: dict[str, Found]
    administrators: Sequence[Administrator] | None = None


def look_at_record(record: Record, now: datetime) -> Seen:
    """Every check of the record. Without the record there is one fault, not fifteen."""
    why = _why_not(record, now)
    found = {"database": Found(int(why is not None), (), why or "")}
    if why is not None:
        return Seen(found)
    for id, look in RECORD_CHECKS.items():
        try:
            with record.reading() as tx:
                found[id] = look(tx, now, LIMITS[id].value)
        except Exception as fault:
            log.error("check %s broke", id, extra=kind_and_place(fault))
            why = _why_not(record, now)
            if why is not None:
                return Seen({**found, "database": Found(1, (), why)})
            found[id] = Found(None, (), type(fault).__name__)
    with record.reading() as tx:
        return Seen(found, administrators(tx))


def _why_not(record: Record, now: datetime) -> str | None:
    """None when the watchdog's own sign of life could be written; else one code."""
    try:
        with record.transaction() as tx:
            sign(tx, SIGN, now)
    except Exception as fault:
        log.error("the record cannot be used", extra=kind_and_place(fault))
        return type(fault).__name__
    return None


def write_down(
    record: Record,
    ids: Ids,
    looked: Iterable[Invariant],
    *,
    alarmed: Iterable[str],
    over: Iterable[str],
    now: datetime,
) -> None:
    """Keep what was found, for the console and for /metrics, and alarms in the audit."""
    with record.transaction() as tx:
        for one in looked:
            before = tx.invariants.get(one.id)
            if before is None:
                tx.invariants.add_if_new(one)
            else:
                tx.invariants.swap(before, one)
        for action, names in (("alarm.told", alarmed), ("alarm.over", over)):
            for name in names:
                tx.audit.add(AuditEntry(ids.new(), now, SIGN, action, name))
