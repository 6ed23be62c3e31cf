"""Faults: what may be logged of an exception - its kind and place, never its words."""

from __future__ import annotations

import traceback
from pathlib import Path

FRAMES = 3


def kind_and_place(fault: BaseException) -> dict[str, str]:
    """For `extra=` of a log call. The text of an exception may hold a patient's words."""
    frames = traceback.extract_tb(fault.__traceback__)[-FRAMES:]
    places = (f"{Path(one.filename).name}:{one.lineno}" for one in frames)
    return {"fault": type(fault).__name__, "where": " > ".join(places)}
