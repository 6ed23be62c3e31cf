"""`make bench`: every benchmark of this folder, one after the other, on a quiet machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Run each file as a program of its own, so that none warms up another."""
    for file in sorted(HERE.glob("[a-z]*.py")):
        print(f"\n== {file.stem}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{file.stem}"], check=False)


if __name__ == "__main__":
    main()
