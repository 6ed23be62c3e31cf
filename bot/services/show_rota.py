"""Show the rota: who is on it in the next two weeks, and where nobody is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.permissions import Permission
from bot.core.rota import Gap, on_rota
from bot.core.staff import Nurse, Shift
from bot.services.parts import Parts
from bot.services.permissions import require
from bot.services.rota import LOOK_AHEAD, known_rotas, rota_gaps


@dataclass(frozen=True)
class RotaView:
    """The shifts to come, in order; `on_call` names who is on each rota now."""

    rotas: tuple[str, ...]
    shifts: tuple[Shift, ...]
    gaps: tuple[Gap, ...]
    on_call: dict[str, tuple[str, ...]]
    nurses: tuple[Nurse, ...]
    names: dict[str, str]
    now: datetime


def show_rota(parts: Parts, nurse: Nurse) -> RotaView:
    """The rota from now on."""
    require(nurse, Permission.SEE_ROTA)
    now = parts.clock.now()
    with parts.record.reading() as tx:
        shifts = tx.shifts.find(
            ends_at__gt=now, starts_at__lt=now + LOOK_AHEAD, order_by="starts_at"
        )
        nurses = tx.nurses.find(order_by="name")
    shifts = [one for one in shifts if one.ends_at > one.starts_at]
    names = {one.id: one.name for one in nurses}
    rotas = known_rotas(parts)
    return RotaView(
        rotas=rotas,
        shifts=tuple(shifts),
        gaps=rota_gaps(parts),
        on_call={
            rota: tuple(names.get(id, "") for id in on_rota(shifts, rota, now)) for rota in rotas
        },
        nurses=tuple(one for one in nurses if one.active),
        names=names,
        now=now,
    )
