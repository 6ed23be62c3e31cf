"""Staff accounts: open one, close one, set a password, and list them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.core.errors import AftercareError, NotFound
from bot.core.staff import AuditEntry, Nurse, StaffRole
from bot.core.words import LANGUAGES
from bot.services.lead import look_now
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.release_cases import release_cases
from bot.services.sign_out import end_sessions

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,99}")


class Refused(AftercareError):
    """Something typed cannot be taken. `fields` maps each field to the key of its reason."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__(", ".join(f"{name}: {why}" for name, why in self.fields.items()))


def make_account(
    parts: Parts,
    *,
    name: str,
    login: str,
    password: str,
    role: StaffRole | str,
    ward: str,
    language: str,
    by: str = "system",
) -> str:
    """Open an account and return its id. Raises Refused with a reason per field.

    `ward` is the ward whose patients this person sees; "" or "*" is every ward.
    """
    name, login, ward = name.strip(), login.strip().lower(), ward.strip()
    wrong = _wrong_fields(name, login, ward, language) | _wrong_password(login, password)
    if role not in tuple(StaffRole):
        wrong["role"] = "choose"
    if wrong:
        raise Refused(wrong)
    nurse = Nurse(
        id=parts.ids.new(),
        name=name,
        login=login,
        password_hash=parts.passwords.hash(password),
        role=StaffRole(role),
        ward=ward,
        language=language,
        created_at=parts.clock.now(),
    )
    with parts.record.transaction() as tx:
        if not tx.nurses.add_if_new(nurse):
            raise Refused({"login": "taken"})
        _note(tx, parts, by, "staff.open", nurse.id)
    return nurse.id


def set_password(parts: Parts, *, nurse_id: str, password: str, by: str) -> None:
    """Give a person a new password and end her sessions. Raises NotFound, Refused."""
    with parts.record.reading() as tx:
        nurse = _found(tx, nurse_id)
    wrong = _wrong_password(nurse.login, password)
    if wrong:
        raise Refused(wrong)
    hashed = parts.passwords.hash(password)
    with parts.record.transaction() as tx:
        nurse = _found(tx, nurse_id)
        tx.nurses.swap(nurse, replace(nurse, password_hash=hashed))
        end_sessions(tx, parts, nurse_id)
        _note(tx, parts, by, "staff.password", nurse_id)


def set_active(parts: Parts, *, nurse_id: str, active: bool, by: str) -> None:
    """Close an account or open it again. Closed, its sessions and its cases end at once."""
    if nurse_id == by and not active:
        raise Refused({"active": "yourself"})
    with parts.record.transaction() as tx:
        nurse = _found(tx, nurse_id)
        tx.nurses.swap(nurse, replace(nurse, active=active))
        if not active:
            end_sessions(tx, parts, nurse_id)
            look_now(tx, parts, nurse_id)
        _note(tx, parts, by, "staff.reopen" if active else "staff.close", nurse_id)
    if not active:
        release_cases(parts, nurse_id=nurse_id, by=by)


def set_language(parts: Parts, *, nurse_id: str, language: str) -> None:
    """The language in which this person reads the console and is paged."""
    if language not in LANGUAGES:
        raise Refused({"language": "choose"})
    with parts.record.transaction() as tx:
        nurse = _found(tx, nurse_id)
        tx.nurses.swap(nurse, replace(nurse, language=language))


def list_accounts(parts: Parts) -> list[Nurse]:
    """Everyone with an account, those in work first."""
    with parts.record.reading() as tx:
        found = tx.nurses.find(order_by="name", limit=1000)
    return sorted(found, key=lambda nurse: not nurse.active)


def _wrong_fields(name: str, login: str, ward: str, language: str) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not 1 <= len(name) <= 100:
        wrong["name"] = "needed" if not name else "too_long"
    if not _LOGIN.fullmatch(login):
        wrong["login"] = "login_form"
    if len(ward) > 100:
        wrong["ward"] = "too_long"
    if language not in LANGUAGES:
        wrong["language"] = "choose"
    return wrong


def _wrong_password(login: str, password: str) -> dict[str, str]:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return {"password": "password_length"}
    if len(set(password)) < 5 or (login and login in password.lower()):
        return {"password": "password_easy"}
    return {}


def _found(tx: Transaction, nurse_id: str) -> Nurse:
    nurse = tx.nurses.get(nurse_id, lock=True)
    if nurse is None:
        raise NotFound(f"no account {nurse_id}")
    return nurse


def _note(tx: Transaction, parts: Parts, by: str, action: str, nurse_id: str) -> None:
    entry = AuditEntry(parts.ids.new(), parts.clock.now(), by, action, f"nurse:{nurse_id}")
    tx.audit.add(entry)
