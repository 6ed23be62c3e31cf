"""One finding as one line of a terminal: where, how bad, what, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.core.finding import Finding, Severity

LINE: Final = {"en": "{}: {}: {}.  {}", "zh": "{}：{}：{}。{}"}
SEVERITY: Final[Mapping[str, Mapping[Severity, str]]] = {
    "en": {Severity.ERROR: "error", Severity.WARNING: "warning"},
    "zh": {Severity.ERROR: "错误", Severity.WARNING: "提醒"},
}


def finding_line(finding: Finding, language: str) -> str:
    what, hint = finding.told(language)
    place = f"{finding.file}:{finding.line}:{finding.column}"
    return LINE[language].format(place, SEVERITY[language][finding.severity], what, hint).rstrip()
