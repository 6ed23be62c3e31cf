"""Worklist: what a nurse looks for in it, and what no wish may hide from her."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.core.triage_level import TriageLevel

LONGEST_SEARCH = 100


class Whose(StrEnum):
    """MINE: what she has, and what waits and was told to her. TEAM: what waits, and what those
    have who are on the rota now. ALL: everything of her ward, whoever has it."""

    MINE = "mine"
    TEAM = "team"
    ALL = "all"


@dataclass(frozen=True)
class Sought:
    """What she looks for; an empty wish fits everything. `search`: a name or hospital number.

    `kind` is a cause's kind for cases, or a task's kind for tasks.
    """

    whose: Whose = Whose.ALL
    ward: str = ""
    level: TriageLevel | None = None
    kind: str = ""
    search: str = ""

    @property
    def narrowed(self) -> bool:
        return self != Sought()


@dataclass(frozen=True)
class Fits:
    """Which cases and tasks fit: `scope` is the only ward that this nurse may see (None: every
    ward), `team` are the ids of those on the rota now. An emergency that nobody has fits
    always, as long as it is in her scope: a filter must not hide it.
    """

    sought: Sought
    scope: str | None
    nurse_id: str
    team: tuple[str, ...] = ()


def read_sought(typed: Mapping[str, str]) -> Sought:
    """From what a form or an address says. What it does not know hides nothing."""
    whose, level = typed.get("whose", ""), typed.get("level", "")
    return Sought(
        whose=Whose(whose) if whose in set(Whose) else Whose.ALL,
        ward=typed.get("ward", "").strip(),
        level=TriageLevel.from_word(level) if level in LEVELS else None,
        kind=typed.get("kind", "").strip(),
        search=typed.get("search", "").strip()[:LONGEST_SEARCH],
    )


LEVELS = tuple(one.word for one in reversed(TriageLevel) if one.needs_nurse)
