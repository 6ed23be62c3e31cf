"""Due figures: what benchmarks/due.py found, as rows of the table."""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.due import RESULTS, TARGET_MS
from benchmarks.figures import Figure

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def measure() -> list[Figure]:
    """Run it as the program of its own that it is; a database that is away gives no row."""
    subprocess.run([sys.executable, "-m", "benchmarks.due"], check=True, stdout=subprocess.DEVNULL)
    found = json.loads(RESULTS.read_text())
    figures = []
    for key, name in NAMES.items():
        if "peak" in found.get(key, {}):
            one = found[key]["peak"]
            figures.append(
                Figure(
                    f"finding what is due, {found[key]['episodes']:,} episodes, {name}, p95",
                    one["find_due"]["p95_ms"],
                    "ms",
                    target=TARGET_MS,
                    yardstick=one["yardstick_count"]["p50_ms"],
                    yardstick_name="one count",
                )
            )
    late = next((v for k, v in found["peak"].items() if k.startswith("late_minutes")), None)
    if late is not None:
        figures.append(Figure("the last of 20,000 check-ins at 9 a.m. is late by", late, "min"))
    return figures


if __name__ == "__main__":
    from benchmarks.__main__ import alone

    alone(measure(), "due_figures")
