"""Diff: what changed between two versions of a pathway, in the words of the ward.

`diff` compares the pathways' meaning, not their lines: moving a block or
adding a comment is no change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.core.condition.tree import Compare, Condition, Measure, Total, leaves
from bot.core.errors import PathwayError
from bot.core.pathway import CheckInPlan, Library, Pathway, Reminder, Rule
from bot.core.question import Question
from bot.core.shared import LevelPolicy
from bot.core.words import LANGUAGES, Words
from bot.pathfiles.diff_words import DIFF, NAMES
from bot.pathfiles.load import load_library

SHORTEST: Final = 40  # characters of a changed sentence that are shown


@dataclass(frozen=True)
class Change:
    """One difference: its kind (a key that stays), what it is about, and its blanks."""

    pathway: str
    kind: str
    about: str
    values: Mapping[str, str]

    def say(self, language: str) -> str:
        """The change as a sentence."""
        values = dict(self.values)
        for blank, named in NAMES[language].items():
            if blank in values:
                values[blank] = named.get(values[blank], values[blank])
        filled = DIFF[language][self.kind].format(about=self.about, **values)
        return f"{self.pathway}: {filled}"

    def as_row(self) -> dict[str, object]:
        """The change for JSON."""
        return {
            "pathway": self.pathway,
            "kind": self.kind,
            "about": self.about,
            **self.values,
            "text": {language: self.say(language) for language in LANGUAGES},
        }


def load_side(path: Path) -> tuple[Library, str | None]:
    """A library from a folder, or from one file in it; then also that pathway's id."""
    if path.is_dir():
        return load_library(path), None
    if not path.is_file():
        raise PathwayError(str(path), "there is no such file or folder", "Name a library's folder")
    return load_library(path.parent), path.stem


def diff(old: Path, new: Path) -> list[Change]:
    """Every change from one folder or file to another. Raises PathwayError on a broken side."""
    (before, only), (after, only_new) = load_side(old), load_side(new)
    if only is not None and only_new is not None:
        first, second = before.pathway(only), after.pathway(only_new)
        return [*diff_pathways(first, second), *_shared(before, after)]
    wanted = only or only_new
    return diff_libraries(before, after, only=wanted)


def diff_libraries(old: Library, new: Library, *, only: str | None = None) -> list[Change]:
    """Pathways that came and went, and what changed in those that stayed."""
    found: list[Change] = []
    for name in sorted({*old.pathways, *new.pathways}):
        if only not in (None, name):
            continue
        before, after = old.pathways.get(name), new.pathways.get(name)
        if before is None or after is None:
            kind = "pathway_added" if before is None else "pathway_removed"
            found.append(Change(name, kind, name, {}))
        else:
            found += diff_pathways(before, after)
    return [*found, *_shared(old, new)]


def diff_pathways(old: Pathway, new: Pathway) -> list[Change]:
    """What changed from one version of a pathway to another, rules first."""
    changes = (
        *_rules(old, new),
        *_check_ins(old, new),
        *_questions(old, new),
        *_spoken(old, new),
    )
    return [Change(new.id, kind, about, values) for kind, about, values in changes]


Found = tuple[str, str, dict[str, str]]


def _rules(old: Pathway, new: Pathway) -> Iterator[Found]:
    before = {rule.id: rule for rule in old.rules}
    after = {rule.id: rule for rule in new.rules}
    for name, rule in before.items():
        if name not in after:
            yield "rule_removed", name, {"level": rule.level.word, "when": rule.when_text}
    for name, rule in after.items():
        if name not in before:
            yield "rule_added", name, {"level": rule.level.word, "when": rule.when_text}
        else:
            yield from _rule(before[name], rule)


def _rule(old: Rule, new: Rule) -> Iterator[Found]:
    if old.level is not new.level:
        kind = "level_raised" if new.level > old.level else "level_lowered"
        yield kind, new.id, {"old": old.level.word, "new": new.level.word}
    if old.when != new.when:
        yield from _condition(new.id, old, new)
    if old.source != new.source:
        yield "source", new.id, _pair(", ".join(old.source), ", ".join(new.source))
    yield from _words("tell", new.id, old.tell, new.tell)
    yield from _words("reason", new.id, old.reason, new.reason)


def _condition(name: str, old: Rule, new: Rule) -> Iterator[Found]:
    """Only limits moved: "threshold 38.0 -> 38.5"; otherwise the whole condition."""
    before, after = _limits(old.when), _limits(new.when)
    same_shape = _shape(old.when) == _shape(new.when)
    if not same_shape:
        yield "condition", name, _pair(old.when_text, new.when_text)
        return
    for one, other in zip(before, after, strict=True):
        if one.limit != other.limit:
            digits = 1 if any(limit % 1 for limit in (one.limit, other.limit)) else 0
            values = _pair(f"{one.limit:.{digits}f}", f"{other.limit:.{digits}f}")
            unit = f" {other.unit}" if other.unit else ""
            yield "threshold", name, {**values, "asked": _left(other), "unit": unit}


def _limits(condition: Condition) -> list[Compare | Total]:
    return [leaf for leaf in leaves(condition) if isinstance(leaf, Compare | Total)]


def _shape(condition: Condition) -> str:
    """The condition with every limit left out."""
    text = repr(condition)
    for leaf in _limits(condition):
        text = text.replace(repr(leaf), repr((_left(leaf), leaf.sign, leaf.unit)))
    return text


def _left(test: Compare | Total) -> str:
    if isinstance(test, Total):
        return f"sum({', '.join(test.questions)})"
    if test.measure is Measure.ANSWER:
        return test.question
    return f"{test.measure.value}({test.question})" if test.question else test.measure.value


def _check_ins(old: Pathway, new: Pathway) -> Iterator[Found]:
    before = {plan.id: plan for plan in old.check_ins}
    after = {plan.id: plan for plan in new.check_ins}
    for name, plan in before.items():
        if name not in after:
            yield "check_in_removed", name, {"day": f"{plan.day}", "after": plan.anchor.value}
    for name, plan in after.items():
        if name not in before:
            yield "check_in_added", name, {"day": f"{plan.day}", "after": plan.anchor.value}
        else:
            yield from _plan(before[name], plan)


def _plan(old: CheckInPlan, new: CheckInPlan) -> Iterator[Found]:
    for question in old.questions:
        if question not in new.questions:
            yield "no_longer_asked", question, {"on": new.id}
    for question in new.questions:
        if question not in old.questions:
            yield "now_asked", question, {"on": new.id}
    kept = [one for one in old.questions if one in new.questions]
    if kept != [one for one in new.questions if one in old.questions]:
        yield "order", new.id, {}
    for kind, one, other in (
        ("day", _day(old), _day(new)),
        ("window", _window(old), _window(new)),
        ("tiers", ", ".join(old.tiers), ", ".join(new.tiers)),
        ("repeat", _repeat(old), _repeat(new)),
        ("remind_after", _hours(old.silence.remind_after), _hours(new.silence.remind_after)),
        ("nurse_after", _hours(old.silence.nurse_after), _hours(new.silence.nurse_after)),
        ("silence_level", old.silence.level.word, new.silence.level.word),
        ("send_within", _hours(old.lateness.send_within), _hours(new.lateness.send_within)),
        ("if_too_late", old.lateness.otherwise.value, new.lateness.otherwise.value),
    ):
        if one != other:
            yield kind, new.id, _pair(one, other)
    yield from _words("intro", new.id, old.intro, new.intro)


def _day(plan: CheckInPlan) -> str:
    return f"{plan.day} ({plan.anchor.value})"


def _window(plan: CheckInPlan) -> str:
    return f"{plan.opens:%H:%M}-{plan.closes:%H:%M}"


def _repeat(plan: CheckInPlan) -> str:
    return "-" if plan.repeat is None else f"{plan.repeat.times} x / {plan.repeat.every_days} d"


def _hours(length: timedelta) -> str:
    return f"{length / timedelta(hours=1):g} h"


def _questions(old: Pathway, new: Pathway) -> Iterator[Found]:
    for name in old.questions:
        if name not in new.questions:
            yield "question_removed", name, {}
    for name, question in new.questions.items():
        before = old.questions.get(name)
        if before is None:
            yield "question_added", name, {"kind_of": question.kind.value}
            continue
        yield from _question(before, question)
        if old.ask_when.get(name) != new.ask_when.get(name):
            yield "only_when", name, {}
        one, other = old.if_unknown.get(name), new.if_unknown.get(name)
        if one != other:
            yield "if_unknown", name, _pair(one.word if one else "-", other.word if other else "-")


def _question(old: Question, new: Question) -> Iterator[Found]:
    if old.kind is not new.kind:
        yield "kind", new.id, _pair(old.kind.value, new.kind.value)
    if old.unit != new.unit:
        yield "unit", new.id, _pair(old.unit or "-", new.unit or "-")
    if (old.minimum, old.maximum) != (new.minimum, new.maximum):
        yield "range", new.id, _pair(_range(old), _range(new))
    before = {option.value: option for option in old.options}
    after = {option.value: option for option in new.options}
    for value in before:
        if value not in after:
            yield "option_removed", new.id, {"option": value}
    for value, option in after.items():
        if value not in before:
            yield "option_added", new.id, {"option": value}
            continue
        yield from _words("option_words", f"{new.id} {value}", before[value].words, option.words)
        if dict(before[value].also) != dict(option.also):
            yield "ways", f"{new.id} {value}", {}
    for kind, one, other in (
        ("ask", old.ask, new.ask),
        ("why", old.why, new.why),
        ("help", old.help, new.help),
        ("name", old.name, new.name),
    ):
        yield from _words(kind, new.id, one, other)


def _range(question: Question) -> str:
    low, high = question.minimum, question.maximum
    return "-" if low is None or high is None else f"{low:g}-{high:g}"


def _spoken(old: Pathway, new: Pathway) -> Iterator[Found]:
    """The title, what is taught, reminded and answered."""
    yield from _words("title", new.id, old.title, new.title)
    if old.procedures != new.procedures:
        yield "procedures", new.id, _pair(", ".join(old.procedures), ", ".join(new.procedures))
    if old.respondent != new.respondent:
        yield "respondent", new.id, _pair(old.respondent, new.respondent)
    taught = {one.id: one for one in old.teaching}, {one.id: one for one in new.teaching}
    yield from _came_and_went("teaching", *taught)
    for name, one in taught[1].items():
        if name in taught[0]:
            before = taught[0][name]
            days = f"{before.from_day}-{before.to_day}", f"{one.from_day}-{one.to_day}"
            if days[0] != days[1]:
                yield "teaching_days", name, _pair(*days)
            yield from _words("teaching", name, before.words, one.words)
    minded = {one.id: one for one in old.reminders}, {one.id: one for one in new.reminders}
    yield from _came_and_went("reminder", *minded)
    for name, reminder in minded[1].items():
        if name in minded[0]:
            was = minded[0][name]
            when = (f"{one.day} ({one.anchor.value}) {one.at:%H:%M}" for one in (was, reminder))
            pair = _pair(*when)
            if pair["old"] != pair["new"]:
                yield "reminder_when", name, pair
            late = _pair(_late(was), _late(reminder))
            if late["old"] != late["new"]:
                yield "reminder_late", name, late
            yield from _words("reminder", name, was.words, reminder.words)
    yield from _came_and_went("answer", old.answers, new.answers)
    for name, words in new.answers.items():
        if name in old.answers:
            yield from _words("answer", name, old.answers[name], words)


def _late(plan: Reminder) -> str:
    within = plan.lateness.send_within.total_seconds() / 3600
    return f"{plan.kind.value}, {within:g} h, {plan.lateness.otherwise.value}"


def _came_and_went(
    kind: str, old: Mapping[str, object], new: Mapping[str, object]
) -> Iterator[Found]:
    for name in old:
        if name not in new:
            yield f"{kind}_removed", name, {}
    for name in new:
        if name not in old:
            yield f"{kind}_added", name, {}


def _words(kind: str, about: str, old: Words | None, new: Words | None) -> Iterator[Found]:
    """Which languages of a sentence changed, and from what to what."""
    for language in LANGUAGES:
        one = old.by_language.get(language, "") if old else ""
        other = new.by_language.get(language, "") if new else ""
        if one != other:
            values = _pair(_short(one), _short(other))
            yield "wording", about, {**values, "what": kind, "language": language}


def _short(text: str) -> str:
    return text if len(text) <= SHORTEST else text[: SHORTEST - 1] + "…"


def _pair(old: str, new: str) -> dict[str, str]:
    return {"old": old, "new": new}


def _shared(old: Library, new: Library) -> list[Change]:
    """Changes of the shared folder that reach every pathway."""
    found: list[Found] = []
    one, other = old.shared, new.shared
    quiet = tuple(f"{q.quiet.starts:%H:%M}-{q.quiet.ends:%H:%M}" for q in (one, other))
    if quiet[0] != quiet[1]:
        found.append(("quiet_hours", "", _pair(*quiet)))
    for country in sorted({*one.emergency, *other.emergency}):
        pair = [lib.emergency.get(country) for lib in (one, other)]
        before, after = (number.emergency if number else "-" for number in pair)
        if before != after:
            found.append(("emergency_number", country, _pair(before, after)))
        before, after = (number.crisis if number else "-" for number in pair)
        if before != after:
            found.append(("crisis_number", country, _pair(before, after)))
    for level, policy in other.levels.items():
        was = one.levels.get(level)
        if was is not None:
            found += _policy(was, policy)
    phrases = one.phrases.by_key, other.phrases.by_key
    for key in sorted({*phrases[0], *phrases[1]}):
        found += _words("phrase", key, phrases[0].get(key), phrases[1].get(key))
    found += _words("consent", other.consent.version, one.consent.words, other.consent.words)
    return [Change("shared", kind, about, values) for kind, about, values in found]


def _policy(old: LevelPolicy, new: LevelPolicy) -> Iterator[Found]:
    name = new.level.word
    for kind, one, other in (
        ("acknowledge_within", _minutes(old.acknowledge_within), _minutes(new.acknowledge_within)),
        ("step_every", _minutes(old.step_every), _minutes(new.step_every)),
        ("outcome_within", _minutes(old.outcome_within), _minutes(new.outcome_within)),
        ("rotas", ", ".join(old.rotas) or "-", ", ".join(new.rotas) or "-"),
    ):
        if one != other:
            yield kind, name, _pair(one, other)
    yield from _words("tell_patient", name, old.tell_patient, new.tell_patient)


def _minutes(length: timedelta | None) -> str:
    return "-" if length is None else f"{length / timedelta(minutes=1):g} min"
