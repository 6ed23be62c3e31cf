"""Look: templates and how moments, values and words are written in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from bot.console.texts import Texts
from bot.core.check_in import Observation
from bot.core.question import Question
from bot.core.words import Words

HERE = Path(__file__).parent
STATIC = HERE / "static"
LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}
SECONDS_BELOW = timedelta(minutes=10)
UNITS = {"Cel": "°C", "{score}": "", "kg": "kg", "{count}": ""}


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class Look:
    """Renders pages for one reader: her language, the house's time zone."""

    def __init__(self, language: str, zone: str) -> None:
        self.t = Texts(language)
        self.language, self._zone = language, ZoneInfo(zone)

    def render(self, template: str, **values: Any) -> str:
        return (
            _environment()
            .get_template(template)
            .render(
                t=self.t,
                look=self,
                language=self.language,
                tag=LANGUAGE_TAGS[self.language],
                **values,
            )
        )

    def say(self, words: Words) -> str:
        """One of the care team's sentences, in the reader's language."""
        return words.by_language.get(self.language) or next(iter(words.by_language.values()), "")

    def when(self, moment: datetime | None, now: datetime | None = None) -> str:
        """A moment on the house's clock; today without its date."""
        if moment is None:
            return ""
        local = moment.astimezone(self._zone)
        clock = f"{local:%H:%M}"
        if now is not None and local.date() == now.astimezone(self._zone).date():
            return clock
        return f"{self.day(local.date())} {clock}"

    def hours(self, starts: datetime, ends: datetime) -> str:
        """A stretch of time beside its first day; midnight after that day is 24:00."""
        last = ends.astimezone(self._zone)
        first = starts.astimezone(self._zone)
        midnight = last.time() == time(0) and last.date() - first.date() == timedelta(days=1)
        return f"{first:%H:%M} – {'24:00' if midnight else self.when(ends, starts)}"

    def noon(self, day: date) -> datetime:
        """A moment that lies in this day on the house's clock, to say another one beside it."""
        return datetime.combine(day, time(12), self._zone)

    def exact(self, moment: datetime) -> str:
        """A moment on the house's clock with its year and second, the same for all readers."""
        return f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M:%S}"

    def day(self, day: date) -> str:
        if self.language == "zh":
            return f"{day.month}月{day.day}日"
        return f"{day.day} {day:%b}"

    def full_day(self, day: date) -> str:
        if self.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {day:%B} {day.year}"

    def local_input(self, moment: datetime) -> str:
        """A moment for a datetime-local field."""
        return f"{moment.astimezone(self._zone):%Y-%m-%dT%H:%M}"

    def span(self, length: timedelta) -> str:
        """A length of time, as short as it can be said."""
        minutes = max(0, int(length.total_seconds() // 60))
        if minutes < 60:
            return self.t("time.minutes", count=minutes)
        if minutes < 48 * 60:
            return self.t("time.hours", hours=minutes // 60, minutes=minutes % 60)
        return self.t("time.days", count=minutes // (24 * 60))

    def clock(self, due: datetime | None, now: datetime) -> str:
        """How long there is left, or how long it is late. The page's script goes on with it."""
        if due is None:
            return ""
        if due >= now:
            return self.t("time.left", span=self._exact_span(due - now))
        return self.t("time.late", span=self._exact_span(now - due))

    def _exact_span(self, length: timedelta) -> str:
        """To the second where seconds matter."""
        if length >= SECONDS_BELOW:
            return self.span(length)
        minutes, seconds = divmod(int(length.total_seconds()), 60)
        return self.t("time.short", minutes=minutes, seconds=f"{seconds:02}")

    def question(self, question: Question | None, id: str) -> str:
        """What was asked, as the patient read it; an id where the question is gone."""
        return self.say(question.ask) if question else id.replace("_", " ")

    def names(self, questions: Iterable[Question]) -> str:
        """What these questions are called, in one line."""
        named = (self.say(one.name) if one.name else one.id for one in questions)
        return ("、" if self.language == "zh" else ", ").join(named)

    def value(self, one: Observation, question: Question | None) -> str:
        """An answer as a clinician reads it."""
        if not one.understood:
            return self.t("answer.not_understood")
        return self._value(one.value, question, one.unit)

    def _value(self, value: Any, question: Question | None, unit: str | None) -> str:
        if value is None:
            return self.t("answer.none")
        if isinstance(value, bool):
            return self.t("answer.yes" if value else "answer.no")
        if isinstance(value, list | tuple):
            parts = [self._value(one, question, unit) for one in value]
            return ", ".join(parts) or self.t("answer.none")
        if isinstance(value, int | float):
            shown = UNITS.get(unit or "", unit or "")
            return f"{value:g} {shown}".strip()
        if question is not None:
            for option in question.options:
                if option.value == value:
                    return self.say(option.words)
        return str(value)

    def marked(self, text: str, spans: tuple[str, ...]) -> Markup:
        """The text with the words that screening stopped at marked. Everything is escaped."""
        wanted = sorted({one for one in spans if one.strip()}, key=len, reverse=True)
        if not wanted:
            return escape(text)
        pieces = re.split("(" + "|".join(re.escape(one) for one in wanted) + ")", text)
        # Every second piece is one of the spans.
        made = (
            Markup("<mark>{}</mark>").format(piece) if i % 2 else escape(piece)
            for i, piece in enumerate(pieces)
        )
        return Markup("").join(made)
