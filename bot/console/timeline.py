"""Timeline: when a pathway writes to a patient, drawn as SVG on the server.

The days do not stand to scale: what matters is which days, and in what order.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from bot.console.look import Look
from bot.core.pathway import TIERS, Anchor, CheckInPlan, Pathway, Teaching

LEFT, STEP, RIGHT = 96, 62, 20
TOP, LANE, BAR = 44, 54, 22
RADIUS = 15
Spot = tuple[Anchor, int]


@dataclass(frozen=True)
class _Mark:
    """Something on one day: a check-in, or a reminder."""

    at: Spot
    shown: str
    title: str
    below: str
    kind: str


def timeline(pathway: Pathway, look: Look) -> Markup:
    """The check-ins, the reminders and what is taught, from left to right."""
    check_ins = [_check_in(plan, pathway, look) for plan in pathway.check_ins]
    reminders = [
        _Mark((one.anchor, one.day), "", look.say(one.words), f"{one.at:%H:%M}", "reminder")
        for one in pathway.reminders
    ]
    marks = [*check_ins, *reminders]
    order = {Anchor.DISCHARGE: 0, Anchor.SURGERY: 1}
    days = sorted({one.at for one in marks}, key=lambda spot: (order[spot[0]], spot[1]))
    x = {spot: LEFT + STEP * number + STEP / 2 for number, spot in enumerate(days)}
    width = LEFT + STEP * max(1, len(days)) + RIGHT
    bars = _bars(pathway, look, x)
    rows = 1 + bool(reminders)
    height = TOP + LANE * rows + BAR * len(pathway.teaching) + 12
    parts = [_days(days, x, look), _lane(look.t("picture.check_ins"), 0, width)]
    parts += [_drawn(one, x, 0) for one in check_ins]
    if reminders:
        parts.append(_lane(look.t("picture.reminders"), 1, width))
        parts += [_drawn(one, x, 1) for one in reminders]
    if bars:
        parts.append(_label(look.t("picture.teaching"), TOP + LANE * rows + 14))
        parts += [_bar(one, TOP + LANE * rows + BAR * at, width) for at, one in enumerate(bars)]
    name = look.t("picture.timeline", title=look.say(pathway.title))
    return Markup(
        '<svg class="timeline" role="img" viewBox="0 0 {w} {h}" width="{w}" height="{h}">'
        "<title>{name}</title>{parts}</svg>"
    ).format(w=width, h=height, name=name, parts=Markup("").join(parts))


def _check_in(plan: CheckInPlan, pathway: Pathway, look: Look) -> _Mark:
    asked = [pathway.questions[name] for name in plan.questions if name in pathway.questions]
    names = ", ".join(look.say(one.name) if one.name else one.id for one in asked)
    below = f"{plan.opens:%H:%M}" if plan.tiers == TIERS else _tiers(plan, look)
    repeat = f" ×{plan.repeat.times}" if plan.repeat else ""
    return _Mark((plan.anchor, plan.day), str(len(asked)), names, below + repeat, "check-in")


def _tiers(plan: CheckInPlan, look: Look) -> str:
    return "/".join(look.t(f"picture.tier_{one}") for one in plan.tiers)


def _days(days: list[Spot], x: dict[Spot, float], look: Look) -> Markup:
    parts = []
    for anchor in (Anchor.DISCHARGE, Anchor.SURGERY):
        mine = [spot for spot in days if spot[0] is anchor]
        if not mine:
            continue
        start, end = x[mine[0]] - STEP / 2 + 2, x[mine[-1]] + STEP / 2 - 2
        parts.append(
            Markup(
                '<rect class="after {a}" x="{x}" y="0" width="{w}" height="36" rx="6"/>'
                '<text class="head" x="{tx}" y="15">{t}</text>'
            ).format(
                a=anchor.value,
                x=start,
                w=end - start,
                tx=start + 6,
                t=look.t(f"picture.{anchor.value}"),
            )
        )
    parts += [
        Markup('<text class="day" x="{x}" y="31">{d}</text>').format(x=x[spot], d=spot[1])
        for spot in days
    ]
    return Markup("").join(parts)


def _label(text: str, y: float) -> Markup:
    return Markup('<text class="lane" x="4" y="{y}">{t}</text>').format(y=y, t=text)


def _lane(text: str, row: int, width: float) -> Markup:
    y = TOP + LANE * row + 20
    line = Markup('<line class="rail" x1="{a}" x2="{b}" y1="{y}" y2="{y}"/>')
    return _label(text, y + 4) + line.format(a=LEFT, b=width - RIGHT, y=y)


def _drawn(one: _Mark, x: dict[Spot, float], row: int) -> Markup:
    y = TOP + LANE * row + 20
    shape = (
        Markup('<circle cx="{x}" cy="{y}" r="{r}"/>').format(x=x[one.at], y=y, r=RADIUS)
        if one.kind == "check-in"
        else Markup('<path d="M{x} {a}L{r} {y}L{x} {b}L{l} {y}Z"/>').format(
            x=x[one.at], y=y, a=y - 11, b=y + 11, r=x[one.at] + 11, l=x[one.at] - 11
        )
    )
    return Markup(
        '<g class="{k}"><title>{t}</title>{shape}<text class="inside" x="{x}" y="{y}">{s}</text>'
        '<text class="below" x="{x}" y="{b}">{below}</text></g>'
    ).format(
        k=one.kind,
        t=one.title,
        shape=shape,
        x=x[one.at],
        y=y + 5,
        s=one.shown,
        b=y + 30,
        below=one.below,
    )


def _bars(pathway: Pathway, look: Look, x: dict[Spot, float]) -> list[tuple[float, float, str]]:
    """What is taught, from day to day after surgery, as far as the days are drawn."""
    after = sorted((day, at) for (anchor, day), at in x.items() if anchor is Anchor.SURGERY)
    found = []
    for one in pathway.teaching:
        inside = [at for day, at in after if one.from_day <= day <= one.to_day]
        first, last = (inside[0], inside[-1]) if inside else (LEFT + STEP / 2,) * 2
        if after and one.from_day < after[0][0]:
            first = LEFT + STEP / 2
        found.append((first - STEP / 3, last + STEP / 3, _text(one, look)))
    return found


def _text(one: Teaching, look: Look) -> str:
    return f"{one.from_day}–{one.to_day}: {look.say(one.words)}"


def _bar(bar: tuple[float, float, str], y: float, width: float) -> Markup:
    """A bar with its words inside or, where there is no room, beside it."""
    start, end, text = bar
    late = start > width / 2
    return Markup(
        '<g class="taught"><title>{t}</title><rect x="{a}" y="{y}" width="{w}" height="15" rx="4"/>'
        '<text class="bar{k}" x="{tx}" y="{ty}">{s}</text></g>'
    ).format(
        t=text,
        a=start,
        y=y,
        w=end - start,
        k=" late" if late else "",
        tx=end - 5 if late else start + 5,
        ty=y + 12,
        s=_short(text),
    )


def _short(text: str) -> str:
    return text if len(text) <= 46 else text[:45] + "…"
