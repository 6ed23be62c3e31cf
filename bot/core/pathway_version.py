"""Pathway version: the very files an episode was started on, kept with the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PathwayVersion:
    """`id` is the version hash; `files` maps a path inside the folder to its text."""

    id: str
    pathway_id: str
    files: dict[str, str]
    kept_at: datetime
