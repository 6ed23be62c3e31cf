"""Merge: two records of one person become one, because a named nurse decided so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Merge:
    """What was joined, when, by whom and why. It is never removed; taken back, it says so.

    `stays_id` is the record that goes on, `goes_id` the second registration; its row stays
    and points to the other. `moved`: the ids of what came over, by kind. `kept_episode_id`:
    the follow-up that goes on; `ended_episode_id`: the one that ended with the merge, the
    first of `moved["ended"]`, which holds their states before. `moved["hours"]`: time zone and
    language of the record that stays, as they were. `undone_*`: who took the merge back, when
    and why.
    """

    id: str
    stays_id: str
    goes_id: str
    merged_at: datetime
    merged_by: str
    words: str
    kept_episode_id: str | None = None
    ended_episode_id: str | None = None
    moved: dict[str, Any] = field(default_factory=dict)
    undone_at: datetime | None = None
    undone_by: str | None = None
    undone_words: str = ""
