"""Status: is a sign there now, denied, over, only imagined, or somebody else's?

Each question is decided inside the clause or sentence of the sign. Whatever is
not clearly one of the others is there now: doubt goes up.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.core.screening.clauses import Clause
from bot.core.screening.lexicon import Lexicons
from bot.core.screening.match import Found, width
from bot.core.screening.page import Page
from bot.core.screening.plain import is_han
from bot.core.screening.scan import Hit

FINISH_REACH = 14  # Chinese characters between a sign and the word that ends it
LONGEST_LIST = 8  # items of a list that one `no` may cover
VERB = re.compile(
    r"\b(?:is|are|was|hurts?|aches|cant|wont|keeps?|has|have|feels?|looks?|came|went|gone|got|"
    r"getting|started|still|throbs|throbbing|killing|burns)\b"
)
BARE = 6  # letters of a list item that no word list knows


class Status(StrEnum):
    """What the sentence says about a sign."""

    PRESENT = "present"
    DENIED = "denied"
    OVER = "over"  # was there lately or long ago, or has not changed for long
    IMAGINED = "imagined"  # a question about a possibility


def status_of(
    found: Found, page: Page, lexicons: Lexicons, *, urgent: bool, brief: bool = False
) -> Status:
    """Read the words around a sign.

    An `urgent` sign is asked about even when it is over; a `brief` one (a faint, a
    fit, a stroke that passed) counts as there unless it was days ago.
    """
    clause = page.clauses[found.clause]
    reader = _Reader(found, clause, page, lexicons)
    if reader.denied():
        return Status.DENIED
    if reader.imagined():
        return Status.IMAGINED
    fresh = brief and not reader.anchored_in_the_past() and not reader.told_as_history()
    if fresh and (reader.finished_here() or reader.ended_next()):
        return Status.PRESENT
    if reader.finished_here():
        return Status.OVER if reader.anchored_in_the_past() else Status.DENIED
    if reader.told_as_history():
        return Status.DENIED
    if reader.over():
        eased = not urgent and not reader.anchored_in_the_past()
        return Status.DENIED if eased and reader.ended_next() else Status.OVER
    return Status.PRESENT


def is_reassured(found: Found, page: Page, lexicons: Lexicons) -> bool:
    """Whether a nurse or doctor is said to have called it normal."""
    return _Reader(found, page.clauses[found.clause], page, lexicons).reassured()


class _Reader:
    """The clause of one sign and the words that steer it."""

    def __init__(self, found: Found, clause: Clause, page: Page, lexicons: Lexicons) -> None:
        self.found, self.clause, self.page, self.lexicons = found, clause, page, lexicons
        self.context = lexicons.context
        inside = [piece for piece in found.pieces if piece.start >= clause.start]
        self.pieces = sorted(inside or found.pieces, key=lambda piece: piece.start)

    def hits(self, name: str, clause: Clause | None = None) -> tuple[Hit, ...]:
        return self.page.of((clause or self.clause).number, self.context[name])

    def has(self, name: str, clause: Clause | None = None) -> bool:
        return bool(self.hits(name, clause))

    # --- denied ---

    def denied(self) -> bool:
        negators = [*self.hits("negator"), *self.hits("tight_negator")]
        negators = [one for one in negators if not self._swallowed(one)]
        for one in negators:
            if self._reaches(one, negators):
                return True
        return self._in_a_denied_list() or self._list_denied_at_its_end()

    def _list_denied_at_its_end(self) -> bool:
        """`出血、化脓、裂开这些都没有`: the denial stands behind the last item."""
        clauses = self.page.clauses
        if not self._bare(self.clause):
            return False
        for clause in clauses[self.clause.number + 1 : self.clause.number + LONGEST_LIST]:
            if clause.mark != "、":
                return False
            text = self.page.plain.text[clause.start : clause.end].rstrip()
            if text.endswith(("都没有", "都没", "均无", "都没出现")):
                return True
            if not self._bare(clause):
                return False
        return False

    def _swallowed(self, negator: Hit) -> bool:
        """Inside the sign's own words, or in a phrase that denies nothing."""
        if any(p.start <= negator.start and negator.end <= p.end for p in self.found.pieces):
            return True
        return any(
            one.start <= negator.start and negator.end <= one.end
            for one in self.hits("not_negating")
        )

    def _reaches(self, negator: Hit, negators: list[Hit]) -> bool:
        # 没有血: the denial may share a letter with the word it denies (有血).
        target = next(
            (p for p in self.pieces if p.start > negator.start and p.end > negator.end), None
        )
        if target is None:
            return self._denied_after(negator)
        text = self.page.plain.text
        others = [one for one in negators if one.end <= target.start and one is not negator]
        if any(one.end == negator.start or negator.end == one.start for one in others):
            return False  # 不是不疼, 没有不痛: two denials make a complaint
        tight = negator.list == self.context["tight_negator"]
        if width(text[negator.end : target.start]) > (6 if tight else 24):
            return False
        return self._covered(negator.end, target.start, content=not tight)

    def _denied_after(self, negator: Hit) -> bool:
        """`胸痛没有`, `chest pain: no`: the denial closes the clause."""
        text = self.page.plain.text
        if negator.list == self.context["tight_negator"] or negator.start < self.pieces[-1].end:
            return False
        rest = text[negator.end : self.clause.end].strip(" 的过了啊呢嘛哦都也")
        return not rest and self._covered(self.pieces[-1].end, negator.start, content=True)

    def _covered(self, start: int, end: int, *, content: bool) -> bool:
        """Whether only fillers (and, if `content`, other signs) stand in between."""
        text = self.page.plain.text
        place = start
        steering = set(self.context.values()) - {self.context["filler"], self.context["or_nor"]}
        while place < end:
            if text[place] == " ":
                place += 1
                continue
            reach = [
                hit.end
                for hit in self.page.hits[self.clause.number]
                if hit.start <= place < hit.end
                and hit.list not in steering
                and (
                    content or hit.list == self.context["filler"] or hit.list in self.lexicons.body
                )
            ]
            if not reach:
                return False
            place = max(reach)
        return True

    def _in_a_denied_list(self) -> bool:
        """`no fever, chills or pus`; `没有发烧、咳嗽`: items after a denied one."""
        if not self._bare(self.clause):
            return False
        number, items, linked = self.clause.number, 1, self.has("or_nor")
        while number and items < LONGEST_LIST:
            clause = self.page.clauses[number]
            if clause.mark not in (",", "、") or (clause.mark == "," and self._is_han(clause)):
                return False  # Chinese commas join sentences: only 、 joins a list
            linked = linked or clause.mark == "、"
            number -= 1
            items += 1
            earlier = self.page.clauses[number]
            if self._starts_denied(earlier):
                later = self.page.clauses[
                    self.clause.number + 1 : self.clause.number + LONGEST_LIST
                ]
                return linked or self._list_goes_on(later, items)
            if not self._bare(earlier):
                return False
        return False

    def _is_han(self, clause: Clause) -> bool:
        return any(map(is_han, self.page.plain.text[clause.start : clause.end]))

    def _list_goes_on(self, later: tuple[Clause, ...], items: int) -> bool:
        for clause in later:
            if clause.mark not in (",", "、") or not self._bare(clause):
                break
            if self.has("or_nor", clause):
                return True
            items += 1
        return items >= 4

    def _starts_denied(self, clause: Clause) -> bool:
        return any(
            one.start - clause.start <= 12 and not self._masked(one, clause)
            for one in self.hits("negator", clause)
        ) and not self._says_more(clause)

    def _says_more(self, clause: Clause) -> bool:
        return len(self.page.plain.text[clause.start : clause.end]) > 60

    def _masked(self, negator: Hit, clause: Clause) -> bool:
        return any(
            one.start <= negator.start and negator.end <= one.end
            for one in self.hits("not_negating", clause)
        )

    def _bare(self, clause: Clause) -> bool:
        """Only names of signs, without a verb or a subject of its own."""
        text = self.page.plain.text
        if VERB.search(text, clause.start, clause.end):
            return False
        covered = [False] * (clause.end - clause.start)
        for hit in self.page.hits[clause.number]:
            if hit.list in (self.context["myself"], self.context["now"]):
                return False
            for place in range(hit.start - clause.start, hit.end - clause.start):
                covered[place] = True
        left = [
            text[clause.start + place]
            for place, is_covered in enumerate(covered)
            if not is_covered and text[clause.start + place] != " "
        ]
        return len(left) <= BARE

    # --- imagined ---

    def imagined(self) -> bool:
        first, last = self.pieces[0].start, self.pieces[-1].start
        if self.has("now"):
            return False
        if any(one.start < first for one in self.hits("asking_about")) or self._asked_after(first):
            return True
        for clause in self.page.sentence(self.clause):
            if clause.number > self.clause.number:
                break
            if any(one.start < first for one in self.hits("supposing", clause)):
                return True
        if any(one.start < first for one in self.hits("fearing")):
            return True
        if self._only_asked_in_general() or self._only_curious():
            return True
        return self._may_happen(last)

    def _asked_after(self, first: int) -> bool:
        return any(one.start >= first for one in self.hits("asking_after"))

    def _may_happen(self, last: int) -> bool:
        if not any(one.start <= last for one in self.hits("may")) or self.has("happening"):
            return False
        text = self.page.plain.text[self.clause.start : self.clause.end].rstrip()
        return self.clause.asked or text.endswith(("吗", "么", "嘛", "不", "呢"))

    def _only_curious(self) -> bool:
        curious = self.context["just_asking"] in self.page.anywhere
        asked = any(one.asked for one in self.page.sentence(self.clause))
        return curious and asked and not self.has("myself")

    def _only_asked_in_general(self) -> bool:
        """`is confusion normal after an anaesthetic?`: no word of one's own."""
        for one in self.hits("opening_question"):
            if one.start - self.clause.start > 4:
                continue
            if self.page.plain.text[one.start : one.end] in ("does", "do"):
                return not self.has("myself")
            if 0 <= self.pieces[0].start - one.end <= 1:
                return self.context["myself"] not in self.page.anywhere
        return False

    # --- over ---

    def reassured(self) -> bool:
        """A nurse or doctor has said that it is normal."""
        near = self.page.clauses[max(0, self.clause.number - 1) : self.clause.number + 2]
        return any(self.has("reassured", clause) for clause in near)

    def told_as_history(self) -> bool:
        """Why the operation was done: `因便血住院查出息肉切掉了`."""
        if self.has("now") or self.has("returned"):
            return False
        if self.has("before_operation") and not self.has("unchanged"):
            return True
        last = self.pieces[-1].end
        following = self.page.clauses[self.clause.number + 1 : self.clause.number + 3]
        if any(one.start >= last for one in self.hits("history")):
            return True
        return any(
            self.has("history", clause)
            for clause in following
            if clause.sentence == self.clause.sentence
        )

    def finished_here(self) -> bool:
        """`the pain has gone`, unless it came back."""
        number = self.clause.number
        if any(self.has("returned", one) for one in self.page.clauses[number : number + 3]):
            return False
        last = self.pieces[-1].end
        text = self.page.plain.text
        return any(
            one.start >= last
            and width(text[last : one.start]) <= FINISH_REACH
            and not self._not_yet(one, self.clause)
            for one in self.hits("finished")
        )

    def _not_yet(self, finish: Hit, clause: Clause) -> bool:
        """`hasn't gone`, 还没好: an end that is itself denied."""
        negators = [*self.hits("negator", clause), *self.hits("tight_negator", clause)]
        negators = [one for one in negators if not self._masked(one, clause)]
        return any(
            finish.start - one.end >= 0 and width(self.page.plain.text[one.end : finish.start]) <= 4
            for one in negators
        )

    def anchored_in_the_past(self) -> bool:
        return any(
            self.has(name, clause)
            for name in ("lately", "long_ago")
            for clause in self.page.sentence(self.clause)
            if clause.number <= self.clause.number
        )

    def over(self) -> bool:
        if self.has("returned"):
            return False
        if self._done_before() or self._long_ago():
            return True
        following = self.page.clauses[self.clause.number + 1 : self.clause.number + 3]
        if self.has("unchanged"):
            return True
        after = self.page.clauses[self.clause.number + 1 : self.clause.number + 4]
        if any(self.has("returned", clause) for clause in after):
            return False
        for clause in following:
            if self.has("unchanged", clause):
                return True
            if self.ends_in(clause):
                return True
        return False

    def ended_next(self) -> bool:
        following = self.page.clauses[self.clause.number + 1 : self.clause.number + 3]
        return any(self.ends_in(clause) for clause in following)

    def ends_in(self, clause: Clause) -> bool:
        """Whether this later clause says that the sign is over."""
        ends = [one for one in self.hits("finished", clause) if not self._not_yet(one, clause)]
        return bool(ends) and self._only_ends(clause, ends[0])

    def _only_ends(self, clause: Clause, end: Hit) -> bool:
        """The clause speaks of the end only, not of another sign that is better."""
        steering = set(self.context.values())
        return not any(
            hit.list not in steering and hit.end <= end.start
            for hit in self.page.hits[clause.number]
        )

    def _done_before(self) -> bool:
        """Chinese 过 right after the sign: 晕过, 得过, but not 晕过去."""
        text = self.page.plain.text
        end = self.pieces[-1].end
        after = text[end : end + 4]
        place = after.find("过")
        if place < 0 or place > 1 or (place == 1 and after[0] not in "了血烧热"):
            return False
        return after[place + 1 : place + 2] not in tuple("去来敏度多后程于量夜")

    def _long_ago(self) -> bool:
        if self.has("now"):
            return False
        for clause in self.page.sentence(self.clause):
            if clause.number > self.clause.number:
                continue
            if self.has("now", clause):
                return False
            if self.has("long_ago", clause):
                return True
        following = self.page.clauses[self.clause.number + 1 : self.clause.number + 2]
        return any(self.has("long_ago_after", clause) for clause in (self.clause, *following))
