"""Programme statements: the database selects and groups what indicators are counted from.

What a figure means is decided in `bot.core.programme`. Each statement
keeps to the ward and the procedure that were asked for, and is the same on SQLite and
PostgreSQL.
"""

from __future__ import annotations

from bot.storage.programme.answers import AnswerStatements
from bot.storage.programme.cases import CaseStatements
from bot.storage.programme.follow_ups import FollowUpStatements


class SqlProgramme(FollowUpStatements, CaseStatements, AnswerStatements):
    """Implements the `ProgrammeRows` port on one connection."""
