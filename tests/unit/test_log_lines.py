"""A log line shows the ids an operator needs, and never a word of a patient."""

from __future__ import annotations

import ast
import logging
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.services.faults import kind_and_place
from bot.services.log_lines import HIDDEN, LINE, SHOWN, WithIds

ROOT = Path(__file__).resolve().parents[2]
WORDS = "我的伤口红肿流脓"


def written(message: str, *args: object, **extra: Any) -> str:
    log = logging.getLogger("bot.deliver")
    return WithIds(LINE).format(
        log.makeRecord(log.name, logging.WARNING, "deliver.py", 1, message, args, None, extra=extra)
    )


def test_the_ids_of_a_call_stand_after_its_message() -> None:
    line = written("not delivered", reason="blocked", outbound_id="out-7")
    assert line == "WARNING bot.deliver not delivered outbound_id=out-7 reason=blocked"


def test_a_line_without_ids_is_as_it_was() -> None:
    assert written("worker %d leads", 2) == "WARNING bot.deliver worker 2 leads"


def test_the_place_of_a_fault_is_quoted_for_its_blanks() -> None:
    try:
        int(WORDS)
    except ValueError as fault:
        line = written("work failed", work="converse", **kind_and_place(fault))
    assert line.startswith("WARNING bot.deliver work failed work=converse fault=ValueError where=")
    assert "test_log_lines.py" in line
    quoted = written("work failed", where="a.py:1 > b.py:2")
    assert quoted.endswith('where="a.py:1 > b.py:2"')


@pytest.mark.parametrize("value", [WORDS, "two\nlines", 'a"b', "x" * 201, ""])
def test_a_value_that_is_no_id_is_hidden(value: str) -> None:
    assert written("not delivered", reason=value).endswith(f"reason={HIDDEN}")


def test_an_extra_that_nobody_declared_is_not_shown() -> None:
    assert written("a library speaks", text="swollen", outbound_id="out-7").endswith(
        "speaks outbound_id=out-7"
    )


def test_ids_stand_before_a_trace() -> None:
    log = logging.getLogger("bot")
    try:
        raise ValueError
    except ValueError:
        record = log.makeRecord(
            *("bot", logging.ERROR, "x.py", 1, "broken", (), sys.exc_info()),
            extra={"outbound_id": "out-7"},
        )
    first, second, *_ = WithIds(LINE).format(record).splitlines()
    assert first == "ERROR bot broken outbound_id=out-7"
    assert second.startswith("Traceback")


def test_every_extra_that_our_code_gives_is_one_that_is_shown() -> None:
    given = {
        str(key.value)
        for folder in ("bot", "actions")
        for file in sorted((ROOT / folder).rglob("*.py"))
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        for word in call.keywords
        if word.arg == "extra" and isinstance(word.value, ast.Dict)
        for key in word.value.keys
        if isinstance(key, ast.Constant)
    } | set(kind_and_place(ValueError()))
    assert given == set(SHOWN)


@pytest.mark.parametrize("door", ["bot/app.py", "actions/server.py", "bot/watchdog/__main__.py"])
def test_every_process_of_ours_writes_its_log_so(door: str) -> None:
    source = (ROOT / door).read_text(encoding="utf-8")
    assert "begin_log()" in source
    assert "basicConfig" not in source
