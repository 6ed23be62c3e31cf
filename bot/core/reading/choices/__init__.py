"""Choices described in own words: which options are there, which are denied.

"None of these" is comfort: it needs an explicit word for it, or that everything
the person named is denied, and nothing else in the message.
"""

from __future__ import annotations

from bot.core.reading.choices.read import read_choice

__all__ = ["read_choice"]
