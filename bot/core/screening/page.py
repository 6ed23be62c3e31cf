"""Page: a message laid out for screening: its clauses, their words and numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.core.screening.clauses import Clause, split
from bot.core.screening.courtesy import Span, outside, spans_of, taken_out
from bot.core.screening.lexicon import Lexicons
from bot.core.screening.numbers import Number, find_numbers
from bot.core.screening.own_report import is_somebody_else
from bot.core.screening.plain import Plain, plain
from bot.core.screening.scan import Cover, Hit, longest_of_each_list, scan, without_masked
from bot.core.screening.slips import mended

NEVER_SWALLOWED = ("routine_question", "fine_word", "told_of_others", "operation")


@dataclass(frozen=True)
class Page:
    """The message after the recent ones; `new_from` is where it begins in the text."""

    plain: Plain
    clauses: tuple[Clause, ...]
    hits: tuple[tuple[Hit, ...], ...]  # per clause
    lists: tuple[dict[int, tuple[Hit, ...]], ...]  # per clause, by word list
    numbers: tuple[tuple[Number, ...], ...]  # per clause
    new_from: int
    anywhere: frozenset[int]  # word lists found in any clause
    unweighed: tuple[Span, ...] = ()  # courtesies, and who passes it on: they have no points

    @cached_property
    def tells_of_somebody_else(self) -> bool:
        """Whether the new message says that its sign is not the patient's; asked of each sign."""
        return is_somebody_else(self.plain.text[self.new_from :])

    def has(self, clause: int, word_list: int) -> bool:
        return word_list in self.lists[clause]

    def of(self, clause: int, word_list: int) -> tuple[Hit, ...]:
        return self.lists[clause].get(word_list, ())

    def sentence(self, clause: Clause) -> Sequence[Clause]:
        """The clauses of the same sentence."""
        first = last = clause.number
        while first and self.clauses[first - 1].sentence == clause.sentence:
            first -= 1
        while last + 1 < len(self.clauses) and self.clauses[last + 1].sentence == clause.sentence:
            last += 1
        return self.clauses[first : last + 1]


def lay_out(text: str, recent: Sequence[str], lexicons: Lexicons) -> Page:
    """Read the recent messages and this one as one text of several sentences."""
    before = _before(recent)
    return _page(plain(before + text, lexicons), len(before), lexicons)


def lay_out_joined(page: Page, recent: Sequence[str], lexicons: Lexicons) -> Page | None:
    """The same page, reading over breaks inside a sentence; None where there are none."""
    one = plain(page.plain.original, lexicons, joined=True)
    return _page(one, len(_before(recent)), lexicons) if one.joins else None


def lay_out_mended(page: Page, recent: Sequence[str], lexicons: Lexicons) -> Page | None:
    """The same page without the slips of its new message; None where there are none."""
    if lexicons.usage is None:
        return None
    one = mended(page.plain, page.new_from, lexicons.usage)
    return _page(one, len(_before(recent)), lexicons) if one else None


def _before(recent: Sequence[str]) -> str:
    return "".join(f"{message}\n" for message in recent if message.strip())


def _page(one: Plain, old_letters: int, lexicons: Lexicons) -> Page:
    new_from = bisect_left(one.at, old_letters)
    found = scan(one.text, lexicons.trie)
    courtesy, teller = lexicons.context["courtesy"], lexicons.context["teller"]
    polite = spans_of(found, frozenset((courtesy,)))
    unweighed = spans_of(found, frozenset((courtesy, teller)))
    found = [hit for hit in outside(found, polite) if hit.list not in (courtesy, teller)]
    hits = without_masked(found, lexicons.context["harmless"])
    hits = longest_of_each_list(_with_their_own_negation(hits, lexicons), lexicons.context)
    content = frozenset(range(len(lexicons.names))) - {lexicons.context["filler"]}
    told = taken_out(one.text, polite)
    clauses = split(one, told, hits, lexicons.context["break_before"], content)
    laid_out = _fill(one, clauses, hits, find_numbers(one.text), new_from)
    return replace(laid_out, unweighed=unweighed)


def _with_their_own_negation(hits: list[Hit], lexicons: Lexicons) -> list[Hit]:
    """Drop steering words that a longer listed word swallows, such as 不 in 尿不出.

    A denial is swallowed by words of complaint only: 不疼了 ends a pain and denies it.
    """
    context = lexicons.context
    steering = frozenset(context.values())
    denials = {context["negator"], context["tight_negator"]}
    not_body = context["not_body"]
    anything = Cover(hits)
    complaint = Cover(hit for hit in hits if hit.list not in steering)
    no_body = Cover(hit for hit in hits if hit.list == not_body)
    topics = lexicons.body | lexicons.fluids
    kept = []
    always = {context[name] for name in NEVER_SWALLOWED}
    for hit in hits:
        if hit.list in always:
            swallowed = False
        elif hit.list in topics:
            swallowed = no_body.swallows(hit)
        elif hit.list in denials:
            swallowed = complaint.swallows(hit)
        else:
            swallowed = hit.list in steering and anything.swallows(hit)
        if not swallowed:
            kept.append(hit)
    return kept


def _fill(
    one: Plain, clauses: list[Clause], hits: list[Hit], numbers: list[Number], new_from: int
) -> Page:
    starts = [hit.start for hit in hits]
    number_starts = [number.start for number in numbers]
    per_clause: list[tuple[Hit, ...]] = []
    lists: list[dict[int, tuple[Hit, ...]]] = []
    clause_numbers: list[tuple[Number, ...]] = []
    for clause in clauses:
        first, last = bisect_left(starts, clause.start), bisect_left(starts, clause.end)
        mine = tuple(hit for hit in hits[first:last] if hit.end <= clause.end)
        by_list: dict[int, list[Hit]] = {}
        for hit in mine:
            by_list.setdefault(hit.list, []).append(hit)
        per_clause.append(mine)
        lists.append({number: tuple(found) for number, found in by_list.items()})
        first = bisect_left(number_starts, clause.start)
        clause_numbers.append(tuple(numbers[first : bisect_left(number_starts, clause.end)]))
    return Page(
        plain=one,
        clauses=tuple(clauses),
        hits=tuple(per_clause),
        lists=tuple(lists),
        numbers=tuple(clause_numbers),
        new_from=new_from,
        anywhere=frozenset(number for found in lists for number in found),
    )
