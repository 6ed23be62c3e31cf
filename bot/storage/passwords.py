"""Passwords: argon2id, with limits on how much memory sign-ins may use at once."""

from __future__ import annotations

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

# OWASP's first choice for argon2id: 46 MiB, one pass, one lane.
MEMORY_KIB, PASSES, LANES = 47_104, 1, 1
AT_ONCE = 2


class Argon2Passwords:
    """Implements the `Passwords` port. Many sign-ins at once wait their turn."""

    def __init__(self, *, memory_kib: int = MEMORY_KIB) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=memory_kib, parallelism=LANES)
        self._turn = BoundedSemaphore(AT_ONCE)

    def hash(self, password: str) -> str:
        with self._turn:
            return self._hasher.hash(password)

    def matches(self, password: str, hashed: str) -> bool:
        """Whether the password is the one behind `hashed`; an odd hash never matches."""
        try:
            with self._turn:
                return self._hasher.verify(hashed, password)
        except (Argon2Error, InvalidHashError):
            return False
