"""`make bench`: the figures of the whole service in one table, beside their yardsticks.

Run: python -m benchmarks [PART ...]
Parts: turns service red_flag language pathways footprint console programme due
     python -m benchmarks.understanding: a program of its own
Results: results/bench.json. The yardstick is made by benchmarks/stock/setup.sh.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from benchmarks.figures import Figure, keep, machine, show
from benchmarks.stock.bot import installed

PARTS = (
    *("turns", "service", "red_flag", "language", "pathways"),
    *("footprint", "console", "programme", "due"),
)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run(parts: Sequence[str]) -> list[Figure]:
    """Measure part after part, each on processes of its own."""
    figures: list[Figure] = []
    rate: float | None = None
    for part in parts:
        began = time.monotonic()
        try:
            if part == "turns":
                from benchmarks.turns import measure as turns

                found, rate = turns()
            else:
                found = _other(part, rate)
            figures += found
        except Exception as fault:  # the other parts are worth having all the same
            say(f"{part} FAILED: {fault}")
        say(f"{part}: {time.monotonic() - began:.0f} s")
    return figures


def _other(part: str, rate: float | None) -> list[Figure]:
    if part == "service":
        from benchmarks.service import measure as service

        return service(rate)
    if part == "red_flag":
        from benchmarks.red_flag import measure as red_flag

        return red_flag()
    if part == "language":
        from benchmarks.language import measure as language

        return language()
    if part == "pathways":
        from benchmarks.pathways import measure as pathways

        return pathways()
    if part == "footprint":
        from benchmarks.footprint import measure as footprint

        return footprint()
    if part == "console":
        from benchmarks.console import measure as console

        return console()
    if part == "programme":
        from benchmarks.programme import measure as programme

        return programme()
    from benchmarks.due_figures import measure as due

    return due()


def alone(figures: Sequence[Figure], name: str) -> None:
    """Show and keep the figures of one part."""
    keep(figures, machine(), f"{name}.json")
    say(show(figures))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=PARTS, metavar="PART")
    asked = parser.parse_args()
    about = machine()
    say("  ".join(f"{name}: {value}" for name, value in about.items()))
    if not about["quiet"]:
        say("WARNING: this machine has other work to do. Do not quote these figures.")
    if not installed():
        say("There is no yardstick here: benchmarks/stock/setup.sh makes it (2.7 GB).")
    figures = run(asked.parts or PARTS)
    keep(figures, about)
    say(f"\n{show(figures)}\n\nkept in results/bench.json")


if __name__ == "__main__":
    main()
