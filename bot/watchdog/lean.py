"""Lean: to be imported before all else of this process, and by nothing but its `__main__`.

httpx brings a command line of its own, with colours, wherever its parts are
installed: 4 MB that a watchdog does not need. Without "click" it goes without.
"""

from __future__ import annotations

import sys

sys.modules["click"] = None  # type: ignore[assignment]
