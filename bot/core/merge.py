"""Merge: two records of one person become one, because a named nurse decided so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Merge:
    """What was joined, when, by whom and why. It is only ever added.

    `stays_id` is the record that goes on, `goes_id` the second registration; its row stays
    and points to the other. `moved`: the ids of what came over, by kind. `kept_episode_id`:
    the follow-up that goes on; `ended_episode_id`: the one that ended with the merge.
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
