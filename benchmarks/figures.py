"""Figures: what was measured, what was wanted, and the yardstick of the same run."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

RESULTS = Path("results")
QUIET = 0.5  # of the cores: above it the machine has other work, and figures are not to be kept


@dataclass(frozen=True)
class Figure:
    """One measured value. `target` and `yardstick` are in the same unit as `value`.

    `times` compares with the yardstick: "at least 5 times" is (">=", 5).
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    more_is_better: bool = False
    yardstick: float | None = None
    yardstick_name: str = ""
    times: tuple[str, float] | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.yardstick if self.yardstick else None

    @property
    def verdict(self) -> str:
        """Met, or missed and by how much; empty when nothing was promised."""
        if self.times is not None:
            if self.ratio is None:
                return "no yardstick"
            return _verdict(self.ratio, self.times[1], more=self.times[0] == ">=")
        if self.target is None:
            return ""
        return _verdict(self.value, self.target, more=self.more_is_better)

    def row(self) -> tuple[str, ...]:
        wanted = ""
        if self.times is not None:
            wanted = f"{self.times[0]} {self.times[1]:g} x"
        elif self.target is not None:
            wanted = f"{'>=' if self.more_is_better else '<'} {self.target:g}"
        beside = f"{self.yardstick:.4g} ({self.yardstick_name})" if self.yardstick else ""
        ratio = f"{self.ratio:.2f}" if self.ratio is not None else ""
        return self.name, f"{self.value:.4g} {self.unit}", wanted, beside, ratio, self.verdict


def _verdict(value: float, wanted: float, *, more: bool) -> str:
    if (value >= wanted) if more else (value <= wanted):
        return "met"
    return f"missed: {100 * abs(value - wanted) / wanted:.0f} % {'below' if more else 'above'}"


def p(share: float, values: Iterable[float]) -> float:
    """The value below which `share` of the values lie; the largest for few values."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def middle(values: Iterable[float]) -> float:
    return statistics.median(values)


def machine() -> dict[str, Any]:
    """What the figures were measured on, the load before the first one included."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    return {
        "cores": cores,
        "processor": model,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "load_at_start": round(load, 2),
        "quiet": load <= QUIET * cores,
    }


def show(figures: Sequence[Figure]) -> str:
    """The figures as one table."""
    head = ("figure", "measured", "wanted", "yardstick", "ratio", "")
    rows = [head, *(one.row() for one in figures)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def keep(figures: Sequence[Figure], about: dict[str, Any], name: str = "bench.json") -> None:
    """Write the figures, with the machine they were measured on."""
    RESULTS.mkdir(exist_ok=True)
    rows = [{**asdict(one), "ratio": one.ratio, "verdict": one.verdict} for one in figures]
    text = json.dumps({"machine": about, "figures": rows}, ensure_ascii=False, indent=2)
    (RESULTS / name).write_text(text + "\n", "utf-8")
