"""Spoilt files of every kind are refused in plain words, with file, line and column."""

# ruff: noqa: E501 - a table of spoilt files reads best with one a line
from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.exchange.sheet import as_csv, as_workbook
from bot.exchange.wordings import COLUMNS, rows
from tests.unit.pathway_desk import spoil, write_library

HERNIA = "hernia.yml"
MEGABYTE = 1024 * 1024
BOMB = "a: &a [x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_library(tmp_path / "pathways")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["pathway", *map(str, arguments)])


def replaced(old: str, new: str) -> Callable[[str], bytes]:
    return lambda text: text.replace(old, new, 1).encode()


SPOILT: dict[str, tuple[Callable[[str], bytes], str, str]] = {
    "a bracket is open": (replaced("title: {", "title: {{"), "hernia.yml:4:1:", "not YAML"),
    "a tab": (replaced("  window:", "\twindow:"), "hernia.yml:6:1:", "not YAML"),
    "an include": (replaced("use_rules: [chest_pain]", "use_rules: !include rules.yml"), "hernia.yml:30:12:", "!include"),
    "code": (replaced("number: 1", "number: !!python/object/apply:os.system [id]"), "hernia.yml:2:9:", "python"),
    "an include of itself": (replaced("  lump_hard:", "  round: &round {kind: *round}\n  lump_hard:"), "hernia.yml:", "anchors"),
    "a laughing bomb": (lambda _: BOMB.encode(), "hernia.yml:1:4:", "anchors"),
    "a merge": (replaced("  lump_hard:", "  x: &x {kind: text}\n  y: {<<: *x}\n  lump_hard:"), "hernia.yml:", "anchors"),
    "ten megabytes": (lambda text: text.encode() + b"#" * 10 * MEGABYTE, "hernia.yml:1:1:", "kB, at most"),
    "deep brackets": (lambda _: b"[" * 2000, "hernia.yml:1:1:", "nested too deeply"),
    "deep conditions": (replaced("when: pain >= 7", f"when: {'(' * 60}pain >= 7{')' * 60}"), "hernia.yml:41:11:", "brackets"),
    "a long condition": (replaced("when: pain >= 7", f"when: {'pain >= 7 or ' * 300}pain >= 8"), "hernia.yml:41:11:", "characters"),
    "GBK": (lambda text: text.encode("gb18030"), "hernia.yml:3:13:", "GBK"),
    "UTF-16": (lambda text: text.encode("utf-16"), "hernia.yml:1:1:", "UTF-16"),
    "UTF-16 without a mark": (lambda text: text.encode("utf-16-le"), "hernia.yml:1:1:", "UTF-16"),
    "half a character": (lambda text: text.encode()[:40] + b"\xe5" + text.encode()[40:], "hernia.yml:3:", "not UTF-8"),
    "a name twice": (replaced("  lump_hard:\n    kind", "  lump:\n    kind"), "hernia.yml:25:3:", "stands here twice"),
    "a zero": (replaced("number: 1", "number: 1\0"), "hernia.yml:2:10:", "character"),
    "nothing": (lambda _: b"", "hernia.yml:1:1:", "lacks 'pathway'"),
    "a picture": (lambda _: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 9, "hernia.yml:1:1:", "not UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("sort", SPOILT)
def test_a_spoilt_pathway_is_refused_with_its_place(folder: Path, sort: str) -> None:
    spoilt, place, what = SPOILT[sort]
    text = (folder / HERNIA).read_text(encoding="utf-8")
    (folder / HERNIA).write_bytes(spoilt(text))
    done = run("check", "--folder", folder)
    assert done.exit_code == 1, done.output
    lines = [one for one in done.output.splitlines() if one.startswith(place)]
    assert any(what in one for one in lines), done.output


def test_the_mark_of_utf_8_is_no_mistake(folder: Path) -> None:
    text = (folder / HERNIA).read_text(encoding="utf-8")
    (folder / HERNIA).write_text(text, encoding="utf-8-sig")
    assert run("check", "--folder", folder).output == "0 errors, 0 warnings\n"


def table(folder: Path, words: str = "groin repair") -> list[list[str]]:
    content = [list(row) for row in rows(folder, HERNIA)]
    content[0][COLUMNS.index("en")] = words
    return content


def workbook(folder: Path, words: str = "groin repair") -> bytes:
    return as_workbook({"sentences": (COLUMNS, table(folder, words))})


def refused(folder: Path, name: str, content: bytes) -> str:
    before = (folder / HERNIA).read_bytes()
    path = folder.parent / name
    path.write_bytes(content)
    done = run("import", path, "--folder", folder)
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit)
    assert (folder / HERNIA).read_bytes() == before
    return done.output


def test_the_table_of_these_tests_would_be_taken(folder: Path) -> None:
    path = folder.parent / "back.xlsx"
    path.write_bytes(workbook(folder))
    assert run("import", path, "--folder", folder).output == (
        "changed in one language only; does the other still say the same?\n"
        "  hernia.yml title (en)\n"
        "hernia.yml: 1 wording changed\n"
    )


@pytest.mark.parametrize(
    ("encoding", "place", "what"),
    [("gb18030", "back.csv:2:18:", "GBK"), ("utf-16", "back.csv:1:1:", "UTF-16")],
)
def test_a_table_in_another_encoding_is_refused(
    folder: Path, encoding: str, place: str, what: str
) -> None:
    said = refused(folder, "back.csv", as_csv(COLUMNS, table(folder)).encode(encoding))
    assert said.startswith(place)
    assert what in said


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "no rows"),
        (b"file,place\n", "no rows"),
        (b"a,b\n1,2\n", "lacks the column 'file'"),
        (b'file,place\n"x,y\n', "not CSV"),
        (b"x" * 6 * MEGABYTE, "at most 5120"),
        (b"file,place\n" + b"x,y\n" * 30_000, "more than 20000 rows"),
    ],
)
def test_a_spoilt_table_is_refused(folder: Path, content: bytes, what: str) -> None:
    said = refused(folder, "back.csv", content)
    assert said.startswith("back.csv:")
    assert what in said


def test_a_table_of_another_kind_or_none_is_refused(folder: Path) -> None:
    assert "neither .csv nor .xlsx" in refused(folder, "back.ods", b"PK")
    done = run("import", folder / "nothing.csv", "--folder", folder)
    assert (done.exit_code, "cannot be opened" in done.output) == (2, True)


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one more part, or with one exchanged."""
    new = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for one in old.infolist():
            if one.filename != name:
                out.writestr(one, old.read(one))
        out.writestr(name, part)
    return new.getvalue()


EXTERNAL = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'relationships/%s" Target="http://example.invalid/x" TargetMode="External"/></Relationships>'
)
RELATIONS = "xl/worksheets/_rels/sheet1.xml.rels"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("part", "content", "what"),
    [
        ("xl/vbaProject.bin", b"x", "macros"),
        ("xl/macrosheets/sheet1.xml", b"<x/>", "macros"),
        ("xl/externalLinks/externalLink1.xml", b"<x/>", "links to other workbooks"),
        ("xl/connections.xml", b"<x/>", "connections"),
        ("xl/embeddings/oleObject1.bin", b"x", "embedded"),
        ("xl/activeX/activeX1.xml", b"<x/>", "controls"),
        (RELATIONS, EXTERNAL % b"image", "something outside"),
        ("xl/sharedStrings.xml", ENTITIES, "words of its own"),
        ("xl/sharedStrings.xml", '<?xml version="1.0"?><x/>'.encode("utf-16"), "words of its own"),
        ("xl/bomb.xml", b" " * 21 * MEGABYTE, "more than 20 MB"),
        ("xl/worksheets/sheet1.xml", b"<worksheet", "workbook"),
        ("xl/workbook.xml", b"<workbook/>", "no rows"),
        ("[Content_Types].xml", b"<x>application/vnd.ms-excel.sheet.macroEnabled.main+xml</x>", "macros"),
    ],
)  # fmt: skip
def test_a_workbook_with_more_than_cells_is_refused(
    folder: Path, part: str, content: bytes, what: str
) -> None:
    said = refused(folder, "back.xlsx", with_part(workbook(folder), part, content))
    assert said.startswith("back.xlsx")
    assert what in said


def test_a_link_under_a_word_is_no_danger(folder: Path) -> None:
    path = folder.parent / "back.xlsx"
    path.write_bytes(with_part(workbook(folder), RELATIONS, EXTERNAL % b"hyperlink"))
    assert run("import", path, "--folder", folder).exit_code == 0


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"PK\x03\x04" + b"\0" * 50, b"\xd0\xcf\x11\xe0" + b"\0" * 600, b"<html></html>"],
)
def test_what_only_is_called_a_workbook_is_refused(folder: Path, content: bytes) -> None:
    assert refused(folder, "back.xlsx", content).startswith("back.xlsx:1:1: error:")


def test_a_workbook_with_many_parts_is_refused(folder: Path) -> None:
    new = io.BytesIO(workbook(folder))
    with zipfile.ZipFile(new, "a") as out:
        for turn in range(600):
            out.writestr(f"xl/part{turn}.bin", b"")
    assert "unpack" in refused(folder, "back.xlsx", new.getvalue())


@pytest.mark.parametrize(
    ("value", "what"),
    [("=1+1", "is a formula"), ("#REF!", "shows #REF!"), ("2026-11-30", "made a date")],
)
def test_a_cell_that_is_no_text_is_refused_with_its_place(
    folder: Path, value: str, what: str
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(folder)))
    cell = book.active["D3"]
    if value == "2026-11-30":
        cell.value = date(2026, 11, 30)
        cell.number_format = "yyyy-mm-dd"
    else:
        cell.value, cell.data_type = value, "f" if value.startswith("=") else "e"
    whole = io.BytesIO()
    book.save(whole)
    said = refused(folder, "back.xlsx", whole.getvalue())
    assert said.startswith("back.xlsx (sentences):3:4: error:")
    assert what in said


FORM = as_workbook(
    {
        "survey": (("type", "name", "label"), [("select_one c", "lump", "A lump?")]),
        "choices": (("list_name", "name", "label"), [("c", "yes", "Yes"), ("c", "no", "No")]),
    }
)


def begun(folder: Path, name: str, content: bytes) -> Result:
    (folder.parent / name).write_bytes(content)
    out = folder.parent / "groin.yml"
    out.unlink(missing_ok=True)
    return run("begin", folder.parent / name, "groin", "--out", out, "--folder", folder)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("form.xlsx", with_part(FORM, "xl/vbaProject.bin", b"x"), "macros"),
        ("form.xlsx", with_part(FORM, "xl/bomb.xml", b" " * 21 * MEGABYTE), "more than 20 MB"),
        ("form.xlsx", b"\0" * 10 * MEGABYTE, "at most 5120"),
        ("form.xlsx", FORM[:-100], "no whole workbook"),
        ("form.csv", "type,name,label\ntext,a,包块\n".encode("gb18030"), "GBK"),
        ("form.csv", "type,name,label\ntext,a,包块\n".encode(), "no sheet 'survey'"),
        ("form.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "neither .csv nor .xlsx"),
    ],
)
def test_a_spoilt_form_is_refused_and_nothing_is_written(
    folder: Path, name: str, content: bytes, what: str
) -> None:
    done = begun(folder, name, content)
    assert done.exit_code == 2
    assert done.output.startswith(name)
    assert what in done.output
    assert not (folder.parent / "groin.yml").exists()


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_whatever_is_wrong_with_a_workbook_is_told_in_one_line(data: st.DataObject) -> None:
    raw = bytearray(FORM)
    for _ in range(data.draw(st.integers(1, 20))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    with TemporaryDirectory() as house:
        folder = write_library(Path(house, "pathways"))
        done = begun(folder, "form.xlsx", bytes(raw[:cut] if cut % 3 == 0 else raw))
        assert done.exit_code in (0, 2), done.output
        assert done.exit_code == 0 or done.output.count("\n") == 1, done.output
        assert (folder.parent / "groin.yml").exists() is (done.exit_code == 0)


@pytest.mark.parametrize("format", ["csv", "fhir"])
def test_a_broken_pathway_is_not_exported(folder: Path, format: str) -> None:
    line = spoil(folder, HERNIA, "title: {", "title: {{") + 1  # where the bracket is missed
    done = run("export", "hernia", "--format", format, "--folder", folder)
    assert done.exit_code == 2
    assert f"hernia.yml:{line}:" in done.output
