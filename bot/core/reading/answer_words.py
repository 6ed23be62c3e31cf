"""Answer words: the care team's lists of how people answer, ready for reading."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from bot.core.reading.folding import fold
from bot.core.reading.phrases import Book, Hit

LISTS = (
    *(
        "yes",
        "no",
        "yes_alone",
        "no_alone",
        "a_little",
        "only",
        "degree",
        "fine",
        "no_trouble",
        "none_of_these",
    ),
    *("dont_know", "dont_know_but", "later", "refuse", "why", "correction", "weak_correction"),
    *("weary", "asking", "again", "unwilling", "telling", "what_for", "waiting", "resuming"),
    *("unseen", "observing", "without", "device", "out_of_order"),
    "only_alone",
    *("sign", "not_a_denial", "less_than_before", "hardly", "double_denial", "not_told"),
    *("denial", "gone", "not_now", "relief", "not_a_sign", "but", "except"),
    *("done", "lapse", "event", "almost", "filler"),
    *("before_other", "after_number", "over", "over_after", "under", "under_after"),
    *(
        "scale_end",
        "many",
        "number_idiom",
        "often_misspelt",
        "other_word",
        "real_word",
        "other_sound",
        "everyday",
    ),
    *("now", "earlier", "before", "at_rest", "on_the_move", "another", "mine", "at_level"),
    *("other_medicine", "alike", "explains", "relative", "by_hand_of"),
    *("regular", "takes", "stop"),
    *("unreal", "provided", "intended", "mocked", "staff", "tells"),
    *("usual", "long_ago", "broken", "surroundings", "other_sense"),
    *("person", "person_alone", "polite", "death"),
)
APART = (  # looked up in their own places, never as part of the talk
    *("before_other", "after_number", "over", "over_after", "under", "under_after"),
    *(
        *("number_idiom", "often_misspelt", "other_word", "real_word", "other_sound", "everyday"),
        "scale_end",
        "relief",
        "yes_alone",
        "no_alone",
        "weak_correction",
        "only_alone",
    ),
    *("now", "earlier", "before", "at_rest", "on_the_move", "another", "mine", "at_level"),
    *("other_medicine", "alike", "explains", "relative", "by_hand_of"),
    *("regular", "takes", "stop"),
    *("unreal", "provided", "intended", "mocked", "staff", "tells"),
    *("usual", "long_ago", "broken", "surroundings", "other_sense"),
    *("person", "person_alone", "polite", "death"),
    *("weary", "asking", "again", "unwilling", "telling", "what_for", "waiting", "resuming"),
    *("unseen", "observing", "without", "device", "out_of_order"),
)
TABLES = ("number", "times", "day", "weekday", "month")


@dataclass(frozen=True, eq=False)
class AnswerWords:
    """Every list that reading needs, both languages together: people mix them.

    `lists` holds phrases by list name, `tables` numbers by phrase; `units`,
    `subjects` and `families` hold phrases by unit, subject or kind of complaint;
    `simplify` maps traditional characters to simplified ones, `sound_of` simplified ones
    to their sound in Mandarin.
    """

    lists: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, Mapping[str, int]]
    units: Mapping[str, tuple[str, ...]]
    subjects: Mapping[str, tuple[str, ...]]
    families: Mapping[str, tuple[str, ...]]
    simplify: Mapping[int, str] = field(default_factory=dict)
    sound_of: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    remembered: dict[int, object] = field(default_factory=dict, repr=False)

    def plain(self, phrase: str) -> str:
        """A phrase as it looks in a folded text."""
        return fold(phrase, self.simplify).folded.strip()

    def book(self, name: str) -> Book:
        """The phrases of one list."""
        return self._books[name]

    def holds(self, said: str, name: str) -> bool:
        """Whether a phrase of the list `name` stands in a folded text."""
        return any(True for _ in self.book(name).hits(said))

    def kinds_of(self, phrase: str) -> frozenset[str]:
        """The lists that a folded phrase belongs to."""
        return self._kinds.get(phrase, frozenset())

    def table(self, name: str) -> Mapping[str, int]:
        """A table with folded phrases as keys."""
        return self._tables[name]

    @cached_property
    def talk(self) -> Book:
        """All phrases about yes, no, signs and manners in one book."""
        return Book(self._kinds)

    def talked(self, text: str, start: int = 0, end: int | None = None) -> Sequence[Hit]:
        """The phrases of `talk` in text[start:end], in order; a text is searched once."""
        found, starts = _talked(self, text)
        end = len(text) if end is None else end
        some = found[bisect_left(starts, start) : bisect_left(starts, end)]
        while some and some[-1].end > end:
            some = some[:-1]
        return some

    def family(self, sign: str) -> str:
        """The kind of complaint that a folded word names; itself when it has no other."""
        return self._families.get(sign, sign)

    def kin(self, family: str) -> frozenset[str]:
        """All folded words for one kind of complaint."""
        return frozenset(map(self.plain, self.families.get(family, ())))

    @cached_property
    def _families(self) -> Mapping[str, str]:
        return {self.plain(one): name for name, some in self.families.items() for one in some}

    @cached_property
    def unit_of(self) -> Mapping[str, str]:
        return {self.plain(one): unit for unit, some in self.units.items() for one in some}

    @cached_property
    def subject_of(self) -> Mapping[str, str]:
        return {self.plain(one): name for name, some in self.subjects.items() for one in some}

    @cached_property
    def unit_book(self) -> Book:
        return Book(self.unit_of)

    @cached_property
    def subject_book(self) -> Book:
        return Book(self.subject_of)

    @cached_property
    def table_books(self) -> Mapping[str, Book]:
        return {name: Book(rows) for name, rows in self._tables.items()}

    @cached_property
    def _books(self) -> Mapping[str, Book]:
        return {name: Book(map(self.plain, some)) for name, some in self.lists.items()}

    @cached_property
    def _tables(self) -> Mapping[str, Mapping[str, int]]:
        return {
            name: {self.plain(phrase): value for phrase, value in rows.items()}
            for name, rows in self.tables.items()
        }

    @cached_property
    def _kinds(self) -> Mapping[str, frozenset[str]]:
        kinds: dict[str, set[str]] = {}
        for name, some in self.lists.items():
            if name not in APART:
                for phrase in some:
                    kinds.setdefault(self.plain(phrase), set()).add(name)
        return {phrase: frozenset(names) for phrase, names in kinds.items()}


@lru_cache(maxsize=8)  # the few forms of the one message being read
def _talked(words: AnswerWords, text: str) -> tuple[tuple[Hit, ...], tuple[int, ...]]:
    found = tuple(words.talk.hits(text))
    return found, tuple(hit.start for hit in found)
