"""Own words: what one question calls its subject, its options and its signs."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from bot.core.question import Kind, Option, Question
from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.asked import Asked
from bot.core.reading.phrases import Book
from bot.core.reading.sounds import Sounds, sounds_of
from bot.core.reading.spelling import words_in

SUBJECT_OF_UNIT = {
    "Cel": "temperature",
    "[degF]": "temperature",
    "kg": "weight",
    "mmol/L": "glucose",
    "mg/dL": "glucose",
    "%": "oxygen",
    "/min": "pulse",
    "mm[Hg]": "blood_pressure",
}
SEVERAL = 2
KEPT = 2000  # questions remembered; far above any library


class OwnWords(Asked):
    """The folded words of one question."""

    @cached_property
    def topics(self) -> frozenset[str]:
        plain = self.words.plain
        return frozenset(plain(one) for some in self.question.topics.values() for one in some)

    @cached_property
    def said(self) -> str:
        """Everything the question says: its wording, topics and options."""
        options = (phrase for some in self.phrases.values() for phrase in some)
        return "\n".join((self.ask, *sorted(self.topics), *options))

    @cached_property
    def about_taking(self) -> bool:
        """Whether it asks how something is taken: an option says that it was missed."""
        asked = self.words.talk.hits(self.said)
        return any("lapse" in self.words.kinds_of(one.phrase) for one in asked)

    @cached_property
    def phrases(self) -> dict[str, frozenset[str]]:
        """The folded phrases of each option, by its value."""
        listed = {one.value: self._option(one) for one in self.question.options}
        if self.question.kind not in (Kind.CHOICES, Kind.CHOICE):
            return listed
        return {value: some | self._kin(value, listed) for value, some in listed.items()}

    @cached_property
    def labels(self) -> dict[str, str]:
        """What the buttons say, by folded label; a tapped button is an exact answer."""
        plain = self.words.plain
        return {
            plain(label): one.value
            for one in self.question.options
            for label in (one.value, *one.words.by_language.values())
        }

    @cached_property
    def named_numbers(self) -> OwnWords:
        """The names of a scale's numbers, to be read as a choice of one of them."""
        return OwnWords(replace(self.question, kind=Kind.CHOICE), self.words)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The latin words by which its options and its subject are known."""
        return words_in(self.option_book.phrases | self.topics)

    @cached_property
    def sounds(self) -> tuple[Book, Sounds]:
        """Its options and its subject, and how their Chinese phrases sound."""
        phrases = self.option_book.phrases | self.topics
        return Book(phrases), sounds_of(phrases, self.words)

    @cached_property
    def topic_book(self) -> Book:
        return Book(self.topics)

    @cached_property
    def option_book(self) -> Book:
        return Book(phrase for some in self.phrases.values() for phrase in some)

    @cached_property
    def talk_and_options(self) -> Book:
        return Book(self.words.talk.phrases | self.option_book.phrases)

    @cached_property
    def names(self) -> Book:
        """Topics, and the usual words for what its unit measures."""
        subject = SUBJECT_OF_UNIT.get(self.question.unit or "", "")
        usual = self.words.subjects.get(subject, ())
        return Book(self.topics | frozenset(map(self.words.plain, usual)))

    @cached_property
    def names_and_signs(self) -> Book:
        return Book(self.names.phrases | self.signs)

    @cached_property
    def telling(self) -> Book:
        """Option phrases that describe something: not "none", "fine" or a plain yes or no."""
        plain = {"yes", "no", "fine", "none_of_these", "no_trouble", "filler", "denial"}
        return Book(
            phrase
            for value, some in self.phrases.items()
            for phrase in some
            if value not in ("none", "0") and not self.words.kinds_of(phrase) & plain
        )

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The subjects of the house that this question is about."""
        named = {
            self.words.subject_of[hit.phrase] for hit in self.words.subject_book.hits(self.said)
        }
        of_unit = SUBJECT_OF_UNIT.get(self.question.unit or "")
        return frozenset(named | ({of_unit} if of_unit else set()))

    @cached_property
    def signs(self) -> frozenset[str]:
        """Complaints that the question itself names.

        Empty when it asks about a deed, or whether a complaint eases: there, naming
        the complaint is no yes.
        """
        if self.about_relief:
            return frozenset()
        asked = self._signs_in(self.ask, *self.topics)
        # A deed may be told by a complaint's word: "the blue thing" that one breathes into.
        return asked | self._signs_in(*self.phrases.get("yes", ())) if asked else asked

    def _signs_in(self, *said: str) -> frozenset[str]:
        return frozenset(
            hit.phrase
            for hit in self.words.talk.hits("\n".join(said))
            if "sign" in self.words.kinds_of(hit.phrase)
        )

    @cached_property
    def families(self) -> frozenset[str]:
        """The kinds of complaint it names, in whatever words."""
        return frozenset(map(self.words.family, self.signs | self.topics))

    @cached_property
    def all_families(self) -> frozenset[str]:
        """The kinds of complaint in its wording and in every option."""
        return self.families | frozenset(
            self.words.family(hit.phrase)
            for hit in self.words.talk.hits(self.said)
            if "sign" in self.words.kinds_of(hit.phrase)
        )

    @cached_property
    def calm(self) -> frozenset[str]:
        """The options that say that all is well."""
        return frozenset(
            value
            for value, some in self.phrases.items()
            if value == "none" or any("fine" in self.words.kinds_of(one) for one in some)
        )

    @cached_property
    def about_complaints(self) -> bool:
        chosen = self.question.kind is Kind.CHOICES
        return bool(self.signs) or (chosen and bool(self.all_families))

    def names_sign(self, sign: str) -> bool:
        return self.words.family(sign) in self.families

    def is_about(self, text: str) -> bool:
        return any(True for _ in self.topic_book.hits(text))

    def _kin(self, value: str, listed: dict[str, frozenset[str]]) -> frozenset[str]:
        """Other words for what this option alone names: "weeping" for "leaking".

        Only of a kind whose words mean the same thing anywhere, and of which the care
        team listed several: one such word among others may be there by the way.
        """
        others = [some for one, some in listed.items() if one != value]
        kinds = [self.words.kin(kind) for kind in self.words.lists["alike"] if value != "none"]
        meant = [kind for kind in kinds if len(kind & listed[value]) >= SEVERAL]
        return frozenset().union(
            *(kind for kind in meant if not any(kind & some for some in others))
        )

    def _option(self, one: Option) -> frozenset[str]:
        listed = [phrase for some in one.also.values() for phrase in some]
        numeric = self.question.kind in (Kind.SCALE, Kind.COUNT)
        labels = one.words.by_language.values()
        said = [*listed, *(label for label in labels if not (numeric and label.isdigit()))]
        return frozenset(self.words.plain(phrase) for phrase in said if phrase.strip())


def own_words(question: Question, words: AnswerWords) -> OwnWords:
    """The own words of `question`, made once and kept beside the lists."""
    kept = words.remembered
    found = kept.get(id(question))
    if isinstance(found, OwnWords) and found.question is question:
        return found
    if len(kept) > KEPT:
        kept.clear()
    made = OwnWords(question, words)
    kept[id(question)] = made
    return made
