"""Around: words beside a phrase that leave it neither said nor denied."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.core.reading.answer_words import AnswerWords
from bot.core.reading.denials.place import COMMA, WINDOW, Place
from bot.core.reading.phrases import Hit

RESOLVED = re.compile(
    r"^.{0,8}?(?:消了|退了|好了|没了|gone|went away|settled|cleared|fine now|dry now)"
)
CLAUSE_END = re.compile(r"[,，;；。!！?？\n]")
CANNOT = re.compile(r" *(?:不了|不动|不成|不得|不起来)")
CHOICE_QUESTION = re.compile(r"(.)不\1|(.)没\2")


def resolved(place: Place) -> bool:
    """Whether it is said to be over, in the next breath or behind a "but": 肿倒是消了."""
    clause = CLAUSE_END.split(place.text[place.end : place.end + WINDOW], maxsplit=1)[0]
    return any(RESOLVED.match(after) for after in (place.after, clause))


def twists(hit: Hit, words: AnswerWords) -> bool:
    """不是不疼, "not well": a phrase that swallows the front of another one."""
    kinds = words.kinds_of(hit.phrase)
    return bool(kinds & {"double_denial", "not_told", "hardly", "not_a_denial", "less_than_before"})


def with_hole(place: Place, words: AnswerWords) -> bool:
    """ "all except yesterday": a statement with a hole in it, unless it names a complaint."""
    if "sign" in words.kinds_of(place.text[place.start : place.end]):
        return False
    near = words.talked(place.text, max(0, place.begin - 6), place.stop + 12)
    holes = {"except", "not_now"}
    return any(holes & words.kinds_of(hit.phrase) and hit.phrase != "was" for hit in near)


def only_asked(place: Place, hits: Sequence[Hit], words: AnswerWords) -> bool:
    """Whether the phrase is only asked about or feared: 红不红, 会不会肿, "if it leaks"."""
    if CHOICE_QUESTION.search(place.text[max(place.begin, place.start - 1) : place.end + 2]):
        return True
    for hit in hits:
        kinds = words.kinds_of(hit.phrase)
        near = not COMMA.search(place.gap(hit))
        if hit.phrase == "gone" and not place.gap(hit).strip():
            continue  # "gone hard" has become so
        if "not_told" in kinds and hit.phrase != "吗":
            return True
        if near and kinds & {"dont_know", "not_now", "gone", "almost"}:
            return True
    return False


def torn(place: Place, words: AnswerWords) -> bool:
    """Whether a line break or dots stand between a denial and the phrase ("had no\\nfever"),
    or a phrase that is no complaint is said to be impossible (自己走不了)."""
    before = place.text[max(0, place.begin - WINDOW) : place.begin]
    kept = before.rstrip(" .…\n")
    cut = before[len(kept) :].strip(" ")
    if (cut and cut not in (".", "…")) or "…" in cut:
        last = [one for one in words.talked(kept) if one.end == len(kept)]
        if last and "denial" in words.kinds_of(last[-1].phrase):
            return not place.text[place.begin : place.start].strip()
    sign = "sign" in words.kinds_of(place.text[place.start : place.end])
    return not sign and CANNOT.match(place.after) is not None
