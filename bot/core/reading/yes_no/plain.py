"""Plain: yes and no as such, at the head or as the whole of a stretch."""

from __future__ import annotations

import re

from bot.core.reading.calm import leftover
from bot.core.reading.own_words import OwnWords
from bot.core.reading.stretches import PARTICLES, Stretch
from bot.core.reading.yes_no.vote import Vote

HUMS = frozenset(("嗯", "嗯嗯", "恩", "恩恩", "嗯呢"))
SMALL_WORDS = re.compile(
    r"(?<![a-z])(?:problems?|issues?|trouble|or|nor|of|with|the|my|in|at|all|it|is|its|has|not|he|"
    r"she|ive|sir|maam|and)(?![a-z])"
)


def plain(text: str, part: Stretch, own: OwnWords) -> Vote | None:
    """Yes and no as such, at the head or as the whole of a stretch."""
    said = _alone(text, part, own)
    hedged = False
    for place, hit in enumerate(part.hits):
        kinds = own.words.kinds_of(hit.phrase)
        if "double_denial" in kinds:
            return Vote.YES if own.signs else Vote.WORRY
        if "only" in kinds:
            hedged = True
            said += [Vote.YES] if "yes" in kinds else []  # "I think so"
        elif kinds & {"less_than_before", "not_a_denial"} or kinds == {"hardly"}:
            return Vote.WORRY
        elif "a_little" in kinds:
            said.append(Vote.YES if own.signs else Vote.WORRY)
        elif "no_trouble" in kinds:
            said += [Vote.NO] if own.signs else []
        elif "fine" not in kinds and kinds & {"yes", "no", "none_of_these"}:
            said += _word(text, part, place, own)
    if hedged and (Vote.NO in said or not own.signs):
        return Vote.WORRY
    if {Vote.YES, Vote.NO} <= set(said) or Vote.WORRY in said:
        return Vote.BOTH if len(said) > 1 else Vote.WORRY
    if Vote.HUM in said and len(set(said)) > 1:
        said = [one for one in said if one is not Vote.HUM]
    if Vote.NO in said and not _calm_no(text, part, own):
        return Vote.WORRY
    return said[0] if said else None


def _alone(text: str, part: Stretch, own: OwnWords) -> list[Vote]:
    """ "I do" and "I'm not", when they are all that is said."""
    whole = text[part.start : part.end].strip()
    for name, vote in (("yes_alone", Vote.YES), ("no_alone", Vote.NO)):
        for hit in own.words.book(name).hits(whole):
            if _known(whole, 0, hit.start, own) and _known(whole, hit.end, len(whole), own):
                rest = (whole[: hit.start] + " " + whole[hit.end :]).strip()
                if not own.words.holds(rest, "fine"):
                    return [vote]
    return []


def _word(text: str, part: Stretch, place: int, own: OwnWords) -> list[Vote]:
    """What a yes or no word says, if it stands as an answer of its own."""
    hit = part.hits[place]
    kinds = own.words.kinds_of(hit.phrase)
    if hit.phrase in HUMS:
        return [Vote.HUM] if _known(text, part.start, hit.start, own) else []
    if "/" in (text[hit.start - 1 : hit.start], text[hit.end : hit.end + 1]):
        return [Vote.WORRY]  # "y/n", "n/a"
    if place and own.words.kinds_of(part.hits[place - 1].phrase) == {"denial"}:
        return [Vote.WORRY]  # "no longer no"
    if not _stands(text, part, place, own):
        return []
    return [Vote.YES] if "yes" in kinds else [Vote.NO]


def _stands(text: str, part: Stretch, place: int, own: OwnWords) -> bool:
    """Whether a yes or no word is an answer and not part of a longer statement."""
    hit = part.hits[place]
    before = text[part.start : hit.start].strip()
    after = PARTICLES.sub("", text[hit.end : part.end])
    if hit.phrase.isascii():
        return not before or _known(text, part.start, hit.start, own)
    if not _known(text, part.start, hit.start, own):
        return False
    following = part.hits[place + 1] if place + 1 < len(part.hits) else None
    if not after or text[hit.end : hit.end + 1] == " ":
        return True
    plain = {"filler", "yes", "no", "fine", "none_of_these", "a_little"}
    return (
        following is not None
        and following.start == hit.end
        and bool(own.words.kinds_of(following.phrase) & plain)
    )


def _known(text: str, start: int, end: int, own: OwnWords) -> bool:
    """Whether every word in text[start:end] is a filler or a word of the question."""
    return leftover(text, start, end, own.words, own.topics) == ""


def _calm_no(text: str, part: Stretch, own: OwnWords) -> bool:
    """ "no thanks" and "no pain" are calm, "no feeling in it" is not."""
    for hit in part.hits:
        if "sign" in own.words.kinds_of(hit.phrase) and not own.names_sign(hit.phrase):
            return False
    known = own.topics | own.signs | own.option_book.phrases  # "nope, still upright"
    left = leftover(text, part.start, part.end, own.words, known)
    return SMALL_WORDS.sub("", left).strip() == ""
