"""Claims: whether an answer is told of the patient, of now, and in earnest.

A wish, a condition, a joke, a doctor's opinion or somebody else's number names a value
that is nobody's answer. What rests on one of these alone is asked back.
"""

from __future__ import annotations

from bot.core.reading.claims.claimed import claimed

__all__ = ["claimed"]
