"""The pathway pages: what an author, an approver and a nurse see and may press."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from typer.testing import CliRunner

from bot.cli import app
from bot.console import console_routes
from bot.core.release import DraftState
from bot.core.staff import StaffRole
from bot.storage.media import FileMedia
from tests import builders as b
from tests.unit.console_desk import CSRF, PASSWORD, URL, SecretIds
from tests.unit.release_desk import HERNIA, NUMBERS, ReleaseDesk, a_release_desk

OLD, NEW = "{zh: 疼几分？", "{zh: 伤口疼几分？"


@pytest.fixture
def desk(tmp_path: Path) -> ReleaseDesk:
    made = a_release_desk(tmp_path)
    ids = SecretIds()
    for _ in range(100):  # beyond those that the desk has given away
        ids.new()
    made.world.parts = replace(made.parts, ids=ids)
    made.world.add(b.a_nurse("han", role=StaffRole.NURSE, conversation_id=None))
    return made


@pytest.fixture
def browser(desk: ReleaseDesk, tmp_path: Path) -> Callable[[str], TestClient]:
    media = FileMedia(tmp_path / "media")
    pages = Starlette(routes=console_routes(desk.parts, media=media))

    def signed_in(login: str) -> TestClient:
        client = TestClient(pages, base_url=URL, follow_redirects=True)
        client.post("/console/sign-in", data={"login": login, "password": PASSWORD})
        return client

    return signed_in


def post(client: TestClient, path: str, **data: str):
    csrf = CSRF.search(client.get("/console/pathways").text)
    assert csrf
    return client.post(f"/console{path}", data={"csrf": csrf[1], **data})


def begun(client: TestClient, path: str = "/pathways/hernia/edit", **data: str) -> str:
    """The address of a new draft."""
    return str(post(client, path, **data).url.path).removeprefix("/console")


def test_whoever_has_no_worklist_begins_at_the_pathways(browser) -> None:
    assert browser("mei").get("/console").url.path == "/console/pathways"
    assert browser("han").get("/console").url.path == "/console/worklist"


def test_a_nurse_reads_the_picture_and_the_leaflet_and_has_no_buttons(browser) -> None:
    han = browser("han")
    page = han.get("/console/pathways/hernia").text
    assert '<svg class="timeline"' in page
    assert '<svg class="flow"' in page
    assert "temperature &gt;= 38.0 C" in page
    assert "/edit" not in page
    assert "/retire" not in page
    leaflet = han.get("/console/pathways/hernia/leaflet").text
    assert "Lift nothing heavy." in leaflet
    assert "Not clinically approved" in leaflet


def test_a_pathway_that_is_not_there_is_not_found(browser) -> None:
    assert browser("han").get("/console/pathways/nothing").status_code == 404
    assert browser("han").get("/console/drafts/nothing").status_code == 404


def test_one_writes_and_another_signs(desk: ReleaseDesk, browser) -> None:
    before, mei, guo = desk.version(), browser("mei"), browser("guo")
    draft = begun(mei)
    saved = post(mei, f"{draft}/save", number="1", file=HERNIA, text=desk.edited(OLD, NEW)[HERNIA])
    assert "wording changed (zh)" in saved.text
    post(mei, f"{draft}/review", number="2")
    assert post(mei, f"{draft}/release", number="2").status_code == 403
    assert "wording changed (zh)" in guo.get(f"/console{draft}").text
    assert "In force now" in post(guo, f"{draft}/release", number="2").text
    assert desk.version() != before
    page = mei.get("/console/pathways/hernia").text
    assert "Written by Mei · approved by Guo" in page


def test_nobody_signs_her_own(desk: ReleaseDesk, browser) -> None:
    before, guo = desk.version(), browser("guo")
    draft = begun(guo)
    post(guo, f"{draft}/save", number="1", file=HERNIA, text=desk.edited(OLD, NEW)[HERNIA])
    page = post(guo, f"{draft}/review", number="2").text
    assert "You wrote in it yourself" in page
    assert f"{draft}/release" not in page
    assert post(guo, f"{draft}/release", number="2").status_code == 409
    assert desk.version() == before


def test_the_check_stands_beside_the_text_and_saves_nothing(desk: ReleaseDesk, browser) -> None:
    mei = browser("mei")
    draft = begun(mei)
    broken = desk.edited("kind: scale", "kind: scal")[HERNIA]
    said = post(mei, f"{draft}/check", file=HERNIA, text=broken).text
    assert "hernia.yml:" in said
    assert "Did you mean" in said
    assert "<html" not in said
    (kept,) = desk.world.rows("drafts")
    assert (kept.files[HERNIA], kept.number) == (desk.text(), 1)
    post(mei, f"{draft}/save", number="1", file=HERNIA, text=broken)
    refused = post(mei, f"{draft}/review", number="2")
    assert refused.status_code == 409
    assert "cannot come into force" in refused.text


def test_the_second_author_is_told_and_keeps_what_she_typed(desk: ReleaseDesk, browser) -> None:
    mei, guo = browser("mei"), browser("guo")
    draft = begun(mei)
    post(mei, f"{draft}/save", number="1", file=HERNIA, text="# hers\n")
    late = post(guo, f"{draft}/save", number="1", file=HERNIA, text="# his\n")
    assert late.status_code == 409
    assert "Mei was faster" in late.text
    assert "# his" in late.text
    assert "# hers" in late.text
    assert desk.world.rows("drafts")[0].files == {HERNIA: "# hers\n"}


def test_what_was_overtaken_is_shown_and_can_be_followed(desk: ReleaseDesk, browser) -> None:
    mei = browser("mei")
    draft = begun(mei)
    desk.change("temperature >= 38.0 C", "temperature >= 37.5 C")
    page = mei.get(f"/console{draft}").text
    assert "Another text came into force since" in page
    text = desk.edited(OLD, NEW)[HERNIA]
    post(mei, f"{draft}/save", number="1", file=HERNIA, text=text)
    assert post(mei, f"{draft}/review", number="2").status_code == 409
    post(mei, f"{draft}/save", number="2", file=HERNIA, text=text, follow="yes")
    assert post(mei, f"{draft}/review", number="3").status_code == 200


def test_giving_back_needs_a_reason(desk: ReleaseDesk, browser) -> None:
    mei, guo = browser("mei"), browser("guo")
    draft = begun(mei)
    post(mei, f"{draft}/save", number="1", file=HERNIA, text=desk.edited(OLD, NEW)[HERNIA])
    post(mei, f"{draft}/review", number="2")
    assert post(guo, f"{draft}/send-back", number="2").status_code == 422
    post(guo, f"{draft}/send-back", number="2", why="Source?")
    assert "Source?" in mei.get(f"/console{draft}").text


def test_a_pathway_is_retired_and_brought_back(desk: ReleaseDesk, browser) -> None:
    mei, guo = browser("mei"), browser("guo")
    draft = begun(mei, "/pathways/hernia/retire")
    post(guo, f"{draft}/release", number="1")
    assert desk.parts.library.for_procedure("hernia") is None
    assert "Retired" in mei.get("/console/pathways/hernia").text  # Mrs Wang is still on it
    back = begun(mei, "/pathways/hernia/back", number="1")
    post(mei, f"{back}/review", number="1")
    post(guo, f"{back}/release", number="1")
    assert desk.parts.library.for_procedure("hernia") is not None


def test_a_shared_file_and_a_file_of_the_folder_become_drafts(desk: ReleaseDesk, browser) -> None:
    mei = browser("mei")
    begun(mei, "/drafts", name=NUMBERS)
    (desk.folder / HERNIA).write_text(desk.text() + "# by hand\n", "utf-8")
    assert "Changed in the folder, not in force" in mei.get("/console/pathways").text
    begun(mei, "/drafts", name=HERNIA, folder="yes")
    files = [one.files for one in desk.world.rows("drafts", order_by="created_at,id")]
    assert {NUMBERS: desk.text(NUMBERS)} in files
    assert {HERNIA: desk.text()} in files


@pytest.mark.parametrize("name", ["../../etc/passwd", "shared/../x.yml", "hernia.txt", ""])
def test_no_other_file_can_be_reached(desk: ReleaseDesk, browser, name: str) -> None:
    mei = browser("mei")
    assert post(mei, "/drafts", name=name).status_code == 404
    draft = begun(mei)
    assert post(mei, f"{draft}/check", file=name, text="x").status_code == 200
    if name:
        assert post(mei, f"{draft}/save", number="1", file=name, text="x").status_code == 404
    assert desk.world.rows("drafts")[0].files == {HERNIA: desk.text()}


def test_a_try_shows_the_rule_that_fired_and_keeps_nothing(desk: ReleaseDesk, browser) -> None:
    han = browser("han")
    said = {"check_in": "day_1", "said-0": "none", "text": "38.4"}
    page = post(han, "/pathways/hernia/try", **said).text
    assert "fever: temperature &gt;= 38.0 C" in page
    assert "Same day" in page
    assert "A nurse calls today." in page
    assert desk.world.rows("observations") == []
    assert desk.world.rows("escalations") == []


def test_an_answer_that_is_not_read_counts_as_doubt_and_not_as_no(browser) -> None:
    twice = {"check_in": "day_1", "said-0": "purple", "text": "purple"}
    page = post(browser("han"), "/pathways/hernia/try", **twice).text
    assert "Not understood" in page
    assert "Stayed unclear" in page


def test_a_draft_is_tried_before_it_is_in_force(desk: ReleaseDesk, browser) -> None:
    mei = browser("mei")
    draft = begun(mei)
    text = desk.edited("temperature >= 38.0 C", "temperature >= 37.5 C")[HERNIA]
    post(mei, f"{draft}/save", number="1", file=HERNIA, text=text)
    said = {"check_in": "day_1", "said-0": "none", "text": "37.8"}
    assert "No rule has fired" in post(mei, "/pathways/hernia/try", **said).text
    of_the_draft = post(mei, "/pathways/hernia/try", draft=draft.split("/")[-1], **said).text
    assert "temperature &gt;= 37.5 C" in of_the_draft


def test_patients_move_only_as_the_dry_run_said(desk: ReleaseDesk, browser) -> None:
    desk.change("temperature >= 38.0 C", "temperature >= 37.5 C")
    guo = browser("guo")
    page = guo.get("/console/pathways/hernia/move").text
    assert "1 patient would move" in page
    assert "fever threshold 38.0 -&gt; 37.5 C" in page
    assert "A check-in is open" in page
    assert "王秀英" not in page
    assert post(guo, "/pathways/hernia/move", seal="old").status_code == 409
    seal = page.split('name="seal" value="')[1].split('"')[0]
    assert "finishes it first" in post(guo, "/pathways/hernia/move", seal=seal).text
    assert len(desk.world.rows("moves")) == 1


def test_a_draft_that_was_given_up_stays_in_the_record(desk: ReleaseDesk, browser) -> None:
    mei = browser("mei")
    draft = begun(mei)
    post(mei, f"{draft}/drop", number="1")
    assert desk.world.rows("drafts")[0].state is DraftState.DROPPED
    assert draft not in mei.get("/console/pathways").text
    assert post(mei, f"{draft}/save", number="2", file=HERNIA, text="x").status_code == 409


def test_a_new_pathway_begins_as_a_copy_of_its_neighbour(desk: ReleaseDesk, browser) -> None:
    mei = browser("mei")
    assert post(mei, "/pathways", name="hernia", like="hernia").status_code == 422
    assert post(mei, "/pathways", name="../x", like="hernia").status_code == 422
    begun(mei, "/pathways", name="umbilical_hernia", like="hernia")
    (draft,) = desk.world.rows("drafts")
    assert "pathway: umbilical_hernia" in draft.files["umbilical_hernia.yml"]
    # Both would serve the same procedure: the check says so before anybody signs.
    page = mei.get(f"/console/drafts/{draft.id}").text
    assert "A procedure of two pathways" in page


def test_files_that_belong_together_come_into_force_together(desk: ReleaseDesk, browser) -> None:
    mei, guo = browser("mei"), browser("guo")
    draft = begun(mei)
    shared = "shared/questions.yml"
    post(mei, f"{draft}/add", number="1", name=shared)
    new = desk.edited("{zh: 体温多少？", "{zh: 今天体温多少？", shared)[shared]
    post(mei, f"{draft}/save", number="2", file=shared, text=new)
    post(mei, f"{draft}/save", number="3", file=HERNIA, text=desk.edited(OLD, NEW)[HERNIA])
    page = mei.get(f"/console{draft}?file={HERNIA}").text
    assert '<svg class="flow"' in page
    post(mei, f"{draft}/review", number="4")
    post(guo, f"{draft}/release", number="4")
    asked = desk.parts.library.pathway("hernia").questions
    assert "今天体温多少" in asked["temperature"].ask.say("zh")
    assert "伤口疼几分" in asked["pain"].ask.say("zh")


@pytest.mark.parametrize(("lang", "word"), [("en", "What worries us"), ("zh", "什么情况要处理")])
def test_show_draws_the_pathway_into_one_file(
    desk: ReleaseDesk, tmp_path: Path, lang: str, word: str
) -> None:
    file = tmp_path / "hernia.html"
    command = ["pathway", "show", "hernia", "--folder", str(desk.folder), "--html", str(file)]
    done = CliRunner().invoke(app, [*command, "--lang", lang])
    assert done.exit_code == 0, done.output
    page = file.read_text("utf-8")
    assert page.count("<svg") >= 2
    assert word in page
    assert "http" not in page.replace("http://www.w3.org", "")  # nothing is fetched


def bad(text: str) -> dict[str, str]:
    """What hands or programs put into the form, by what is wrong with it."""
    rule = "when: pain >= 7"
    return {
        "broken YAML": text.replace("title: {zh", "title: {{zh"),
        "another file": f"!include /etc/passwd\n{text}",
        "a circle": f"{text}\nround: &a [*a]\n",
        "an alias bomb": text
        + "".join(f"\nb{n}: &b{n} [*b{n - 1}, *b{n - 1}]" for n in range(1, 30)),
        "10 MB": text + "#" * 10_000_000,
        "an expression bomb": text.replace(rule, f"when: {'(' * 5000}pain >= 7{')' * 5000}"),
        "a long expression": text.replace(rule, f"when: {' or '.join(['pain >= 7'] * 5000)}"),
        "the same name twice": f"{text}\nnumber: 2\n",
        "not a number": text.replace("number: 1", "number: nan"),
        "a day nobody lives to see": text.replace("{day: 7,", "{day: 99999999999,"),
        "half a character": f"{text}\nz: \udc80\n",
        "nothing": "",
        "a list": "- a\n- b\n",
        "brackets": f"{text}\nz: {'[' * 3000}",
        "a sign that hides": f"{text}\n# \u202e\n",
    }


@pytest.mark.parametrize("what", bad(""))
def test_bad_input_in_the_form_is_told_with_its_place_and_reaches_nobody(
    desk: ReleaseDesk, browser, what: str
) -> None:
    text = bad(desk.text())[what]
    author, before = browser("mei"), desk.parts.library.pathway("hernia").version
    draft = begun(author)
    checked = post(author, f"{draft}/check", file=HERNIA, text=sendable(text))
    assert checked.status_code in (200, 413), what
    if checked.status_code == 200:
        assert re.search(r'class="error".*hernia\.yml:\d+:\d+', checked.text, re.DOTALL), what
    saved = post(author, f"{draft}/save", file=HERNIA, text=sendable(text), number="1")
    assert saved.status_code in (200, 413), what
    asked = post(author, f"{draft}/review", number="2")
    assert asked.status_code in (200, 409, 422), what
    assert desk.parts.library.pathway("hernia").version == before
    assert desk.text() != text


def sendable(text: str) -> str | bytes:
    """Half a character travels as the byte that it is."""
    return text.encode("utf-8", "surrogateescape") if "\udc80" in text else text
