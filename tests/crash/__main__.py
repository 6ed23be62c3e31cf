"""`make crash`: the whole matrix on both databases, a table, and results/crash.json.

`python -m tests.crash [sqlite|postgresql] [--times N]` runs a part of it.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from tests.crash.databases import why_no_postgres
from tests.crash.matrix import Run, run, short_matrix, whole_matrix
from tests.crash.promises import PROMISES
from tests.telegram_server.node import running_node
from tests.telegram_server.server import TelegramServer

RESULTS = Path("results/crash.json")
COLUMNS = (
    ("messages", "messages written"),
    ("kills", "processes killed"),
    ("lost", "lost"),
    ("out_of_order", "out of order"),
    ("escalations", "escalations"),
    ("without_owner", "escalations without an owner"),
    ("pages", "messages to nurses"),
    ("slowest_calm_page", "slowest page, calm, s"),
    ("slowest_stormy_page", "slowest page, in the storm, s"),
    ("failed_with_fixed_text", "answered with the fixed text"),
    ("duplicates", "read twice"),
    ("marked", "marked as possible duplicate"),
)


def main() -> int:
    """Run, print, write; 1 when a promise was broken."""
    ask = argparse.ArgumentParser(prog="python -m tests.crash")
    ask.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    ask.add_argument("--times", type=int, default=3, help="kills at each point")
    ask.add_argument("--only", nargs="+", help="these points and faults, once")
    ask.add_argument("--minutes", type=float, default=60.0, help="at most, for one database")
    told = ask.parse_args()
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # broken answers, on purpose
    plan = short_matrix(*told.only) if told.only else whole_matrix(times=told.times)
    plan = replace(plan, minutes=told.minutes)
    runs = []
    with running_node() as node:
        for number, kind in enumerate(told.databases):
            if kind == "postgresql" and (why := why_no_postgres()):
                print(f"PostgreSQL is left out: {why}", file=sys.stderr)
                continue
            telegram = TelegramServer(node, number=200_001 + number)
            telegram.start()
            folder = Path(tempfile.mkdtemp(prefix=f"aftercare-crash-{kind}-"))
            print(f"{kind}: {len(plan.rounds)} rounds; logs in {folder}", flush=True)
            runs.append(run(plan, kind, telegram, folder))
            telegram.stop()
            print_table(runs[-1:])
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(one) for one in runs], ensure_ascii=False, indent=2))
    return 1 if any(one.report.breaches for one in runs) else 0


def print_table(runs: list[Run]) -> None:
    """One row a figure, then one row a promise."""
    for one in runs:
        print(f"\n{one.database}, {one.seconds / 60:.0f} minutes, {one.looks} looks on the way")
        for key, title in COLUMNS:
            print(f"  {getattr(one.report, key):>8.6g}  {title}")
        for name, promises in PROMISES.items():
            broken = one.report.breaches.get(name, [])
            shown = "not seen" if name in one.report.not_shown else "kept"
            print(f"  {'BROKEN' if broken else shown:>8}  {name} {_sentence(promises)}")
            for line in broken[:5]:
                print(f"            {line}")
        for note in one.notes:
            print(f"  note: {note}")


def _sentence(promises: tuple[object, ...]) -> str:
    return "; ".join(str(getattr(one, "__name__", one)).replace("_", " ") for one in promises)


if __name__ == "__main__":
    sys.exit(main())
