"""Flow: which question comes after which, and which answers lead to which level, as SVG."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from markupsafe import Markup

from bot.console.look import Look
from bot.core.condition.tree import questions as asked_by
from bot.core.pathway import Pathway, Rule

BOX, GAP, RULE_LEFT, RULE, ROW = 250, 110, 360, 420, 34
WIDEST_QUESTION, WIDEST_RULE = 30, 54  # in Latin letters; a Chinese character counts twice


@dataclass(frozen=True)
class _Row:
    """One question, and the rules that can be weighed once it is answered."""

    name: str
    only_when: bool
    text: str
    rules: tuple[Rule, ...]
    top: int

    @property
    def height(self) -> int:
        return ROW * max(1, len(self.rules))

    @property
    def middle(self) -> float:
        return self.top + ROW / 2


def flow(pathway: Pathway, look: Look, *, plan_id: str = "") -> Markup:
    """The questions of one check-in, or of all of them, from top to bottom."""
    rows = _rows(pathway, look, _order(pathway, plan_id))
    if not rows:
        return Markup("")
    by_name = {one.name: one for one in rows}
    height = rows[-1].top + rows[-1].height + 8
    width = RULE_LEFT + RULE
    parts = [_arrow(one, other) for one, other in itertools.pairwise(rows)]
    for row in rows:
        for number, rule in enumerate(row.rules):
            y = row.top + ROW * number + ROW / 2
            parts += [
                _edge(by_name[name], y, rule)
                for name in sorted(set(asked_by(rule.when)) & set(by_name))
            ]
    parts += [_question(row) for row in rows]
    for row in rows:
        parts += [_rule(rule, row.top + ROW * i, look) for i, rule in enumerate(row.rules)]
    name = look.t("picture.flow", title=look.say(pathway.title))
    return Markup(
        '<svg class="flow" role="img" viewBox="0 0 {w} {h}" width="{w}" height="{h}">'
        "<title>{name}</title>{parts}</svg>"
    ).format(w=width, h=height, name=name, parts=Markup("").join(parts))


def _order(pathway: Pathway, plan_id: str) -> list[str]:
    plans = [one for one in pathway.check_ins if plan_id in ("", one.id)]
    plans.sort(key=lambda one: -len(one.questions))
    names = dict.fromkeys(name for one in plans for name in one.questions)
    return [name for name in names if name in pathway.questions]


def _rows(pathway: Pathway, look: Look, order: Sequence[str]) -> list[_Row]:
    """A rule stands beside the last question that it needs."""
    place = {name: number for number, name in enumerate(order)}
    beside: dict[str, list[Rule]] = {name: [] for name in order}
    for rule in sorted(pathway.rules, key=lambda one: -one.level):
        needed = [name for name in asked_by(rule.when) if name in place]
        if needed:
            beside[max(needed, key=lambda name: place[name])].append(rule)
    rows, top = [], 4
    for name in order:
        question = pathway.questions[name]
        text = look.say(question.name) if question.name else question.id
        row = _Row(name, name in pathway.ask_when, text, tuple(beside[name]), top)
        rows.append(row)
        top += row.height + 6
    return rows


def _question(row: _Row) -> Markup:
    return Markup(
        '<g class="question{w}"><rect x="2" y="{y}" width="{b}" height="26" rx="13"/>'
        '<text x="16" y="{t}">{s}</text></g>'
    ).format(
        w=" sometimes" if row.only_when else "",
        y=row.middle - 13,
        b=BOX,
        t=row.middle + 5,
        s=_fit(row.text, WIDEST_QUESTION),
    )


def _rule(rule: Rule, top: float, look: Look) -> Markup:
    text = f"{look.t('level.' + rule.level.word)} · {look.say(rule.reason)}"
    return Markup(
        '<g class="rule {level}"><title>{when}</title>'
        '<rect x="{x}" y="{y}" width="{w}" height="26" rx="6"/>'
        '<text x="{tx}" y="{ty}">{s}</text></g>'
    ).format(
        level=rule.level.word,
        when=f"{rule.id}: {rule.when_text}",
        x=RULE_LEFT,
        y=top + 4,
        w=RULE - 2,
        tx=RULE_LEFT + 12,
        ty=top + 22,
        s=_fit(text, WIDEST_RULE),
    )


def _arrow(one: _Row, other: _Row) -> Markup:
    return Markup('<line class="next" x1="30" x2="30" y1="{a}" y2="{b}"/>').format(
        a=one.middle + 13, b=other.middle - 13
    )


def _edge(row: _Row, y: float, rule: Rule) -> Markup:
    start, end, bend = BOX + 2, RULE_LEFT, GAP / 2
    return Markup('<path class="edge {level}" d="M{a} {m}C{c} {m} {d} {y} {b} {y}"/>').format(
        level=rule.level.word, a=start, m=row.middle, c=start + bend, d=end - bend, y=y, b=end
    )


def _fit(text: str, widest: int) -> str:
    """As much of the text as a box holds."""
    width = 0
    for place, character in enumerate(text):
        width += 2 if east_asian_width(character) in "WF" else 1
        if width > widest:
            return text[: place - 1] + "…"
    return text
