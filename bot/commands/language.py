"""screen, understand, parse: what patients' words mean, one line in, one JSON out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.core.reading import parse_line
from bot.core.screening import Screening
from bot.core.screening import screen as screen_text
from bot.core.screening.plain import has_han
from bot.pathfiles.answer_words import load_answer_words
from bot.pathfiles.lexicons import load_lexicons
from bot.pathfiles.load import load_library
from bot.settings import read_settings

Language = Annotated[str | None, typer.Option("--lang", help="zh or en; found out when left out")]
ENGINE_PYTHON = Path("engine/.venv/bin/python")


def screen(lang: Language = None) -> None:
    """Screen messages for red flags: one message a line in, one JSON object a line out.

    A line that starts with { is JSON: {"text", "procedure", "day", "recent"}; where it is not
    of that form, the answer is {"error": what is wrong}.
    """
    folder = Path(read_settings().pathways)
    lexicons = load_lexicons(folder / "shared" / "lexicon")
    for line in _lines():
        asked = _asked(line)
        wrong = _what_is_wrong(asked)
        if wrong:
            _out({"text": asked.get("text"), "error": wrong})
            continue
        found = screen_text(
            asked["text"],
            lexicons=lexicons,
            procedure=asked.get("procedure"),
            day=asked.get("day"),
            recent=tuple(asked.get("recent") or ()),
        )
        _out(_row(found, lang))


def _asked(line: str) -> dict[str, Any]:
    """A JSON line's object, or the line itself as text; broken JSON is a message too."""
    if line.lstrip().startswith("{"):
        try:
            asked = json.loads(line)
        except (ValueError, RecursionError):
            return {"text": line}
        if isinstance(asked, dict):
            return asked
    return {"text": line}


def _what_is_wrong(asked: Mapping[str, Any]) -> str:
    """What to mend in a JSON line; empty when it can be screened."""
    if not isinstance(asked.get("text"), str):
        return "text must be a string (text 应为文字)"
    if not isinstance(asked.get("procedure"), str | None):
        return "procedure must be a string or null (procedure 应为文字)"
    day, recent = asked.get("day"), asked.get("recent")
    if not isinstance(day, int | None) or isinstance(day, bool):
        return "day must be a whole number or null (day 应为整数)"
    if recent is not None and not (
        isinstance(recent, list) and all(isinstance(one, str) for one in recent)
    ):
        return "recent must be a list of strings (recent 应为文字列表)"
    return ""


def _row(found: Screening, lang: str | None) -> dict[str, Any]:
    lang = lang or ("zh" if has_han(found.text) else "en")
    return {
        "text": found.text,
        "level": found.level.word,
        "ask": found.ask,
        "another_person": found.another_person,
        "red_flags": [
            {"code": one.code, "level": one.level.word, "span": one.span, "why": one.why.say(lang)}
            for one in found.red_flags
        ],
    }


def understand(lang: Language = None) -> None:  # noqa: ARG001, one model reads both languages
    """Say the intent and topic of messages, by the trained model."""
    if not ENGINE_PYTHON.exists():
        typer.echo("The engine is not set up yet: run `make setup` first.", err=True)
        raise typer.Exit(2)
    code = subprocess.run(  # noqa: S603, our own interpreter and module
        [str(ENGINE_PYTHON), "-W", "ignore", "-m", "engine.understand"], check=False
    ).returncode
    raise typer.Exit(code)


def parse(pathway: str, question: str) -> None:
    """Read answers to one question of a pathway: one answer a line in, one JSON a line out."""
    folder = Path(read_settings().pathways)
    library = load_library(folder)
    known = library.pathway(pathway).questions
    if question not in known:
        typer.echo(f"{pathway} has no question '{question}'. Known: {', '.join(known)}", err=True)
        raise typer.Exit(2)
    words = load_answer_words(folder / "shared" / "answer_words")
    for line in _lines():
        _out(parse_line(line, known[question], words))


def _lines() -> Iterator[str]:
    """Lines of standard input, whatever bytes they hold."""
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", "replace").rstrip("\r\n")


def _out(row: dict[str, Any]) -> None:
    # Half a character, as broken programs send it, must not end the run.
    text = json.dumps(row, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


COMMANDS = (screen, understand, parse)
