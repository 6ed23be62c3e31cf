"""Lean: to be imported before all else of this process, and by nothing but its `__main__`.

httpx brings a command line of its own, with colours, wherever its parts are
installed: 4 MB that a watchdog does not need. The Telegram library takes up cryptography
for passports, which nobody sends: 8 MB. Both go without what they do not find.
"""

from __future__ import annotations

import sys

sys.modules["click"] = None  # type: ignore[assignment]
sys.modules["cryptography"] = None  # type: ignore[assignment]
