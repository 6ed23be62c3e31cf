"""The deploy folder keeps up with the house: the same processes, settings, files and limits."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.main import get_command

from bot.cli import app
from bot.services.media import MAX_PHOTO_BYTES

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = YAML(typ="safe").load((DEPLOY / "compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILES = sorted(DEPLOY.glob("*.Dockerfile"))
NOT_OURS = {"postgres", "proxy"}
VARIABLE = re.compile(r"\b(?:AFTERCARE|TELEGRAM)_[A-Z_]*[A-Z]\b")


def procfile() -> dict[str, str]:
    lines = (ROOT / "Procfile").read_text("utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if line)


def kind(service: str) -> str:
    """`engine-2` is an engine."""
    return service.partition("-")[0]


def command_of(service: dict[str, Any]) -> str:
    """What a service runs, as one line; its image says it where the service does not."""
    dockerfile = (ROOT / service["build"]["dockerfile"]).read_text("utf-8")
    said = dict(re.findall(r"^(ENTRYPOINT|CMD) \[(.*)\]$", dockerfile, re.MULTILINE))
    words = {key: re.findall(r'"([^"]+)"', value) for key, value in said.items()}
    entry = service.get("entrypoint", words["ENTRYPOINT"])
    return " ".join([*entry, *service.get("command", words.get("CMD", []))])


def test_compose_runs_the_processes_of_the_procfile_and_no_others() -> None:
    assert {kind(name) for name in SERVICES} - NOT_OURS == set(procfile())


@pytest.mark.parametrize("name", sorted(set(SERVICES) - NOT_OURS))
def test_a_process_is_started_as_the_procfile_starts_it(name: str) -> None:
    assert command_of(SERVICES[name]) == procfile()[kind(name)]


def test_what_compose_calls_is_a_command_of_ours() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    called = [
        command_of(one).split()[1]
        for name, one in SERVICES.items()
        if name not in NOT_OURS and command_of(one).startswith(".venv/bin/aftercare")
    ]
    assert called
    assert set(called) <= set(commands)


def test_every_variable_of_the_folder_is_a_documented_setting() -> None:
    documented = set(VARIABLE.findall((ROOT / "docs/how-to/settings.md").read_text("utf-8")))
    files = [one for one in DEPLOY.iterdir() if one.is_file() and one.name != ".env"]
    used = {name for one in files for name in VARIABLE.findall(one.read_text("utf-8"))}
    assert used - documented == set()


def test_every_engine_is_asked_and_has_an_action_server_of_its_own() -> None:
    asked = SERVICES["app"]["environment"]["AFTERCARE_ENGINE_URL"].split(",")
    engines = [name for name in SERVICES if kind(name) == "engine"]
    assert asked == [f"http://{name}:5005" for name in engines]
    actions = [SERVICES[name]["environment"]["AFTERCARE_ACTION_URL"] for name in engines]
    servers = [name for name in SERVICES if kind(name) == "actions"]
    assert actions == [f"http://{name}:5055/webhook" for name in servers]


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    alone_inside = {name for name, one in SERVICES.items() if one["networks"] == ["inside"]}
    assert {"postgres", "engine-1", "actions-1"} <= alone_inside
    assert SERVICES["proxy"]["networks"] == ["outside"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_comes_back_by_itself_and_its_log_cannot_fill_the_disk(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert {"max-size", "max-file"} <= set(service["logging"]["options"])
    if name != "postgres":
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]


def test_no_secret_stands_in_the_folder_and_none_gets_into_an_image() -> None:
    example = dict(
        line.split("=", 1)
        for line in (DEPLOY / ".env.example").read_text("utf-8").splitlines()
        if "=" in line and not line.startswith("#")
    )
    secret = [name for name in example if re.search("PASSWORD|TOKEN|SECRET", name)]
    assert len(secret) == 5
    assert [example[name] for name in secret] == [""] * 5
    assert ".env" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in ignored
    assert "**/.env" in ignored
    assert not {"!var", "!deploy", "!.git", "!models"} & set(ignored)


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda one: one.name)
def test_an_image_takes_files_that_exist_and_that_are_let_in(file: Path) -> None:
    let_in = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line[0] == "!"
    }
    taken = [
        name
        for line in re.findall(r"^COPY (?!--from)(.*)$", file.read_text("utf-8"), re.MULTILINE)
        for name in line.split()[:-1]
    ]
    assert taken
    for name in taken:
        assert (ROOT / name).exists(), name
        assert any(name == one or f"{name}/" in one or one in name for one in let_in), name


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda one: one.name)
def test_an_image_is_pinned_and_does_not_run_as_root(file: Path) -> None:
    text = file.read_text("utf-8")
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert bases
    assert all(":" in one and not one.endswith(":latest") for one in bases)
    assert re.findall(r"^USER (\w+)$", text, re.MULTILINE) == ["aftercare"]
    assert "--require-hashes" in text or "setup.sh" in text


def test_the_backup_tools_are_not_older_than_the_server() -> None:
    server = int(re.search(r"postgres:(\d+)", SERVICES["postgres"]["image"])[1])  # type: ignore[index]
    app_file = (DEPLOY / "app.Dockerfile").read_text("utf-8")
    assert int(re.search(r"postgresql-client-(\d+)", app_file)[1]) >= server  # type: ignore[index]


def test_the_proxy_lets_every_photo_through_that_we_take() -> None:
    proxy = (DEPLOY / "Caddyfile").read_text("utf-8")
    most = int(re.search(r"max_size (\d+)MB", proxy)[1]) * 1000 * 1000  # type: ignore[index]
    assert MAX_PHOTO_BYTES < most < 2 * MAX_PHOTO_BYTES
