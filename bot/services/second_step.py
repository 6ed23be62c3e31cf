"""Second step: a code of an app on her phone, asked after the password.

A code works once: its half minute is remembered, and nothing at or before it is taken
again. Wrong codes are slowed down per person and place, as passwords are, and never lock
an account: five of them only send her back to the password. Whoever lost her phone uses a
recovery code, or asks an administrator.
"""

from __future__ import annotations

import logging
import unicodedata
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, NoReturn

from bot.core.errors import AftercareError, NotFound
from bot.core.seal import SealBroken
from bot.core.staff import Nurse, SecondStep
from bot.services.audit import note
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.sign_in import (
    Session,
    SignedIn,
    TooManyTries,
    open_session,
    place_of,
)
from bot.services.sign_out import end_sessions
from bot.services.slow_down import count_wrong, forgive, wait_for

log = logging.getLogger(__name__)
MOST_TRIES: Final = 5  # wrong codes after one password
RECOVERY_CODES: Final = 10
FRESH: Final = timedelta(hours=1)  # an unused secret is shown again so long, then a new one
DIGITS: Final = 6


class WrongCode(AftercareError):
    """Not the code of now, one that was used already, or no recovery code: never said which."""


class StartAgain(AftercareError):
    """Too many wrong codes after one password: it is asked for again."""


class HasOne(AftercareError):
    """This person has a second step already; an administrator can take it away."""


@dataclass(frozen=True)
class Invitation:
    """What her phone is to be told, as text and as what a QR code holds."""

    secret: str
    link: str


@dataclass(frozen=True)
class Place:
    """Where a code is typed: the browser's address, and the mark of a device she used before."""

    address: str
    device: str = ""


@dataclass(frozen=True)
class Enrolled:
    """Recovery codes, shown this once; `signed_in` when her sign-in waited for this."""

    recovery: tuple[str, ...]
    signed_in: SignedIn | None


def second_step_of(parts: Parts, nurse_id: str) -> SecondStep | None:
    """Her second step, if it is in use."""
    with parts.record.reading() as tx:
        hers = tx.second_steps.get(nurse_id)
    return hers if hers is not None and hers.confirmed_at is not None else None


def in_use(parts: Parts) -> frozenset[str]:
    """Everybody who has one."""
    with parts.record.reading() as tx:
        return frozenset(one.id for one in tx.second_steps.find(confirmed_at__not=None))


def invite(parts: Parts, nurse: Nurse) -> Invitation:
    """A secret for her phone, not in force yet. Raises HasOne."""
    codes, now = parts.one_time_codes, parts.clock.now()
    with parts.record.transaction() as tx:
        hers = tx.second_steps.get(nurse.id, lock=True)
        if hers is None:
            hers = SecondStep(nurse.id, parts.seal.close(codes.new_secret()), now)
            tx.second_steps.add(hers)
        elif hers.confirmed_at is not None:
            raise HasOne(nurse.id)
        elif _secret(parts, hers) is None or now - hers.made_at > FRESH:
            fresh = replace(hers, secret=parts.seal.close(codes.new_secret()), made_at=now)
            tx.second_steps.swap(hers, fresh)
            hers = fresh
    house = parts.house.name.get(nurse.language, "")
    secret = parts.seal.open(hers.secret)
    link = codes.link(secret, login=nurse.login, house=f"Aftercare {house}".strip())
    return Invitation(secret, link)


def confirm(parts: Parts, session: Session, *, code: str, place: Place) -> Enrolled:
    """Her phone shows the right code: from now on it is asked for.

    Raises WrongCode, TooManyTries, StartAgain, HasOne.
    """
    nurse = session.nurse
    recovery = tuple(parts.one_time_codes.recovery_code() for _ in range(RECOVERY_CODES))
    counted = _counted(parts, nurse, place)
    with parts.record.transaction() as tx:
        hers = tx.second_steps.get(nurse.id, lock=True)
        if hers is not None and hers.confirmed_at is not None:
            raise HasOne(nurse.id)
        step = _step(parts, hers, code)
        if hers is not None and step is not None:
            hashes = [parts.hash_code(_letters(one)) for one in recovery]
            now = parts.clock.now()
            on = replace(hers, confirmed_at=now, last_step=step, recovery=hashes)
            tx.second_steps.swap(hers, on)
            note(tx, parts, who=nurse.id, action="second_step.on", about=f"nurse:{nurse.id}")
    if step is None:
        _wrong(parts, session, counted)
    forgive(parts, _bucket(nurse), counted)
    waiting = session.sign_in
    signed_in = open_session(parts, nurse, after=waiting) if waiting.waits_for else None
    return Enrolled(recovery, signed_in)


def enter(parts: Parts, waiting: Session, *, code: str, place: Place) -> SignedIn:
    """End the sign-in that waits. Raises WrongCode, TooManyTries, StartAgain."""
    nurse = waiting.nurse
    counted = _counted(parts, nurse, place)
    with parts.record.transaction() as tx:
        fits = _use(tx, parts, nurse, code)
    if not fits:
        _wrong(parts, waiting, counted)
    forgive(parts, _bucket(nurse), counted)
    return open_session(parts, nurse, after=waiting.sign_in)


def reset(parts: Parts, *, nurse_id: str, by: str) -> None:
    """Take a person's second step away, for a phone that is lost; her sessions end.

    If her role needs one, she sets up a new phone at her next sign-in.
    """
    with parts.record.transaction() as tx:
        hers = tx.second_steps.get(nurse_id, lock=True)
        if hers is None:
            raise NotFound(f"no second step of {nurse_id}")
        gone = replace(hers, secret="", confirmed_at=None, last_step=0, recovery=[])
        tx.second_steps.swap(hers, gone)
        end_sessions(tx, parts, nurse_id)
        note(tx, parts, who=by, action="second_step.reset", about=f"nurse:{nurse_id}")


def _use(tx: Transaction, parts: Parts, nurse: Nurse, code: str) -> bool:
    """Use up a code of the phone, or a recovery code. Locked: of two alike, one fits."""
    hers = tx.second_steps.get(nurse.id, lock=True)
    if hers is None or hers.confirmed_at is None:
        return False
    step = _step(parts, hers, code)
    if step is not None:
        return tx.second_steps.swap(hers, replace(hers, last_step=step))
    hashed = parts.hash_code(_letters(code))
    if hashed not in hers.recovery:
        return False
    left = [one for one in hers.recovery if one != hashed]
    tx.second_steps.swap(hers, replace(hers, recovery=left))
    details = f"{len(left)} left"
    about = f"nurse:{nurse.id}"
    note(tx, parts, who=nurse.id, action="second_step.recovery", about=about, details=details)
    return True


def _step(parts: Parts, hers: SecondStep | None, code: str) -> int | None:
    """The half minute whose code this is, if it was not used before."""
    typed = "".join(unicodedata.normalize("NFKC", code).split())
    if hers is None or not (len(typed) == DIGITS and typed.isascii() and typed.isdecimal()):
        return None
    secret = _secret(parts, hers)
    step = parts.one_time_codes.step_of(secret, typed, parts.clock.now()) if secret else None
    return step if step is not None and step > hers.last_step else None


def _secret(parts: Parts, hers: SecondStep) -> str | None:
    """What her phone shares; None when there is none, or its key is lost."""
    try:
        return parts.seal.open(hers.secret) or None
    except SealBroken:
        log.error("the secret of a phone cannot be opened", extra={"nurse_id": hers.id})
        return None


def _letters(code: str) -> str:
    """A recovery code as it is hashed: without the dashes and spaces that people leave out."""
    plain = unicodedata.normalize("NFKC", code).lower()[:100]
    return "".join(one for one in plain if one.isalnum())


def _bucket(nurse: Nurse) -> str:
    return f"code {nurse.id}"


def _counted(parts: Parts, nurse: Nurse, place: Place) -> str:
    """Where wrong codes are counted. Raises TooManyTries."""
    with parts.record.reading() as tx:
        counted = place_of(tx, nurse, place=place.address, device=place.device)
    wait = wait_for(parts, _bucket(nurse), counted)
    if wait:
        raise TooManyTries(wait)
    return counted


def _wrong(parts: Parts, session: Session, counted: str) -> NoReturn:
    """Count a wrong code. It is noted: whoever types it knows her password."""
    nurse, now = session.nurse, parts.clock.now()
    count_wrong(parts, _bucket(nurse), counted)
    with parts.record.transaction() as tx:
        note(tx, parts, who=nurse.id, action="second_step.wrong", about=f"nurse:{nurse.id}")
        opened = tx.sign_ins.get(session.sign_in.id, lock=True)
        over = False
        if opened is not None and opened.waits_for:
            tries = opened.tries + 1
            over = tries >= MOST_TRIES
            ended = now if over else opened.ended_at
            tx.sign_ins.swap(opened, replace(opened, tries=tries, ended_at=ended))
    if over:
        raise StartAgain(nurse.id)
    raise WrongCode(nurse.id)
