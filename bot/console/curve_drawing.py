"""Curve drawing: points, the zones where a rule fires, and earlier alerts, as SVG on the server."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from bot.console.look import Look
from bot.core.expected import Zone
from bot.core.question import Kind, Question
from bot.services.show_case import Alert

WIDTH, HEIGHT = 320, 136
LEFT, RIGHT, TOP, BOTTOM = 34, 10, 22, 22
FEVER_AXIS = (35.5, 40.0)


@dataclass(frozen=True)
class Point:
    day: int
    value: float
    shown: str


@dataclass(frozen=True)
class Picture:
    """What one drawing shows; `today` is the day after surgery on which it is looked at."""

    name: str
    points: tuple[Point, ...]
    question: Question | None
    zones: tuple[Zone, ...]
    alerts: tuple[Alert, ...]
    today: int


@dataclass(frozen=True)
class _Axes:
    low: float
    high: float
    first: int
    last: int

    def x(self, day: float) -> float:
        inside = min(max(day, self.first), self.last)
        return LEFT + (inside - self.first) / (self.last - self.first) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        inside = min(max(value, self.low), self.high)
        return TOP + (self.high - inside) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)


def draw(picture: Picture, look: Look) -> Markup:
    """The drawing. Level is a colour and a line of its own pattern, and stands beside in words."""
    axes = _axes(picture)
    parts = (
        *(_zone(one, axes) for one in picture.zones),
        _grid(axes),
        *(_alert(one, axes, look) for one in picture.alerts if one.day >= axes.first),
        _line(picture, axes, look),
        _days(axes, look),
    )
    return Markup(
        '<svg class="curve" viewBox="0 0 {w} {h}" role="img" aria-label="{name}">{parts}</svg>'
    ).format(w=WIDTH, h=HEIGHT, name=picture.name, parts=Markup("").join(parts))


def _axes(picture: Picture) -> _Axes:
    low, high = _range(picture)
    first = min(one.day for one in picture.points)
    last = max(*(one.day for one in picture.points), picture.today, first + 1)
    return _Axes(low, high, first, last)


def _range(picture: Picture) -> tuple[float, float]:
    """From the question's own bounds for a scale, else a little around what was said."""
    values = [point.value for point in picture.points]
    question = picture.question
    if question is not None and question.kind is Kind.SCALE:
        low = question.minimum if question.minimum is not None else min(values)
        high = question.maximum if question.maximum is not None else max(values)
        return low, max(high, low + 1)
    if question is not None and question.unit == "Cel":
        return min(FEVER_AXIS[0], *values), max(FEVER_AXIS[1], *values)
    values += [one.limit for one in picture.zones]
    spread = max(values) - min(values) or 1.0
    return min(values) - 0.15 * spread, max(values) + 0.15 * spread


def _zone(zone: Zone, axes: _Axes) -> Markup:
    """Beyond the limit, on the days for which it is written; nothing where that is not shown."""
    last = axes.last if zone.to_day is None else zone.to_day
    if zone.from_day > axes.last or last < axes.first or not axes.low <= zone.limit <= axes.high:
        return Markup("")
    left, right, limit = axes.x(zone.from_day), axes.x(last), axes.y(zone.limit)
    top, bottom = (TOP, limit) if zone.above else (limit, HEIGHT - BOTTOM)
    return Markup(
        '<rect class="zone {level}" x="{x}" y="{y}" width="{w}" height="{h}"/>'
        '<line class="limit {level}" x1="{x}" x2="{r}" y1="{limit}" y2="{limit}"/>'
    ).format(
        level=zone.level.word,
        x=_short(left),
        y=_short(top),
        w=_short(max(1.0, right - left)),
        h=_short(max(0.0, bottom - top)),
        r=_short(right),
        limit=_short(limit),
    )


def _grid(axes: _Axes) -> Markup:
    line = Markup(
        '<line class="grid" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>'
        '<text class="tick" x="{tick}" y="{below}" text-anchor="end">{value}</text>'
    )
    return Markup("").join(
        line.format(
            left=LEFT,
            right=WIDTH - RIGHT,
            y=_short(axes.y(value)),
            tick=LEFT - 6,
            below=_short(axes.y(value) + 4),
            value=f"{value:g}",
        )
        for value in (axes.low, (axes.low + axes.high) / 2, axes.high)
    )


def _alert(alert: Alert, axes: _Axes, look: Look) -> Markup:
    """A line down from a triangle on the day on which a case was opened."""
    x = axes.x(alert.day)
    words = f"{_day(look, alert.day)}: {look.t.known('level', alert.level.word)}"
    return Markup(
        '<g class="alert {level}"><title>{words}</title>'
        '<line x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/><path d="M{l} 4H{r}L{x} 16Z"/></g>'
    ).format(
        level=alert.level.word,
        words=words,
        x=_short(x),
        l=_short(x - 7),
        r=_short(x + 7),
        top=TOP - 6,
        bottom=HEIGHT - BOTTOM,
    )


def _line(picture: Picture, axes: _Axes, look: Look) -> Markup:
    points = picture.points
    line = " ".join(f"{axes.x(one.day):.1f},{axes.y(one.value):.1f}" for one in points)
    dot = Markup(
        '<circle class="dot" cx="{x}" cy="{y}" r="4"><title>{day}: {shown}</title></circle>'
    )
    dots = Markup("").join(
        dot.format(
            x=_short(axes.x(one.day)),
            y=_short(axes.y(one.value)),
            day=_day(look, one.day),
            shown=one.shown,
        )
        for one in points
    )
    return Markup('<polyline class="line" points="{line}"/>{dots}').format(line=line, dots=dots)


def _days(axes: _Axes, look: Look) -> Markup:
    text = Markup('<text class="tick" x="{x}" y="{y}" text-anchor="{anchor}">{day}</text>')
    return Markup("").join(
        text.format(x=_short(axes.x(day)), y=HEIGHT - 5, anchor=anchor, day=_day(look, day))
        for day, anchor in ((axes.first, "start"), (axes.last, "end"))
    )


def _short(number: float) -> str:
    return f"{number:.1f}"


def _day(look: Look, day: int) -> str:
    return look.t("time.day", day=day)
