"""Probes: the real looks outside of the record."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

SECONDS: Final = 5.0
MEGABYTE: Final = 1_000_000
# An action that answers a message; without one it has nothing to say and touches no row.
DRY_ACTION: Final[dict[str, Any]] = {
    "next_action": "action_reply",
    "sender_id": "watchdog",
    "tracker": {"sender_id": "watchdog", "latest_message": {}, "slots": {}, "events": []},
    "domain": {},
}


@dataclass
class Probes:
    """Implements `Outside`. Each callable returns None when all is well, else one code."""

    engines: Sequence[Callable[[], str | None]]
    action_urls: Sequence[str]
    provider: Callable[[], str | None]
    folders: Sequence[Path]
    server_seconds: Callable[[], float | None]  # the database server's clock, since 1970
    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    _last: tuple[float, float] | None = field(default=None, init=False)
    # One client for ever: each new one would load all certificates anew.
    _http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=SECONDS), init=False)

    def why_no_engine(self) -> Sequence[str | None]:
        return [one() for one in self.engines]

    def why_no_actions(self) -> Sequence[str | None]:
        return [self._why_no_action(one) for one in self.action_urls]

    def _why_no_action(self, url: str) -> str | None:
        try:
            answer = self._http.post(url, json=DRY_ACTION)
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            return type(fault).__name__
        return None if answer.is_success else f"http_{answer.status_code}"

    def why_no_provider(self) -> str | None:
        return self.provider()

    def free_megabytes(self) -> int:
        """Of the fullest disk that we write to; a folder not made yet counts as its parent."""
        return min(shutil.disk_usage(_there(one)).free for one in self.folders) // MEGABYTE

    def clock_jump(self) -> int:
        now = (self.wall(), self.monotonic())
        last, self._last = self._last or now, now
        return round((now[0] - last[0]) - (now[1] - last[1]))

    def server_ahead(self) -> int:
        theirs = self.server_seconds()
        return 0 if theirs is None else round(theirs - self.wall())


def _there(folder: Path) -> Path:
    folder = folder.absolute()
    return next(one for one in (folder, *folder.parents) if one.exists())
