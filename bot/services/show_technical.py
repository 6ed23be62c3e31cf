"""Show technical alarms: what the watchdog told, for those who see to it that it is repaired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.core.permissions import Permission, allows
from bot.core.staff import Nurse
from bot.core.watch import Invariant
from bot.services.parts import Parts

# The watchdog signs each round, at most two minutes apart; after five an outside party knows too.
WATCHDOG: Final = "watchdog"
SILENT_AFTER: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class Technical:
    """Faults that were told and last; `silent`: the watchdog itself gives no sign, since when."""

    faults: tuple[Invariant, ...]
    silent: bool
    silent_since: datetime | None


def show_technical(parts: Parts, nurse: Nurse) -> Technical | None:
    """What is technically wrong now; None for whoever need not know."""
    if not allows(nurse.role, Permission.SEE_TECHNICAL):
        return None
    with parts.record.reading() as tx:
        sign = tx.signs_of_life.get(WATCHDOG)
        told = tx.invariants.find(holds=False, alarmed_at__not=None, order_by="since")
    silent = sign is None or parts.clock.now() - sign.at > SILENT_AFTER
    # What a silent watchdog found last may be long over.
    return Technical(() if silent else tuple(told), silent, sign.at if sign else None)
