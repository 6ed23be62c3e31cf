"""Texts of console and chat: every sentence in both languages, every key used exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot.channels.webchat.page import texts as chat_texts
from bot.console.texts import Texts, texts
from bot.core.check_in import CheckInState
from bot.core.escalation import OUTCOMES, RIGHTNESS, EscalationState
from bot.core.message import Part
from bot.core.patient import EpisodeState, RiskTier, Role
from bot.core.staff import ROTAS, StaffRole
from bot.core.triage_level import TriageLevel

ROOT = Path(__file__).resolve().parents[2] / "bot"
CONSOLE = ROOT / "console"
BLANK = re.compile(r"\{(\w+)\}")


def blanks(all_texts: dict[str, str]) -> dict[str, set[str]]:
    return {key: set(BLANK.findall(text)) for key, text in all_texts.items()}


@pytest.mark.parametrize("of", [texts, chat_texts])
def test_every_text_stands_in_both_languages_with_the_same_blanks(of) -> None:
    assert blanks(of("zh")) == blanks(of("en"))


@pytest.mark.parametrize("of", [texts, chat_texts])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_text_is_empty(of, language: str) -> None:
    assert [key for key, text in of(language).items() if not text.strip()] == []


def test_the_chinese_texts_are_chinese() -> None:
    same = {
        key
        for key, text in texts("zh").items()
        if not re.search(r"[\u4e00-\u9fff]", BLANK.sub("", text))
    }
    assert same <= {"app.other_language", "channel.telegram"}


def test_every_key_that_a_page_says_exists() -> None:
    used: set[str] = set()
    for file in [*CONSOLE.rglob("*.html"), *CONSOLE.rglob("*.py")]:
        used |= set(re.findall(r'\bt\(\s*"([a-z_]+\.[a-z_]+)"', file.read_text("utf-8")))
    assert len(used) > 100
    assert used - set(texts("en")) == set()


def test_every_confirmation_that_a_page_sends_exists() -> None:
    sent: set[str] = set()
    for file in CONSOLE.rglob("*.py"):
        sent |= set(re.findall(r'done="([a-z_]+)"', file.read_text("utf-8")))
    assert sent
    assert {f"done.{key}" for key in sent} <= set(texts("en"))


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("level", [one.word for one in TriageLevel]),
        ("outcome", OUTCOMES),
        ("rightness", RIGHTNESS),
        ("role", list(StaffRole)),
        ("rota", ROTAS),
        ("episode", list(EpisodeState)),
        ("check_in", list(CheckInState)),
        ("case_state", list(EscalationState)),
        ("tier", list(RiskTier)),
        ("speaker", list(Role)),
        ("part", [one for one in Part if one not in ("text", "button", "photo")]),
    ],
)
def test_every_word_of_the_record_has_a_text(group: str, words: list[str]) -> None:
    assert [one for one in words if f"{group}.{one}" not in texts("zh")] == []


def test_every_kind_of_task_that_the_house_makes_has_a_text() -> None:
    made: set[str] = set()
    for file in (ROOT / "services").glob("*.py"):
        made |= set(re.findall(r'kind="([a-z_]+)",\s*key=', file.read_text("utf-8")))
    assert made
    assert [one for one in made if f"task.{one}" not in texts("zh")] == []


def test_every_kind_of_mistake_that_the_check_knows_has_a_text() -> None:
    """Noted as `note(spot, "kind", ...)` or `Finding(file, line, column, "kind", ...)`."""
    known: set[str] = set()
    for file in (ROOT / "pathfiles").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
                ("note", "warn", "unreadable", "Finding")
            ):
                words = [one.value for one in node.args if isinstance(one, ast.Constant)]
                known |= {one for one in words if re.fullmatch("[a-z]+(_[a-z0-9]+)+", str(one))}
    assert len(known) > 60
    assert [one for one in sorted(known) if f"mistake.{one}" not in texts("zh")] == []


def test_a_new_word_of_the_record_is_shown_as_it_is() -> None:
    assert Texts("en").known("task", "brand_new") == "brand new"


def test_every_key_that_the_chat_page_says_exists() -> None:
    folder = ROOT / "channels" / "webchat"
    used: set[str] = set()
    for file in (folder / "static").glob("*.js"):
        used |= set(re.findall(r'\bsay\("([a-z_]+)"', file.read_text("utf-8")))
    page = (folder / "templates" / "chat.html").read_text("utf-8")
    used |= set(re.findall(r'data-text="([a-z_]+)"', page))
    used |= set(re.findall(r"\bt\.([a-z_]+)", page))
    routes = (folder / "routes.py").read_text("utf-8")
    used |= set(re.findall(r'Refuse\(\d+, "([a-z_]+)"', routes))
    assert len(used) > 25
    assert used - set(chat_texts("en")) == set()
