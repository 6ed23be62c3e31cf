"""The case page: what a nurse reads about one case, and what she can do about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.core.check_in import Observation
from bot.core.condition import parse
from bot.core.pathway import Rule
from bot.core.staff import AuditEntry
from bot.core.triage_level import TriageLevel
from bot.core.words import Words
from bot.services.whose_chat import BOUND, LEFT
from tests.builders import START, an_inbound, an_observation
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


def an_answer(day: int, value: float) -> Observation:
    return Observation(
        id=f"answer-{day}",
        episode_id="episode-wang",
        check_in_id=None,
        question_id="pain_rest",
        code="pain_rest",
        value=value,
        unit="{score}",
        source_text=str(value),
        understood=True,
        observed_at=START + timedelta(days=day),
        inbound_id="said",
        said_by="contact-wang",
        said_by_role="patient",
        pathway_id="knee",
        pathway_version="1",
    )


def test_the_curve_shades_what_is_not_expected_and_marks_earlier_alerts(console: Console) -> None:
    severe = Rule(
        *("severe", parse("pain_rest >= 7"), TriageLevel.SAME_DAY),
        tell=Words({"zh": "疼", "en": "Pain"}),
        reason=Words({"zh": "疼", "en": "Pain"}),
        source=("GK",),
    )
    known = cast(Any, console.world.parts.library).pathways
    (id,) = known
    known[id] = replace(known[id], rules=(severe,))
    console.world.add(an_inbound("8", id="said"), an_answer(0, 3), an_answer(2, 8))
    earlier = replace(a_case(), id="case-0", level=TriageLevel.SAME_DAY)
    console.world.add(replace(earlier, opened_at=START + timedelta(days=1)))
    console.world.clock.advance(days=2)
    console.sign_in("chen")
    curve = console.client.get(CASE).text.split('<svg class="curve"')[1].split("</figure>")[0]
    assert 'class="zone ' in curve
    assert curve.count('class="alert same_day"') == 1
    assert curve.count('class="alert emergency"') == 1
    assert "≥ 7" in curve


def test_a_phone_that_was_another_patients_shows_nothing_she_said(console: Console) -> None:
    """Wang's chat was Li's until an hour after noon; her case shows her own part only."""
    for minutes, who, action in (
        (0, "contact-li", BOUND),
        (60, "contact-li", LEFT),
        (70, "contact-wang", BOUND),
    ):
        when = START + timedelta(minutes=minutes)
        console.world.add(AuditEntry(f"audit-{minutes}", when, who, action, "chat-wang"))
    for minutes, words in ((5, "of Li"), (65, "at the door"), (80, "of Wang")):
        console.world.add(
            an_inbound(
                words,
                id=f"in-{minutes}",
                seq=minutes,
                received_at=START + timedelta(minutes=minutes),
            )
        )
    page = console.client.get(CASE).text
    assert "of Li" not in page
    assert "at the door" in page
    assert "of Wang" in page


def test_the_transcript_shows_what_people_said_and_no_marks_of_the_house(
    console: Console,
) -> None:
    console.world.add(
        an_inbound("", id="in-2", seq=2, part="check_in"),
        an_inbound("", id="in-3", seq=3, start_code_hash="x"),
        an_inbound("", id="in-4", seq=4, part="voice"),
    )
    page = console.client.get(CASE).text
    assert "line-in-2" not in page
    assert "line-in-3" not in page
    assert "Voice message" in page


def test_the_transcript_names_the_nurse_who_wrote(console: Console) -> None:
    console.post(f"{CASE}/message", text="Calling you now.", once="press-1")
    assert "Nurse · Chen" in console.client.get(CASE).text


def test_a_corrected_answer_is_struck_through_and_an_unclear_one_is_named(
    console: Console,
) -> None:
    console.world.add(an_inbound())
    console.world.add(
        an_observation(value=38.4, id="new"),
        an_observation(value=83.0, id="old", superseded_by="new"),
        an_observation("pain_rest", None, id="odd", understood=False),
    )
    page = console.client.get(CASE).text
    assert "<s>83 °C</s>" in page
    assert "<strong>38.4 °C</strong>" in page
    assert "Not understood" in page
