"""Plurals: a number and its noun agree, in a text that says both forms itself.

`{count} {count:patient|patients}` becomes "1 patient" or "2 patients". Chinese has one form
and simply writes `{count} 位患者`.
"""

from __future__ import annotations

from string import Formatter
from typing import Final


class _Agreeing(Formatter):
    def format_field(self, value: object, format_spec: str) -> str:
        one, either, many = format_spec.partition("|")
        if not either:
            return format(value, format_spec)
        return one if value == 1 else many


_FILL: Final = _Agreeing()


def fill_in(text: str, **values: object) -> str:
    """`text` with its blanks filled. Raises KeyError for a blank that nobody fills."""
    return _FILL.vformat(text, (), values)
