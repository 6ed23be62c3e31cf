"""Imagined: does the message only ask whether a sign could happen?

"Is it normal that my calf is hot?" is happening; "could my calf get hot?" is not.
"""

from __future__ import annotations

import re
from typing import Final

from bot.core.screening.reader import Reader

OWN: Final = re.compile("我|自己|咱|俺|突然|现在|今天|刚才|刚刚")  # back to the writer
TELLS: Final = ("he", "she", "it", "they", "dad", "mum", "mom", "this", "that")
OWN_EN: Final = re.compile(r"\b(?:i|ive|im|my|me|he|hes|she|shes|his|her|mum|dad)\b")
STILL: Final = re.compile(r"\b(?:i cant|im|i am|i have|ive|my \w+ (?:is|hurts|has)|theres)\b")
DATED: Final = re.compile(r"[后了]第?[一二三四五六七八九十两\d]+[天周]|昨|今[天早晚]|刚[才刚]?")
LIKEWISE: Final = re.compile(
    "(?:我|俺|咱)(?:也|就是|正|现在|这(?:就|也|跟|和|.{0,4}(?:也|一样))|跟|和)|一模一样|跟我|和我|像我"
)


class Imagined(Reader):
    """Looks for supposing, fearing and general questions before the sign."""

    def imagined(self) -> bool:
        first, last = self.pieces[0].start, self.pieces[-1].start
        if self.has("now"):
            return False
        if any(one.start < first for one in self.hits("asking_about")) or self._asked_after(first):
            return True
        for clause in self.page.sentence(self.clause):
            if clause.number > self.clause.number:
                break
            reach = last if clause is self.clause else first  # 刀口要是半夜出血
            if any(one.start < reach for one in self.hits("supposing", clause)):
                return True
        if any(one.start < first for one in self.hits("fearing")):
            return True
        if self._dreamt(first) or self._seen_elsewhere(first) or self._asked_by_another():
            return True
        if self._only_asked_in_general() or self._only_curious():
            return True
        return self._may_happen(last)

    def _dreamt(self, first: int) -> bool:
        """`昨晚梦见伤口裂开`, `dreamt I bled`: not `woke from a dream and I cant breathe`."""
        for clause in self.page.sentence(self.clause):
            told = [one for one in self.hits("dream", clause) if one.start < first]
            if not told or clause.number > self.clause.number:
                continue
            start = self.page.sentence(self.clause)[0].start
            if self._wakes_between(start, first):
                return False
            text = self.page.plain.text
            return clause is self.clause or not STILL.search(text, told[0].end, self.clause.end)
        return False

    def _wakes_between(self, start: int, end: int) -> bool:
        return any(
            start <= one.start < end
            for clause in self.page.sentence(self.clause)
            for one in self.hits("waking", clause)
        )

    def _seen_elsewhere(self, first: int) -> bool:
        """A dream, a film, a leaflet: 梦到伤口裂开, unless `我也` follows anywhere after it."""
        for clause in self.page.sentence(self.clause):
            told = [one for one in self.hits("seen_elsewhere", clause) if one.start < first]
            if not told or clause.number > self.clause.number:
                continue
            text = self.page.plain.text
            if text[told[0].start - 1 : told[0].start] in tuple("跟和像"):
                return False  # 跟剧里一样
            own = OWN.search(text, told[0].end, first) or OWN_EN.search(text, told[0].end, first)
            if own:
                return False
            last = self.page.sentence(self.clause)[-1].end
            return not LIKEWISE.search(text, told[0].end, last)
        return False

    def _asked_by_another(self) -> bool:
        """`老公问我胸口疼不疼`: asked whether it hurts; what was answered follows."""
        text = self.page.plain.text
        end = self.pieces[-1].end
        again = text[end : end + 2]
        asked = "问" in text[self.clause.start : self.pieces[0].start]
        return asked and again in ("不" + text[end - 1], "没" + text[end - 1])

    def _asked_after(self, first: int) -> bool:
        """`大出血怎么办` asks in general, 产后八天大出血怎么办 does not: it has a date."""
        if DATED.search(self.page.plain.text, self.clause.start, first):
            return False
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
            before = self.page.plain.text[self.clause.start : one.start].strip()
            if before in TELLS:
                continue  # `she is fitting` asks nothing
            if self.page.plain.text[one.start : one.end] in ("does", "do"):
                return not self.has("myself")
            if 0 <= self.pieces[0].start - one.end <= 1:
                return self.context["myself"] not in self.page.anywhere
        return False
