"""Findings as the readers and checks make them, and the suggestion that goes with one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from bot.core.finding import Finding, Severity

__all__ = ["Finding", "Severity", "did_you_mean"]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A suggestion for a word that was not found."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"Known: {', '.join(names)}" if names else "There are none yet"
