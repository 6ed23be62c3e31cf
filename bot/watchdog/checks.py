"""Checks: all of them, in the order in which a person should read their faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from bot.core.conversation import Priority
from bot.watchdog import case_checks, house_checks, message_checks
from bot.watchdog.finding import Found, Look
from bot.watchdog.house_checks import Outside

RECORD_CHECKS: Final[Mapping[str, Look]] = MappingProxyType(
    {
        "worker": house_checks.worker,
        "overdue_step": case_checks.overdue_step,
        "first_page": case_checks.first_page,
        "overdue_takeover": case_checks.overdue_takeover,
        "overdue_call_back": case_checks.overdue_call_back,
        "inbound_waiting": message_checks.inbound_waiting,
        "overdue_check_in": message_checks.overdue_check_in,
        "overdue_nudge": message_checks.overdue_nudge,
        **{f"queue_{one.name.lower()}": message_checks.queue(one) for one in Priority},
        "dead_letters": message_checks.dead_letters,
        "nobody_on_rota": case_checks.nobody_on_rota,
        "rota_gap": case_checks.rota_gap,
        "administrators": house_checks.enough_administrators,
        "drill": case_checks.drill,
        "future_rows": house_checks.future_rows,
    }
)

OUTSIDE_CHECKS: Final[Mapping[str, Callable[[Outside], Found]]] = MappingProxyType(
    {
        "engine": house_checks.engine,
        "actions": house_checks.actions,
        "provider": house_checks.provider,
        "disk": house_checks.disk,
        "clock_server": house_checks.clock_server,
        "clock_jump": house_checks.clock_jump,
    }
)
