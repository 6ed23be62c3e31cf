"""aftercare serve, account: the running service and who may sign in."""

from __future__ import annotations

from typing import Annotated

import typer
import uvicorn

from bot.core.staff import StaffRole
from bot.services.staff_accounts import make_account
from bot.settings import read_settings
from bot.wiring import wire


def serve() -> None:
    """Serve the chat, the console and the channels, and do the durable work."""
    settings = read_settings()
    uvicorn.run(
        "bot.app:make_app",
        factory=True,
        host=settings.host,
        port=int(settings.port),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
    )


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
    nurse = make_account(
        parts, name=name, login=login, password=password, role=role, ward=ward, language=lang
    )
    typer.echo(f"Account {nurse.login} made.")


COMMANDS = (serve, account)
