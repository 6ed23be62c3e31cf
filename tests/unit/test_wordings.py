"""A translator's table goes out and comes back: only what was changed is different."""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.exchange.sheet import as_csv, as_workbook, read_sheets
from bot.exchange.take_wordings import Taken, take_wordings
from bot.exchange.wordings import COLUMNS, rows
from bot.pathfiles.load import SHARED_FILES
from bot.pathfiles.sentences import read_sentences, reword
from tests.unit.pathway_desk import PATHWAYS, spoil, write_library

FILES = [path.name for path in sorted(PATHWAYS.glob("*.yml"))]
ALL = [*FILES, *(f"shared/{stem}.yml" for stem in SHARED_FILES)]
HERNIA = "hernia.yml"
SPOKEN = [one for one in ALL if one.split("/")[-1] not in ("emergency_numbers.yml", "sources.yml")]
Cells = dict[str, str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_library(tmp_path / "pathways")


def table(folder: Path, file: str, change: Callable[[Cells], object], kind: str = "csv") -> Path:
    """The exported table, after a translator worked on each of its rows."""
    cells = [dict(zip(COLUMNS, row, strict=True)) for row in rows(folder, file)]
    kept = [one for one in cells if change(one) is not False]
    content = [[one[name] for name in COLUMNS] for one in kept]
    path = folder.parent / f"back.{kind}"
    if kind == "csv":
        path.write_text(as_csv(COLUMNS, content), encoding="utf-8-sig")
    else:
        path.write_bytes(as_workbook({"sentences": (COLUMNS, content)}))
    return path


def writes(at: str, /, **words: str) -> Callable[[Cells], None]:
    """A translator who changes one sentence."""

    def change(cells: Cells) -> None:
        if cells["place"] == at:
            cells.update(words)

    return change


def told(taken: Taken) -> list[tuple[str, int]]:
    return [(one.kind, one.line) for one in taken.findings]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_without_a_change_leaves_every_byte(tmp_path: Path, kind: str) -> None:
    copy = tmp_path / "pathways"
    shutil.copytree(PATHWAYS, copy, ignore=shutil.ignore_patterns("lexicon"))
    for file in SPOKEN:
        taken = take_wordings(table(copy, file, lambda _: None, kind), copy)
        assert (taken.findings, taken.changed, taken.kept, taken.moved) == ([], {}, 0, []), file
        assert (copy / file).read_bytes() == (PATHWAYS / file).read_bytes()


@pytest.mark.parametrize("file", ALL)
def test_every_sentence_of_a_file_is_in_the_table(file: str) -> None:
    cells = [dict(zip(COLUMNS, row, strict=True)) for row in rows(PATHWAYS, file)]
    lines = (PATHWAYS / file).read_text(encoding="utf-8").splitlines()
    content = "".join(line for line in lines if not line.startswith("#"))
    assert len(cells) == len(re.findall(r"(?<!\w)zh:", content))
    assert all(one["zh"] and one["en"] for one in cells)
    assert len({one["place"] for one in cells}) == len(cells)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_new_wording_goes_to_its_place_and_nowhere_else(folder: Path, kind: str) -> None:
    before = (folder / HERNIA).read_text(encoding="utf-8")
    change = writes("questions.lump.ask", en="Can you feel a lump: yes, no?")
    taken = take_wordings(table(folder, HERNIA, change, kind), folder)
    assert (told(taken), taken.changed) == ([], {HERNIA: 1})
    new = before.replace("en: Is there a lump?", 'en: "Can you feel a lump: yes, no?"')
    assert (folder / HERNIA).read_text(encoding="utf-8") == new


def test_phrases_of_a_list_come_back_as_a_list(folder: Path) -> None:
    change = writes("danger.options.none.also", en="none | none of them, really | no")
    assert told(take_wordings(table(folder, "shared/questions.yml", change), folder)) == []
    assert 'en: [none, "none of them, really", "no"]' in (
        folder / "shared/questions.yml"
    ).read_text(encoding="utf-8")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_words_can_be_put_at_any_place(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(SPOKEN))
    sentence = data.draw(st.sampled_from(read_sentences(PATHWAYS / file, file)))
    language = data.draw(st.sampled_from(("zh", "en")))
    words = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1)
    new = data.draw(words if isinstance(sentence.said[language], str) else st.tuples(words, words))
    text = reword(PATHWAYS / file, file, {(sentence.place, language): new})
    before = (PATHWAYS / file).read_text(encoding="utf-8")
    assert notes(text) == notes(before)
    with TemporaryDirectory() as folder:
        path = Path(folder, "new.yml")
        path.write_text(text, encoding="utf-8")
        after = {one.place: one.said for one in read_sentences(path, file)}
    wanted = {one.place: one.said for one in read_sentences(PATHWAYS / file, file)}
    assert after == {**wanted, sentence.place: {**sentence.said, language: new}}


def notes(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.lstrip().startswith("#") or not line]


@pytest.mark.parametrize(
    ("place", "words", "kind", "part"),
    [
        ("rules.fever.tell", {"en": "A nurse calls today."}, "wrong_blank", "{emergency}"),
        ("rules.fever.tell", {"zh": ""}, "missing_language", "is empty"),
        ("questions.lump.ask", {"en": '=HYPERLINK("http://x")'}, "formula", "formula"),
        ("questions.lump.ask", {"en": "+1 lump?"}, "formula", "formula"),
        ("questions.lump.ask", {"en": "@SUM(A1)"}, "formula", "formula"),
        ("questions.lump.ask", {"en": "lump? " * 40}, "sentence_too_long", "at most 140"),
        ("questions.lump.ask", {"en": "a\x07b"}, "wrong_shape", "unprintable"),
        ("questions.lump.ask", {"place": "questions.lumpp.ask"}, "unknown_place", "lumpp"),
        ("questions.lump.ask", {"place": "questions.pain.ask"}, "duplicate_name", "twice"),
        ("questions.lump.ask", {"file": "../secret.yml"}, "unknown_file", "secret"),
        ("questions.lump.ask", {"file": "groin.yml"}, "unknown_file", "groin"),
        ("questions.lump.ask", {"en": "x", "as_exported": ""}, "changed_since", "since"),
    ],
)
def test_what_is_doubtful_is_refused_with_its_line_and_nothing_is_written(
    folder: Path, place: str, words: Cells, kind: str, part: str
) -> None:
    before = (folder / HERNIA).read_bytes()
    places = [row[1] for row in rows(folder, HERNIA)]
    change = writes(place, **words)
    other = writes("title", en="another title")
    taken = take_wordings(table(folder, HERNIA, lambda one: (change(one), other(one))), folder)
    assert (kind, places.index(place) + 2) in told(taken)
    assert any(part in one.what for one in taken.errors)
    assert (folder / HERNIA).read_bytes() == before


def test_what_the_check_would_find_is_refused_too(folder: Path) -> None:
    change = writes("teaching.lifting.say", en="Some pain is normal.")
    taken = take_wordings(table(folder, HERNIA, change), folder)
    assert [one.kind for one in taken.errors] == ["false_comfort"]
    assert "Some pain" not in (folder / HERNIA).read_text(encoding="utf-8")


def test_a_sentence_that_was_changed_since_the_export_is_told(folder: Path) -> None:
    path = table(folder, HERNIA, writes("questions.lump.ask", en="Any lump?"))
    line = spoil(folder, HERNIA, "Is there a lump?", "Do you see a lump?")
    taken = take_wordings(path, folder)
    assert [one.kind for one in taken.errors] == ["changed_since"]
    assert f"line {line}" in taken.errors[0].what
    assert "Do you see a lump?" in (folder / HERNIA).read_text(encoding="utf-8")


def test_a_sentence_that_only_the_ward_changed_stays_as_the_ward_wrote_it(folder: Path) -> None:
    path = table(folder, HERNIA, writes("title", en="groin repair"))
    spoil(folder, HERNIA, "Is there a lump?", "Do you see a lump?")
    taken = take_wordings(path, folder)
    assert (taken.errors, taken.kept, taken.changed) == ([], 1, {HERNIA: 1})
    assert taken.moved == [HERNIA]
    text = (folder / HERNIA).read_text(encoding="utf-8")
    assert "Do you see a lump?" in text
    assert "groin repair" in text


def test_what_was_changed_in_one_language_only_is_told(folder: Path) -> None:
    both = writes("questions.lump.ask", zh="有肿块吗？", en="Any lump?")
    one = writes("title", en="groin repair")
    taken = take_wordings(table(folder, HERNIA, lambda row: (both(row), one(row))), folder)
    assert (taken.errors, taken.one_sided) == ([], ["hernia.yml title (en)"])


def test_a_file_that_was_changed_elsewhere_is_told_and_takes_the_words(folder: Path) -> None:
    path = table(folder, HERNIA, writes("title", zh="疝气修补", en="groin repair"))
    spoil(folder, HERNIA, "pain >= 7", "pain >= 8")
    taken = take_wordings(path, folder)
    assert (taken.errors, taken.moved, taken.changed) == ([], [HERNIA], {HERNIA: 2})


def test_a_part_of_the_rows_is_enough(folder: Path) -> None:
    def change(cells: Cells) -> bool:
        cells["en"] = "groin repair"
        return cells["place"] == "title"

    assert take_wordings(table(folder, HERNIA, change), folder).changed == {HERNIA: 1}


@pytest.mark.parametrize("flow", [True, False])
def test_a_language_that_is_missing_can_be_added(folder: Path, flow: bool) -> None:
    new = "    ask: {zh: 有包块吗？}" if flow else "    ask:\n      zh: 有包块吗？"
    spoil(folder, HERNIA, "    ask: {zh: 有包块吗？, en: Is there a lump?}", new)
    change = writes("questions.lump.ask", en="Any lump, sir?")
    assert take_wordings(table(folder, HERNIA, change), folder).changed == {HERNIA: 1}
    said = {one.place: one.said for one in read_sentences(folder / HERNIA, HERNIA)}
    assert said["questions.lump.ask"] == {"zh": "有包块吗？", "en": "Any lump, sir?"}


def test_the_ends_of_lines_and_the_mark_of_the_encoding_stay(folder: Path) -> None:
    path = folder / HERNIA
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_bytes("\r\n".join([*lines, ""]).encode("utf-8-sig"))
    before = path.read_bytes()
    change = writes("title", en="groin repair")
    assert take_wordings(table(folder, HERNIA, change), folder).changed == {HERNIA: 1}
    assert path.read_bytes() == before.replace(b"hernia repair", b"groin repair")


def test_a_table_by_another_country_is_read(folder: Path) -> None:
    path = table(folder, HERNIA, writes("title", en="groin repair; first"))
    cells = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(cells)
    path.write_text(text.getvalue(), encoding="utf-8")
    assert take_wordings(path, folder).changed == {HERNIA: 1}


def test_a_sentence_that_looks_like_a_formula_is_exported_as_words(folder: Path) -> None:
    spoil(folder, HERNIA, "en: Is there a lump?", 'en: "=1+1 lumps?"')
    as_words = table(folder, HERNIA, lambda _: None)
    assert "'=1+1 lumps?" in as_words.read_text(encoding="utf-8-sig")
    assert take_wordings(as_words, folder).findings == []
    book = table(folder, HERNIA, lambda _: None, "xlsx")
    cells = [cell for row in openpyxl.load_workbook(book).active for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert take_wordings(book, folder).findings == []


def test_a_sentence_of_several_lines_may_come_back_with_other_line_ends(folder: Path) -> None:
    path = table(folder, "shared/consent.yml", lambda _: None)
    text = path.read_bytes().decode("utf-8-sig").replace("\n", "\r\n")
    path.write_bytes(text.replace("Before we begin", "Before you begin").encode())
    before = (folder / "shared/consent.yml").read_bytes()
    assert take_wordings(path, folder).changed == {"shared/consent.yml": 1}
    assert (folder / "shared/consent.yml").read_bytes() == before.replace(
        b"Before we begin", b"Before you begin"
    )


def test_no_cell_of_ours_looks_like_a_number_to_another_program() -> None:
    number = re.compile(r"[\d.,]+(e\d+)?", re.IGNORECASE)
    for file in SPOKEN:
        for row in rows(PATHWAYS, file):
            assert not any(number.fullmatch(one) for one in row[-2:])


# Words in a part of their own, in runs of different fonts, with how they are spoken.
SHARED_STRINGS = (
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1"><si>'
    "<r><t>疝气</t></r><r><rPr><b/></rPr><t>修补</t></r>"
    '<rPh sb="0" eb="2"><t>shanqi</t></rPh><phoneticPr fontId="1"/></si></sst>'
)
AS_EXCEL_DOES = {
    "xl/worksheets/sheet1.xml": ('t="inlineStr"><is><t>疝气修补</t></is>', 't="s"><v>0</v>'),
    "[Content_Types].xml": (
        "</Types>",
        '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
    ),
    "xl/_rels/workbook.xml.rels": (
        "</Relationships>",
        '<Relationship Id="rId99" Target="sharedStrings.xml" Type="http://schemas.openxmlformats.org'
        '/officeDocument/2006/relationships/sharedStrings"/></Relationships>',
    ),
}


def test_a_workbook_as_excel_writes_it_is_read(folder: Path) -> None:
    path = table(folder, HERNIA, writes("title", zh="疝气修补", en="groin repair"), "xlsx")
    new = folder.parent / "excel.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(new, "w") as out:
        for one in old.infolist():
            content = old.read(one).decode()
            before, after = AS_EXCEL_DOES.get(one.filename, ("", ""))
            assert before in content
            out.writestr(one.filename, content.replace(before, after) if before else content)
        out.writestr("xl/sharedStrings.xml", SHARED_STRINGS)
    taken = take_wordings(new, folder)
    assert (taken.errors, taken.changed) == ([], {HERNIA: 2})
    assert "title: {zh: 疝气修补, en: groin repair}" in (folder / HERNIA).read_text("utf-8")


def test_rows_know_their_line(folder: Path) -> None:
    path = folder.parent / "t.csv"
    path.write_text('a,b\n1,"two\nlines"\n\n3,4\n', encoding="utf-8")
    assert [(one.line, one.cells["a"]) for one in read_sheets(path)[""]] == [(2, "1"), (5, "3")]
