"""Every sentence that a use case wants to say exists, in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.words import LANGUAGES
from bot.pathfiles.load import load_library

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*(ROOT / "bot/services").glob("*.py"), *(ROOT / "actions").glob("*.py")])
SPEAKERS = {"phrase", "say", "_say", "about_case", "tell_others"}
PHRASES = load_library(ROOT / "pathways").shared.phrases

Scope = dict[str, list[tuple[ast.expr, int | None]]]


class Reader:
    """Finds what may stand behind the key of a sentence in one module.

    A key is written out, chosen (`a if x else b`), looked up in a table of the module,
    returned by one of its functions, or begun as an f-string: then it ends with "*".
    """

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)
        self.returns: dict[str, list[ast.expr]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef):
                found = [one for one in ast.walk(node) if isinstance(one, ast.Return)]
                self.returns[node.name] = [one.value for one in found if one.value is not None]
        self.module = scope_of([one for one in self.tree.body if not is_function(one)])

    def keys(self) -> Iterator[str]:
        for function in [one for one in ast.walk(self.tree) if is_function(one)]:
            scope = self.module | scope_of([function])
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and last_name(node.func) in SPEAKERS:
                    for given in node.args:
                        yield from self._texts(given, scope, None)
                elif isinstance(node, ast.Subscript) and last_name(node.value) == "phrases":
                    yield from self._texts(node.slice, scope, None)

    def _texts(self, node: ast.expr, scope: Scope, place: int | None) -> Iterator[str]:
        """The texts that this expression may be; `place`: its item of each tuple."""
        more: list[tuple[ast.expr, int | None]] = []
        match node:
            case ast.Constant(value=str(text)):
                yield text
            case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
                yield f"{text}*"
            case ast.IfExp():
                more = [(node.body, place), (node.orelse, place)]
            case ast.BoolOp(values=either):
                more = [(one, place) for one in either]
            case ast.Dict(values=listed):
                more = [(one, place) for one in listed]
            case ast.Tuple(elts=items):
                more = [(one, None) for at, one in enumerate(items) if place in (None, at)]
            case ast.Subscript(value=table, slice=ast.Constant(value=int(at))):
                more = [(table, at)]
            case ast.Subscript(value=table):
                more = [(table, place)]
            case ast.Call(func=ast.Attribute(value=table, attr="get"), args=[_, *default]):
                more = [(one, place) for one in (table, *default)]
            case ast.Call(func=ast.Name(id=called)) if called in self.returns:
                more = [(one, place) for one in self.returns[called]]
            case ast.Name(id=named):
                # Without the name itself, so that `key = key or ...` ends.
                known, scope = scope.get(named, []), {**scope, named: []}
                more = [(one, at if at is not None else place) for one, at in known]
        for one, at in more:
            yield from self._texts(one, scope, at)


def is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef)


def last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def scope_of(nodes: list[ast.stmt]) -> Scope:
    """Each name that is given a value here, and the values it may have."""
    scope: Scope = {}
    for node in (inner for one in nodes for inner in ast.walk(one)):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
            targets = [node.target]
        for target in targets:
            value = node.value  # type: ignore[attr-defined]
            if isinstance(target, ast.Name) and value is not None:
                scope.setdefault(target.id, []).append((value, None))
            elif isinstance(target, ast.Tuple):
                for at, one in enumerate(target.elts):
                    if isinstance(one, ast.Name):
                        scope.setdefault(one.id, []).append((value, at))
    return scope


def said_in(source: str) -> set[str]:
    return set(Reader(source).keys())


def missing(keys: set[str]) -> list[str]:
    known = PHRASES.by_key
    begun = {key for key in keys if key.endswith("*")}
    lost = [key for key in keys - begun if key not in known]
    return sorted(lost + [key for key in begun if not any(k.startswith(key[:-1]) for k in known)])


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.stem)
def test_every_sentence_of_a_use_case_exists(file: Path) -> None:
    assert missing(said_in(file.read_text(encoding="utf-8"))) == []


def test_many_sentences_are_found_so_that_the_search_means_something() -> None:
    found = {key for file in FILES for key in said_in(file.read_text(encoding="utf-8"))}
    assert len(found) > 80
    assert {"stopped", "consent_ask", "greeting", "outcome_*", "saved_nurse_will_look"} <= found


def test_every_sentence_can_be_said_in_every_language() -> None:
    silent = [
        (key, language)
        for key, words in PHRASES.by_key.items()
        for language in LANGUAGES
        if not words.by_language.get(language, "").strip()
    ]
    assert silent == []


@pytest.mark.parametrize(
    "source",
    [
        'def f():\n    phrase(parts, "no_such_key", "zh")',
        'def f():\n    key = "stopped" if x else "no_such_key"\n    say(tx, key)',
        'TABLE = {"a": ("no_such_key", "b")}\ndef f():\n    key, _ = TABLE[x]\n    say(tx, key)',
        'def why():\n    return "no_such_key"\ndef f():\n    say(tx, why() or "stopped")',
        'def f():\n    said = phrases["no_such_key"]',
        'def f():\n    phrase(parts, f"no_such_{x}", "zh")',
    ],
)
def test_a_sentence_nobody_wrote_is_found_however_it_is_named(source: str) -> None:
    assert missing(said_in(source)) != []
