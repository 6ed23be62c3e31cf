"""aftercare export: one zip of CSV files that a spreadsheet opens, for its owner only."""

from __future__ import annotations

import csv
import io
import stat
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests import builders as b
from tests.fakes import FixedClock
from tests.integration.restored_house import Machine, add


def test_the_zip_opens_in_a_spreadsheet(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(database_url, tmp_path, FixedClock(), monkeypatch)
    with machine.awake() as parts:
        add(parts, *b.wang_and_her_ward(), b.an_inbound("=我喘,不过\n气"))
    file = tmp_path / "a.zip"
    done = CliRunner().invoke(app, ["export", str(file), "--since", "2026-03-10"])
    assert done.exit_code == 0, done.output
    assert "1 messages_received" in done.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as archive:
        raw = archive.read("messages_received.csv")
    assert raw.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    assert row["text"] == "'=我喘,不过\n气"
    assert row["received_at"] == "2026-03-10T01:00:00Z"
    again = CliRunner().invoke(app, ["export", str(file)])
    assert again.exit_code == 2
    assert "is there already" in again.output
