"""Finding: one thing in a care team's file that is wrong or doubtful, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """An error keeps the file from being used; a warning asks for a second look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Finding:
    """Where, what, and what to do next. `kind` names the sort of mistake.

    `what` and `hint` are English; `zh` holds both in Chinese, or nothing where nobody reads
    it in Chinese.
    """

    file: str
    line: int
    column: int
    kind: str
    what: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    zh: tuple[str, str] = field(default=("", ""), compare=False)

    def told(self, language: str) -> tuple[str, str]:
        """What, and what to do; in English where there is no Chinese."""
        return self.zh if language == "zh" and self.zh[0] else (self.what, self.hint)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        told = f"{place}: {self.severity}: {self.what}"
        return f"{told}. {self.hint}" if self.hint else told
