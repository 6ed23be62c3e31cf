"""Ids and one-time codes."""

from __future__ import annotations

import hashlib
import secrets
import uuid


class RandomIds:
    """Implements the `Ids` port with the operating system's randomness."""

    def new(self) -> str:
        return uuid.uuid4().hex

    def code(self) -> str:
        return secrets.token_urlsafe(24)  # 192 bits, 32 characters


def hash_code(code: str) -> str:
    """What the record keeps of a code. A plain hash is enough: codes are long and random."""
    return hashlib.sha256(code.encode()).hexdigest()
