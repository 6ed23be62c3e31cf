"""Animals: is a sign that of a dog or a cat?

Only where the clause names an animal before the sign and nobody else at all; whatever
else a dog does in a message ("the dog knocked me"), the sign is taken for the patient's.
"""

from __future__ import annotations

import re
from typing import Final

from bot.core.screening.reader import Reader

SOMEBODY: Final = re.compile(
    r"\b(?:i|im|ive|id|me|my|mine|we|us|our|you|he|hes|she|shes|his|her|mum|dad|wife|husband|son|"
    r"daughter|mother|father)\b|[我咱俺他她您你]|妈|爸|爷|奶|老公|老婆|老伴|孩子|儿子|女儿|人"
)
NOT_ITS_DOING: Final = re.compile(
    r"\b(?:walk(?:ing|ed)?|feed(?:ing)?|by|with|from|of|like|than|to|after|for|over|at|chas(?:ing|ed)|"
    r"lift(?:ing|ed)|carry(?:ing)?|carried|strok(?:ing|ed)|hold(?:ing)?|without) $|"
    r"[遛喂抱被让给跟陪牵追带和逗撸养像]了?$"
)
SAME_THOUGHT: Final = re.compile(r"今天|现在|突然|目前|后来|今早|now\b|then\b")
NOT_ITS_OWN: Final = re.compile(
    r" ?(?:bit|bite|bites|bitten|scratch\w*|hair|lead|walk|food|bed|jump\w*|knock\w*|pull\w*|"
    r"trip\w*|"
    r"ran|woke|allergy|咬|抓|扑|撞|绊|毛|粮|叫|舔)"
)


class Animals(Reader):
    """Looks for an animal whose sign it is."""

    def its_own(self) -> bool:
        """`my dog collapsed`, 我家狗吐血了; not `the dog bit me`, 遛狗时喘不上气."""
        text = self.page.plain.text
        first = self.pieces[0].start
        opens = self.clause
        if opens.mark == "word" and opens.number and SAME_THOUGHT.match(text, opens.start):
            opens = self.page.clauses[opens.number - 1]
        told = [hit for one in {opens, self.clause} for hit in self.hits("animal", one)]
        for animal in told:
            before = text[opens.start : animal.start]
            after = text[animal.end : self.clause.end]
            if animal.start >= first or NOT_ITS_DOING.search(before) or NOT_ITS_OWN.match(after):
                continue
            if not SOMEBODY.search(before) and not SOMEBODY.search(after):
                return True
        return False
