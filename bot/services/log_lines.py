"""Log lines: level, place and message, then the ids that a call gave as `extra=`.

    WARNING bot.services.deliver not delivered outbound_id=01J9 reason=blocked

Used by the app, the action server and the watchdog. No line carries words of a patient:
only the keys below are shown, and only values that look like an id or a place in the code.
"""

from __future__ import annotations

import json
import logging
import re

LINE = "%(levelname)s %(name)s %(message)s"
# In the order in which they are shown. A library's own `extra=` may hold anything at all.
SHOWN = (
    *("conversation_id", "inbound_id", "outbound_id", "escalation_id", "nurse_id"),
    *("work", "what", "action", "reason", "error", "fault", "where", "count"),
)
HIDDEN = "[hidden]"
_PLAIN = re.compile(r"[A-Za-z0-9_.:/<>, -]{1,200}")


class WithIds(logging.Formatter):
    """The line, then `key=value` for each known extra; a value with a blank is quoted."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        given = ((key, record.__dict__[key]) for key in SHOWN if key in record.__dict__)
        return " ".join([super().formatMessage(record), *(f"{k}={_shown(v)}" for k, v in given)])


def _shown(value: object) -> str:
    text = str(value)
    if not _PLAIN.fullmatch(text):
        return HIDDEN
    return json.dumps(text) if " " in text else text


def begin_log() -> None:
    """Write the log of this process to standard error, from INFO up. Once is enough."""
    handler = logging.StreamHandler()
    handler.setFormatter(WithIds(LINE))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
