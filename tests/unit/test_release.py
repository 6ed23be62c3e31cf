"""Release: two named people, what they signed, and when it takes effect."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.errors import AlreadyDone, NotAllowed, NotReleasable, Overtaken, PathwayError
from bot.core.finding import Severity
from bot.core.permissions import Permission, allows
from bot.core.release import in_force
from bot.core.staff import StaffRole
from bot.library_wiring import make_library
from bot.services.adopt_files import adopt_files
from bot.services.draft_pathway import drop_draft, open_draft, save_draft
from bot.services.release_pathway import preview_of, release_draft, send_back, submit_draft
from tests import builders as b
from tests.unit.pathway_desk import spoil
from tests.unit.release_desk import HERNIA, NUMBERS, ReleaseDesk, a_release_desk, another_process

OLD, NEW = "temperature >= 38.0 C", "temperature >= 38.5 C"


@pytest.fixture
def desk(tmp_path: Path) -> ReleaseDesk:
    return a_release_desk(tmp_path)


def raised(desk: ReleaseDesk) -> dict[str, str | None]:
    """The fever counts from 38.5, and its case says so."""
    text = desk.text().replace(OLD, NEW).replace("{temperature: 38.0}", "{temperature: 38.5}")
    return {HERNIA: text}


def a_draft(desk: ReleaseDesk):
    return open_draft(desk.parts, nurse=desk.author, files=raised(desk))


def actions(desk: ReleaseDesk) -> list[str]:
    found = desk.world.rows("audit", order_by="at,id")
    return [one.action for one in found if one.action.startswith("pathway.")]


def test_a_release_is_signed_by_two_and_says_what_changes_in_clinical_words(
    desk: ReleaseDesk,
) -> None:
    before = desk.version()
    release = desk.release(a_draft(desk))
    assert (release.authors, release.approver) == (["nurse-mei"], "nurse-guo")
    assert release.versions == {"hernia": desk.version()}
    assert desk.version() != before
    said = [one["text"] for one in release.changes]
    assert said == [
        {
            "en": "hernia: fever threshold 38.0 -> 38.5 C (temperature)",
            "zh": "hernia: fever 阈值 38.0 -> 38.5 C（temperature）",
        }
    ]
    kept = desk.world.get("pathway_versions", desk.version())
    assert NEW in kept.files[HERNIA]
    assert actions(desk) == [
        *("pathway.adopt", "pathway.draft_open", "pathway.submit", "pathway.release"),
    ]


def test_it_takes_effect_in_a_running_process_and_in_the_folder(desk: ReleaseDesk) -> None:
    other = another_process(desk)
    before = other.pathway("hernia").version
    release = desk.release(a_draft(desk))
    assert desk.parts.library.for_procedure("hernia").version == release.versions["hernia"]
    assert other.pathway("hernia").version == before  # until it looks
    assert other.refresh() is True
    assert other.refresh() is False
    assert other.pathway("hernia").version == release.versions["hernia"]
    assert other.pathway("hernia", before).version == before
    assert NEW in desk.text()


def test_nobody_releases_what_she_wrote_herself(desk: ReleaseDesk) -> None:
    draft = open_draft(desk.parts, nurse=desk.approver, files=raised(desk))
    submit_draft(desk.parts, nurse=desk.author, draft_id=draft.id, number=1)
    with pytest.raises(NotReleasable) as refused:
        release_draft(desk.parts, nurse=desk.approver, draft_id=draft.id, number=1)
    assert refused.value.why == "own_draft"


def test_whoever_wrote_a_part_of_it_cannot_release_it(desk: ReleaseDesk) -> None:
    draft = a_draft(desk)
    draft = save_draft(
        desk.parts, nurse=desk.approver, draft_id=draft.id, number=1, files=draft.files
    )
    with pytest.raises(NotReleasable, match="own_draft"):
        desk.release(draft)


@pytest.mark.parametrize("role", list(StaffRole))
def test_only_who_may_release_releases(desk: ReleaseDesk, role: StaffRole) -> None:
    draft, somebody = a_draft(desk), b.a_nurse("somebody", role=role, conversation_id=None)
    desk.world.add(somebody)
    if allows(role, Permission.RELEASE_PATHWAY):
        assert desk.release(draft, by=somebody).approver == "nurse-somebody"
    else:
        with pytest.raises(NotAllowed):
            desk.release(draft, by=somebody)


def test_nothing_is_released_without_a_review(desk: ReleaseDesk) -> None:
    draft = a_draft(desk)
    with pytest.raises(NotReleasable, match="not_in_review"):
        release_draft(desk.parts, nurse=desk.approver, draft_id=draft.id, number=1)


def test_a_draft_with_an_error_is_refused_and_the_running_version_is_untouched(
    desk: ReleaseDesk,
) -> None:
    before, draft = desk.version(), desk.draft("use_rules: [chest_pain]", "use_rules: [chest]")
    with pytest.raises(
        NotReleasable, match=r"errors: hernia.yml:\d+:\d+: .*no shared rule 'chest'"
    ):
        submit_draft(desk.parts, nurse=desk.author, draft_id=draft.id, number=1)
    assert desk.version() == before
    assert "use_rules: [chest_pain]" in desk.text()
    assert len(desk.world.rows("releases")) == 1


def test_a_draft_that_changes_nothing_is_not_released(desk: ReleaseDesk) -> None:
    draft = open_draft(desk.parts, nurse=desk.author, files={HERNIA: desk.text()})
    with pytest.raises(NotReleasable, match="no_change"):
        submit_draft(desk.parts, nurse=desk.author, draft_id=draft.id, number=1)


def test_the_house_keeps_its_emergency_number(desk: ReleaseDesk) -> None:
    draft = desk.draft("CN:", "JP:", NUMBERS)
    with pytest.raises(NotReleasable):
        submit_draft(desk.parts, nurse=desk.author, draft_id=draft.id, number=1)


def test_the_approver_releases_only_what_she_has_read(desk: ReleaseDesk) -> None:
    draft = a_draft(desk)
    submit_draft(desk.parts, nurse=desk.author, draft_id=draft.id, number=1)
    save_draft(desk.parts, nurse=desk.author, draft_id=draft.id, number=1, files=draft.files)
    with pytest.raises(Overtaken) as changed:
        release_draft(desk.parts, nurse=desk.approver, draft_id=draft.id, number=1)
    assert changed.value.by == "Mei"
    with pytest.raises(NotReleasable, match="not_in_review"):
        release_draft(desk.parts, nurse=desk.approver, draft_id=draft.id, number=2)


def test_a_draft_given_back_says_why_and_can_be_mended(desk: ReleaseDesk) -> None:
    draft = a_draft(desk)
    submit_draft(desk.parts, nurse=desk.author, draft_id=draft.id, number=1)
    send_back(desk.parts, nurse=desk.approver, draft_id=draft.id, number=1, why="Source?")
    assert desk.world.get("drafts", draft.id).note == "Source?"
    assert desk.release(draft).approver == "nurse-guo"


def test_a_settled_draft_stays_as_it_is(desk: ReleaseDesk) -> None:
    draft = a_draft(desk)
    drop_draft(desk.parts, nurse=desk.author, draft_id=draft.id, number=1)
    with pytest.raises(AlreadyDone):
        save_draft(desk.parts, nurse=desk.author, draft_id=draft.id, number=2, files={})


@pytest.mark.parametrize("name", ["../hernia.yml", "shared/notes.yml", "Hernia.yml", "a/b.yml", ""])
def test_only_files_of_a_library_can_be_written(desk: ReleaseDesk, name: str) -> None:
    with pytest.raises(PathwayError):
        open_draft(desk.parts, nurse=desk.author, files={name: "x"})


def test_a_file_changed_in_the_folder_waits_for_two_people(desk: ReleaseDesk) -> None:
    before, draft = desk.version(), a_draft(desk)
    spoil(desk.folder, HERNIA, OLD, "temperature >= 39.0 C")
    assert another_process(desk).pathway("hernia").version == before
    assert "39.0" in desk.text()  # what a person wrote is not written over
    assert desk.release(draft)
    assert "39.0" in desk.text()


def test_a_house_that_says_so_uses_its_files_from_the_next_start(desk: ReleaseDesk) -> None:
    spoil(desk.folder, HERNIA, OLD, NEW)
    world = desk.world
    given = (world.record, world.parts.workbench, world.clock, world.ids)
    assert adopt_files(*given, use=False) == []
    assert adopt_files(*given, use=True) == [HERNIA]
    assert desk.parts.library.refresh()
    (first, second) = world.rows("releases", order_by="number")
    assert second.approver == "files"
    assert [one["kind"] for one in second.changes] == ["threshold"]
    assert NEW in in_force([first, second])[HERNIA]


def test_a_folder_that_is_behind_is_brought_up_to_date(desk: ReleaseDesk) -> None:
    """Another machine, or an older copy of the folder: the record knows what is in force."""
    old = desk.text()
    release = desk.release(a_draft(desk))
    (desk.folder / HERNIA).write_text(old, "utf-8")
    assert another_process(desk).pathway("hernia").version == release.versions["hernia"]
    assert NEW in desk.text()


def test_a_folder_that_cannot_be_written_to_changes_nothing(
    desk: ReleaseDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "replace", refuse)
    release = desk.release(a_draft(desk))
    assert desk.version() == release.versions["hernia"]
    assert OLD in desk.text()


def test_what_older_software_released_and_nobody_reads_now_gives_way_to_the_folder(
    desk: ReleaseDesk,
) -> None:
    with desk.world.record.transaction() as tx:
        (first,) = tx.releases.find()
        broken = {**first.files, HERNIA: "use_signs: []"}
        tx.releases.swap(first, type(first)(**{**vars(first), "files": broken, "approver": "x"}))
    assert make_library(desk.world.record, desk.folder).pathway("hernia").title.say("en")


@pytest.mark.parametrize(
    ("old", "new", "what", "zh"),
    [
        ("day_7: {day: 7,", "day_7: {day: 2,", "was on day 7", "原来是第 7 天"),
        ("procedures: [hernia", "procedures: [other", "no pathway serves hernia", "不再有方案对应"),
    ],
)
def test_a_change_that_would_strand_patients_is_named_before_it_is_signed(
    desk: ReleaseDesk, old: str, new: str, what: str, zh: str
) -> None:
    draft = desk.draft(old, new)
    found = preview_of(desk.parts, draft, desk.parts.workbench.folder()).findings
    one = next(one for one in found if one.kind == "would_strand")
    assert (one.file, one.severity) == (HERNIA, Severity.WARNING)
    assert what in one.what
    assert one.hint
    assert zh in one.told("zh")[0]


def test_a_retired_pathway_names_the_operations_that_nobody_follows_any_more(
    desk: ReleaseDesk,
) -> None:
    draft = open_draft(desk.parts, nurse=desk.author, files={HERNIA: None})
    found = preview_of(desk.parts, draft, desk.parts.workbench.folder()).findings
    assert [one.kind for one in found] == ["would_strand"]
    assert "nobody can be enrolled" in found[0].what
