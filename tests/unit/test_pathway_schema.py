"""The published JSON Schema and the reader know the same names, and the shipped files fit it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from ruamel.yaml import YAML

from bot.core.words import LANGUAGES
from bot.pathfiles.desk import Desk
from bot.pathfiles.lend import place_of
from bot.pathfiles.load import read_library
from bot.pathfiles.phrase_keys import PHRASE_KEYS
from bot.pathfiles.schema import published
from bot.pathfiles.spots import Spot, read_spots
from tests.unit.pathway_desk import PATHWAYS, write_library

FILES = sorted(path.relative_to(PATHWAYS).as_posix() for path in PATHWAYS.glob("*.yml"))
SHARED = sorted(f"shared/{path.name}" for path in (PATHWAYS / "shared").glob("*.yml"))
MAIN = published()["pathway.schema.json"]
# Everything that may stand somewhere and stands in none of the shipped files.
RARE = """\
    everything:
      {day: 9, after: surgery, ask: [pain], tiers: [low], repeat: {every_days: 2, times: 2},
       window: "09:00-19:00", intro: {zh: 好, en: Well}}
"""


def schema_of(name: str) -> dict[str, Any]:
    return MAIN if "/" not in name else MAIN["definitions"][Path(name).stem]


def typed(path: Path) -> Any:
    """The file as an editor sees it: YAML 1.2, where a day of the calendar is a text."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items()}
        if isinstance(value, list):
            return [plain(one) for one in value]
        return value.isoformat() if isinstance(value, date) else value

    return plain(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")))


def complaints(content: Any, name: str) -> list[str]:
    whole = {"$ref": "urn:main"} if "/" not in name else {"$ref": f"urn:{name}"}
    resources = {
        "urn:main": MAIN,
        f"urn:{name}": {"$ref": f"urn:main#/definitions/{Path(name).stem}"},
    }
    registry = Registry().with_resources(
        (uri, Resource.from_contents({"$schema": MAIN["$schema"], **one}))
        for uri, one in resources.items()
    )
    found = Draft7Validator(whole, registry=registry).iter_errors(content)
    return [f"{'/'.join(map(str, one.path))}: {one.message}" for one in found]


@pytest.mark.parametrize("name", [*FILES, *SHARED])
def test_a_shipped_file_fits_the_schema_and_names_it(name: str) -> None:
    assert complaints(typed(PATHWAYS / name), name) == []
    first = (PATHWAYS / name).read_text(encoding="utf-8").splitlines()[0]
    schema = "pathway.schema.json" if "/" not in name else f"schema/{Path(name).stem}.json"
    assert first == f"# yaml-language-server: $schema={schema}"
    assert (PATHWAYS / name).parent.joinpath(schema).is_file()


def test_the_published_schema_is_the_one_made_from_the_code() -> None:
    for name, content in published().items():
        kept = json.loads((PATHWAYS / name).read_text(encoding="utf-8"))
        assert kept == content, f"run: aftercare pathway schema ({name})"
        Draft7Validator.check_schema(content)


def test_the_schema_of_the_phrases_has_their_keys() -> None:
    assert set(schema_of("shared/phrases.yml")["required"]) == set(PHRASE_KEYS)


def test_a_schema_of_the_shared_folder_leads_to_the_one_of_the_pathways() -> None:
    def from_disk(uri: str) -> Resource[Any]:
        return Resource.from_contents(
            json.loads(Path(uri.removeprefix("file://")).read_text("utf-8"))
        )

    for name in SHARED:
        schema = (PATHWAYS / "shared/schema" / f"{Path(name).stem}.json").as_uri()
        content = typed(PATHWAYS / name)
        registry = Registry(retrieve=from_disk)
        validator = Draft7Validator({"$ref": schema}, registry=registry)
        assert validator.is_valid(content), name
        assert not validator.is_valid({"Nonsense": {"x": 1}}), name


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("kind: scale", "kind: scal", "'scal' is not one of"),
        ("range: 0-10", "rang: 0-10", "'rang' was unexpected"),
        ("remind_after: 4 h", "remind_after: 4 hours", "does not match"),
        ("level: same_day", "level: today", "'today' is not one of"),
        (
            "ask: {zh: 有包块吗？, en: Is there a lump?}",
            "ask: {zh: 有包块吗？}",
            "'en' is a required",
        ),
        ("    kind: scale\n", "", "'kind' is a required"),
    ],
)
def test_an_editor_underlines_a_mistake(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = write_library(tmp_path / "pathways") / "hernia.yml"
    text = path.read_text(encoding="utf-8")
    assert complaints(typed(path), "hernia.yml") == []
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(told in one for one in complaints(typed(path), "hernia.yml"))


def test_every_name_the_reader_knows_is_in_the_schema_and_the_other_way_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: dict[tuple[str, int, int], tuple[set[str], set[str]]] = {}
    read_block = Desk.block

    def block(desk: Desk, spot: Spot | None, what: str, *, needs: Any = (), may: Any) -> Any:
        if spot is not None and spot.entries is not None:
            before = known.get(place_of(spot), (set(), set()))
            known[place_of(spot)] = (before[0] | {*needs}, before[1] | {*needs, *may})
        return read_block(desk, spot, what, needs=needs, may=may)

    monkeypatch.setattr(Desk, "block", block)
    rare = write_library(tmp_path / "rare")
    path = rare / "hernia.yml"
    text = path.read_text(encoding="utf-8").replace("questions:\n", f"{RARE}questions:\n", 1)
    path.write_text(f"note: a word\n{text}", encoding="utf-8")
    seen: set[str] = set()
    for folder, names in ((PATHWAYS, [*FILES, *SHARED]), (rare, ["hernia.yml"])):
        known.clear()
        assert read_library(folder).errors == ()
        for name in names:
            root, _ = read_spots(folder / name, name)
            for spot, where, schema in blocks(root, schema_of(name), name):
                seen.add(json.dumps(schema, sort_keys=True))
                compare(known[place_of(spot)], where, schema)
    assert [one for one in with_names(MAIN) if json.dumps(one, sort_keys=True) not in seen] == []


def compare(known: tuple[set[str], set[str]], where: str, schema: dict[str, Any]) -> None:
    needs, may = known
    if may == {*LANGUAGES}:  # the reader asks for both languages by another finding
        needs = may
    if "like" in schema["properties"]:  # `also`: lent, or written in both languages
        assert {*schema["properties"]} == {"like", *LANGUAGES}, where
        return
    assert {*schema["properties"]} == may, where
    assert {*schema.get("required", ())} == needs, where


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema or "allOf" in schema:
        reference = schema["$ref"] if "$ref" in schema else schema["allOf"][0]["$ref"]
        schema = MAIN["definitions"][reference.rpartition("/")[2]]
    return schema


def blocks(
    spot: Spot, schema: dict[str, Any], where: str
) -> Iterator[tuple[Spot, str, dict[str, Any]]]:
    """Every block of a file that has fixed names, beside the schema of its place."""
    schema = resolved(schema)
    if spot.entries is not None:
        names = schema.get("properties")
        if names is not None and not_looked_at_as_a_block(names, spot) is False:
            yield spot, where, schema
        for name, entry in spot.entries.items():
            inner = names[name] if names is not None else schema["additionalProperties"]
            if not isinstance(inner, bool):
                yield from blocks(entry, inner, f"{where}: {name}")
    for item in spot.items or ():
        if "items" in schema:
            yield from blocks(item, schema["items"], where)


def not_looked_at_as_a_block(names: dict[str, Any], spot: Spot) -> bool:
    """The phrases are compared with their keys one by one, a lent list by its name."""
    return "thanks" in names or set(spot.entries or ()) == {"like"}


def with_names(schema: Any) -> Iterator[dict[str, Any]]:
    """Every part of the schema with fixed names, but for the phrases (see below)."""
    if isinstance(schema, list):
        for one in schema:
            yield from with_names(one)
    if isinstance(schema, dict):
        if "properties" in schema and "thanks" not in schema["properties"]:
            yield schema
        for one in schema.values():
            yield from with_names(one)
