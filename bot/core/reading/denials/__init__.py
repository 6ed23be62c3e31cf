"""Denials: whether a phrase in an answer is said to be there, or not to be there.

Scope is tight on purpose: a denial covers the words right after it and plain
lists of words, and ends at "but", at a new verb or at "a bit". What is neither
clearly there nor clearly denied is UNCLEAR, and unclear is asked back.
"""

from __future__ import annotations

from bot.core.reading.denials.place import Status
from bot.core.reading.denials.status import status

__all__ = ["Status", "status"]
