"""SBAR: situation, background, assessment, recommendation, short enough for a phone at night.

The patient's very words come first; everything the nurse judges by is shown with
its source. Labels are phrases, so the page reads in the nurse's own language.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.core.shared import Phrases
from bot.core.triage_level import TriageLevel

# Together with the page's first line and its link this stays below 900 characters.
SITUATION, BACKGROUND, ASSESSMENT, RECOMMENDATION = 300, 140, 180, 140
MOST_SIGNS: Final = 3
MOST_SEEN: Final = 5
LONGEST_QUOTE: Final = 90


@dataclass(frozen=True)
class Sign:
    """One reason to call: the very words, why they count, by which rule and source."""

    level: TriageLevel
    words: str
    reason: str
    rule: str = ""  # code, or the rule's own condition with its threshold
    source: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """The latest observation of one kind; `before` is the one it is compared with."""

    label: str
    value: float | str | None  # None: not understood
    unit: str = ""
    words: str = ""
    before: float | str | None = None


@dataclass(frozen=True)
class CaseFacts:
    """All that an SBAR is made of, already in the nurse's language where it is words."""

    level: TriageLevel
    signs: tuple[Sign, ...]
    name: str
    age: int
    operation: str
    day: int
    tier: str
    language: str
    writer: str
    writer_role: str
    seen: tuple[Seen, ...]
    call_within: timedelta
    advice: str = ""


@dataclass(frozen=True)
class Sbar:
    """The four parts, one or a few short lines each."""

    situation: str
    background: str
    assessment: str
    recommendation: str

    def text(self, phrases: Phrases, language: str) -> str:
        """All four with their headings, cut to what a phone shows at a glance."""
        parts = (
            ("sbar_situation", self.situation, SITUATION),
            ("sbar_background", self.background, BACKGROUND),
            ("sbar_assessment", self.assessment, ASSESSMENT),
            ("sbar_recommendation", self.recommendation, RECOMMENDATION),
        )
        return "\n".join(
            f"{phrases.say(heading, language)}: {clip(part, limit)}"
            for heading, part, limit in parts
        )


def make_sbar(facts: CaseFacts, *, phrases: Phrases, language: str) -> Sbar:
    """Word the facts of one case for one nurse."""
    return Sbar(
        situation=_situation(facts, phrases, language),
        background=_background(facts, phrases, language),
        assessment=_assessment(facts, phrases, language),
        recommendation=_recommendation(facts, phrases, language),
    )


def clip(text: str, limit: int) -> str:
    """The text in at most `limit` characters; what was cut shows as an ellipsis."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _situation(facts: CaseFacts, phrases: Phrases, language: str) -> str:
    # Gravest first; of equals the newest, because it is what she writes now.
    newest_first = facts.signs[::-1]
    signs = sorted(newest_first, key=lambda sign: -sign.level)
    lines = [_sign(sign) for sign in signs[:MOST_SIGNS]]
    more = len(signs) - MOST_SIGNS
    if more > 0:
        lines.append(phrases.say("sbar_more", language, count=more))
    return "; ".join(lines)


def _sign(sign: Sign) -> str:
    quote = f"“{clip(sign.words, LONGEST_QUOTE)}” " if sign.words.strip() else ""
    rule = f" ({sign.rule})" if sign.rule else ""
    source = f" [{', '.join(sign.source)}]" if sign.source else ""
    return f"{quote}{sign.reason}{rule}{source}"


def _background(facts: CaseFacts, phrases: Phrases, language: str) -> str:
    # The same person under two names in one line would only make a nurse wonder.
    writer = "" if facts.writer == facts.name else f" {facts.writer}"
    parts = (
        facts.name,
        phrases.say("sbar_age", language, age=facts.age),
        facts.operation,
        phrases.say("sbar_day", language, day=facts.day),
        phrases.say(f"sbar_tier_{facts.tier}", language),
        phrases.say(f"sbar_speaks_{facts.language}", language),
        phrases.say(f"sbar_writer_{facts.writer_role}", language) + writer,
    )
    return ", ".join(part for part in parts if part)


def _assessment(facts: CaseFacts, phrases: Phrases, language: str) -> str:
    if not facts.seen:
        return phrases.say("sbar_no_answers", language)
    return "; ".join(_seen(one, phrases, language) for one in facts.seen[:MOST_SEEN])


def _seen(one: Seen, phrases: Phrases, language: str) -> str:
    if one.value is None:
        unclear = phrases.say("sbar_unclear", language, words=clip(one.words, LONGEST_QUOTE))
        return f"{one.label} {unclear}"
    before = ""
    if one.before is not None:
        before = f" {trend(one)} " + phrases.say("sbar_before", language, value=_plain(one.before))
    unit = f" {one.unit}" if one.unit else ""
    return f"{one.label} {_plain(one.value)}{unit}{before}"


def trend(one: Seen) -> str:
    """Where a number went since the time before: up, down or the same."""
    now, then = one.value, one.before
    if not isinstance(now, int | float) or not isinstance(then, int | float):
        return "→"
    return "↑" if now > then else "↓" if now < then else "→"


def _plain(value: float | str) -> str:
    return f"{value:g}" if isinstance(value, int | float) else value


def _recommendation(facts: CaseFacts, phrases: Phrases, language: str) -> str:
    call = phrases.say("sbar_call", language, within=_length(facts.call_within, phrases, language))
    told = phrases.say("sbar_told", language, advice=facts.advice) if facts.advice else ""
    return f"{call} {told}".strip()


def _length(time: timedelta, phrases: Phrases, language: str) -> str:
    minutes = int(time.total_seconds() // 60)
    if minutes < 120:
        return phrases.say("sbar_minutes", language, count=minutes)
    return phrases.say("sbar_hours", language, count=minutes // 60)
