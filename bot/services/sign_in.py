"""Sign in: from login and password to a session of the console, and back to its nurse.

Where a second step is due, the password opens a session that only waits for it; see
`bot.services.second_step`.

Guessing is slowed down per login and place, never locked (`bot.services.slow_down`), and a
device on which she has signed in before is counted for itself: nobody shuts a nurse out.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.errors import AftercareError
from bot.core.staff import AuditEntry, Nurse, SignIn
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.slow_down import count_wrong, forgive, wait_for

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)  # one shift, with its hand-over
WAITING = timedelta(minutes=10)  # from the password to the second step
SEEN_EVERY = timedelta(minutes=1)


class WrongPassword(AftercareError):
    """No such login, a wrong password, or an account that is closed: never said which."""


class TooManyTries(AftercareError):
    """Wait before the next try from this place."""

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(1, int(wait.total_seconds() + 0.5))
        super().__init__(f"wait {self.seconds} s")


@dataclass(frozen=True)
class SignedIn:
    """What the browser is given: a secret for the session, and one for the device."""

    nurse: Nurse
    sign_in: SignIn
    token: str
    device: str


@dataclass(frozen=True)
class Session:
    """Who asks, and the secret that her forms must carry."""

    nurse: Nurse
    sign_in: SignIn


def token_hash(token: str) -> str:
    """What the record keeps of a session token; the token has 128 bits, so no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(parts: Parts, *, login: str, password: str, place: str, device: str = "") -> SignedIn:
    """Open a session. Raises WrongPassword or TooManyTries."""
    login = login.strip().lower()[:200]
    with parts.record.reading() as tx:
        nurse = tx.nurses.one(login=login)
        place = place_of(tx, nurse, place=place, device=device)
    wait = wait_for(parts, login, place)
    if wait:
        raise TooManyTries(wait)
    # An unknown login costs as much time as a known one.
    hashed = nurse.password_hash if nurse else _nobody(parts)
    fits = parts.passwords.matches(password[:1000], hashed)
    if nurse is None or not fits or not nurse.active:
        count_wrong(parts, login, place)
        raise WrongPassword(login)
    forgive(parts, login, place)
    return open_session(parts, nurse, waits_for=_waits_for(parts, nurse))


def place_of(tx: Transaction, nurse: Nurse | None, *, place: str, device: str) -> str:
    """Where wrong tries are counted: on a device of hers by itself, so nobody shuts her out."""
    known = _known_device(tx, device, nurse)
    return f"device {known}" if known else place


def session_of(parts: Parts, token: str, *, active: bool = True) -> Session | None:
    """The session behind a token, None when it has ended. `active`: a person did something."""
    session = _living(parts, token)
    if session is None or session.sign_in.waits_for:
        return None
    now, found = parts.clock.now(), session.sign_in
    if active and now - found.seen_at >= SEEN_EVERY:
        with parts.record.transaction() as tx:
            tx.sign_ins.swap(found, replace(found, seen_at=now))
    return session


def waiting_of(parts: Parts, token: str) -> Session | None:
    """The session behind a token that still waits for its second step."""
    session = _living(parts, token)
    return session if session is not None and session.sign_in.waits_for else None


def _living(parts: Parts, token: str) -> Session | None:
    if not token:
        return None
    now = parts.clock.now()
    with parts.record.reading() as tx:
        found = tx.sign_ins.one(token_hash=token_hash(token))
        nurse = tx.nurses.get(found.nurse_id) if found else None
    if found is None or nurse is None or not nurse.active or found.ended_at is not None:
        return None
    if now >= found.expires_at or now - found.seen_at >= IDLE:
        return None
    return Session(nurse, found)


def _waits_for(parts: Parts, nurse: Nurse) -> str:
    """What her password alone does not open: "code", "enrol" for a phone still to come, or ""."""
    with parts.record.reading() as tx:
        hers = tx.second_steps.get(nurse.id)
    if hers is not None and hers.confirmed_at is not None:
        return "code"
    return "enrol" if nurse.role in parts.house.second_step else ""


def open_session(
    parts: Parts, nurse: Nurse, *, waits_for: str = "", after: SignIn | None = None
) -> SignedIn:
    """A new session with a token of its own; `after` is the waiting one that it takes over."""
    now, token = parts.clock.now(), parts.ids.code()
    opened = SignIn(
        id=parts.ids.new(),
        nurse_id=nurse.id,
        token_hash=token_hash(token),
        csrf_token=parts.ids.code(),
        created_at=now,
        seen_at=now,
        expires_at=now + (WAITING if waits_for else LONGEST),
        waits_for=waits_for,
    )
    action = "sign_in.password" if waits_for else "sign_in"
    entry = AuditEntry(parts.ids.new(), now, nurse.id, action, f"nurse:{nurse.id}")
    with parts.record.transaction() as tx:
        if after is not None:
            tx.sign_ins.swap(after, replace(after, ended_at=now))
        tx.sign_ins.add(opened)
        tx.audit.add(entry)
    return SignedIn(nurse, opened, token, f"{opened.id}.{_device_proof(opened)}")


def _device_proof(opened: SignIn) -> str:
    return hashlib.sha256(f"device {opened.id} {opened.token_hash}".encode()).hexdigest()


def _known_device(tx: Transaction, device: str, nurse: Nurse | None) -> str:
    """The id of an earlier session of this nurse on this device, or ""."""
    id, _, proof = device.partition(".")
    # A cookie can hold anything; what we gave out are letters, digits and a dot.
    if nurse is None or not proof or not (device.isascii() and device.isprintable()):
        return ""
    earlier = tx.sign_ins.get(id)
    if earlier is None or earlier.nurse_id != nurse.id or earlier.waits_for:
        return ""
    return id if hmac.compare_digest(_device_proof(earlier), proof) else ""


def _nobody(parts: Parts) -> str:
    """A hash that no password fits, made once per set of passwords."""
    key = id(parts.passwords)
    if key not in _NOBODY:
        _NOBODY[key] = parts.passwords.hash(parts.ids.code())
    return _NOBODY[key]


_NOBODY: dict[int, str] = {}
