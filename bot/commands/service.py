"""aftercare serve, account: the running service and who may sign in."""

from __future__ import annotations

import getpass
import json
import threading
import time
from typing import Annotated

import httpx
import typer
import uvicorn

from bot.console.description import describe
from bot.core.errors import AftercareError
from bot.core.staff import StaffRole
from bot.services.second_step import reset
from bot.services.staff_accounts import make_account
from bot.settings import VERSION, Settings, read_settings
from bot.storage.seal import new_key
from bot.wiring import wire


def serve() -> None:
    """Serve the chat, the console and the channels, and do the durable work."""
    settings = read_settings()
    threading.Thread(target=_say_when_ready, args=(settings,), daemon=True).start()
    uvicorn.run(
        "bot.app:make_app",
        factory=True,
        host=settings.host,
        port=int(settings.port),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
    )


def _say_when_ready(settings: Settings) -> None:
    """Tell the person who started it when patients can be answered."""
    here = f"http://{settings.host}:{settings.port}/readyz"
    while True:
        try:
            if httpx.get(here, timeout=5).status_code == httpx.codes.OK:
                typer.echo(f"Ready: {settings.public_url}/chat and {settings.public_url}/console")
                return
        except httpx.HTTPError:
            pass  # not up yet
        time.sleep(0.5)


def account(
    login: str,
    name: Annotated[str, typer.Option(help="the name that patients read")],
    role: Annotated[StaffRole, typer.Option(help="what this person may do")] = StaffRole.NURSE,
    ward: Annotated[str, typer.Option(help="* for every ward")] = "*",
    lang: Annotated[str, typer.Option("--lang", help="zh or en")] = "zh",
) -> None:
    """Make an account for the console; the password is asked for twice."""
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    parts = wire(prepare=True).parts
    try:
        make_account(
            parts, name=name, login=login, password=password, role=role, ward=ward, language=lang
        )
    except AftercareError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"Account {login} made.")


def secret_key() -> None:
    """Make a key for AFTERCARE_SECRET_KEYS and print it; nothing else is changed."""
    typer.echo(new_key())


def openapi() -> None:
    """Print every address of the console with its permission and answers, as OpenAPI."""
    url = read_settings().public_url.rstrip("/")
    typer.echo(json.dumps(describe(version=VERSION, url=url), indent=2, ensure_ascii=False))


def second_step_reset(
    login: Annotated[str, typer.Argument(help="whose phone is lost")],
) -> None:
    """Take a person's second step away when no administrator can sign in; it is noted."""
    parts = wire(prepare=True).parts
    with parts.record.reading() as tx:
        nurse = tx.nurses.one(login=login.strip().lower())
    if nurse is None:
        typer.echo(f"there is no login {login}", err=True)
        raise typer.Exit(2)
    reset(parts, nurse_id=nurse.id, by=f"command:{getpass.getuser()}")
    typer.echo(f"{login} signs in with the password, and sets up a new phone if her role needs it.")


COMMANDS = (serve, account, secret_key, second_step_reset, openapi)
