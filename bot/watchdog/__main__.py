"""The watchdog's process: a round, a pause, for ever. Started by `aftercare watchdog`."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time

import bot.watchdog.lean  # noqa: F401, first of all
from bot.core.errors import AftercareError
from bot.services.faults import kind_and_place
from bot.services.log_lines import begin_log
from bot.settings import read_settings
from bot.watchdog.dog import Watchdog
from bot.watchdog.limits import FIRST_LOOK_SECONDS
from bot.watchdog_wiring import pause_seconds, wire_watchdog

log = logging.getLogger("bot.watchdog")


def main() -> None:
    """Watch until told to end. Settings that cannot be are refused at once."""
    os.umask(0o077)  # the memory holds the addresses of staff
    begin_log()
    settings = read_settings()
    try:
        every, kennel = pause_seconds(settings), wire_watchdog(settings)
    except (AftercareError, ValueError) as fault:
        sys.exit(str(fault))
    if not settings.heartbeat_url:
        log.warning("AFTERCARE_HEARTBEAT_URL is empty: nobody outside notices if all of this dies")
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    dog = Watchdog(kennel)
    stopping.wait(min(every, FIRST_LOOK_SECONDS))
    while not stopping.is_set():
        began = time.monotonic()
        try:
            dog.round()
        except Exception as fault:
            # No heartbeat was sent: the outside party will say so.
            log.critical("a round of the watchdog broke: %s", kind_and_place(fault))
        stopping.wait(max(0.1, every - (time.monotonic() - began)))
    os._exit(0)  # a look that hangs must not keep the process


if __name__ == "__main__":
    main()
