"""Files to look at: the page of a simulation, and what is said when one cannot be written."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests.unit.pathway_desk import write_library

FROM_OUTSIDE = re.compile(r"""(?:src|href)=|url\(|@import|<script""")


class Page(HTMLParser):
    """What stands on a page, and whether every element that opens is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.classes: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.classes += (dict(attrs).get("class") or "").split()
        if tag not in ("meta", "input", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_show_says_what_it_does_not_know_or_cannot_write(tmp_path: Path) -> None:
    asked = ["pathway", "show", "--folder", str(write_library(tmp_path))]
    unknown = CliRunner().invoke(app, [*asked, "hernai"])
    assert (unknown.exit_code, "Known: hernia" in unknown.output) == (2, True)
    nowhere = CliRunner().invoke(app, [*asked, "hernia", "--html", str(tmp_path / "no/a.html")])
    assert nowhere.exit_code == 2
    assert "a.html: No such file" in nowhere.output


def test_a_simulation_is_written_as_a_page_in_both_languages(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    asked = ["pathway", "simulate", "hernia", "--folder", str(write_library(tmp_path))]
    asked += ["--patients", "12", "--days", "12"]
    done = CliRunner().invoke(app, [*asked, "--page", str(file)])
    assert (done.exit_code, done.stdout.strip()) == (0, str(file))
    html = file.read_text("utf-8")
    page = Page(html)
    assert page.open == []
    assert not FROM_OUTSIDE.search(html)
    assert {"zh", "en", "chatbot", "patient"} <= set(page.classes)
    found = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert "虚拟患者" in html
    assert "12 invented patients" in html
    talks = found["transcripts"]
    assert html.count("<details") == 2 * len(talks)
    minutes = found["forecast"]["every_week_once_full"]["nurse_minutes"]
    assert f"<b>{minutes}</b> nurse minutes a week with 10 operations a week" in html
    assert f"<b>{minutes}</b> 护士分钟/周（每周 10 台手术）" in html
    for part in found["reached"].values():
        assert all(f"NEVER {name}:" in html for name in part["never"])
    by_day = found["messages"]["unasked_by_day"]
    total = found["messages"]["unasked"]["total"]
    assert sum(one["mean"] for one in by_day) == pytest.approx(total / 12, abs=0.1)
    assert html.count('<ol class="days">') == 2
