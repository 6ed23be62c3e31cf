"""The programme as a file: what a spreadsheet reads, and what it must not run."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest

from bot.core.staff import StaffRole
from tests import builders as b
from tests.unit.console_desk import Console
from tests.unit.test_programme_page import MARCH, PAGE, add_nurse
from tests.unit.test_programme_page import console as console  # the fixture

EVIL = '=HYPERLINK("http://evil.example","骨科")'
CSV, XLSX = MARCH.replace("?", "/csv?"), MARCH.replace("?", "/xlsx?")


def rows_of(answer: Any) -> list[dict[str, str]]:
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def book_of(answer: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def an_evil_ward(console: Console) -> None:
    console.world.add(b.a_patient("mallory", ward=EVIL), b.an_episode("mallory"))


def test_a_spreadsheet_knows_the_encoding_and_the_file_has_its_name(console: Console) -> None:
    console.sign_in("zhao")
    answer = console.client.get(CSV)
    assert answer.content.startswith(b"\xef\xbb\xbf"), "the mark by which Excel knows UTF-8"
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="programme-2026-03-2026-03.csv"' in answer.headers["content-disposition"]


def test_the_csv_has_each_figure_with_its_parts_and_its_meaning(console: Console) -> None:
    console.sign_in("zhao")
    found = [one for one in rows_of(console.client.get(CSV)) if one["line"] == "All"]
    coverage = next(one for one in found if one["indicator"] == "coverage")
    assert (coverage["value"], coverage["unit"]) == ("50.0", "%")
    assert (coverage["counted"], coverage["n"], coverage["left_out"]) == ("2", "4", "1")
    assert coverage["definition"].startswith("Counted: follow-ups with at least one check-in")
    assert (coverage["from"], coverage["to"], coverage["ward"]) == ("2026-03", "2026-03", "ortho")


def test_the_chinese_csv_is_chinese_with_the_same_columns(console: Console) -> None:
    add_nurse(console, "jie", role=StaffRole.DOCTOR, language="zh")
    console.sign_in("jie")
    coverage = next(
        one for one in rows_of(console.client.get(CSV)) if one["indicator"] == "coverage"
    )
    assert coverage["name"] == "随访覆盖率"
    assert coverage["line"] == "合计"


def test_the_workbook_has_numbers_as_numbers_and_its_own_definitions(console: Console) -> None:
    console.sign_in("zhao")
    book = book_of(console.client.get(XLSX))
    sheet = book["Whom we reach"]
    assert [one.value for one in sheet[1]][:5] == [
        *("Month", "Coverage (%)", "Counted", "Of", "Left out")
    ]
    assert [one.value for one in sheet[2]][:5] == ["All", 50, 2, 4, 1]
    definitions = {row[0].value: row[1].value for row in book["Definitions"].iter_rows()}
    assert definitions["Coverage"].startswith("Counted: follow-ups")
    assert book["Programme"]["B4"].value == "ortho"


def test_no_cell_of_either_runs_as_a_formula(console: Console) -> None:
    an_evil_ward(console)
    console.sign_in("root")
    by_ward = "&by=ward"
    lines = {one["line"] for one in rows_of(console.client.get(CSV + by_ward))}
    assert f"'{EVIL}" in lines
    book = book_of(console.client.get(XLSX + by_ward))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert f"'{EVIL}" in {cell.value for cell in cells}


def test_a_ward_with_broken_letters_still_makes_a_workbook(console: Console) -> None:
    console.world.add(b.a_patient("odd", ward="a\x0bb"), b.an_episode("odd"))
    console.sign_in("root")
    book = book_of(console.client.get(f"{XLSX}&by=ward"))
    assert "a b" in {row[0].value for row in book["Whom we reach"].iter_rows()}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_another_wards_numbers_are_in_no_file_of_hers(console: Console, kind: str) -> None:
    console.sign_in("zhao")
    answer = console.client.get(f"{PAGE}/{kind}?from=2026-02&to=2026-03&by=ward&ward=heart")
    if kind == "csv":
        assert {one["line"] for one in rows_of(answer)} & {"heart", "CABG"} == set()
        return
    cells = {cell.value for sheet in book_of(answer) for row in sheet.iter_rows() for cell in row}
    assert cells & {"heart", "CABG"} == set()


def test_that_she_took_it_is_noted_apart_from_that_she_saw_it(console: Console) -> None:
    console.sign_in("zhao")
    console.client.get(CSV)
    (noted,) = console.world.rows("audit", action="exported_programme")
    assert noted.who == "nurse-zhao"
    assert console.world.rows("audit", action="saw_programme") == []


def test_months_that_are_none_make_no_file(console: Console) -> None:
    console.sign_in("zhao")
    answer = console.client.get(f"{PAGE}/csv?from=2026-05&to=2026-03")
    assert answer.status_code == 422
    assert "content-disposition" not in answer.headers


def test_an_empty_house_makes_files_too(console: Console) -> None:
    console.sign_in("zhao")
    for kind in ("csv", "xlsx"):
        answer = console.client.get(f"{PAGE}/{kind}?from=2020-01&to=2020-02")
        assert answer.status_code == 200
