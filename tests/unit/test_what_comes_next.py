"""A patient who asks about her next visit hears when we write next, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.check_in import CheckInState
from bot.core.patient import EpisodeState
from tests import builders as b
from tests.builders import START
from tests.fakes import World
from tests.unit.patient_desk import button, her_world, says
from tests.unit.test_answer import hears

VISIT = b.words("The date is in your letter.")


@pytest.fixture
def world(tmp_path: Path) -> World:
    answers = {"follow_up_visit": VISIT, "bathing": b.words("No baths.")}
    world = her_world(tmp_path, b.a_pathway(answers=answers))
    world.add(*b.wang_and_her_ward())
    return world


def planned(world: World, days: int) -> None:
    due = START + timedelta(days=days)
    later = b.a_check_in(state=CheckInState.PLANNED, due_at=due, opened_at=None)
    world.add(replace(later, id=f"in-{days}", plan_id=f"in_{days}"))


def test_who_asks_for_her_next_visit_hears_when_we_write(world: World) -> None:
    planned(world, 5)
    planned(world, 1)
    hears(world, "ask_follow_up_visit")
    (said,) = says(world, "下次随访是哪天")
    assert "The date is in your letter." in said
    assert "next_check_in.zh when=when_tomorrow.zh time=09:00" in said


def test_it_is_said_only_when_something_is_planned(world: World) -> None:
    hears(world, "ask_follow_up_visit")
    (said,) = says(world, "下次随访是哪天")
    assert "The date is in your letter." in said
    assert "next_check_in" not in said


def test_other_questions_are_answered_as_before(world: World) -> None:
    planned(world, 1)
    hears(world, "ask_bathing")
    (said,) = says(world, "可以洗澡吗")
    assert "next_check_in" not in said


def test_after_the_end_nothing_is_promised(world: World) -> None:
    planned(world, 1)
    with world.record.transaction() as tx:
        episode = tx.episodes.get("episode-wang")
        assert episode is not None
        tx.episodes.swap(episode, replace(episode, state=EpisodeState.FINISHED))
    hears(world, "ask_follow_up_visit")
    assert "next_check_in" not in "".join(says(world, "下次随访是哪天"))


def test_a_half_sure_question_says_it_after_the_tap(world: World) -> None:
    planned(world, 1)
    hears(world, "ask_follow_up_visit", sure=0.3)
    says(world, "下次什么时候问我")
    said = says(world, button=button(world, "button_that_is_it.zh"))
    assert "next_check_in.zh" in "".join(said)
