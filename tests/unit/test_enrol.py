"""Enrol: good rows are kept, bad rows are explained, and a repeated row changes nothing."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.commands import enrolment as command
from bot.core.enrolment import COLUMNS, Fault, NewEnrolment, read_enrolment
from tests.fakes import World, a_world

TODAY = date(2026, 3, 10)
ROW = {
    "name": "王秀英",
    "hospital_id": "H-1",
    "birth_year": "1948",
    "procedure_code": "KNEE",
    "surgery_date": "2026-03-04",
    "discharge_date": "2026-03-07",
    "language": "zh",
    "time_zone": "Asia/Shanghai",
    "risk_tier": "medium",
    "channel": "telegram",
    "caregiver": "",
    "ward": "ortho",
}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = a_world(tmp_path)
    monkeypatch.setattr(command, "wire", lambda **_how: SimpleNamespace(parts=world.parts))
    return world


def csv_of(*rows: dict[str, str]) -> str:
    lines = [",".join(ROW)]
    lines += [",".join({**ROW, **row}.values()) for row in rows]
    return "\n".join(lines) + "\n"


def run(folder: Path, content: str | bytes, *options: str) -> Result:
    file = folder / "patients.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    app = typer.Typer()
    app.command()(command.enrol)
    return CliRunner().invoke(app, [str(file), *options])


def faults(**over: str) -> list[str]:
    checked = read_enrolment({**ROW, **over}, procedures=frozenset({"KNEE"}), today=TODAY)
    return [] if isinstance(checked, NewEnrolment) else [one.column for one in checked]


def test_a_good_row_is_enrolled_and_its_links_are_shown(world: World, tmp_path: Path) -> None:
    result = run(tmp_path, csv_of({"caregiver": "王大明"}))
    assert result.exit_code == 0
    assert "1 enrolled, 0 already there, 0 not taken" in result.stdout
    assert result.stdout.count("https://t.me/") == 2
    assert [one.name for one in world.rows("patients")] == ["王秀英"]


def test_the_code_itself_is_nowhere_in_the_record(world: World, tmp_path: Path) -> None:
    result = run(tmp_path, csv_of({}))
    code = result.stdout.split("/chat/")[1].split("\t")[0].strip()
    assert code
    assert code not in repr(world.rows("invitations"))


def test_a_repeated_row_changes_nothing(world: World, tmp_path: Path) -> None:
    run(tmp_path, csv_of({}))
    before = (world.rows("patients"), world.rows("invitations"), world.rows("episodes"))
    result = run(tmp_path, csv_of({}, {}))
    assert result.exit_code == 0
    assert "0 enrolled, 2 already there, 0 not taken" in result.stdout
    assert (world.rows("patients"), world.rows("invitations"), world.rows("episodes")) == before


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_as_spreadsheets_write_them(world: World, tmp_path: Path, code: str) -> None:
    assert run(tmp_path, csv_of({"name": "龘王"}).encode(code)).exit_code == 0
    assert world.rows("patients")[0].name == "龘王"


def test_quotes_and_windows_line_ends(world: World, tmp_path: Path) -> None:
    text = csv_of({"name": '"Smith, ""Ann"""'}).replace("\n", "\r\n")
    assert run(tmp_path, text).exit_code == 0
    assert world.rows("patients")[0].name == 'Smith, "Ann"'


@pytest.mark.parametrize(("lang", "reason"), [("en", "must be a year"), ("zh", "之间的四位年份")])
def test_a_bad_row_is_named_by_line_column_and_reason(
    world: World, tmp_path: Path, lang: str, reason: str
) -> None:
    result = run(tmp_path, csv_of({}, {"birth_year": "48", "hospital_id": "H-2"}), "--lang", lang)
    assert result.exit_code == 1
    assert "patients.csv:3: birth_year:" in result.stderr
    assert reason in result.stderr
    assert len(world.rows("patients")) == 1


@pytest.mark.parametrize(("lang", "reason"), [("en", "another name"), ("zh", "已登记")])
def test_a_hospital_id_of_somebody_else_is_a_conflict(
    world: World, tmp_path: Path, lang: str, reason: str
) -> None:
    result = run(tmp_path, csv_of({}, {"name": "李"}), "--lang", lang)
    assert result.exit_code == 1
    assert "patients.csv:3: name:" in result.stderr
    assert reason in result.stderr
    assert len(world.rows("patients")) == 1


@pytest.mark.parametrize(("lang", "reason"), [("en", "missing columns"), ("zh", "缺少")])
def test_missing_columns_are_named(world: World, tmp_path: Path, lang: str, reason: str) -> None:
    result = run(tmp_path, "name,hospital_id\n王,1\n", "--lang", lang)
    assert result.exit_code == 2
    assert reason in result.stderr
    assert "birth_year" in result.stderr
    assert world.rows("patients") == []


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\x00\x81\x30", b"\x00" * 50])
def test_what_is_no_table_is_refused_without_a_traceback(
    world: World, tmp_path: Path, content: bytes
) -> None:
    result = run(tmp_path, content)
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)


def test_a_row_with_too_many_or_too_few_cells_is_explained(world: World, tmp_path: Path) -> None:
    text = csv_of({}) + ",".join([*ROW.values(), "one", "two"]) + "\n" + "only,three,cells\n"
    result = run(tmp_path, text)
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 1
    assert "patients.csv:3:" in result.stderr
    assert "patients.csv:4:" in result.stderr
    assert "1 enrolled, 0 already there, 2 not taken" in result.stdout


def test_a_name_with_a_line_break_keeps_the_line_numbers_right(
    world: World, tmp_path: Path
) -> None:
    text = csv_of({"name": '"two\nlines"'}, {"hospital_id": "H-2", "language": "fr"})
    result = run(tmp_path, text)
    assert "patients.csv:3: name:" in result.stderr
    assert "patients.csv:4: language:" in result.stderr


def test_an_odd_space_inside_a_name_does_not_break_the_row(world: World, tmp_path: Path) -> None:
    result = run(tmp_path, csv_of({"name": "Ann\u2028Smith"}))
    assert "patients.csv:2: name:" in result.stderr


def test_a_file_that_is_too_large_or_missing_is_refused(world: World, tmp_path: Path) -> None:
    assert run(tmp_path, b"x" * (command.LARGEST_FILE + 1)).exit_code == 2
    app = typer.Typer()
    app.command()(command.enrol)
    assert CliRunner().invoke(app, [str(tmp_path / "nowhere.csv")]).exit_code == 2
    assert CliRunner().invoke(app, [str(tmp_path)]).exit_code == 2


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(1)", "＝1", "\t=1"])
def test_a_name_that_a_spreadsheet_would_run_is_refused(name: str) -> None:
    assert faults(name=name) == ["name"]
    assert faults(caregiver=name) == ["caregiver"]
    assert faults(ward=name) == ["ward"]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", ""),
        ("name", "王\u202e秀"),
        ("name", "x" * 121),
        ("caregiver", "x" * 121),
        ("caregiver", "a\x07b"),
        ("phone", "1\x002"),
        ("birth_year", "9" * 5000),
        ("birth_year", "２０００"),
        ("birth_year", "01948"),
        ("birth_year", "2027"),
        ("procedure_code", "UNKNOWN"),
        ("surgery_date", "04/03/2026"),
        ("surgery_date", "2026-02-30"),
        ("discharge_date", "2026-03-01"),
        ("discharge_date", "2027-12-01"),
        ("time_zone", "../../etc/passwd"),
        ("risk_tier", "very high"),
        ("channel", "fax"),
        ("language", "fr"),
        ("caregiver_language", "fr"),
        ("medicines", "x" * 1001),
        ("history", "a\x07b"),
        ("history", "=1+1"),
    ],
)
def test_a_bad_field_is_named(column: str, value: str) -> None:
    assert faults(**{column: value}) == [column]


def test_a_surgery_before_birth_is_refused() -> None:
    assert faults(birth_year="2026", surgery_date="2025-12-04") == ["surgery_date"]


def test_every_reason_is_said_in_both_languages() -> None:
    checked = read_enrolment({}, procedures=frozenset({"KNEE"}), today=TODAY)
    assert isinstance(checked, tuple)
    assert {one.column for one in checked} == set(COLUMNS)
    for fault in checked:
        assert isinstance(fault, Fault)
        assert fault.reason.say("zh") != fault.reason.say("en")


def test_ten_thousand_rows_are_checked_in_seconds() -> None:
    started = time.perf_counter()
    for number in range(10_000):
        assert faults(hospital_id=f"H-{number}") == []
    assert time.perf_counter() - started < 5


def test_no_log_names_a_patient(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    run(tmp_path, csv_of({"name": "CANARY"}))
    assert "CANARY" not in caplog.text
