"""Seal: secrets in the record are encrypted with a key that is not in the record (Fernet)."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.core.errors import AftercareError
from bot.core.seal import MARK, SealBroken


class FernetSeal:
    """Implements the `Seal` port: the first key seals, the others only open.

    Raises AftercareError for a key that is none.
    """

    kept = True

    def __init__(self, keys: Sequence[str]) -> None:
        made = []
        for number, key in enumerate(keys, 1):
            try:
                made.append(Fernet(key))
            except ValueError:
                raise AftercareError(
                    f"AFTERCARE_SECRET_KEYS: number {number} is no key. "
                    "Make one with: aftercare secret-key"
                ) from None
        self._newest, self._all = made[0], MultiFernet(made)

    def close(self, text: str) -> str:
        return MARK + self._newest.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        if not sealed.startswith(MARK):
            return sealed  # from the time before there was a key
        return _opened(self._all, sealed)

    def is_newest(self, sealed: str) -> bool:
        if not sealed.startswith(MARK):
            return False
        try:
            _opened(self._newest, sealed)
        except SealBroken:
            return False
        return True


def new_key() -> str:
    """A fresh key for the setting."""
    return Fernet.generate_key().decode()


def _opened(keys: Fernet | MultiFernet, sealed: str) -> str:
    try:
        return keys.decrypt(sealed.removeprefix(MARK).encode()).decode()
    except (InvalidToken, ValueError):
        raise SealBroken("none of the keys opens it") from None
