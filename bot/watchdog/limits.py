"""Limits: how late, how full, how few is too much - every figure, in one place, with why.

The promises P1 to P8 stand in docs/decisions/0006-durable-work.md and the hazard log.
A figure without another source is a proposal of this project, not a standard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60


@dataclass(frozen=True)
class Limit:
    """What a check may find at most (`least`: at least), in `unit`.

    `patience`: seconds that a fault must last before anybody is told; the heartbeat stops
    at once. `again`: seconds until those who were told are told again while it lasts.
    """

    value: int
    unit: str
    why: str
    least: bool = False
    patience: int = 0
    again: int = HOUR


# A fault counts as over, and may be told anew, only when it stayed away this long.
CALM_SECONDS: Final = 3 * MINUTE
# The record is asked with this patience; a page must not wait longer for it either (P3).
RECORD_SECONDS: Final = 5
# All looks at the record together: longer, and the database counts as hung.
ROUND_SECONDS: Final = 30
# Of a fault that concerns many rows this many ids are named.
MOST_IDS: Final = 8
# The first look comes so long after the start, because the others start at the same time.
FIRST_LOOK_SECONDS: Final = 30
# A worker that has not signed for a day was taken away, it did not die just now.
FORGOTTEN_SECONDS: Final = DAY

LIMITS: Final[Mapping[str, Limit]] = MappingProxyType(
    {
        "database": Limit(
            0, "faults", "nothing can be kept (P1) or read; a restart takes seconds", patience=60
        ),
        "worker": Limit(
            MINUTE, "seconds", "signs come every 10 s; a restart of the app took 16 s on two cores"
        ),
        "overdue_step": Limit(
            MINUTE,
            "seconds",
            "P4: the sweep takes a step within seconds; the shortest chain waits 5 min a step,"
            " so a minute is noticed long before the next nurse should have been told",
            again=15 * MINUTE,
        ),
        "first_page": Limit(
            15,
            "seconds",
            "P3: 5 s until the provider is called, and 10 s that one call may take",
            again=15 * MINUTE,
        ),
        "inbound_waiting": Limit(
            2 * MINUTE,
            "seconds",
            "three tries of at most 30 s with 8 s between them; then a nurse has it (P7)",
        ),
        "overdue_takeover": Limit(
            5 * MINUTE, "seconds", "a silent nurse is reminded after minutes, not seconds"
        ),
        "overdue_call_back": Limit(
            5 * MINUTE, "seconds", "the charge nurse is told in the minute in which an hour is over"
        ),
        "overdue_check_in": Limit(
            30 * MINUTE, "seconds", "windows are hours wide; 20,000 due at 9 a.m. take minutes"
        ),
        "overdue_nudge": Limit(
            HOUR, "seconds", "after check-ins and words; a medicine's reminder may be 4 h late"
        ),
        "queue_nurse_page": Limit(
            2 * MINUTE, "seconds", "two tries a minute apart at the least", again=15 * MINUTE
        ),
        "queue_urgent_advice": Limit(
            2 * MINUTE, "seconds", "two tries a minute apart at the least", again=15 * MINUTE
        ),
        "queue_conversation": Limit(10 * MINUTE, "seconds", "who writes waits for the answer"),
        "queue_check_in": Limit(
            HOUR, "seconds", "a morning's 20,000 at the provider's 30 a second take 11 min"
        ),
        "dead_letters": Limit(0, "messages", "every message that was given up has an owner"),
        "nobody_on_rota": Limit(1, "people", "a page needs somebody to reach", least=True),
        "rota_gap": Limit(
            24, "hours", "a day to find somebody; tasks announce it 14 days ahead", True, again=DAY
        ),
        "administrators": Limit(1, "people", "else no alarm reaches anybody", True, again=DAY),
        "drill": Limit(8, "days", "once a week, and a day to spare", again=DAY),
        "future_rows": Limit(
            5, "seconds", "rows from the future: a clock went back, or two workers disagree"
        ),
        "engine": Limit(
            0, "faults", "a restart takes 10 to 16 s; patients get the fixed text", patience=90
        ),
        "actions": Limit(0, "faults", "a restart takes some seconds", patience=90),
        "provider": Limit(0, "faults", "short cuts are usual; pages are tried again", patience=120),
        "disk": Limit(
            1000,
            "megabytes",
            "a day of 1,000 patients' photos (0.3 MB each) and a backup of the record beside it",
            least=True,
        ),
        "clock_server": Limit(
            5, "seconds", "deadlines are minutes; more makes an order of events doubtful"
        ),
        "clock_jump": Limit(5, "seconds", "the same; a machine that slept is found by it too"),
        "heartbeat": Limit(
            0, "faults", "the outside party hears nothing and may think us dead", patience=300
        ),
    }
)
