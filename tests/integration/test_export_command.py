"""aftercare export: tables that a spreadsheet opens, or FHIR, for its owner only."""

from __future__ import annotations

import csv
import io
import json
import stat
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests import builders as b
from tests.fakes import FixedClock
from tests.integration.restored_house import Machine, add, rows
from tests.unit.fhir_desk import BASE, check, li, wang


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


def test_every_patient_is_one_line_of_valid_fhir(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(database_url, tmp_path, FixedClock(), monkeypatch)
    file = tmp_path / "ward.ndjson"
    with machine.awake() as parts:
        pathway = parts.library.pathway("hip_knee_replacement")
        add(parts, *wang(pathway), *li(pathway))
    arguments = ["export", str(file), "--format", "fhir", "--base", f"{BASE}/"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert done.output.endswith("ward.ndjson: 2 patients\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = [json.loads(one) for one in file.read_text(encoding="utf-8").splitlines()]
    assert [one["id"] for one in lines] == ["patient-li", "patient-wang"]
    for one in lines:
        check(one)
    with machine.awake() as parts:
        (entry,) = rows(parts, "audit", action="export")
    assert entry.details == "fhir .. with names"
