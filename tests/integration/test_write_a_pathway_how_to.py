"""The how-to walks from an empty folder to a released pathway, and every step of it is true.

The page is read from top to bottom: what stands in `yaml` is put into the file, what stands in
`sh` is run, and what stands in `text` is what the commands before it print. A line `...` stands
for lines that are left out. Ids, versions and moments are others every time: the first time any
will do, and from then on the same one on the page is the same one in the house.
"""

from __future__ import annotations

import logging
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.pathfiles.load import load_library
from tests.unit.pathway_desk import PATHWAYS

PAGE = (PATHWAYS.parent / "docs/how-to/write-a-pathway.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
PASSWORD = "a long enough one"
MOMENT = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"
NAMED = r"\b(?=[0-9a-f]*\d)(?:[0-9a-f]{8}|[0-9a-f]{12}|[0-9a-f]{32})\b"  # draft, version, episode
OTHER_EVERY_TIME = re.compile(f"({MOMENT}|{NAMED})")
LEFT_OUT = "..."


@dataclass
class Ward:
    """A folder with nothing in it, and the hands that do what the page says."""

    house: Path
    patch: pytest.MonkeyPatch
    names: dict[str, str] = field(default_factory=dict)  # on the page -> in the house
    wrong: list[str] = field(default_factory=list)
    printed: str = ""
    failed: list[str] = field(default_factory=list)

    def follow(self, page: str) -> list[str]:
        """Every step; what is not as the page says."""
        for kind, text in BLOCK.findall(page):
            if kind == "text":
                self.compare(text.splitlines())
            self.wrong += [f"fails: {line}" for line in self.failed if kind != "text"]
            self.failed = []
            if kind == "yaml":
                self.write(text)
            elif kind == "sh":
                self.printed = "".join([self.run(line) for line in text.splitlines()])
        return [*self.wrong, *(f"fails: {line}" for line in self.failed)]

    def write(self, text: str) -> None:
        """Under what is there; a piece that begins with blanks goes on with the one before."""
        path = self.house / "ward/hernia_repair.yml"
        before = path.read_text("utf-8") if path.exists() else ""
        gap = "\n" if before and not text.startswith(" ") else ""
        path.write_text(before + gap + text, encoding="utf-8")

    def run(self, line: str) -> str:
        for shown, real in self.names.items():
            line = line.replace(shown, real)
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").partition("=")
            self.patch.setenv(name, value)
            return ""
        before, _, command = line.rpartition("| ")
        if not command.startswith("aftercare "):
            return self.shell(line)
        again = PASSWORD if command.startswith("aftercare account") else "y"
        typed = self.shell(before) if before else f"{PASSWORD}\n{again}\n"
        done = CliRunner().invoke(app, shlex.split(command)[1:], input=typed)
        if done.exit_code:
            self.failed.append(line)
        return done.output

    def shell(self, line: str) -> str:
        done = subprocess.run(["bash", "-c", line], cwd=self.house, capture_output=True, text=True)
        if done.returncode or done.stderr:
            self.failed.append(line)
        return done.stdout + done.stderr

    def compare(self, shown: list[str]) -> None:
        """What the page shows, line by line, with what was printed."""
        rest: Iterator[str] = iter([line.rstrip() for line in self.printed.splitlines()])
        free = False
        for line in shown:
            if line == LEFT_OUT:
                free = True
                continue
            for printed in rest:
                if self.same(line, printed):
                    break
                if not free:
                    self.wrong.append(f"shown:   {line}\nprinted: {printed}")
                    return
            else:
                self.wrong.append(f"shown:   {line}\nis not printed in\n{self.printed}")
                return
            free = False
        if not free and (more := list(rest)):
            self.wrong.append("printed and not shown:\n" + "\n".join(more))

    def same(self, shown: str, printed: str) -> bool:
        pattern, new = "", []
        for number, part in enumerate(OTHER_EVERY_TIME.split(shown)):
            if number % 2 == 0:
                pattern += re.escape(part)
            elif re.fullmatch(MOMENT, part):
                pattern += MOMENT
            elif part in self.names:
                pattern += re.escape(self.names[part])
            else:
                pattern += f"([0-9a-f]{{{len(part)}}})"
                new.append(part)
        found = re.fullmatch(pattern, printed)
        if found:
            self.names.update(zip(new, found.groups(), strict=True))
        return found is not None


@pytest.fixture
def ward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ward:
    (tmp_path / "pathways").symlink_to(PATHWAYS)
    monkeypatch.chdir(tmp_path)
    # Warnings reach the terminal as they do outside of pytest, which takes them for itself.
    log = logging.getLogger()
    monkeypatch.setattr(log, "handlers", [*log.handlers, logging.lastResort])
    return Ward(tmp_path, monkeypatch)


def test_a_ward_sister_who_follows_the_page_has_a_released_pathway(ward: Ward) -> None:
    assert "\n\n".join(ward.follow(PAGE)) == ""
    hernia = load_library(ward.house / "ward").pathway("hernia_repair")
    assert hernia.number == 2
    assert {"strangulation", "testicle_swollen", "leg_clot"} <= {one.id for one in hernia.rules}


def test_the_page_goes_all_the_way() -> None:
    run = "".join(text for kind, text in BLOCK.findall(PAGE) if kind == "sh")
    steps = ("check", "show", "simulate", "export", "import", "draft", "review", "release")
    for step in (*steps, "versions", "move-patients"):
        assert f"aftercare pathway {step} " in run or f"aftercare pathway {step}\n" in run, step


@pytest.mark.parametrize(
    ("right", "spoilt"),
    [
        ("aftercare pathway check", "aftercare pathway chekc"),
        ("hernia_repair.yml:1:1: error:", "hernia_repair.yml:1:2: error:"),
        ("2 errors, 0 warnings", "2 errors, 0 warnings\nand more"),
        ("2 errors, 0 warnings\n", ""),
        ("pathway: hernia_repair", "pathway: hernia_repairs"),
    ],
)
def test_a_mistake_in_the_page_is_noticed(ward: Ward, right: str, spoilt: str) -> None:
    beginning = PAGE.partition("## 3.")[0].replace("aftercare account", "true")
    beginning = re.sub(r"```text\nPassword.*?```\n", "", beginning, flags=re.DOTALL)
    assert right in beginning
    assert ward.follow(beginning.replace(right, spoilt))
