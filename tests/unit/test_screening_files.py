"""Lexicon files: what a nurse may write, and what she is told when it cannot be used."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bot.core.errors import PathwayError
from bot.core.screening import screen
from bot.core.triage_level import TriageLevel
from bot.pathfiles.lexicon_words import spellings
from bot.pathfiles.lexicons import load_lexicons
from bot.pathfiles.spots import Spot
from evaluation import corpus

SPOT = Spot("signs/test.yml", 3, 1, text="x")
NEW_SIGN = """
{key}:
  level: {level}
  source: {source}
  why: {{zh: 测试, en: a test}}
  says:
    zh: {zh}
    en: {en}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "lexicon"
    shutil.copytree(corpus.LEXICON, copy)
    (copy / "wording.json").unlink()
    return copy


def _add(folder: Path, text: str, file: str = "signs/added.yml") -> None:
    path = folder / file
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(before + text, encoding="utf-8")


def _sign(**changes: str) -> str:
    told = {
        "key": "green_toenail",
        "level": "same_day",
        "source": "GK",
        "zh": "指甲发绿",
        "en": "green nail",
    }
    return NEW_SIGN.format(**(told | changes))


def test_a_new_phrase_counts_without_any_change_of_code(folder: Path) -> None:
    _add(folder, _sign(en="my toenail (has/is) turn(ed/ing) green"))
    lexicons = load_lexicons(folder)
    found = screen("My toenail is turning green!", lexicons=lexicons)
    assert found.level is TriageLevel.SAME_DAY
    assert [flag.code for flag in found.red_flags if flag.code == "green_toenail"]


def test_a_changed_file_changes_the_version(folder: Path) -> None:
    before = load_lexicons(folder).version
    _add(folder, _sign())
    assert load_lexicons(folder).version != before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (_sign(level="urgent"), "no triage level 'urgent'"),
        (_sign(source='""'), "it needs level, source and why"),
        (_sign(en="my toe (is green"), "its brackets do not match"),
        (_sign(en="'| |'") + "  colour: green\n", "a sign has no 'colour'"),
        (_sign() + "  when: toenail + green\n", "there is no word list 'toenail'"),
        (_sign() + "  replaces: nothing_known\n", "replaces an unknown sign"),
        (_sign() + "  cases:\n    - {level: same_day, days: often, source: GK}\n", "days must be"),
        (_sign() + '  when: "#>=x + calf"\n', "must be such as #>=3"),
        (_sign(key="fever"), "there are two signs 'fever'"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(folder: Path, text: str, told: str) -> None:
    _add(folder, text)
    with pytest.raises(PathwayError) as caught:
        load_lexicons(folder)
    assert told in str(caught.value)
    assert caught.value.where.split(":")[0].endswith(".yml")
    assert caught.value.where.split(":")[1].isdigit()


def test_broken_yaml_is_told_with_its_line(folder: Path) -> None:
    _add(folder, "\nbroken:\n  - a\n b: c\n")
    with pytest.raises(PathwayError, match=r"signs/added.yml:\d+: this is not YAML"):
        load_lexicons(folder)


def test_a_missing_file_is_told_by_name(folder: Path) -> None:
    (folder / "numbers.yml").unlink()
    with pytest.raises(PathwayError, match=r"numbers.yml: the file is missing"):
        load_lexicons(folder)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(PathwayError, match="there is no such folder"):
        load_lexicons(tmp_path / "nowhere")


def test_a_spoilt_points_table_is_told(folder: Path) -> None:
    (folder / "wording.json").write_text('{"today": 3}', encoding="utf-8")
    with pytest.raises(PathwayError, match=r"wording.json: it cannot be read"):
        load_lexicons(folder)


def test_a_points_table_with_a_number_too_few_is_told(folder: Path) -> None:
    shutil.copy(corpus.LEXICON / "wording.json", folder)
    (folder / "wording.en.tsv").write_text("word\tchest\t1\t2\n", encoding="utf-8")
    with pytest.raises(PathwayError, match=r"wording.en.tsv: 'chest' has 2 numbers"):
        load_lexicons(folder)


def test_points_tables_without_a_language_are_told(folder: Path) -> None:
    told = json.loads((corpus.LEXICON / "wording.json").read_text(encoding="utf-8"))
    zh = {name: told[name] for name in ("zh", "zh.short")}
    (folder / "wording.json").write_text(json.dumps(zh), encoding="utf-8")
    with pytest.raises(PathwayError, match=r"wording.json: it cannot be read: 'en'"):
        load_lexicons(folder)


def test_screening_works_by_rules_alone(folder: Path) -> None:
    lexicons = load_lexicons(folder)
    assert lexicons.wording is None
    assert screen("我喘不上气", lexicons=lexicons).level is TriageLevel.EMERGENCY


def test_brackets_are_written_out_and_may_nest() -> None:
    assert spellings("(a/b)c", SPOT) == ["ac", "bc"]
    assert spellings("a[b]", SPOT) == ["a", "ab"]
    assert spellings("ab?", SPOT) == ["a", "ab"]
    assert spellings("(a)?(b/c[d])", SPOT) == ["ab", "ac", "acd", "b", "c", "cd"]


def test_every_sign_and_threshold_names_its_source() -> None:
    for sign in load_lexicons(corpus.LEXICON).signs:
        assert sign.source.strip(), sign.key
        assert not sign.why.missing(), sign.key
