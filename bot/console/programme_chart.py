"""Programme charts: drawn as SVG on the server, like the curves and timelines of the console.

Lines along months and along the plan, bars for wards and operations. A chart repeats what its
table says. Series differ in stroke and mark as well as in colour, and a figure that rests on
few has a hollow mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from markupsafe import Markup

from bot.console.programme_look import ProgrammeLook
from bot.core.programme.figure import Figure, Kind
from bot.core.programme.tables import ALL, Line, Table

WIDTH, HEIGHT = 420, 220  # small enough to be read on a phone
LEFT, RIGHT, TOP, BOTTOM = 62, 38, 38, 28
BAR, NAME, SPACE = 16, 20, 10
LEGEND = 24
MOST_LABELS, MOST_BARS = 5, 40
# What is drawn of each table; its other columns are in another unit or say the same.
DRAWN: Final[Mapping[str, tuple[str, ...]]] = {
    "reach": ("coverage", "on_time"),
    "contacts": ("completion", "drop_off"),
    "alerts": ("precision", "partly_right"),
    "response": ("acknowledge_median", "acknowledge_p90"),
    "breaches": ("acknowledged_late", "outcome_late"),
    "effort": ("nurse_minutes_per_100",),
    "opinion": ("satisfaction", "easy"),
    "complications": ("complications", "severe_complications"),
    "by_contact": ("completion", "drop_off"),
    "over_time": ("typical", "worst_tenth"),
}
TOPS: Final = (10.0, 20.0, 50.0, 100.0)  # percent
ALONG: Final = ("month", "contact")  # what has an order in time


@dataclass(frozen=True)
class _Series:
    """One line, or one kind of bar: a figure for each place along the axis."""

    name: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class _Drawing:
    """What a chart shows: its places with their labels, and the series over them."""

    title: str
    of: str  # what this one is of, where a table has several
    labels: tuple[str, ...]
    short: tuple[str, ...]
    series: tuple[_Series, ...]

    @property
    def kind(self) -> Kind:
        return self.series[0].figures[0].kind

    def scale(self) -> tuple[float, float]:
        """From nought to above the highest; a temperature from a little below the lowest."""
        values = [v for own in self.series for one in own.figures if (v := one.value) is not None]
        low, high = min(values, default=0.0), max(values, default=0.0)
        if self.kind is Kind.SHARE:
            return 0.0, next((top for top in TOPS if high <= top), 100.0)
        if self.kind is Kind.SCORE and low > 30:
            return low - 0.5, high + 0.5
        return 0.0, max(high * 1.1, 1.0)


def charts(table: Table, says: ProgrammeLook) -> list[Markup]:
    """The charts of a table; none where there is nothing to compare."""
    lines = [one for one in table.lines if ALL not in one.labels]
    if table.id not in DRAWN or not lines:
        return []
    if len(table.heads) > 1:
        parts = [(key, list(own)) for key, own in groupby(lines, lambda one: one.labels[0])]
        return [
            _lines(_drawing(table, own, says, says.label(table.heads[0], key)), says)
            for key, own in parts
        ]
    if table.heads[0] in ALONG:
        return [_lines(_drawing(table, lines, says), says)] if len(lines) > 1 else []
    return [_bars(_drawing(table, lines[:MOST_BARS], says), says)]


def _drawing(table: Table, lines: Sequence[Line], says: ProgrammeLook, of: str = "") -> _Drawing:
    title, head = says.title(table.id), table.heads[-1]
    columns = [table.columns.index(one) for one in DRAWN[table.id]]
    return _Drawing(
        title=f"{title}: {of}" if of else title,
        of=of,
        labels=tuple(says.label(head, one.labels[-1]) for one in lines),
        short=tuple(says.short(head, one.labels[-1]) for one in lines),
        series=tuple(
            _Series(says.column(table.columns[at]), tuple(one.figures[at] for one in lines))
            for at in columns
        ),
    )


def _lines(drawn: _Drawing, says: ProgrammeLook) -> Markup:
    low, high = drawn.scale()
    last = max(1, len(drawn.labels) - 1)

    def x(place: int) -> float:
        return LEFT + place / last * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [_rung(y(one), says.axis(one, drawn.kind)) for one in (low, (low + high) / 2, high)]
    every = -(-len(drawn.labels) // MOST_LABELS)
    label = Markup('<text class="tick" x="{x:.1f}" y="{y}" text-anchor="middle">{t}</text>')
    parts += [
        label.format(x=x(place), y=HEIGHT - 8, t=drawn.short[place])
        for place in range(0, len(drawn.labels), every)
    ]
    stroke = Markup('<line class="s{s}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')
    for turn, own in enumerate(drawn.series):
        places = [(place, one.value) for place, one in enumerate(own.figures)]
        parts += [
            stroke.format(s=turn, x1=x(a), y1=y(before), x2=x(b), y2=y(after))
            for (a, before), (b, after) in pairwise(places)
            if before is not None and after is not None
        ]
        parts += [
            _mark(x(place), y(one.value), turn, one.few, _told(drawn, own, place, says))
            for place, one in enumerate(own.figures)
            if one.value is not None
        ]
    return _whole(drawn, HEIGHT, parts, says)


def _bars(drawn: _Drawing, says: ProgrammeLook) -> Markup:
    _, high = drawn.scale()
    longest, step = WIDTH - 150, NAME + BAR * len(drawn.series) + SPACE
    parts = []
    bar = Markup(
        '<g class="bar{few}"><title>{told}</title><rect class="s{s}" x="0" y="{y}" '
        'width="{w:.1f}" height="{h}" rx="3"/><text class="value" x="{tx:.1f}" y="{ty}">{t}</text>'
        "</g>"
    )
    for place, label in enumerate(drawn.labels):
        top = TOP + place * step
        parts.append(
            Markup('<text class="name" x="0" y="{y}">{t}</text>').format(y=top + 13, t=label)
        )
        for turn, own in enumerate(drawn.series):
            one, y = own.figures[place], top + NAME + turn * BAR
            width = max(1.0, max(0.0, one.value or 0.0) / high * longest)
            cell = says.cell(one)
            parts.append(
                bar.format(
                    few=" few" if one.few else "",
                    told=_told(drawn, own, place, says),
                    s=turn,
                    y=y,
                    w=width,
                    h=BAR - 3,
                    tx=width + 6,
                    ty=y + 10,
                    t=f"{cell.shown} ({cell.rests_on})" if cell.rests_on else cell.shown,
                )
            )
    return _whole(drawn, TOP + len(drawn.labels) * step, parts, says)


def _told(drawn: _Drawing, own: _Series, place: int, says: ProgrammeLook) -> str:
    cell = says.cell(own.figures[place])
    return f"{drawn.labels[place]}, {own.name}: {cell.shown} {cell.rests_on}"


def _rung(y: float, text: str) -> Markup:
    return Markup(
        '<line class="rung" x1="{l}" x2="{r}" y1="{y:.1f}" y2="{y:.1f}"/>'
        '<text class="tick" x="{tx}" y="{ty:.1f}" text-anchor="end">{t}</text>'
    ).format(l=LEFT, r=WIDTH - RIGHT, y=y, tx=LEFT - 8, ty=y + 4, t=text)


def _mark(x: float, y: float, turn: int, few: bool, told: str) -> Markup:
    shape = (
        Markup('<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>')
        if turn == 0
        else Markup('<path d="M{x:.1f} {a:.1f}l5 5l-5 5l-5 -5z"/>')
    ).format(x=x, y=y, a=y - 5)
    few_word = " few" if few else ""
    return Markup('<g class="mark s{s}{f}"><title>{t}</title>{shape}</g>').format(
        s=turn, f=few_word, t=told, shape=shape
    )


def _whole(drawn: _Drawing, height: float, parts: list[Markup], says: ProgrammeLook) -> Markup:
    legend = [
        Markup('{mark}<text class="legend" x="{x}" y="17">{t}</text>').format(
            mark=_mark(8 + turn * WIDTH / 2, 13, turn, False, own.name),
            x=LEGEND + turn * WIDTH / 2,
            t=own.name,
        )
        for turn, own in enumerate(drawn.series)
    ]
    return Markup(
        '<figure class="chart">{caption}<svg role="img" '
        'aria-label="{label}" viewBox="0 0 {w} {h}">{legend}{parts}</svg></figure>'
    ).format(
        caption=Markup("<figcaption>{}</figcaption>").format(drawn.of) if drawn.of else "",
        label=says.chart_label(drawn.title),
        w=WIDTH,
        h=height,
        legend=Markup("").join(legend),
        parts=Markup("").join(parts),
    )
