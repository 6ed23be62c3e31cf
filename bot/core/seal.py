"""Seal: the secrets that phones share are kept so that the record alone does not give them away."""

from __future__ import annotations

from typing import Final, Protocol

from bot.core.errors import AftercareError

MARK: Final = "sealed:"  # before what is sealed; what has none is kept as it is


class SealBroken(AftercareError):
    """What is sealed cannot be opened: its key is missing, or it was changed."""


class Seal(Protocol):
    """Closes and opens secrets. `kept`: whether there is a key at all."""

    kept: bool

    def close(self, text: str) -> str: ...
    def open(self, sealed: str) -> str:
        """Raises SealBroken."""

    def is_newest(self, sealed: str) -> bool:
        """Whether it is sealed as a new one would be; else it is to be sealed again."""


class NoSeal:
    """A house without a key: secrets stand in the record as they are."""

    kept = False

    def close(self, text: str) -> str:
        return text

    def open(self, sealed: str) -> str:
        if sealed.startswith(MARK):
            raise SealBroken("there is no key")
        return sealed

    def is_newest(self, sealed: str) -> bool:
        return not sealed.startswith(MARK)
