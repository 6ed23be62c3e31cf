"""The documents keep up: settings, commands, links and words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from typer.main import get_command

from bot.cli import app
from bot.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = ROOT / "docs/how-to"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"")
MENTIONED = re.compile(r"docs/[\w/-]+\.(?:md|yml)")
VARIABLE = re.compile(r"AFTERCARE_[A-Z_]*[A-Z]")
# What a new colleague must find in the glossary, as the house style lists it.
WORDS = (
    *("pathway", "episode of care", "check-in", "question", "answer", "observation", "red flag"),
    *("triage level", "escalation", "notification", "acknowledgement", "on-call rota", "hand-off"),
    *("takeover", "hand-back", "SBAR", "proxy", "scheduler"),
)


def commands(command: click.Command, path: str = "") -> Iterator[str]:
    inner = getattr(command, "commands", {})
    if not inner:
        yield path.strip()
    for name, one in inner.items():
        yield from commands(one, f"{path} {name}")


def sources() -> Iterator[Path]:
    for folder in ("bot", "actions", "engine", "tests", "scripts", "benchmarks", "deploy"):
        for one in (ROOT / folder).rglob("*"):
            ours = not {".venv", "node_modules", "__pycache__"} & set(one.parts)
            if ours and (one.suffix in (".py", ".sh") or one.name == "compose.yml"):
                yield one


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda one: one.variable)
def test_a_setting_is_documented_with_its_default(setting) -> None:
    rows = [
        row
        for row in (HOW_TO / "settings.md").read_text(encoding="utf-8").splitlines()
        if row.startswith("|") and f"`{setting.variable}`" in row.split("|")[1]
    ]
    assert len(rows) == 1
    default = rows[0].split("|")[2]
    assert (f"`{setting.default}`" if setting.default else "empty") in default


def test_every_variable_that_the_code_reads_is_documented() -> None:
    used = {name for one in sources() for name in VARIABLE.findall(one.read_text("utf-8"))}
    documented = set(VARIABLE.findall((HOW_TO / "settings.md").read_text(encoding="utf-8")))
    assert used - documented == set()
    assert documented - used == set()


@pytest.mark.parametrize("command", sorted(commands(get_command(app))))
def test_a_command_is_explained_and_has_help(command: str) -> None:
    said = "\n".join(one.read_text(encoding="utf-8") for one in HOW_TO.glob("*.md"))
    assert f"aftercare {command}" in said or f"`{command.split()[-1]}`" in said
    found = get_command(app)
    for name in command.split():
        found = found.commands[name]  # type: ignore[attr-defined]
    assert found.help


@pytest.mark.parametrize("page", PAGES, ids=lambda one: one.relative_to(ROOT).as_posix())
def test_a_link_leads_somewhere(page: Path) -> None:
    links = [one or other for one, other in LINK.findall(page.read_text(encoding="utf-8"))]
    inside = [one for one in links if not re.match(r"[a-z]+:|#", one)]
    assert [one for one in inside if not (page.parent / one.partition("#")[0]).exists()] == []


def test_every_how_to_can_be_reached_from_both_readmes() -> None:
    for readme in ("README.md", "README.zh.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        lost = [one.name for one in HOW_TO.glob("*.md") if f"docs/how-to/{one.name}" not in text]
        assert lost == [], readme


def test_a_document_that_the_code_names_exists() -> None:
    named = {name for one in sources() for name in MENTIONED.findall(one.read_text("utf-8"))}
    assert named
    assert [one for one in sorted(named) if not (ROOT / one).exists()] == []


@pytest.mark.parametrize("word", WORDS)
def test_a_word_of_the_house_stands_in_the_glossary(word: str) -> None:
    rows = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines()
    entries = {
        part.strip() for row in rows if row.startswith("|") for part in row.split("|")[1].split("/")
    }
    assert word in entries


def test_the_readmes_say_what_it_is_not() -> None:
    english = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    chinese = (ROOT / "README.zh.md").read_text(encoding="utf-8")
    for sentence in ("Not clinically approved", "Not for emergencies", "until a hospital makes"):
        assert sentence in english
    for sentence in ("未经临床批准", "不用于急救", "医疗器械"):
        assert sentence in chinese


def test_the_documents_name_no_place_of_our_own_machines() -> None:
    own = re.compile(r"(?<![\w.])/(?:work|home|root|tmp|opt)/\w")
    assert [one.name for one in PAGES if own.search(one.read_text(encoding="utf-8"))] == []
