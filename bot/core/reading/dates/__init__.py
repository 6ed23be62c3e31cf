"""Dates: a day in an answer, named, counted back or written out."""

from __future__ import annotations

from bot.core.reading.dates.read import read_date

__all__ = ["read_date"]
