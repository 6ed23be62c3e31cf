"""Simulation: what a pathway will do to patients and nurses, before it does it.

Invented patients live through the follow-up on virtual time. The pathway's own
schedule, questions, rules and silence ladder are used; only the people are made
up, and what is assumed about them is printed with every result.
"""

from __future__ import annotations

from bot.core.simulation.assumptions import Assumptions
from bot.core.simulation.page import as_page
from bot.core.simulation.report import report
from bot.core.simulation.run import Simulated, simulate
from bot.core.simulation.text import as_text

__all__ = ["Assumptions", "Simulated", "as_page", "as_text", "report", "simulate"]
