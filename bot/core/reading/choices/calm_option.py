"""Calm option: whether something in an answer speaks against an option that says all is well."""

from __future__ import annotations

from bot.core.reading.calm import all_signs
from bot.core.reading.choices.standing import PLAIN
from bot.core.reading.corrections import NONE
from bot.core.reading.denials import Status, status
from bot.core.reading.own_words import OwnWords

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


def unsettles(text: str, own: OwnWords) -> bool:
    """Whether a complaint that the question asks about stands beside a calm option:
    拉了，纸上有点鲜红的 is no plain "both"."""
    words = own.words
    listed = all_signs(text, words) | own.option_book.phrases | own.topics
    described = list(own.option_book.hits(text))
    for hit in words.talked(text):
        if "sign" not in words.kinds_of(hit.phrase):
            continue
        if any(one.start < hit.end and hit.start < one.end for one in described):
            continue
        asked = words.family(hit.phrase) in own.all_families
        if asked and status(text, hit, words, listed) is Status.THERE:
            return True
    return False
