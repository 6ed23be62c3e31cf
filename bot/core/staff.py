"""Staff: nurses, who is on the rota when, and their sign-ins to the console."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class StaffRole(StrEnum):
    NURSE = "nurse"
    CHARGE_NURSE = "charge_nurse"
    DOCTOR = "doctor"
    AUTHOR = "author"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


@dataclass(frozen=True)
class Nurse:
    """A member of staff. `link_code_hash` registers her Telegram chat once."""

    id: str
    name: str
    login: str
    password_hash: str
    role: StaffRole
    ward: str
    language: str
    created_at: datetime
    active: bool = True
    conversation_id: str | None = None
    link_code_hash: str = ""
    link_expires_at: datetime | None = None


ROTAS = ("first", "second", "charge")


@dataclass(frozen=True)
class Shift:
    """One nurse on one rota for a stretch of time."""

    id: str
    nurse_id: str
    rota: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class ShiftOffer:
    """A nurse looks for somebody to stand in for her. Until one does, the shift stays hers.

    `given_shift_id` is the shift of the one who took it.
    """

    id: str
    shift_id: str
    offered_by: str
    offered_at: datetime
    taken_by: str | None = None
    taken_at: datetime | None = None
    given_shift_id: str | None = None
    withdrawn_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.taken_at is None and self.withdrawn_at is None


@dataclass(frozen=True)
class Guesses:
    """Wrong passwords or codes for one login from one place; `id` is a hash of both."""

    id: str
    count: int
    last_at: datetime


@dataclass(frozen=True)
class SignIn:
    """A console session. Only the hash of its token is kept.

    `waits_for`: "code" or "enrol" while only the password was right and the second step is
    still to come; such a session opens no page. `tries`: wrong codes so far.
    """

    id: str
    nurse_id: str
    token_hash: str
    csrf_token: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    waits_for: str = ""
    tries: int = 0


@dataclass(frozen=True)
class SecondStep:
    """The second step of one person's sign-in: codes of an app on her phone (TOTP, RFC 6238).

    `id` is hers. `secret` is base32; it is shared with her phone, so it cannot be kept as a
    hash. `last_step`: the newest half minute whose code was used; none works twice.
    `recovery`: hashes of the recovery codes that are left.
    """

    id: str
    secret: str = field(repr=False)
    made_at: datetime
    confirmed_at: datetime | None = None
    last_step: int = 0
    recovery: list[str] = field(default_factory=list, repr=False)


@dataclass(frozen=True)
class NurseTask:
    """Work that is not an escalation: silence, photos, questions, dead letters.

    A call-back has two clocks: `due_at` is when it is to be answered, and then, once
    `answered_at` says that somebody spoke with the patient, when it is to be solved
    (`solve_by`). `look_at`: when the service looks whether that was done.
    """

    id: str
    key: str
    kind: str
    patient_id: str | None
    episode_id: str | None
    conversation_id: str | None
    inbound_id: str | None
    text: str
    created_at: datetime
    due_at: datetime
    done_at: datetime | None = None
    done_by: str | None = None
    outcome: str = ""
    solve_by: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    look_at: datetime | None = None


@dataclass(frozen=True)
class AuditEntry:
    """Who did or saw what, when. Append only.

    `number`, `previous` and `hash` are None and empty until the entry is a link of the
    chain, a moment after it was written; see `bot.core.audit_chain`.
    """

    id: str
    at: datetime
    who: str
    action: str
    about: str
    details: str = ""
    number: int | None = None
    previous: str = ""
    hash: str = ""
