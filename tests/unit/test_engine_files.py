"""The engine's files keep their promises: lock, domain, rules, phrases, held-out messages."""

from __future__ import annotations

import re
from array import array
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from ruamel.yaml import YAML

from engine.components.normalise import key_of
from evaluation import corpus

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements" / "engine.txt"
PHRASES = ROOT / "data" / "nlu"
HELD_OUT = ROOT / "data" / "eval"
LANGUAGES = ("zh", "en")
# Rasa's own, and those that only our application sends.
NOT_WRITTEN = {"nlu_fallback", "EXTERNAL_check_in", "EXTERNAL_resume"}


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def phrases(language: str) -> dict[str, list[str]]:
    """The training phrases of `language` by intent."""
    found: dict[str, list[str]] = {}
    for path in sorted((PHRASES / language).glob("*.yml")):
        for block in read(path)["nlu"]:
            if "intent" in block:
                lines = [line.removeprefix("- ").strip() for line in block["examples"].splitlines()]
                found.setdefault(block["intent"], []).extend(lines)
    return found


def intents() -> set[str]:
    return set(read(ROOT / "domain.yml")["intents"])


def test_the_lock_has_hashes_and_no_address_and_no_tensorflow() -> None:
    text = LOCK.read_text()
    packages = re.findall(r"^([a-z0-9._-]+)==", text, re.MULTILINE | re.IGNORECASE)
    assert "rasa==3.6.21" in text
    assert not {one for one in packages if one.startswith(("tensorflow", "keras", "torch"))}
    assert "://" not in text
    assert "#" not in text
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert len(blocks) == len(packages)
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_domain_stays_small() -> None:
    assert len((ROOT / "domain.yml").read_text().splitlines()) < 150


def test_sessions_never_expire() -> None:
    assert read(ROOT / "domain.yml")["session_config"]["session_expiration_time"] == 0


def test_the_answer_slot_fills_only_when_the_form_asks_for_it() -> None:
    (mapping,) = read(ROOT / "domain.yml")["slots"]["answer"]["mappings"]
    assert mapping["type"] == "from_text"
    assert mapping["conditions"] == [{"active_loop": "check_in_form", "requested_slot": "answer"}]


def test_the_last_resort_speaks_both_languages() -> None:
    (only,) = read(ROOT / "domain.yml")["responses"]["utter_default"]
    assert re.search(r"[\u4e00-\u9fff]", only["text"])
    assert re.search(r"[A-Za-z]{4}", only["text"])


def test_every_intent_has_a_rule() -> None:
    ruled: set[str] = set()
    for path in (ROOT / "data" / "rules").glob("*.yml"):
        for rule in read(path)["rules"]:
            for step in rule["steps"]:
                ruled |= {one["intent"] for one in step.get("or", [step]) if "intent" in one}
    assert ruled == intents()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_has_enough_phrases(language: str) -> None:
    found = phrases(language)
    assert set(found) == intents() - NOT_WRITTEN
    for intent, lines in found.items():
        topic = intent.startswith("ask_") and intent != "ask_human"
        assert len(lines) >= (40 if topic else 20), intent


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_stands_twice(language: str) -> None:
    every = [line.lower() for lines in phrases(language).values() for line in lines]
    assert sorted(every) == sorted(set(every))


GREETING = 8  # letters; "thanks" is written alike by everybody


@pytest.mark.parametrize("language", LANGUAGES)
def test_held_out_messages_are_never_trained_on(language: str) -> None:
    trained = {line.lower() for lines in phrases(language).values() for line in lines}
    for path in sorted(HELD_OUT.glob(f"*.{language}.tsv")):
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        assert all(len(row) == 2 and row[1] in intents() for row in rows), path.name
        assert not trained & {text.lower() for text, _ in rows}, path.name
    others = {one.text.lower() for one in corpus.questions(language, "sealed")}
    assert len(others) > 250
    others = {text for text in others if len(text) > GREETING}
    assert not trained & others


@pytest.mark.parametrize("script", ["setup.sh", "train.sh", "run.sh", "lock.sh"])
def test_scripts_stop_at_the_first_error(script: str) -> None:
    path = ROOT / "engine" / script
    assert "set -euo pipefail" in path.read_text()
    assert path.stat().st_mode & 0o111


def kept_keys() -> set[int]:
    """The keys in meanings.npz, read without numpy, which the app does not have."""
    with ZipFile(ROOT / "engine" / "components" / "meanings.npz") as kept:
        array_file = kept.read("keys.npy")
    header = int.from_bytes(array_file[8:10], "little")
    assert b"'descr': '<u8'" in array_file[:header]
    return set(array("Q", array_file[10 + header :]))


def test_the_meaning_of_nearly_every_phrase_is_kept() -> None:
    """A missing one is read while training, 20 ms each, so a few may wait for the next run."""
    wanted = {
        key_of(one) for language in LANGUAGES for two in phrases(language).values() for one in two
    }
    missing = wanted - kept_keys()
    assert len(missing) <= 150, "run: engine/.venv/bin/python -m engine.keep_meanings"


def test_a_key_does_not_tell_numbers_width_or_case_apart() -> None:
    assert key_of("体温３８") == key_of(" 体温36 ")
    assert key_of("OK") == key_of("ok")
    assert key_of("疼") != key_of("不疼")
