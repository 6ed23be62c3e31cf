"""One-time codes: TOTP as every authenticator app speaks it (RFC 6238), and recovery codes."""

from __future__ import annotations

import secrets
from datetime import datetime
from hmac import compare_digest
from typing import Final

import pyotp

SECONDS: Final = 30
DRIFT: Final = 1  # steps by which a phone's clock may be off, to either side
ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # without what looks alike
GROUPS, LETTERS = 3, 4  # 59 bits


class TotpCodes:
    """Implements the `OneTimeCodes` port."""

    def new_secret(self) -> str:
        return pyotp.random_base32()  # 160 bits, as RFC 4226 recommends

    def link(self, secret: str, *, login: str, house: str) -> str:
        return pyotp.TOTP(secret, interval=SECONDS).provisioning_uri(name=login, issuer_name=house)

    def step_of(self, secret: str, code: str, at: datetime) -> int | None:
        totp, now = pyotp.TOTP(secret, interval=SECONDS), int(at.timestamp()) // SECONDS
        steps = range(now - DRIFT, now + DRIFT + 1)
        # All are looked at, so that the time it takes says nothing.
        fits = [one for one in steps if compare_digest(totp.generate_otp(one), code)]
        return fits[-1] if fits else None

    def recovery_code(self) -> str:
        groups = ("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))
        return "-".join(groups)
