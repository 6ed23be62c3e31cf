"""Look: one pathway under examination, and the notes made on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.condition import Facts
from bot.core.pathway import Anchor, CheckInPlan, Pathway
from bot.pathfiles.findings import Finding, Severity
from bot.pathfiles.load import Read
from bot.pathfiles.read_questions import AskedQuestion
from bot.pathfiles.spots import Spot

SHARED = "shared"


@dataclass
class Look:
    """The pathway, where its pieces stand in the files, and the findings so far."""

    read: Read
    pathway: Pathway
    findings: list[Finding] = field(default_factory=list)

    @property
    def asked(self) -> Mapping[str, AskedQuestion]:
        return self.read.asked[self.pathway.id]

    def spot(self, *path: str) -> Spot:
        """Where a piece stands: in this pathway or the shared files, else its parent."""
        for length in range(len(path), 0, -1):
            for owner in (self.pathway.id, SHARED):
                found = self.read.places.get((owner, *path[:length]))
                if found is not None:
                    return found
        return self.read.places[self.pathway.id,]

    def note(
        self,
        path: tuple[str, ...],
        kind: str,
        what: str,
        hint: str = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        spot = self.spot(*path)
        self.findings.append(Finding(spot.file, spot.line, spot.column, kind, what, hint, severity))

    def warn(self, path: tuple[str, ...], kind: str, what: str, hint: str = "") -> None:
        self.note(path, kind, what, hint, Severity.WARNING)

    def contact(self, plan: CheckInPlan, tier: str = "", procedure: str = "") -> Facts:
        """A check-in as a set of facts: its day and which questions it asks."""
        # Counted from discharge, the day after surgery is later; a stay of some days is usual.
        day = plan.day if plan.anchor is Anchor.SURGERY else plan.day + 3
        return Facts(
            answers=dict.fromkeys(plan.questions, ""),
            day=day,
            days_home=plan.day,
            tier=tier or plan.tiers[0],
            procedure=procedure,
        )
