"""Who signs: a named person at the command line, by login and password."""

from __future__ import annotations

from bot.core.errors import NotAllowed
from bot.core.staff import Nurse
from bot.services.parts import Parts


def who_signs(parts: Parts, *, login: str, password: str) -> Nurse:
    """The person of this account. Raises NotAllowed, without saying which of both is wrong."""
    with parts.record.reading() as tx:
        nurse = tx.nurses.one(login=login.strip().lower())
    hashed = nurse.password_hash if nurse else parts.passwords.hash("nobody at all")
    fits = parts.passwords.matches(password, hashed)
    if nurse is None or not fits or not nurse.active:
        raise NotAllowed("login or password is wrong")
    return nurse
