"""Curve: a patient's numbers over the days after surgery, drawn as SVG on the server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from bot.console.look import Look
from bot.core.question import Kind, Question
from bot.services.show_case import About, Answer

WIDTH, HEIGHT = 320, 120
LEFT, RIGHT, TOP, BOTTOM = 34, 10, 12, 22
MOST_CURVES = 4
MARKED = ("wound", "leg", "walking")
MOST_MARKS = 5
NUMBERS = (Kind.SCALE, Kind.MEASURE, Kind.COUNT)
# What a nurse looks at first; anything else follows by how often it was answered.
FIRST = ("pain", "temp", "wound", "walk")


@dataclass(frozen=True)
class Curve:
    """One question over time: its name, the newest value, and the drawing."""

    name: str
    newest: str
    svg: Markup
    table: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Point:
    day: int
    value: float
    shown: str


def curves_of(about: About, look: Look) -> tuple[Curve, ...]:
    """The curves worth showing: numbers with at least one understood answer."""
    groups: dict[str, list[Answer]] = {}
    for one in about.answers:
        if one.question is not None and one.question.kind in NUMBERS and _counts(one):
            groups.setdefault(one.observation.question_id, []).append(one)
    ordered = sorted(groups.items(), key=lambda item: _rank(item[0], len(item[1])))
    return tuple(_curve(answers, look) for _, answers in ordered[:MOST_CURVES])


def marks_of(about: About, look: Look) -> tuple[tuple[str, tuple[tuple[int, str], ...]], ...]:
    """What was chosen about wound, leg and walking, day by day: no number, but a course."""
    found: dict[str, list[Answer]] = {}
    for one in sorted(about.answers, key=lambda one: one.observation.observed_at):
        seen = one.observation
        wanted = seen.question_id in MARKED and seen.superseded_by is None
        if wanted and one.question is not None and one.question.kind not in NUMBERS:
            found.setdefault(seen.question_id, []).append(one)
    return tuple(
        (
            look.t(f"mark.{id}"),
            tuple(
                (one.day, look.value(one.observation, one.question))
                for one in found[id][-MOST_MARKS:]
            ),
        )
        for id in MARKED
        if id in found
    )


def _counts(one: Answer) -> bool:
    seen = one.observation
    number = isinstance(seen.value, int | float) and not isinstance(seen.value, bool)
    return seen.understood and seen.superseded_by is None and number


def _rank(question_id: str, count: int) -> tuple[int, int, str]:
    first = next((i for i, word in enumerate(FIRST) if question_id.startswith(word)), len(FIRST))
    return first, -count, question_id


def _curve(answers: list[Answer], look: Look) -> Curve:
    answers = sorted(answers, key=lambda one: one.observation.observed_at)
    question = answers[-1].question
    points = [
        Point(one.day, float(one.observation.value), look.value(one.observation, one.question))
        for one in answers
    ]
    name = look.question(question, answers[-1].observation.question_id)
    table = tuple((point.day, point.shown) for point in points)
    return Curve(name, points[-1].shown, _draw(points, question, name, look), table)


def _range(points: Iterable[Point], question: Question | None) -> tuple[float, float]:
    """From the question's own bounds for a scale, else a little around what was said."""
    values = [point.value for point in points]
    if question is not None and question.kind is Kind.SCALE:
        low = question.minimum if question.minimum is not None else min(values)
        high = question.maximum if question.maximum is not None else max(values)
        return low, max(high, low + 1)
    if question is not None and question.unit == "Cel":
        return min(35.5, min(values)), max(40.0, max(values))
    spread = max(values) - min(values) or 1.0
    return min(values) - 0.15 * spread, max(values) + 0.15 * spread


def _draw(points: list[Point], question: Question | None, name: str, look: Look) -> Markup:
    low, high = _range(points, question)
    first, last = min(p.day for p in points), max(p.day for p in points)
    last = max(last, first + 1)

    def x(day: int) -> float:
        return LEFT + (day - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)

    line = " ".join(f"{x(p.day):.1f},{y(p.value):.1f}" for p in points)
    grid = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(v):.1f}" y2="{y(v):.1f}"/>'
        f'<text class="tick" x="{LEFT - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{v:g}</text>'
        for v in (low, (low + high) / 2, high)
    )
    dots = "".join(
        f'<circle class="dot" cx="{x(p.day):.1f}" cy="{y(p.value):.1f}" r="4">'
        f"<title>{escape(_day(look, p.day))}: {escape(p.shown)}</title></circle>"
        for p in points
    )
    days = "".join(
        f'<text class="tick" x="{x(day):.1f}" y="{HEIGHT - 5}" text-anchor="{anchor}">'
        f"{escape(_day(look, day))}</text>"
        for day, anchor in ((first, "start"), (points[-1].day, "end"))
        if day != first or anchor == "start"
    )
    drawn = (
        f'<svg class="curve" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(name)}">{grid}'
        f'<polyline class="line" points="{line}"/>{dots}{days}</svg>'
    )
    return Markup(drawn)  # noqa: S704 - every word in it is escaped above


def _day(look: Look, day: int) -> str:
    return look.t("time.day", day=day)
