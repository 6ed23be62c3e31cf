"""Pathways: how long a care team waits for the check, the cases and a simulation.

Run: python -m benchmarks.pathways
Beside the check stands the reading of the same files by the YAML library alone: what no
check could be faster than. Beside a case stands the evaluation of one Python expression of
the same form, compiled beforehand. All of it is one thread that waits for nobody, so the time
of one core is measured: what a quiet machine takes, also when this one is busy.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import yaml

from benchmarks.figures import Figure, middle, p
from bot.core.pathway import Pathway
from bot.core.simulation import report, simulate
from bot.core.triage import triage
from bot.pathfiles import spots
from bot.pathfiles.check import check_library
from bot.pathfiles.load import load_library

FOLDER = Path(__file__).resolve().parent.parent / "pathways"
SLOWEST = "hip_knee_replacement"  # the largest file, with most check-ins
PATIENTS, DAYS = 500, 90
TIMES = 5  # the check is repeated; the middle counts
EXPRESSION = "a >= 38.0 or (b is not None and 'wet' in b) or c == 'vomited'"


def seconds(work: Callable[[], object]) -> float:
    """Of one core."""
    began = time.process_time()
    work()
    return time.process_time() - began


def check() -> None:
    """The whole library, every file read anew."""
    spots._read.cache_clear()
    found = check_library(FOLDER)
    if found:
        raise RuntimeError(f"the library has findings: {found[0]}")


def read_only() -> None:
    """What the YAML library alone takes for the same files."""
    for path in (*FOLDER.glob("*.yml"), *(FOLDER / "shared").glob("*.yml")):
        yaml.compose(path.read_text(encoding="utf-8"), Loader=spots.READER)


def case_times(pathways: list[Pathway]) -> list[float]:
    """Milliseconds for each case of the library, one triage each."""
    return [
        seconds(partial(triage, pathway, case.facts)) * 1000
        for pathway in pathways
        for case in pathway.cases
    ]


def expressions(rules: int) -> float:
    """Milliseconds for as many compiled Python expressions as a pathway has rules."""
    code = compile(EXPRESSION, "yardstick", "eval")
    names = {"a": 36.9, "b": ("red",), "c": "none"}
    return seconds(lambda: [eval(code, {}, names) for _ in range(rules)]) * 1000  # noqa: S307


def measure() -> list[Figure]:
    checks = [seconds(check) for _ in range(TIMES)]
    bare = [seconds(read_only) for _ in range(TIMES)]
    pathways = list(load_library(FOLDER).pathways.values())
    cases = case_times(pathways)
    hip = next(one for one in pathways if one.id == SLOWEST)
    lived = seconds(lambda: report(simulate(hip, patients=PATIENTS, days=DAYS, seed=1)))
    beside = {"yardstick_name": "same rules as bare Python"}
    return [
        Figure(
            *(f"check of all {len(pathways)} pathways", middle(checks), "s"),
            target=1,
            yardstick=middle(bare),
            yardstick_name="reading the YAML",
        ),
        Figure(
            *(f"one case, p50 of {len(cases):,}", middle(cases), "ms"),
            target=1,
            yardstick=expressions(len(hip.rules)),
            **beside,
        ),
        Figure("one case, p99", p(0.99, cases), "ms"),
        Figure(f"{PATIENTS} invented patients for {DAYS} days, {SLOWEST}", lived, "s", target=20),
    ]


if __name__ == "__main__":
    from benchmarks.__main__ import alone

    alone(measure(), "pathways")
