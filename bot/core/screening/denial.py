"""Denial: is a sign denied in its clause, or in a list that began with a denial?

The scope is tight: only filling words may stand between a denial and what it
denies, so that `没有力气，胸口疼` and `I haven't slept, my chest hurts` keep the pain.
"""

from __future__ import annotations

import re
from typing import Final

from bot.core.screening.clauses import Clause
from bot.core.screening.match import width
from bot.core.screening.plain import has_han
from bot.core.screening.reader import Reader
from bot.core.screening.scan import Hit

LONGEST_LIST: Final = 8  # items of a list that one `no` may cover
PLAIN_LIST: Final = 4  # items from which on commas alone make a denied list
SCOPE, TIGHT_SCOPE = 24, 6  # Chinese characters that a denial may reach over
EARLY: Final = 12  # letters into a clause within which a denial opens a list
STORY: Final = 60  # letters of a clause that is more than an item of a list
BARE: Final = 6  # letters of a list item that no word list knows
LONGEST_BARE: Final = 200  # letters of a clause that may still be an item of a list
VERB: Final = re.compile(
    r"\b(?:is|are|was|hurts?|aches|cant|wont|keeps?|has|have|feels?|looks?|came|went|gone|got|"
    r"getting|started|still|throbs|throbbing|killing|burns)\b"
)


# Nothing but a denial. A new line may answer another question, so it does not count.
BARE_NO: Final = re.compile(
    r"(?:但是?|可是?|不过|其实|倒是?|好在|还好|幸好|目前|现在|我|咱|这些|那些|一个|一条|一样|一项|也|都|全|统统|是)*"
    r"(?:说|选|答|回|填)?[了的]?(?:没有?|没中|没这些|没出现|不是|无|没这回事)+[过的啊哦呢哈呀]*"
)
# The same in English, after a question that runs through a list of signs.
BARE_NO_EN: Final = re.compile(
    r"(?:no|nope|nah|none|never|nil|negative|not (?:once|at all|a bit|unless .*)|no not once|"
    r"on the contrary|quite the opposite|he hasnt|she hasnt)"
)
NOT_I: Final = re.compile(r"(?:im not|i am not|i do not|i dont|i havent)")
# A question that asks for an opinion: its `no` may be the writer's own worry.
OPINION: Final = re.compile(r"\b(?:normal|ok|okay|safe|should|worry|serious|bad|fine|usual)\b")
# A list of signs is denied as a whole, in this sentence or the next ones.
NONE_OF_THEM: Final = re.compile(
    r"\b(?:(?:none of (?:those|these|them|it|the above)|(?:ive|i have) none)"
    r"(?= *(?:[.,;!?)\n]|$|at all|thank))|"
    r"(?:dont|do not|havent|doesnt|hasnt) (?:have|had|got|get) any of (?:it|them|those|these)|"
    r"(?:say|said|answered|ticked|put) no to (?:all|everything|each|every)|"
    r"no to all of (?:it|them)|no everywhere)\b"
)


class Denial(Reader):
    """Looks for a denial that reaches the sign."""

    def denied(self) -> bool:
        negators = [*self.hits("negator"), *self.hits("tight_negator")]
        negators = [one for one in negators if not self._swallowed(one)]
        for one in negators:
            if self._reaches(one, negators):
                return True
        if self._in_a_denied_list() or self._list_denied_at_its_end():
            return True
        return self._answered_no() or self._answered_no_in_english() or self._none_of_them()

    def _answered_no(self) -> bool:
        """`胸闷？没`, `有没有手麻抽筋 都没有`: the next clause is nothing but a denial."""
        text = self.page.plain.text
        asked = self.clause.asked or "有没有" in text[self.clause.start : self.pieces[0].start]
        if not (asked or self._bare(self.clause)):
            return False
        for clause in self.following(LONGEST_LIST):
            if asked and "有没有" in text[clause.start : clause.end]:
                continue  # 有没有咳血、有没有黑便，我都说没有
            between = text[self.clause.end : clause.start]
            said = text[clause.start : clause.end].strip()
            return "\n" not in between and bool(BARE_NO.fullmatch(said))
        return False

    def _answered_no_in_english(self) -> bool:
        """`Has he bled? No.`, `angina (none)`, but not `is it normal? No, it hurts`."""
        text = self.page.plain.text
        own = text[self.clause.start : self.clause.end]
        for clause in self.following(1):
            if any(one.mark == "," for one in self.following(2)[1:]):
                return False  # `Chest pain? No, more like an elephant`
            between = text[self.clause.end : clause.start].strip()
            said = text[clause.start : clause.end].strip()
            if self.clause.asked and NOT_I.fullmatch(said):
                return True
            asked = self.clause.asked and not OPINION.search(own)
            if asked or between in ("(", ":"):
                return bool(BARE_NO_EN.fullmatch(said))
        return False

    def _none_of_them(self) -> bool:
        """`fever, bleeding, vomiting ... none of those`: the whole list is denied."""
        if not self._bare(self.clause) or self.has("now"):
            return False
        told = self.following(LONGEST_LIST)
        near = [one for one in told if one.sentence <= self.clause.sentence + 1]
        if not near:
            return False
        text = self.page.plain.text
        return bool(NONE_OF_THEM.search(text, self.clause.end, near[-1].end))

    def _list_denied_at_its_end(self) -> bool:
        """`出血、化脓、裂开这些都没有`: the denial stands behind the last item."""
        if not self._bare(self.clause):
            return False
        for clause in self.following(LONGEST_LIST - 1):
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
        if width(text[negator.end : target.start]) > (TIGHT_SCOPE if tight else SCOPE):
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
                later = self.following(LONGEST_LIST - 1)
                return linked or self._list_goes_on(later, items)
            if not self._bare(earlier):
                return False
        return False

    def _is_han(self, clause: Clause) -> bool:
        return has_han(self.page.plain.text[clause.start : clause.end])

    def _list_goes_on(self, later: tuple[Clause, ...], items: int) -> bool:
        for clause in later:
            if clause.mark not in (",", "、") or not self._bare(clause):
                break
            if self.has("or_nor", clause):
                return True
            items += 1
        return items >= PLAIN_LIST

    def _starts_denied(self, clause: Clause) -> bool:
        return any(
            one.start - clause.start <= EARLY and not self.masked(one, clause)
            for one in self.hits("negator", clause)
        ) and not self._says_more(clause)

    def _says_more(self, clause: Clause) -> bool:
        return len(self.page.plain.text[clause.start : clause.end]) > STORY

    def _bare(self, clause: Clause) -> bool:
        """Only names of signs, without a verb or a subject of its own."""
        text = self.page.plain.text
        if clause.end - clause.start > LONGEST_BARE or VERB.search(text, clause.start, clause.end):
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
