"""Every finding of the check is whole in Chinese too, and a new one cannot be forgotten."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.pathfiles.check import check_library
from bot.pathfiles.in_chinese import BLANK, BOOK, in_chinese
from tests.unit.pathway_desk import spoil, write_library
from tests.unit.test_pathway_check import HERNIA, MISTAKES

ROOT = Path(__file__).resolve().parents[2]
HAN = re.compile(r"[\u4e00-\u9fff]")
# What the code hands to a finding, by the name of the call: which arguments are sentences.
SENTENCES = {"note": (2, 3), "warn": (2, 3), "unreadable": (2, 3), "Doubt": (1,), "Finding": (4, 5)}
ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_library(tmp_path / "pathways")


@pytest.mark.parametrize(
    "mistake", MISTAKES, ids=[f"{one[0]}-{turn}" for turn, one in enumerate(MISTAKES)]
)
def test_a_mistake_and_the_way_out_are_told_in_chinese(
    folder: Path, mistake: tuple[str, ...]
) -> None:
    kind, file, old, new, *_ = mistake
    spoil(folder, file, old, new)
    for one in check_library(folder):
        for english, chinese in zip((one.what, one.hint), one.told("zh"), strict=True):
            assert bool(english) is bool(chinese)
            own = re.sub(r"“[^”]*”|（[^）]*）", "", chinese)
            assert not english or HAN.search(chinese), english
            assert not ENGLISH.search(own), (kind, chinese)


def sentences() -> Iterator[tuple[str, str]]:
    """Every sentence that the code hands over as it stands, with `x` in its blanks."""
    for path in sorted((ROOT / "bot/pathfiles").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            for place in SENTENCES.get(name, ()):
                if place < len(node.args) and (told := as_text(node.args[place])):
                    yield path.name, told


def as_text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    return "".join(str(one.value) if isinstance(one, ast.Constant) else "x" for one in node.values)


def test_every_sentence_in_the_code_has_its_chinese() -> None:
    told = [(file, one) for file, one in sentences() if re.search("[a-wyz]{3}", one)]
    assert len(told) > 60
    assert [(file, one) for file, one in told if not HAN.search(in_chinese(one))] == []


def test_both_sides_of_the_book_have_the_same_blanks() -> None:
    for group in tomllib.loads(BOOK.read_text(encoding="utf-8")).values():
        for english, chinese in group.items():
            blanks = set(BLANK.findall(english))
            assert blanks >= set(BLANK.findall(chinese)), english
            assert HAN.search(chinese) or "{what" in english, english


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "when: temperature >= 38.0 C",
            "when: temprature >= 38.0 C",
            "错误：规则 fever：没有“temprature”这个问题。是不是“temperature”？",
        ),
        (
            "{zh: 疼几分？, en: How bad is the pain?}",
            "{zh: 疼几分？}",
            "错误：问题 pain 的 ask 缺少“en”这种语言。",
        ),
        (
            "range: 0-10",
            "range: 10-0",
            "错误：问题 pain 的范围（range） 应该是两个数，如 0-10，现在是“10-0”。",
        ),
        (
            "when: pain >= 7",
            "when: pain >= seven",
            "pain_severe 的 when“pain >= seven”：“seven”前面缺少数字（第 9 个字符）",
        ),
    ],
)
def test_the_command_speaks_chinese(folder: Path, old: str, new: str, said: str) -> None:
    line = spoil(folder, HERNIA, old, new)
    found = CliRunner().invoke(app, ["pathway", "check", "--folder", str(folder), "--lang", "zh"])
    assert found.exit_code == 1
    assert any(
        one.startswith(f"hernia.yml:{line}:") and said in one for one in found.output.splitlines()
    ), found.output
    assert found.output.splitlines()[-1].endswith("个提醒")


def test_what_the_book_does_not_know_is_told_in_english_rather_than_not() -> None:
    assert in_chinese("something new went wrong") == "something new went wrong"
