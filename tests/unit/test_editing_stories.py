"""Ten ways in which a care team edits, each while Mrs Wang is in the middle of a check-in.

She began on the version of before. Whatever is released, her check-in goes on as it
began and ends with an answer to what she said; nothing that she says is lost.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.check_in import CheckInState
from bot.core.errors import NotReleasable, Overtaken
from bot.core.move import MoveState
from bot.core.nudge import NudgeState
from bot.core.patient import EpisodeState
from bot.core.release import in_force
from bot.services.draft_pathway import open_draft, save_draft
from bot.services.move_patients import move_patients
from bot.services.release_pathway import release_draft
from bot.workflows.at_once import run_due
from tests import builders as b
from tests.unit.release_desk import HERNIA, NUMBERS, ReleaseDesk, a_release_desk

NO_DANGER, FINE, PAIN = "都没有", "36.8", "3"


@pytest.fixture
def desk(tmp_path: Path) -> ReleaseDesk:
    return a_release_desk(tmp_path)


def check_in(desk: ReleaseDesk, name: str = "wang"):
    return desk.world.get("check_ins", f"check-in-{name}")


def ends_well(desk: ReleaseDesk, *texts: str, level: str = "routine") -> str:
    """She answers what is left, and the check-in is completed at this level."""
    said = desk.says(*texts)
    assert (check_in(desk).state, check_in(desk).level) == (CheckInState.COMPLETED, level)
    assert "120" in said or "119" in said  # what to do if it gets worse
    return said


def next_day(desk: ReleaseDesk) -> str:
    """The check-in of the next day opens; what she is asked first."""
    desk.world.clock.at = check_in(desk, "later").due_at + timedelta(minutes=1)
    run_due(desk.parts)
    assert check_in(desk, "later").state is CheckInState.OPEN
    return desk.world.said_to("chat-wang")[-1]


def test_1_a_threshold_is_changed(desk: ReleaseDesk) -> None:
    old = desk.version()
    assert "体温多少" in desk.says(NO_DANGER)
    desk.change("temperature >= 38.0 C", "temperature >= 37.5 C")
    ends_well(desk, "37.8", PAIN)  # not a fever for her, whose version says 38.0
    assert desk.wang().pathway_version == old
    next_day(desk)
    desk.says(NO_DANGER, "37.8", PAIN, "没有")
    assert check_in(desk, "later").level == "routine"
    assert desk.world.rows("escalations") == []


def test_1_and_holds_for_her_once_she_was_moved(desk: ReleaseDesk) -> None:
    desk.says(NO_DANGER)
    desk.change("temperature >= 38.0 C", "temperature >= 37.5 C")
    run = desk.dry_run()
    (one,) = run.affected
    assert (one.episode.id, one.open, one.gone, one.new) == ("episode-wang", True, (), ())
    assert [row["kind"] for row in run.changes[one.episode.pathway_version]] == ["threshold"]
    assert desk.wang().pathway_version != desk.version()  # a dry run changes nothing
    assert desk.move_everybody() == (0, 1)
    ends_well(desk, "37.8", PAIN)
    assert desk.wang().pathway_version == desk.version()
    next_day(desk)
    desk.says(NO_DANGER, "37.8", PAIN, "没有")
    assert check_in(desk, "later").level == "same_day"


SHORT_DAY = "ask: [danger, temperature, pain]"
LONG_DAY = "ask: [danger, temperature, pain, lump, lump_hard]"
WITHOUT_PAIN = (
    (SHORT_DAY, "ask: [danger, temperature]"),
    (LONG_DAY, "ask: [danger, temperature, lump, lump_hard]"),
    ("  pain:\n    kind: scale\n    name: {zh: 疼痛, en: pain}\n    range: 0-10\n", ""),
    ("    ask: {zh: 疼几分？, en: How bad is the pain?}\n", ""),
    (", pain: 2", ""),
)
RULE = "  pain_severe:\n    when: pain >= 7\n    level: same_day\n"


def without_pain(text: str) -> str:
    for old, new in WITHOUT_PAIN:
        assert old in text, old
        text = text.replace(old, new)
    start, end = text.index(RULE), text.index("  hard_lump:")
    return text[:start] + text[end:]


def test_2_a_question_is_removed(desk: ReleaseDesk) -> None:
    desk.says(NO_DANGER)
    text = without_pain(desk.text())
    desk.release(open_draft(desk.parts, nurse=desk.author, files={HERNIA: text}))
    assert [[one.id for one in wang.gone] for wang in desk.dry_run().affected] == [["pain"]]
    assert desk.move_everybody() == (0, 1)
    assert "疼几分" in desk.says(FINE)  # she is on the old version until this is finished
    ends_well(desk, PAIN)
    next_day(desk)
    assert "包块" in desk.says(NO_DANGER, FINE)


def test_who_has_not_agreed_yet_moves_with_nothing_planned(desk: ReleaseDesk) -> None:
    """Before consent there are no check-ins: none is told as new, and none is planned."""
    episode = desk.wang()
    with desk.world.record.transaction() as tx:
        tx.episodes.swap(episode, replace(episode, state=EpisodeState.PLANNED))
        for one in tx.check_ins.find(episode_id=episode.id):
            tx.check_ins.swap(one, replace(one, state=CheckInState.CANCELLED))
    desk.change("temperature >= 38.0 C", "temperature >= 37.5 C")
    (one,) = desk.dry_run().affected
    assert (one.gone, one.new, one.plan.added, one.plan.ends_now) == ((), (), (), False)
    before = len(desk.world.rows("check_ins"))
    assert desk.move_everybody() == (1, 0)
    assert desk.wang().pathway_version == desk.version()
    assert len(desk.world.rows("check_ins")) == before


def test_3_a_question_is_split(desk: ReleaseDesk) -> None:
    desk.says(NO_DANGER)
    text = desk.text().replace("temperature, pain", "temperature, pain, pain_moving")
    text = text.replace(
        "  lump:\n",
        "  pain_moving:\n    kind: scale\n    name: {zh: 活动时疼痛, en: pain on moving}\n"
        "    range: 0-10\n    ask: {zh: 走动时疼几分？, en: How bad is it on moving?}\n  lump:\n",
        1,
    )
    text = text.replace("when: pain >= 7", "when: pain >= 7 or pain_moving >= 7")
    text = text.replace("pain: 2, lump", "pain: 2, pain_moving: 2, lump")
    desk.release(open_draft(desk.parts, nurse=desk.author, files={HERNIA: text}))
    assert [[one.id for one in wang.new] for wang in desk.dry_run().affected] == [["pain_moving"]]
    desk.move_everybody()
    ends_well(desk, FINE, PAIN)
    next_day(desk)
    assert "走动时疼几分" in desk.says(NO_DANGER, FINE, PAIN)


def test_4_a_wording_is_fixed(desk: ReleaseDesk) -> None:
    desk.says(NO_DANGER)
    desk.change("{zh: 疼几分？", "{zh: 伤口疼几分？")
    assert "伤口疼几分" not in desk.says(FINE)
    desk.move_everybody()
    ends_well(desk, PAIN)
    next_day(desk)
    assert "伤口疼几分" in desk.says(NO_DANGER, FINE)


def test_5_a_language_is_added(desk: ReleaseDesk) -> None:
    """Half a sentence is never released; the other language makes it whole."""
    desk.says(NO_DANGER)
    half = "answers:\n  diet: {zh: 多喝水。}\n"
    draft = desk.draft("answers:\n", half)
    with pytest.raises(NotReleasable, match="errors"):
        desk.release(draft)
    whole = half.replace("}", ", en: Drink plenty of water.}")
    both = {HERNIA: desk.text().replace("answers:\n", whole)}
    given = {"nurse": desk.author, "draft_id": draft.id, "number": 1}
    release = desk.release(save_draft(desk.parts, **given, files=both))
    assert [one["language"] for one in release.changes] == ["zh", "en"]
    ends_well(desk, FINE, PAIN)


SHORT = (
    (f"    day_7: {{day: 7, after: surgery, {LONG_DAY}}}\n", ""),
    (SHORT_DAY, LONG_DAY),
)


def shortened(desk: ReleaseDesk) -> None:
    text = desk.text()
    for old, new in SHORT:
        assert old in text
        text = text.replace(old, new)
    desk.release(open_draft(desk.parts, nurse=desk.author, files={HERNIA: text}))


def test_6_the_schedule_is_shortened(desk: ReleaseDesk) -> None:
    desk.says(NO_DANGER)
    shortened(desk)
    ends_well(desk, FINE, PAIN)
    next_day(desk)  # hers is not cut


def test_6_and_a_nurse_hears_of_whom_the_shorter_one_lets_go(desk: ReleaseDesk) -> None:
    desk.says(NO_DANGER)
    shortened(desk)
    (one,) = desk.dry_run().affected
    assert [row.plan_id for row in one.plan.cancelled] == ["day_7"]
    assert one.plan.ends_now
    desk.move_everybody()
    ends_well(desk, FINE, PAIN)
    assert desk.wang().state is EpisodeState.FINISHED
    assert check_in(desk, "later").state is CheckInState.CANCELLED
    (task,) = desk.world.rows("tasks")
    assert (task.kind, task.patient_id) == ("look", "patient-wang")


def test_7_the_pathway_is_retired(desk: ReleaseDesk) -> None:
    desk.says(NO_DANGER)
    release = desk.release(open_draft(desk.parts, nurse=desk.author, files={HERNIA: None}))
    assert [one["kind"] for one in release.changes] == ["pathway_removed"]
    assert desk.parts.library.for_procedure("hernia") is None
    assert not (desk.folder / HERNIA).exists()
    ends_well(desk, FINE, PAIN)
    next_day(desk)
    desk.says(NO_DANGER, FINE, "8", "没有")
    assert check_in(desk, "later").level == "same_day"
    assert desk.world.rows("tasks") == []  # no version is missing, nothing stands in


def test_8_the_emergency_number_is_changed(desk: ReleaseDesk) -> None:
    """A number is the house's: it is right for everybody at once, also for her."""
    desk.says(NO_DANGER)
    desk.change('CN: {emergency: "120"', 'CN: {emergency: "119"', NUMBERS)
    said = ends_well(desk, "38.6", PAIN, level="same_day")
    assert "119" in said
    assert "120" not in said


def test_9_a_version_is_rolled_back(desk: ReleaseDesk) -> None:
    first, before = desk.version(), desk.text()
    desk.says(NO_DANGER)
    desk.change("temperature >= 38.0 C", "temperature >= 37.5 C")
    second = desk.version()
    desk.world.add(
        b.a_patient("li"),
        b.a_contact("li"),
        b.an_episode("li", pathway_id="hernia", pathway_version=second),
    )
    desk.release(open_draft(desk.parts, nurse=desk.author, files={HERNIA: before}))
    assert desk.version() == first
    assert [one.episode.id for one in desk.dry_run().affected] == ["episode-li"]
    assert desk.move_everybody() == (1, 0)
    assert desk.world.get("episodes", "episode-li").pathway_version == first
    ends_well(desk, FINE, PAIN)


def test_10_two_authors_at_once(desk: ReleaseDesk) -> None:
    desk.says(NO_DANGER)
    hers = desk.draft("temperature >= 38.0 C", "temperature >= 37.5 C")
    his = desk.draft("{zh: 疼几分？", "{zh: 伤口疼几分？")
    desk.release(hers)
    with pytest.raises(Overtaken) as second:
        desk.release(his)
    assert second.value.by == "Guo"
    assert "37.5" in str(second.value.theirs[HERNIA])  # what he has not seen is shown to him
    both = desk.edited("{zh: 疼几分？", "{zh: 伤口疼几分？")
    given = {"nurse": desk.author, "draft_id": his.id, "number": his.number}
    desk.release(save_draft(desk.parts, **given, files=both, follow=True))
    text = in_force(desk.world.rows("releases", order_by="number"))[HERNIA]
    assert "37.5" in text
    assert "伤口疼几分" in text
    ends_well(desk, FINE, PAIN)


def test_10_and_nobody_saves_over_what_she_has_not_read(desk: ReleaseDesk) -> None:
    draft = desk.draft("{zh: 疼几分？", "{zh: 伤口疼几分？")
    given = {"draft_id": draft.id, "number": 1}
    save_draft(desk.parts, nurse=desk.author, **given, files={HERNIA: "one"})
    with pytest.raises(Overtaken) as second:
        save_draft(desk.parts, nurse=desk.approver, **given, files={HERNIA: "two"})
    assert second.value.by == "Mei"
    assert second.value.theirs == {HERNIA: "one"}
    assert desk.world.get("drafts", draft.id).files == {HERNIA: "one"}
    with pytest.raises(Overtaken):
        release_draft(desk.parts, nurse=desk.approver, **given)
    ends_well(desk, NO_DANGER, FINE, PAIN)


def test_a_move_is_made_only_as_it_was_shown(desk: ReleaseDesk) -> None:
    desk.change("temperature >= 38.0 C", "temperature >= 37.5 C")
    seal = desk.dry_run().seal
    desk.change("temperature >= 37.5 C", "temperature >= 37.2 C")
    with pytest.raises(Overtaken):
        move_patients(desk.parts, nurse=desk.approver, pathway_id="hernia", seal=seal)
    assert desk.world.rows("moves") == []


def test_a_patient_who_never_answers_is_moved_when_her_check_in_is_over(desk: ReleaseDesk) -> None:
    desk.change("temperature >= 38.0 C", "temperature >= 37.5 C")
    assert desk.move_everybody() == (0, 1)
    for _ in range(40):
        desk.world.clock.advance(hours=1)
        run_due(desk.parts)
    assert check_in(desk).state is CheckInState.SILENT
    assert desk.wang().pathway_version == desk.version()
    (move,) = desk.world.rows("moves")
    assert (move.state, move.asked_by, move.look_at) == (MoveState.DONE, "nurse-guo", None)


def test_what_she_is_reminded_of_follows_her_to_the_new_version(desk: ReleaseDesk) -> None:
    from_now_on = {"episode_id": "episode-wang", "state": NudgeState.PLANNED}
    desk.says(NO_DANGER)
    text = desk.text().replace('at: "10:00"', 'at: "15:00"')
    text = text.replace("  lifting: {days: 1-14", "  no_lifting: {days: 8-14")
    desk.release(open_draft(desk.parts, nurse=desk.author, files={HERNIA: text}))
    desk.move_everybody()
    ends_well(desk, FINE, PAIN)
    planned = {one.plan_id: one for one in desk.world.rows("nudges", **from_now_on)}
    assert set(planned) == {"review", "no_lifting"}
    assert planned["review"].due_at.hour == 15 - 8  # in Shanghai
