"""Programme look: the tables of the programme in the reader's words and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.console.look import Look
from bot.core.programme.figure import Figure, Kind
from bot.core.programme.tables import ALL, Line, Table
from bot.services.show_programme import ProgrammeView


@dataclass(frozen=True)
class Cell:
    """A figure as it is read: the number, and small beside it what it rests on."""

    shown: str
    rests_on: str
    few: bool


@dataclass(frozen=True)
class ShownLine:
    labels: tuple[str, ...]
    cells: tuple[Cell, ...]
    whole: bool  # about everybody, not a part


@dataclass(frozen=True)
class ShownTable:
    """`columns` are (id, name); the first line of most tables is about everybody."""

    id: str
    title: str
    heads: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    lines: tuple[ShownLine, ...]

    @property
    def defined(self) -> tuple[tuple[str, str], ...]:
        """The columns whose meaning stands beside the table; grades share one."""
        if self.id == "by_grade":
            return ((self.columns[0][0], self.title),)
        return self.columns


class ProgrammeLook:
    """Says labels and figures of one view."""

    def __init__(self, look: Look, view: ProgrammeView) -> None:
        self._look, self._t, self._view = look, look.t, view

    def tables(self) -> tuple[ShownTable, ...]:
        return tuple(self.table(one) for one in self._view.tables)

    def table(self, table: Table) -> ShownTable:
        return ShownTable(
            id=table.id,
            title=self.title(table.id),
            heads=tuple(self._t(f"programme_head.{one}") for one in table.heads),
            columns=tuple((one, self.column(one)) for one in table.columns),
            lines=tuple(self._line(one, table.heads) for one in table.lines),
        )

    def column(self, id: str) -> str:
        if id.startswith("grade_"):
            return self._t("programme.grade", grade=id.removeprefix("grade_"))
        return self._t(f"programme_column.{id}")

    def title(self, table: str) -> str:
        return self._t(f"programme_table.{table}")

    def chart_label(self, title: str) -> str:
        """What a chart is called for those who do not see it: the table says the same."""
        return self._t("programme.chart", title=title)

    def short(self, head: str, word: str) -> str:
        """A label that fits under an axis."""
        if head == "contact":
            day, _, anchor = word.partition(":")
            if f"programme.short_{anchor}" in self._t:
                return self._t(f"programme.short_{anchor}", day=int(day))
        return self.label(head, word)

    def axis(self, value: float, kind: Kind) -> str:
        """A number beside an axis."""
        if kind is Kind.SHARE:
            return f"{value:.0f}%"
        if kind in (Kind.MINUTES, Kind.WORK):
            return self.value(Figure(kind, value, 1))
        return f"{value:.1f}"

    def headline(self, column: str, of: str) -> str:
        """What a figure is called that stands alone; `of` says of whom it is."""
        return (
            self.column(column)
            if of == ALL
            else f"{self._t.known('level', of)}: {self.column(column)}"
        )

    def definition(self, id: str) -> str:
        """What is counted, of what, and what is left out."""
        if id.startswith("grade_"):
            return self._t("programme_definition.complications")
        return self._t(f"programme_definition.{id}")

    def _line(self, line: Line, heads: tuple[str, ...]) -> ShownLine:
        labels = zip(heads, line.labels, strict=True)
        return ShownLine(
            labels=tuple(self.label(head, word) for head, word in labels),
            cells=tuple(self.cell(one) for one in line.figures),
            whole=ALL in line.labels,
        )

    def label(self, head: str, word: str) -> str:
        """What a line is about, from a word of the record."""
        if word == ALL:
            return self._t("programme.all_shifts" if head == "shift" else "programme.all")
        if head == "month":
            return self.month(word)
        if head == "procedure":
            return self._procedure(word)
        if head == "ward":
            return word or self._t("programme.no_ward")
        if head == "question":
            name = self._view.questions.get(word)
            return self._look.say(name) if name else word.replace("_", " ")
        if head == "contact":
            return self._contact(word)
        return self._t.known("level" if head == "level" else "programme_shift", word)

    def _procedure(self, code: str) -> str:
        """The operation's name, with its code where several codes share one name."""
        title = self._view.titles.get(code)
        if title is None:
            return code or self._t("programme.no_procedure")
        shared = sum(one == title for one in self._view.titles.values()) > 1
        return f"{self._look.say(title)} ({code})" if shared else self._look.say(title)

    def month(self, name: str) -> str:
        year, _, month = name.partition("-")
        if self._look.language == "zh":
            return f"{year}年{int(month)}月"
        return f"{date(int(year), int(month), 1):%b %Y}"

    def _contact(self, word: str) -> str:
        day, _, anchor = word.partition(":")
        if f"programme.after_{anchor}" in self._t:
            return self._t(f"programme.after_{anchor}", day=int(day))
        return anchor.replace("_", " ")

    def cell(self, figure: Figure) -> Cell:
        if figure.kind is Kind.COUNT:
            return Cell(f"{figure.n}", "", few=False)
        if figure.value is None:
            return Cell("–", self._t("programme.n", n=figure.n), few=False)
        return Cell(self.value(figure), self._rests_on(figure), figure.few)

    def value(self, figure: Figure) -> str:
        """The number with its unit; "–" where there is nothing to count from."""
        value = figure.value
        if value is None:
            return "–"
        if figure.kind is Kind.SHARE:
            return f"{value:.0f}%" if value in (0, 100) else f"{value:.1f}%"
        if figure.kind is Kind.MINUTES:
            return self._look.span(timedelta(minutes=value))
        if figure.kind is Kind.WORK:
            hours, minutes = divmod(round(value), 60)
            if not hours:
                return self._t("time.minutes", count=minutes)
            return self._t("time.hours", hours=hours, minutes=minutes)
        if figure.kind is Kind.POINTS:
            return f"{value:+.0f}"
        return f"{value:.1f}" if figure.kind in (Kind.RATE, Kind.SCORE) else f"{value:g}"

    def _rests_on(self, figure: Figure) -> str:
        if figure.counted is None or figure.kind is Kind.WORK:
            return self._t("programme.n", n=figure.n)
        return f"{figure.counted}/{figure.n}"
