"""Numeric: scales, counts and measures, read from the numbers in an answer.

When several numbers could be meant, the clinically worse one is kept and all are
shown in `candidates`. Whatever is not certain is asked back.
"""

from __future__ import annotations

from bot.core.reading.numeric.read import read_number

__all__ = ["read_number"]
