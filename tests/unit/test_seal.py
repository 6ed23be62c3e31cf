"""Seal: the record alone does not give away what a phone shares, and no key locks anybody out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.core.errors import AftercareError
from bot.core.seal import NoSeal, Seal, SealBroken
from bot.services.parts import Parts
from bot.services.seal_secrets import seal_secrets
from bot.services.second_step import (
    Place,
    WrongCode,
    confirm,
    enter,
    invite,
)
from bot.services.sign_in import SignedIn, session_of, sign_in, waiting_of
from bot.settings import read_settings
from bot.storage.seal import FernetSeal, new_key
from bot.wiring import make_seal
from tests.fakes import World
from tests.unit.console_desk import PASSWORD, a_console

WARD = Place("10.0.0.5")
OLD, NEW = new_key(), new_key()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_console(tmp_path).world


def sealed_with(world: World, *keys: str) -> Parts:
    return replace(world.parts, seal=FernetSeal(keys) if keys else NoSeal())


def set_up(parts: Parts) -> tuple[str, tuple[str, ...]]:
    """Chen's phone: its secret, and her recovery codes."""
    opened = sign_in(parts, login="chen", password=PASSWORD, place=WARD.address)
    session = session_of(parts, opened.token)
    assert session is not None
    secret = invite(parts, session.nurse).secret
    return secret, confirm(parts, session, code=code_of(parts, secret), place=WARD).recovery


def code_of(parts: Parts, secret: str) -> str:
    return pyotp.TOTP(secret).at(parts.clock.now())


def comes_in(parts: Parts, code: str) -> SignedIn:
    opened = sign_in(parts, login="chen", password=PASSWORD, place=WARD.address)
    waiting = waiting_of(parts, opened.token)
    assert waiting is not None
    return enter(parts, waiting, code=code, place=WARD)


def in_the_record(world: World) -> str:
    (kept,) = world.rows("second_steps")
    return str(kept.secret)


def test_the_record_and_its_file_hold_no_secret_of_a_phone(world: World, tmp_path: Path) -> None:
    parts = sealed_with(world, NEW)
    secret, _ = set_up(parts)
    assert secret not in in_the_record(world)
    world.record.engine.dispose()
    files = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert len(files) > 0
    assert not any(secret.encode() in one.read_bytes() for one in files)
    world.clock.advance(seconds=30)
    comes_in(parts, code_of(parts, secret))


def test_secrets_from_before_there_was_a_key_are_sealed_at_the_start(world: World) -> None:
    secret, _ = set_up(world.parts)
    assert in_the_record(world) == secret
    parts = sealed_with(world, NEW)
    world.clock.advance(seconds=30)
    comes_in(parts, code_of(parts, secret))  # also in the moment before
    assert seal_secrets(parts) == 1
    assert secret not in in_the_record(world)
    assert seal_secrets(parts) == 0
    world.clock.advance(seconds=30)
    comes_in(parts, code_of(parts, secret))


def test_a_key_is_changed_in_two_starts_and_nobody_notices(world: World) -> None:
    secret, _ = set_up(sealed_with(world, OLD))
    both = sealed_with(world, NEW, OLD)
    world.clock.advance(seconds=30)
    comes_in(both, code_of(both, secret))
    assert seal_secrets(both) == 1
    alone = sealed_with(world, NEW)
    world.clock.advance(seconds=30)
    comes_in(alone, code_of(alone, secret))


@pytest.mark.parametrize("left", [(), (NEW,)])
def test_whose_key_is_lost_comes_in_with_a_recovery_code_and_the_log_says_why(
    world: World, caplog: pytest.LogCaptureFixture, left: tuple[str, ...]
) -> None:
    secret, recovery = set_up(sealed_with(world, OLD))
    parts = sealed_with(world, *left)
    assert seal_secrets(parts) == 0
    world.clock.advance(seconds=30)
    with pytest.raises(WrongCode):
        comes_in(parts, code_of(parts, secret))
    comes_in(parts, recovery[0])
    assert "cannot be opened" in caplog.text
    assert secret not in caplog.text


def test_a_phone_that_was_not_confirmed_gets_a_new_secret_when_its_key_is_lost(
    world: World,
) -> None:
    chen = world.get("nurses", "nurse-chen")
    first = invite(sealed_with(world, OLD), chen).secret
    again = invite(sealed_with(world, NEW), chen).secret
    assert again != first
    assert invite(sealed_with(world, NEW), chen).secret == again


@pytest.mark.parametrize(
    "change", [str.swapcase, lambda text: text[:-4], lambda text: text[:30] + "AAAA" + text[34:]]
)
def test_what_was_changed_in_the_record_is_not_taken_for_a_secret(
    change: Callable[[str], str],
) -> None:
    seal = FernetSeal([NEW])
    kept = seal.close("JBSWY3DPEHPK3PXP")
    with pytest.raises(SealBroken):
        seal.open("sealed:" + change(kept.removeprefix("sealed:")))


def test_without_a_key_the_start_says_plainly_that_secrets_stand_open(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    seal_secrets(world.parts)
    assert caplog.text == ""
    set_up(world.parts)
    caplog.set_level(logging.WARNING)
    seal_secrets(world.parts)
    assert "set AFTERCARE_SECRET_KEYS" in caplog.text


def test_the_command_makes_a_key_that_the_setting_takes() -> None:
    made = CliRunner().invoke(app, ["secret-key"]).output.strip()
    seal: Seal = make_seal(read_settings({"AFTERCARE_SECRET_KEYS": f"{made}, {OLD}"}))
    assert seal.open(FernetSeal([OLD]).close("x")) == "x"
    assert isinstance(make_seal(read_settings({})), NoSeal)
    with pytest.raises(AftercareError, match="number 2 is no key"):
        make_seal(read_settings({"AFTERCARE_SECRET_KEYS": f"{made},letmein"}))
