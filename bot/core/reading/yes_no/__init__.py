"""Yes or no, in every way people say it.

"No" needs certainty: a complaint beside it, a "but" or a double meaning is asked
back. "A bit" of a complaint is yes. Neither is ever guessed from "fine".
"""

from __future__ import annotations

from bot.core.reading.yes_no.read import read_yes_no

__all__ = ["read_yes_no"]
