"""Calm option: whether something in an answer speaks against an option that says all is well."""

from __future__ import annotations

import re

from bot.core.reading.calm import all_signs
from bot.core.reading.choices.none import harmless
from bot.core.reading.choices.standing import PLAIN
from bot.core.reading.corrections import NONE
from bot.core.reading.denials import Status, status
from bot.core.reading.manners import puts_off
from bot.core.reading.own_words import OwnWords
from bot.core.reading.stretches import residue, stretches

PARTLY = re.compile(
    r"一种|有的|一部分|部分|一半|半片|半粒"
    r"|(?<![a-z])(?:half|one of|some of|part of|most of|only one)(?![a-z])"
)
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


def says_the_best(there: list[str], own: OwnWords) -> bool:
    """Whether an option says that all is well, or that all was taken as planned."""
    return bool(own.calm & set(there)) or (
        own.about_taking and there == [own.question.options[0].value]
    )


def falls_short(text: str, own: OwnWords) -> bool:
    """Whether it is put off (等女儿回来帮我滴), only partly so (吃了一种), or followed by a
    "but" whose words nothing knows (就是前天没带)."""
    if own.about_taking and (PARTLY.search(text) or puts_off(text, own.words)):
        return True
    for part in stretches(text, own.words):
        described = any(True for _ in own.option_book.hits(text, part.start, part.end))
        slight = any(
            "a_little" in own.words.kinds_of(hit.phrase) and hit.phrase not in own.said
            for hit in part.hits
        )
        if (part.but and not described and residue(text, part)) or (described and slight):
            return True
    return False
