"""The levels that care teams wrote are levels that a case can live by."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.core.shared import LevelPolicy
from bot.core.triage_level import TriageLevel
from bot.core.words import LANGUAGES
from bot.pathfiles.load import load_library
from bot.services.raise_escalation import chain_of

Levels = Mapping[TriageLevel, LevelPolicy]
NUMBERS = {"emergency": "120", "crisis": "12356", "hospital_line": "0571-1234"}
URGENT = [one for one in TriageLevel if one.needs_nurse]


@pytest.fixture(scope="module")
def levels() -> Levels:
    return load_library(Path(__file__).parents[2] / "pathways").shared.levels


@pytest.mark.parametrize("level", URGENT)
def test_every_level_that_needs_a_nurse_has_a_chain_with_deadlines(
    levels: Levels, level: TriageLevel
) -> None:
    chain = chain_of(levels[level])
    assert chain.rotas
    assert chain.step_every_minutes > 0
    assert chain.outcome_within_minutes > 0


@pytest.mark.parametrize("level", URGENT)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_patient_is_told_has_the_number_to_call(
    levels: Levels, level: TriageLevel, language: str
) -> None:
    assert "120" in levels[level].tell_patient.say(language, nurse="", **NUMBERS)


@pytest.mark.parametrize("level", URGENT)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_patient_reads_the_name_of_her_nurse(
    levels: Levels, level: TriageLevel, language: str
) -> None:
    assert "Chen" in levels[level].told_has_nurse.say(language, nurse="Chen", **NUMBERS)


def test_a_graver_level_never_waits_longer(levels: Levels) -> None:
    chains = [chain_of(levels[one]) for one in sorted(URGENT)]
    waits = [one.step_every_minutes for one in chains]
    assert waits == sorted(waits, reverse=True)
