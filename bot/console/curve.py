"""Curve: a patient's numbers over the days after surgery, against what her pathway expects."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from bot.console.curve_drawing import Picture, Point, draw
from bot.console.look import UNITS, Look
from bot.core.expected import Zone
from bot.core.question import Kind
from bot.services.show_case import About, Answer

MOST_CURVES = 4
MARKED = ("wound", "leg", "walking")
MOST_MARKS = 5
NUMBERS = (Kind.SCALE, Kind.MEASURE, Kind.COUNT)
# What a nurse looks at first; anything else follows by how often it was answered.
FIRST = ("pain", "temp", "wound", "walk")


@dataclass(frozen=True)
class Curve:
    """One question over time: its name, the newest value, the drawing, and the limits in words."""

    name: str
    newest: str
    svg: Markup
    table: tuple[tuple[int, str], ...]
    limits: tuple[str, ...]


def curves_of(about: About, look: Look) -> tuple[Curve, ...]:
    """The curves worth showing: numbers with at least one understood answer."""
    groups: dict[str, list[Answer]] = {}
    for one in about.answers:
        if one.question is not None and one.question.kind in NUMBERS and _counts(one):
            groups.setdefault(one.observation.question_id, []).append(one)
    ordered = sorted(groups.items(), key=lambda item: _rank(item[0], len(item[1])))
    return tuple(_curve(about, answers, look) for _, answers in ordered[:MOST_CURVES])


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


def _curve(about: About, answers: list[Answer], look: Look) -> Curve:
    answers = sorted(answers, key=lambda one: one.observation.observed_at)
    newest = answers[-1]
    id, unit = newest.observation.question_id, newest.observation.unit or ""
    points = tuple(
        Point(one.day, float(one.observation.value), look.value(one.observation, one.question))
        for one in answers
    )
    name, zones = look.question(newest.question, id), about.zones.get(id, ())
    picture = Picture(name, points, newest.question, zones, about.alerts, about.day)
    return Curve(
        name=name,
        newest=points[-1].shown,
        svg=draw(picture, look),
        table=tuple((point.day, point.shown) for point in points),
        limits=tuple(_limit(one, UNITS.get(unit, unit), look) for one in zones),
    )


def _limit(zone: Zone, unit: str, look: Look) -> str:
    """One limit in words, with its days and where it is written."""
    number = f"{zone.sign.replace('>=', '≥').replace('<=', '≤')} {zone.limit:g} {unit}".strip()
    words = look.t("curve.limit", number=number, level=look.t.known("level", zone.level.word))
    if zone.to_day is not None:
        days = look.t("curve.days", first=zone.from_day, last=zone.to_day)
    else:
        days = look.t("curve.from_day", first=zone.from_day) if zone.from_day else ""
    return " ".join(filter(None, (words, days, f"({', '.join(zone.source)})" * bool(zone.source))))
