"""The case page: what a nurse reads about one case, and what she can do about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.console_desk import Console, a_case, a_cause, a_console
from tests.unit.test_console_pages import GOOD

CASE = "/console/cases/case-1"


@pytest.fixture
def console(tmp_path: Path) -> Console:
    made = a_console(tmp_path)
    made.world.add(a_case(), a_cause())
    made.sign_in("chen")
    return made


def test_closing_asks_whether_the_alert_was_right_and_shows_the_answer(console: Console) -> None:
    assert "Was this alert right?" in console.client.get(CASE).text
    console.post(f"{CASE}/close", outcome="called", note="", alert_right="partly")
    assert console.world.get("escalations", "case-1").alert_right == "partly"
    assert "Alert right: Partly" in console.client.get(CASE).text


def test_closing_without_saying_whether_the_alert_was_right_is_fine(console: Console) -> None:
    console.post(f"{CASE}/close", outcome="called", note="")
    assert console.world.get("escalations", "case-1").alert_right is None


def test_an_invented_answer_to_whether_the_alert_was_right_closes_nothing(console: Console) -> None:
    answer = console.post(f"{CASE}/close", outcome="called", note="kept", alert_right="99")
    assert answer.status_code == 422
    assert "kept" in answer.text
    assert not console.world.get("escalations", "case-1").is_closed


def test_a_complication_may_be_graded_when_a_case_is_closed(console: Console) -> None:
    console.post(f"{CASE}/close", outcome="seen", note="", complication="IIIa")
    assert console.world.get("escalations", "case-1").complication == "IIIa"
    assert "Complication: IIIa" in console.client.get(CASE).text


@pytest.mark.parametrize("said", ["", "none"])
def test_a_complication_that_nobody_graded_is_not_taken_for_none(
    console: Console, said: str
) -> None:
    console.post(f"{CASE}/close", outcome="called", note="", complication=said)
    assert console.world.get("escalations", "case-1").complication == (said or None)


def test_an_invented_grade_closes_nothing(console: Console) -> None:
    answer = console.post(f"{CASE}/close", outcome="called", note="kept", complication="VI")
    assert answer.status_code == 422
    assert not console.world.get("escalations", "case-1").is_closed


def test_medicines_and_history_are_on_the_case_as_they_were_written_at_enrolment(
    console: Console,
) -> None:
    with console.world.record.transaction() as tx:
        episode = tx.episodes.get("episode-wang")
        assert episode is not None
        known = replace(episode, medicines="华法林 3mg\n对青霉素过敏", history="<b>糖尿病</b>")
        tx.episodes.swap(episode, known)
    page = console.client.get(CASE).text
    assert "华法林 3mg\n对青霉素过敏" in page
    assert "&lt;b&gt;糖尿病&lt;/b&gt;" in page


def test_what_nobody_wrote_at_enrolment_is_said_and_not_taken_for_nothing(console: Console) -> None:
    assert console.client.get(CASE).text.count("not written down at enrolment") == 2


def test_a_list_of_medicines_is_enrolled_line_by_line(console: Console) -> None:
    console.post("/console/enrol", **GOOD, medicines="aspirin\r\nmetformin", history="stroke")
    (patient,) = console.world.rows("patients", hospital_id=GOOD["hospital_id"])
    (episode,) = console.world.rows("episodes", patient_id=patient.id)
    assert (episode.medicines, episode.history) == ("aspirin\nmetformin", "stroke")
