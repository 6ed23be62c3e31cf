"""Verbs: each kind of durable work and the use case that does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.services.check_ins_due import tend_check_in
from bot.services.converse import converse
from bot.services.deliver import deliver
from bot.services.parts import Parts
from bot.services.step_escalation import step_escalation
from bot.services.tend_takeover import tend_takeover

VERBS: Mapping[str, Callable[[Parts, str], None]] = {
    "converse": converse,
    "deliver": deliver,
    "check_in": tend_check_in,
    "escalation": step_escalation,
    "takeover": tend_takeover,
}
