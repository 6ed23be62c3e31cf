"""Calm option: whether something in an answer speaks against an option that says all is well."""

from __future__ import annotations

from bot.core.reading.calm import all_signs
from bot.core.reading.choices.none import harmless
from bot.core.reading.choices.standing import PLAIN
from bot.core.reading.corrections import NONE
from bot.core.reading.denials import Status, status
from bot.core.reading.own_words import OwnWords
from bot.core.reading.stretches import stretches

DENYING = ("没", "不", "无", "no ", "not ", "without ")


def denies_only(text: str, own: OwnWords) -> bool:
    """Whether "none" stands there only by the denial of one thing: "felt sick, no vomiting".

    Then what is there beside it is the answer.
    """
    hits = [hit for hit in own.option_book.hits(text) if hit.phrase in own.phrases[NONE]]
    return bool(hits) and all(
        hit.phrase.startswith(DENYING) and not own.words.kinds_of(hit.phrase) & PLAIN
        for hit in hits
    )


def leaves_unknown(text: str, own: OwnWords) -> bool:
    """Whether "none", said only by the denial of one thing, stands beside words that nothing
    knows: 干哕，啥也没吐出来."""
    return denies_only(text, own) and not all(
        harmless(text, one, own) for one in stretches(text, own.words)
    )


def unsettles(text: str, own: OwnWords) -> bool:
    """Whether a complaint that the question asks about stands beside a calm option:
    拉了，纸上有点鲜红的 is no plain "both". Pain goes with any operation, and unsettles only
    where the question itself is about it: "walking well, a bit sore".
    """
    words = own.words
    listed = all_signs(text, words) | own.option_book.phrases | own.topics
    described = list(own.option_book.hits(text))
    for hit in words.talked(text):
        if "sign" not in words.kinds_of(hit.phrase):
            continue
        if any(one.start < hit.end and hit.start < one.end for one in described):
            continue
        family = words.family(hit.phrase)
        asked = family in (own.families if family == "pain" else own.all_families)
        if asked and status(text, hit, words, listed) is Status.THERE:
            return True
    return False
