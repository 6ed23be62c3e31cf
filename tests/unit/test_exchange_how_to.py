"""Every command of the how-to about exchange runs as it stands there."""

from __future__ import annotations

import json
import re
import shlex
import shutil

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.unit.pathway_desk import PATHWAYS

PAGE = (PATHWAYS.parent / "docs/how-to/exchange.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
INLINE = re.findall(r"`(aftercare [^`]+)`", PAGE)
COMMANDS = [*(line for block in BLOCKS for line in block.splitlines()), *INLINE]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """The commands of the page in their order, in a house of their own."""
    house = tmp_path_factory.mktemp("house")
    shutil.copytree(PATHWAYS, house / "pathways", ignore=shutil.ignore_patterns("lexicon"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(house)
        patch.setenv("AFTERCARE_PATHWAYS", "pathways")
        results = {}
        for command in COMMANDS:
            program, *arguments = shlex.split(command)
            assert program == "aftercare"
            results[command] = CliRunner().invoke(app, arguments)
        return results


def test_the_page_shows_every_command_of_the_exchange() -> None:
    shown = " ".join(COMMANDS)
    for name in ("schema", "export", "import", "begin", "check"):
        assert f"aftercare pathway {name}" in shown
    for name in ("xlsx", "xlsform", "fhir"):
        assert f"--format {name}" in shown


@pytest.mark.parametrize("command", sorted(set(COMMANDS)))
def test_a_command_of_the_page_runs(done: dict[str, Result], command: str) -> None:
    result = done[command]
    assert result.exit_code == 0, result.output


def test_a_pathway_that_was_begun_is_told_what_it_needs(done: dict[str, Result]) -> None:
    told = done["aftercare pathway begin hip_form.xlsx knee_study"].output
    assert "knee_study.yml:" in told
    assert "things to do before it can be used" in told


def test_the_settings_for_the_editor_are_json_and_lead_to_the_schema() -> None:
    settings = json.loads(re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1])  # type: ignore[index]
    for schema in settings["yaml.schemas"]:
        assert (PATHWAYS.parent / schema).is_file()
    named = re.findall(r"yaml-language-server: \$schema=(\S+)", PAGE)
    assert named
    assert all((PATHWAYS / one).is_file() for one in named)
