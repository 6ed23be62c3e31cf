"""The programme of a ward that can be counted by hand, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import NotAllowed
from bot.core.programme.figure import Figure
from bot.core.programme.rows import By
from bot.core.programme.tables import SECTIONS, Table
from bot.services.parts import Parts
from bot.services.show_programme import ProgrammeView, Wanted, show_programme
from bot.storage.database import open_database
from bot.storage.tables import metadata
from bot.storage.unit_of_work import SqlRecord
from tests import builders as b
from tests.fakes import ROWS, FixedClock, a_world
from tests.programme_ward import NOW, local, the_pathway, the_ward

MARCH = Wanted(first="2026-03", last="2026-03")
# (value, how many it rests on, counted, left out), counted by hand: see tests/programme_ward.py
BY_HAND = {
    "coverage": (50.0, 4, 2, 1),  # wang and li, of these and zhou and sun; ma is too early
    "on_time": (50.0, 4, 2, 1),
    "completion": (50.0, 6, 3, 2),  # three of six; one ended by an emergency, one too early
    "drop_off": (33.3, 6, 2, 2),  # li after day 7, zhou from the first
    "stopped": (33.3, 3, 1, 0),
    "alerts_per_100": (133.3, 3, 4, 0),
    "precision": (50.0, 2, 1, 2),  # wang's right, li's wrong, two not said
    "partly_right": (0.0, 2, 0, 2),
    "acknowledge_median": (10.0, 3, None, 1),  # 4, 10 and 60 minutes; case 4 waits
    "acknowledge_p90": (60.0, 3, None, 1),
    "outcome_median": (100.0, 3, None, 1),  # 30, 100 and 480
    "outcome_p90": (480.0, 3, None, 1),
    "acknowledged_late": (33.3, 3, 1, 1),  # zhou's after 60 of 30 minutes; case 4 has 3 left
    "outcome_late": (33.3, 3, 1, 0),  # zhou's, 420 of 240 minutes after she was heard
    "call_back_answered_late": (0.0, 1, 0, 0),
    "call_back_solved_late": (100.0, 1, 1, 0),
    "nurse_minutes": (83.0, 5, None, 1),  # 30 + 15 + 15, a call-back 15, a silence 8
    "nurse_minutes_per_100": (2766.7, 3, 83, 1),
    "satisfaction": (50.0, 2, 1, 0),  # 5 and 3
    "recommend": (0.0, 2, None, 0),  # 10 and 6; the 2 was corrected
    "promoters": (1, 1, 1, 0),
    "passives": (0, 0, 0, 0),
    "detractors": (1, 1, 1, 0),
    "effort": (5.5, 2, None, 0),  # 7 and 4
    "easy": (50.0, 2, 1, 0),
    "complications": (33.3, 3, 1, 1),  # wang's IIIa; nobody said anything of zhou's
    "severe_complications": (33.3, 3, 1, 1),
}


@pytest.fixture
def parts(database_url: str, tmp_path: Path) -> Iterator[Parts]:
    engine = open_database(database_url)
    metadata.create_all(engine)
    record = SqlRecord(engine)
    world = a_world(tmp_path, pathway=the_pathway())
    yield replace(world.parts, record=record, clock=FixedClock(NOW))
    engine.dispose()


def fill(parts: Parts, things: list[Any]) -> None:
    with parts.record.transaction() as tx:
        for one in things:
            getattr(tx, ROWS[type(one).__name__]).add(one)


def seen(parts: Parts, login: str, wanted: Wanted = MARCH) -> ProgrammeView:
    with parts.record.reading() as tx:
        nurse = tx.nurses.get(f"nurse-{login}")
    assert nurse is not None
    return show_programme(parts, nurse, wanted)


def figures(view: ProgrammeView, label: str = "all") -> dict[str, Figure]:
    """Every figure of the sections' line with this label, by column."""
    found: dict[str, Figure] = {}
    for table in view.tables:
        if table.id in SECTIONS:
            for line in table.lines:
                if line.labels == (label,):
                    found |= dict(zip(table.columns, line.figures, strict=True))
    return found


def plain(figure: Figure) -> tuple[Any, ...]:
    value = None if figure.value is None else round(figure.value, 1)
    return value, figure.n, figure.counted, figure.left_out


def lines(table: Table) -> dict[tuple[str, ...], list[tuple[Any, ...]]]:
    return {one.labels: [plain(figure) for figure in one.figures] for one in table.lines}


def test_every_indicator_is_what_the_hand_counts(parts: Parts) -> None:
    fill(parts, the_ward())
    found = {name: plain(one) for name, one in figures(seen(parts, "zhao")).items()}
    assert found == BY_HAND


def test_another_wards_numbers_are_not_in_hers_whatever_she_asks_for(parts: Parts) -> None:
    fill(parts, the_ward())
    hers = seen(parts, "zhao")
    for ward in ("heart", "", "*"):
        asked = seen(parts, "zhao", replace(MARCH, ward=ward, by=By.WARD))
        assert {name: plain(one) for name, one in figures(asked).items()} == BY_HAND
        assert "heart" not in repr(asked)
        assert "CABG" not in repr(asked)
    assert hers.wards == ("ortho",)


def test_whoever_sees_the_whole_house_sees_each_ward_apart(parts: Parts) -> None:
    fill(parts, the_ward())
    view = seen(parts, "root", replace(MARCH, by=By.WARD))
    assert {name: plain(one) for name, one in figures(view, "ortho").items()} == BY_HAND
    assert plain(figures(view)["alerts_per_100"]) == (125.0, 4, 5, 0)
    assert plain(figures(view, "heart")["acknowledge_median"]) == (50.0, 1, None, 0)
    only = seen(parts, "root", replace(MARCH, ward="heart"))
    assert plain(figures(only)["completion"]) == (0.0, 1, 0, 0)
    assert view.wards == ("heart", "ortho")


def test_a_follow_up_of_two_months_is_counted_in_each_and_once_in_all(parts: Parts) -> None:
    fill(parts, the_ward())
    view = seen(parts, "root", Wanted(first="2026-02", last="2026-03", ward="heart"))
    assert figures(view, "2026-02")["completion"].n == 1
    assert figures(view, "2026-03")["completion"].n == 1
    assert figures(view)["completion"].n == 2
    followed = [figures(view, key)["stopped"].n for key in ("2026-02", "2026-03", "all")]
    assert followed == [1, 1, 1]


def test_an_operation_alone(parts: Parts) -> None:
    fill(parts, the_ward())
    view = seen(parts, "root", replace(MARCH, procedure="KNEE", by=By.PROCEDURE))
    assert {name: plain(one) for name, one in figures(view, "KNEE").items()} == BY_HAND
    assert view.procedures == ("CABG", "KNEE")


def test_completion_and_drop_off_run_along_the_plan(parts: Parts) -> None:
    fill(parts, the_ward())
    assert lines(seen(parts, "zhao").table("by_contact")) == {
        ("0001:discharge",): [(66.7, 3, 2, 0), (33.3, 3, 1, 0)],
        ("0007:surgery",): [(33.3, 3, 1, 0), (33.3, 3, 1, 0)],
    }


def test_times_stand_apart_by_level_and_shift(parts: Parts) -> None:
    fill(parts, the_ward())
    found = lines(seen(parts, "zhao").table("by_shift"))
    assert found["emergency", "all"][0] == (4.0, 1, None, 1)
    assert found["emergency", "day"][0] == (4.0, 1, None, 1)
    assert found["same_day", "evening"][0] == (10.0, 1, None, 0)
    assert found["same_day", "night"][0] == (60.0, 1, None, 0)
    assert found["same_day", "all"][0] == (35.0, 2, None, 0)


def test_answers_run_along_the_plan(parts: Parts) -> None:
    fill(parts, the_ward())
    assert lines(seen(parts, "zhao").table("over_time")) == {
        ("pain_at_rest", "0001:discharge"): [(3.0, 2, None, 0), (5.0, 2, None, 0)],
        ("pain_at_rest", "0007:surgery"): [(2.0, 1, None, 0), (2.0, 1, None, 0)],
    }


def test_complications_stand_apart_by_operation_and_grade(parts: Parts) -> None:
    fill(parts, the_ward())
    found = lines(seen(parts, "root").table("by_grade"))
    assert set(found) == {("all",), ("KNEE",)}
    assert [one[0] for one in found["KNEE",]] == [0, 0, 1, 0, 0, 0, 0]


def test_an_empty_house_has_no_figures_and_no_fault(parts: Parts) -> None:
    fill(parts, [b.a_nurse("root", role="administrator", ward="", conversation_id=None)])
    found = figures(seen(parts, "root"))
    assert set(found) == set(BY_HAND)
    empty = {(one.value, one.n) for one in found.values()}
    assert empty <= {(None, 0), (0, 0)}


def test_one_patient_is_one_of_one(parts: Parts) -> None:
    wang = [one for one in the_ward() if getattr(one, "id", "").endswith(("-wang", "nurse-root"))]
    fill(parts, wang)
    found = figures(seen(parts, "root"))
    assert plain(found["coverage"]) == (0.0, 1, 0, 0)
    assert found["coverage"].few


@pytest.mark.parametrize("over", [{"end_reason": "mistake"}, {"end_reason": "merged"}, {}])
def test_a_mistake_and_a_second_registration_are_in_no_figure(
    parts: Parts, over: dict[str, str]
) -> None:
    fill(parts, the_ward())
    second = b.a_patient("second", merged_into=None if over else "patient-wang")
    check_in = replace(b.a_check_in("second", due_at=local(11, 9)), conversation_id=None)
    fill(parts, [second, b.an_episode("second", **over), check_in])
    found = figures(seen(parts, "zhao"))
    assert {name: plain(one) for name, one in found.items()} == BY_HAND


def test_a_nurse_does_not_see_the_programme(parts: Parts) -> None:
    fill(parts, [b.a_nurse("chen", conversation_id=None)])
    with pytest.raises(NotAllowed):
        seen(parts, "chen")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-04", "2026-03"),
        ("2024-01", "2026-03"),
        ("march", ""),
        ("2026-13", ""),
        ("２０２６-03", ""),
    ],
)
def test_months_that_are_none_are_refused(parts: Parts, first: str, last: str) -> None:
    fill(parts, [b.a_nurse("root", role="administrator", ward="", conversation_id=None)])
    with pytest.raises(ValueError, match=r"month"):
        seen(parts, "root", Wanted(first=first, last=last))
    with parts.record.reading() as tx:
        assert not tx.audit.find(action="saw_programme")


def test_that_she_saw_it_is_noted_with_what_she_asked_for(parts: Parts) -> None:
    fill(parts, the_ward())
    seen(parts, "zhao")
    with parts.record.reading() as tx:
        (noted,) = tx.audit.find(action="saw_programme")
    assert (noted.who, noted.about) == ("nurse-zhao", "programme")
    assert noted.details == "2026-03..2026-03 ortho"
