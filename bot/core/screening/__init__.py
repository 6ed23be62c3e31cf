"""Screening: the signs of danger in what a patient wrote, found without any model.

`screen` is pure: the same words and the same lexicons give the same answer. It
only ever reads; what is done about a red flag is decided elsewhere.
"""

from __future__ import annotations

from bot.core.screening.lexicon import Lexicons
from bot.core.screening.result import RedFlag, Screening
from bot.core.screening.whole import screen

__all__ = ["Lexicons", "RedFlag", "Screening", "screen"]
