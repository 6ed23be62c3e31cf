"""Reading: what a patient's own words say in answer to one question."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Value = float | bool | str | tuple[str, ...]


class Outcome(StrEnum):
    """What became of reading an answer. Only UNDERSTOOD carries a value to store."""

    UNDERSTOOD = "understood"
    ASK_BACK = "ask_back"  # out of range or ambiguous: "38 or 83?"
    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    LATER = "later"
    WHY = "why"  # "why do you ask?"
    WEARY = "weary"  # "the same questions every day": no refusal, so it is asked again, kindly
    NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True)
class Reading:
    """One answer as understood, with the very words it came from.

    `candidates` are the values to offer when asking back. `correction` is true
    when the patient takes back an earlier answer ("no wait, 38.5").
    """

    outcome: Outcome
    value: Value | None = None
    unit: str | None = None
    span: str = ""
    candidates: tuple[Value, ...] = ()
    correction: bool = False

    @property
    def understood(self) -> bool:
        return self.outcome is Outcome.UNDERSTOOD
