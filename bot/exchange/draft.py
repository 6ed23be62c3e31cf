"""Draft: a pathway that is being begun, and the file that is written of it.

A draft has questions and check-ins and no rules yet. What a language lacks is left out, so
that the check names it: nobody writes words for the care team.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from bot.core.pathway import TIERS
from bot.core.question import Kind
from bot.core.words import LANGUAGES
from bot.pathfiles.sentences import quoted

Said = dict[str, str]  # by language; one may be missing
HEAD: Final = """\
# yaml-language-server: $schema=pathway.schema.json
# {title}
#
# Draft, begun from {source}. Not clinically approved until a hospital signs it.
# It has questions and no rules: `aftercare pathway check` names what is missing.

pathway: {name}
number: 1
"""
# The habits of the shipped pathways; the care team writes its own.
HABITS: Final = """\
  window: "09:00-19:00"
  remind_after: 4 h
  nurse_after: 24 h
  silence_level: same_day
  send_within: 24 h
  if_too_late: skip_and_tell_nurse
"""


@dataclass
class DraftQuestion:
    """A question as far as the form tells it. `options` are values and their buttons."""

    name: str
    kind: Kind
    ask: Said
    help: Said = field(default_factory=dict)
    why: Said = field(default_factory=dict)
    unit: str = ""
    code: str = ""
    range: str = ""
    only_when: str = ""
    options: dict[str, Said] = field(default_factory=dict)


@dataclass(frozen=True)
class DraftContact:
    """One check-in: when, and what it asks."""

    name: str
    day: int
    after: str
    tiers: tuple[str, ...]
    ask: tuple[str, ...] = ()
    intro: Said = field(default_factory=dict)


@dataclass(frozen=True)
class Draft:
    name: str
    title: Said
    source: str
    procedures: tuple[str, ...]
    contacts: tuple[DraftContact, ...]
    questions: tuple[DraftQuestion, ...]


def as_yaml(draft: Draft) -> str:
    """The pathway file."""
    title = " · ".join(draft.title[one] for one in LANGUAGES if draft.title.get(one))
    return "\n".join(
        [
            HEAD.format(title=title or draft.name, source=draft.source, name=draft.name)
            + f"title: {_words(draft.title)}",
            "for:",
            f"  procedures: [{', '.join(quoted(one, '') for one in draft.procedures)}]",
            "  respondent: patient",
            "",
            "check_ins:",
            HABITS + "  contacts:",
            *(line for one in draft.contacts for line in _contact(one)),
            "",
            "questions:" if draft.questions else "questions: {}",
            *(line for one in draft.questions for line in _question(one)),
            "rules: {}",
            "",
            "cases: {}",
            "",
        ]
    )


def _contact(contact: DraftContact) -> Iterator[str]:
    yield f"    {contact.name}:"
    yield f"      day: {contact.day}"
    yield f"      after: {contact.after}"
    if contact.tiers != TIERS:
        yield f"      tiers: [{', '.join(contact.tiers)}]"
    if contact.intro:
        yield f"      intro: {_words(contact.intro)}"
    yield f"      ask: [{', '.join(contact.ask)}]"


def _question(question: DraftQuestion) -> Iterator[str]:
    yield f"  {_key(question.name)}:"
    yield f"    kind: {question.kind.value}"
    for name in ("only_when", "unit", "range", "code"):
        if value := getattr(question, name):
            yield f"    {name}: {value if name == 'range' else quoted(value, '')}"
    yield f"    ask: {_words(question.ask)}"
    for name in ("help", "why"):
        if said := getattr(question, name):
            yield f"    {name}: {_words(said)}"
    if question.options:
        yield "    options:"
    for value, button in question.options.items():
        yield f"      {_key(value)}: {{button: {_words(button)}}}"
    yield ""


def _key(name: str) -> str:
    return quoted(name, "")


def _words(said: Said) -> str:
    pairs = [f"{one}: {_double(said[one])}" for one in LANGUAGES if said.get(one)]
    return f"{{{', '.join(pairs)}}}"


def _double(text: str) -> str:
    return quoted(text, '"')
