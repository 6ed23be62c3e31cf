"""A ward's own shared folder that is older than the software: the service starts all the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.core.errors import PathwayError
from bot.pathfiles import answer_words
from bot.pathfiles.answer_words import load_answer_words
from bot.pathfiles.check import check_library
from bot.pathfiles.findings import Severity
from bot.pathfiles.load import load_library
from tests.unit.pathway_desk import PATHWAYS, write_library

PHRASES = "shared/phrases.yml"


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    """The small library, with the shipped answer words beside it."""
    folder = write_library(tmp_path / "ward")
    shutil.copytree(PATHWAYS / "shared/answer_words", folder / "shared/answer_words")
    return folder


def without(path: Path, start: str) -> None:
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [one for one in lines if not one.startswith(start)]
    assert len(kept) < len(lines)
    path.write_text("".join(kept), encoding="utf-8")


def test_a_phrase_that_an_upgrade_brought_is_the_softwares_own_and_the_check_names_it(
    ward: Path,
) -> None:
    without(ward / PHRASES, "staff_call_back_new:")
    said = load_library(ward).shared.phrases.say("staff_call_back_new", "en", by="10:00")
    assert "by 10:00" in said
    (found,) = check_library(ward)
    assert (found.kind, found.file, found.severity) == ("missing_phrase", PHRASES, Severity.WARNING)
    assert "pathways/shared/phrases.yml" in found.hint
    assert "软件自带" in found.told("zh")[0]


def test_a_phrase_that_the_software_does_not_have_either_is_an_error(
    ward: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.pathfiles.read_shared.shipped", lambda _file: {})
    without(ward / PHRASES, "staff_call_back_new:")
    with pytest.raises(PathwayError, match="'staff_call_back_new' is missing"):
        load_library(ward)


def test_a_list_of_answer_words_that_an_upgrade_brought_is_lent_and_named(ward: Path) -> None:
    words = ward / "shared/answer_words"
    (words / "claims.yml").unlink()
    lent, whole = load_answer_words(words), load_answer_words(PATHWAYS / "shared/answer_words")
    assert lent.lists["unreal"] == whole.lists["unreal"]
    found = check_library(ward)
    assert {(one.kind, one.severity) for one in found} == {("missing_list", Severity.WARNING)}
    assert any("'unreal'" in one.what for one in found)


def test_the_sounds_and_real_words_that_an_older_folder_lacks_are_lent(ward: Path) -> None:
    words = ward / "shared/answer_words"
    (words / "sounds.yml").unlink()
    (words / "real_words.yml").unlink()
    lent = load_answer_words(words)
    assert lent.sound_of["梅"] == lent.sound_of["没"] == "mei"
    assert "tried" in lent.lists["real_word"]  # or it would be read as "tired"


def test_a_list_that_nobody_has_is_an_error(ward: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ward / "shared/answer_words"
    monkeypatch.setattr(answer_words, "ANSWER_WORDS", words)
    (words / "claims.yml").unlink()
    with pytest.raises(PathwayError, match="missing or empty"):
        load_answer_words(words)


def test_a_bad_line_in_the_answer_words_is_named_by_the_check(ward: Path) -> None:
    path = ward / "shared/answer_words/dates.yml"
    path.write_text(path.read_text("utf-8") + "\nmoonth:\n  en: [may]\n", encoding="utf-8")
    (found,) = check_library(ward)
    assert (found.kind, found.file) == ("bad_answer_words", "shared/answer_words/dates.yml")
    assert found.line > 1
    assert "moonth" in found.what


def test_the_shipped_folder_lacks_nothing() -> None:
    assert answer_words.lacking(PATHWAYS / "shared/answer_words") == ()
