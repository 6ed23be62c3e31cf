"""aftercare demo: invented patients and nurses, so that everything can be tried at once."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from bot.core.enrolment import NewEnrolment
from bot.core.patient import RiskTier
from bot.core.staff import Shift, StaffRole
from bot.services.enrol import enrol
from bot.services.parts import Parts
from bot.services.staff_accounts import make_account
from bot.settings import read_settings
from bot.wiring import wire

CARD = Path("var/demo.txt")
LATE_MORNING = 11
NURSES = (
    ("chen", "陈静", StaffRole.NURSE, "first", "zh"),
    ("brown", "Anna Brown", StaffRole.NURSE, "second", "en"),
    ("admin", "林主任", StaffRole.ADMINISTRATOR, "charge", "zh"),
    ("mei", "梅医生", StaffRole.AUTHOR, "", "zh"),  # writes pathways, which admin may release
)
PATIENTS = (("王秀英", "DEMO-1", 1946, "zh"), ("Mary Hughes", "DEMO-2", 1944, "en"))


def demo() -> None:
    """Load invented patients and nurses once, and print how to meet them."""
    parts = wire(prepare=True).parts
    with parts.record.reading() as tx:
        empty = tx.nurses.count() == 0 and tx.patients.count() == 0
    if empty:
        CARD.parent.mkdir(parents=True, exist_ok=True)
        CARD.touch(mode=0o600)
        CARD.write_text("\n".join([*_patients(parts), "", *_nurses(parts)]) + "\n", "utf-8")
    settings = read_settings()
    typer.echo(f"\n  Patients' chat   {settings.public_url}/chat")
    typer.echo(f"  Nurses' console  {settings.public_url}/console\n")
    if CARD.exists():
        typer.echo(CARD.read_text("utf-8"))
    typer.echo(
        "  Starting engine, action server and app; ready when it says so. Ctrl-C stops all.\n"
    )


def _on_rota(parts: Parts, nurse_id: str, rota: str) -> None:
    now = parts.clock.now()
    with parts.record.transaction() as tx:
        tx.shifts.add(
            Shift(
                id=parts.ids.new(),
                nurse_id=nurse_id,
                rota=rota,
                starts_at=now - timedelta(hours=1),
                ends_at=now + timedelta(days=30),
            )
        )


def _nurses(parts: Parts) -> list[str]:
    lines = ["  Staff sign in with:"]
    for login, name, role, rota, language in NURSES:
        password = f"demo-{secrets.token_hex(6)}"
        nurse_id = make_account(
            parts,
            name=name,
            login=login,
            password=password,
            role=role,
            ward="*",
            language=language,
        )
        if rota:
            _on_rota(parts, nurse_id, rota)
        where = f", on the rota as {rota}" if rota else ""
        lines.append(f"    {login:8} {password}   ({role.value}{where})")
    return lines


def _patients(parts: Parts) -> list[str]:
    zone = late_morning_zone(parts.clock.now())
    today = parts.clock.now().astimezone(ZoneInfo(zone)).date()
    lines = ["  Invented patients, home since yesterday after a knee replacement:"]
    for name, hospital_id, birth_year, language in PATIENTS:
        row = NewEnrolment(
            name=name,
            hospital_id=hospital_id,
            birth_year=birth_year,
            procedure_code="knee_replacement",
            surgery_on=today - timedelta(days=5),
            discharge_on=today - timedelta(days=1),
            language=language,
            time_zone=zone,
            risk_tier=RiskTier.MEDIUM,
            channel="webchat",
        )
        for one in enrol(parts, row=row, by="demo").invited:
            lines.append(f"    {name}, born {birth_year}: {one.web_link}")
            if one.telegram_link:
                lines.append(f"      or in Telegram: {one.telegram_link}")
    return lines


def late_morning_zone(now: datetime) -> str:
    """A zone where it is late morning, so that a check-in may go out at once.

    Invented patients live wherever that is; real ones never get messages at night.
    """
    ahead = (LATE_MORNING - now.hour + 12) % 24 - 12
    return f"Etc/GMT{'-' if ahead >= 0 else '+'}{abs(ahead)}"


COMMANDS = (demo,)
