"""Recent: results of texts that were read lately, by key, in memory only."""

from __future__ import annotations

from threading import Lock

import numpy as np


class Recent:
    """Keeps the `most` results that were asked for last. Safe to use from many threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rows: dict[int, np.ndarray] = {}
        self._lock = Lock()

    def get(self, key: int) -> np.ndarray | None:
        """The result kept under `key`, which is the newest again; None when there is none."""
        with self._lock:
            row = self._rows.pop(key, None)
            if row is not None:
                self._rows[key] = row
            return row

    def keep(self, key: int, row: np.ndarray) -> None:
        """Keep one result; the one that nobody asked for longest makes room."""
        with self._lock:
            self._rows[key] = row
            if len(self._rows) > self._most:
                self._rows.pop(next(iter(self._rows)))
