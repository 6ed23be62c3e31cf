"""Simulation: how long 500 invented patients take for 90 days, per pathway.

Run: python -m benchmarks.simulate [--pathway NAME] [--patients 500] [--days 90]
Yardstick: under 20 seconds.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from bot.core.simulation import report, simulate
from bot.pathfiles.load import load_library

ROOT = Path(__file__).resolve().parent.parent
LARGEST = ("hip_knee_replacement", "cardiac_surgery_cabg")
YARDSTICK_SECONDS = 20.0


def measure(name: str, patients: int, days: int) -> float:
    """Seconds for one pathway, the report included; prints the figures."""
    pathway = load_library(ROOT / "pathways").pathway(name)
    started = time.perf_counter()
    found = report(simulate(pathway, patients=patients, days=days, seed=1))
    took = time.perf_counter() - started
    lived = f"{patients} patients, {days} days"
    sent, night = found["check_ins"]["sent"], found["messages"]["in_quiet_hours"]
    print(f"{name}: {lived}: {took:.1f} s, {sent} check-ins, {night} by night")
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pathway", action="append")
    parser.add_argument("--patients", type=int, default=500)
    parser.add_argument("--days", type=int, default=90)
    asked = parser.parse_args()
    took = [measure(name, asked.patients, asked.days) for name in asked.pathway or LARGEST]
    slowest = max(took)
    print(f"slowest {slowest:.1f} s, yardstick {YARDSTICK_SECONDS:.0f} s")
    sys.exit(slowest > YARDSTICK_SECONDS)


if __name__ == "__main__":
    main()
