"""Quiet logs: Rasa's own lines may hold a patient's words; ours never do.

A filter on every handler passes the lines of a few modules that speak about the
process only, and ours. Of any other warning it leaves where it came from and
its level, and of an exception its type.
"""

from __future__ import annotations

import logging

# These speak while starting and stopping, before any patient is there.
ABOUT_THE_PROCESS = ("rasa.core.run", "rasa.core.agent", "sanic.root", "engine.")


class WithholdWords(logging.Filter):
    """Lets no line through that may carry what somebody wrote."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            kind = record.exc_info[0]
            record.exc_text = f"({kind.__name__ if kind else 'exception'})"
            record.exc_info = None
        if record.name.startswith(ABOUT_THE_PROCESS):
            return record.levelno >= logging.INFO
        if record.levelno < logging.WARNING:
            return False
        record.msg = "a line of %s:%s is withheld: it may hold a patient's words"
        record.args = (record.name, record.lineno)
        return True


def withhold_words() -> None:
    """Put the filter on every handler there is now. Safe to call again."""
    logging.captureWarnings(True)
    loggers = [logging.getLogger(), *map(logging.getLogger, list(logging.root.manager.loggerDict))]
    for handler in {handler for logger in loggers for handler in logger.handlers}:
        if not any(isinstance(one, WithholdWords) for one in handler.filters):
            handler.addFilter(WithholdWords())
