"""Past: has a sign ended, long ago or lately, or been the same for ever?"""

from __future__ import annotations

import re
from typing import Final

from bot.core.screening.clauses import Clause
from bot.core.screening.match import width
from bot.core.screening.reader import Reader
from bot.core.screening.scan import Hit

DATE_REACH: Final = 2  # letters between an operation and its date
AFTER: Final = ("after the", "after my", "after", "during", "since", "before", "with", "from")
FINISH_REACH: Final = 14  # Chinese characters between a sign and the word that ends it
# A year before the house was built: the operation spoken of here came later.
OLD_YEAR: Final = re.compile(
    r"\b(?:in|summer of|spring of|winter of|back in) (?:19\d\d|20[01]\d|202[0-4])\b"
    r"(?! ?(?:ml|mg|cc|ccs|units|kcal|steps)\b)"
    r"|\b(?:had an? [a-z ]{3,20}|back) in 9\d\b"
)
# Another time of life, told in the same clause: what was then is not now.
OLD_TIMES: Final = re.compile(
    r"\b(?:as a (?:child|kid|teenager|boy|girl|baby|toddler)|"
    r"(?:ten|twenty|thirty|forty|fifteen|\d\d)(?: odd)? years (?:ago|back)|decades ago|"
    r"since i was (?:\d|a (?:child|kid|teenager|boy|girl)|in my)|when i was (?:a (?:child|kid|"
    r"teenager|boy|girl)|little|young|eight|nine|ten|eleven|twelve|\w+teen|[1-9]\b|1\d\b))\b"
)
NOW_OPENS: Final = re.compile(r"\s*(?:and |but )?now\b")  # `a stroke in 2019 and now my face`
PRESENT: Final = re.compile(
    r"\b(?:has|is|are|am|cant|wont|keeps?|hurts?|feels?|popped|today|again)\b"
)
# The story goes on in the sentence after the year: `In 2009 I had a clot. I couldnt breathe.`
TOLD: Final = re.compile(
    r"\b(?:couldnt|was|were|had|did|gave|took|kept|passed|fainted|collapsed|coughed|slept|bled)\b"
)


class Past(Reader):
    """Looks for ends, old times and stories around the sign."""

    def reassured(self) -> bool:
        """A nurse or doctor has said that it is normal."""
        near = self.page.clauses[max(0, self.clause.number - 1) : self.clause.number + 2]
        return any(self.has("reassured", clause) for clause in near)

    def told_as_history(self) -> bool:
        """Why the operation was done: `因便血住院查出息肉切掉了`."""
        opens = NOW_OPENS.match(self.page.plain.text, self.clause.start)
        if opens or self.has("now") or self.has("returned"):
            return False
        if self.has("before_operation") and not self.has("unchanged"):
            return True
        sign = self.lexicons.signs[self.found.sign]
        if sign.brief and self._in_old_times():  # a clot of long ago still matters, a faint not
            return True
        if not (sign.always_ask or sign.brief) and self._told_of_before():
            return True
        last = self.pieces[-1].end
        if any(one.start >= last for one in self.hits("history")):
            return True
        if any(self.has("returned", clause) for clause in self.following(4)):
            return False
        return any(
            self.has("history", clause)
            for clause in self.following(2)
            if clause.sentence == self.clause.sentence
        )

    def _in_old_times(self) -> bool:
        """`fainted at school`, `a nosebleed in 2014`: in the very clause of the sign."""
        text, own = self.page.plain.text, (self.clause.start, self.clause.end)
        if PRESENT.search(text, *own):
            return False
        return bool(OLD_YEAR.search(text, *own) or OLD_TIMES.search(text, *own))

    def _told_of_before(self) -> bool:
        """`Before the operation I couldnt breathe, I fainted`: the whole sentence is of then."""
        first = self.page.sentence(self.clause)[0]
        opens = any(one.start == first.start for one in self.hits("before_operation", first))
        text = self.page.plain.text
        fine = self.has("fine_word", first)  # what was fine then may not be now
        return opens and not fine and bool(TOLD.search(text, self.clause.start, self.clause.end))

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
            and self._is_an_end(one, self.clause)
            for one in self.hits("finished")
        )

    def _is_an_end(self, finish: Hit, clause: Clause) -> bool:
        """Neither denied, nor asked (`正常肿吗`), nor the sign itself again (停了药 停了五天)."""
        text = self.page.plain.text
        own = text[self.found.start : self.found.end]
        if clause is not self.clause and text[finish.start : finish.end] in own:
            return False
        rest = text[finish.end : clause.end].rstrip()
        asked = clause is not self.clause and (clause.asked or rest.endswith(("吗", "么", "呢")))
        return not asked and not self._not_yet(finish, clause)

    def _not_yet(self, finish: Hit, clause: Clause) -> bool:
        """`hasn't gone`, 还没好: an end that is itself denied."""
        negators = [*self.hits("negator", clause), *self.hits("tight_negator", clause)]
        negators = [one for one in negators if not self.masked(one, clause)]
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
        following = self.following(2)
        if self.has("unchanged"):
            return True
        after = self.following(3)
        if any(self.has("returned", clause) for clause in after):
            return False
        for clause in following:
            if self.has("unchanged", clause):
                return True
            if self.ends_in(clause):
                return True
        return False

    def ended_next(self) -> bool:
        following = self.following(2)
        return any(self.ends_in(clause) for clause in following)

    def ends_in(self, clause: Clause) -> bool:
        """Whether this later clause says that the sign is over."""
        ends = [one for one in self.hits("finished", clause) if self._is_an_end(one, clause)]
        return bool(ends) and self._only_ends(clause, ends[0])

    def _only_ends(self, clause: Clause, end: Hit) -> bool:
        """The clause speaks of the end only, not of another sign that is better."""
        steering = set(self.context.values())
        return not any(
            hit.list not in steering and hit.end <= end.start
            for hit in self.page.hits[clause.number]
        )

    def _dates_the_operation(self, when: Hit) -> bool:
        """`not breathing, new valve last month`: the month is that of the operation."""
        last = self.pieces[-1].end
        text = self.page.plain.text
        return any(
            last <= one.start
            and one.end <= when.start <= one.end + DATE_REACH
            and not text[last : one.start].rstrip().endswith(AFTER)
            for one in self.hits("operation")
        )

    def _done_before(self) -> bool:
        """Chinese 过 right after the sign: 晕过, 得过, but not 晕过去, nor 没尿过."""
        text = self.page.plain.text
        if any("没" in text[piece.start : piece.end] for piece in self.pieces):
            return False
        end = self.pieces[-1].end
        after = text[end : end + 4]
        place = after.find("过")
        if place < 0 or place > 1 or (place == 1 and after[0] not in "了血烧热"):
            return False
        return after[place + 1 : place + 2] not in tuple("去来敏度多后程于量夜")

    def _in_an_old_year(self) -> bool:
        """`had a stroke in 98`, or the next sentence of such a story, told as past."""
        text, page = self.page.plain.text, self.page
        whole = page.sentence(self.clause)
        if OLD_YEAR.search(text, whole[0].start, self.clause.end):
            return True
        if not whole[0].number or not TOLD.search(text, self.clause.start, self.clause.end):
            return False
        before = page.sentence(page.clauses[whole[0].number - 1])
        started = OLD_YEAR.search(text, before[0].start, before[-1].end)
        return bool(started) and not any(
            self.has(name, clause) for name in ("operation", "now") for clause in before
        )

    def _long_ago(self) -> bool:
        if self.has("now") or NOW_OPENS.match(self.page.plain.text, self.clause.start):
            return False
        for clause in self.page.sentence(self.clause):
            if clause.number > self.clause.number:
                continue
            if self.has("now", clause):
                return False
            if any(not self._dates_the_operation(one) for one in self.hits("long_ago", clause)):
                return True
            if clause is not self.clause and self.has("before_operation", clause):
                return True
        if self._in_an_old_year():
            return True
        following = self.following(1)
        return any(self.has("long_ago_after", clause) for clause in (self.clause, *following))
