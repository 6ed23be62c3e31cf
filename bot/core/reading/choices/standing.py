"""Standing: which options are said to be there, which are denied, and which are neither."""

from __future__ import annotations

from bot.core.question import Kind
from bot.core.reading.calm import all_signs, leftover
from bot.core.reading.choices.none import SMALL_WORDS, harmless
from bot.core.reading.deeds import only_intended, other_medicine
from bot.core.reading.denials import Status, status
from bot.core.reading.own_words import OwnWords
from bot.core.reading.phrases import Hit
from bot.core.reading.stretches import Stretch, stretches

PLAIN = frozenset(("no", "none_of_these", "denial", "no_trouble", "fine"))


def standing(text: str, own: OwnWords) -> tuple[list[str], list[str], list[str]]:
    """Options said to be there, denied, and unclear; there wins over the others."""
    signs = all_signs(text, own.words) | own.option_book.phrases | own.topics
    states: dict[str, set[Status]] = {}
    settled: frozenset[str] = frozenset()
    asked = [one for one in stretches(text, own.words) if one.asked or _of_another(text, one, own)]
    manners = {"dont_know", "refuse", "later", "why"}
    sayings = [one for one in own.words.talked(text) if own.words.kinds_of(one.phrase) & manners]
    sayings += own.words.book("other_sense").hits(text)
    for hit in own.option_book.hits(text):
        if hit.phrase in settled:
            continue
        if any(_overlap(one, hit) for one in sayings) or _torn_out(text, hit, own):
            continue  # part of another saying: "none of your business"
        state = status(text, hit, own.words, signs)
        if any(one.start <= hit.start < one.end for one in asked) or _only_a_word(text, hit, own):
            state = Status.UNCLEAR
        for value, some in own.phrases.items():
            if hit.phrase in some:
                states.setdefault(value, set()).add(state)
                settled |= some if state is Status.THERE else frozenset()
    there = [value for value, some in states.items() if Status.THERE in some]
    unclear = [
        value for value, some in states.items() if Status.UNCLEAR in some and value not in there
    ]
    denied = [value for value, some in states.items() if some == {Status.DENIED}]
    return there, denied, unclear


def _overlap(saying: Hit, hit: Hit) -> bool:
    """Whether the phrase is part of another saying: "none of your business", 说不清楚."""
    inside = hit.start <= saying.start and saying.end <= hit.end and saying != hit
    return saying.start < hit.end and hit.start < saying.end and not inside


def _torn_out(text: str, hit: Hit, own: OwnWords) -> bool:
    """Whether a plain 有 or 没 is only the end of 还没有, or the head of 有点."""
    if hit.phrase not in ("有", "没", "不"):
        return False
    return any(
        (one.start <= hit.start and hit.end < one.end) or one.start < hit.start < one.end
        for one in own.words.talked(text)
    )


def _only_a_word(text: str, hit: Hit, own: OwnWords) -> bool:
    """Whether "never" or 没有 belongs to a statement of which nothing else is known."""
    if own.question.kind is not Kind.CHOICE or not _is_plain(hit.phrase, own):
        return False
    part = next(
        one for one in stretches(text, own.words) if one.start <= hit.start and hit.end <= one.end
    )
    turning = ("sign", "denial", "no", "fine", "not_a_denial")
    more = [
        one
        for one in part.hits
        if one.start >= hit.end
        and one.phrase != hit.phrase
        and own.words.kinds_of(one.phrase).intersection(turning)
    ]
    end = max([hit.end, *(one.end for one in part.hits if one.start < hit.end < one.end)])
    left = leftover(text, end, part.end, own.words, frozenset())
    if more or SMALL_WORDS.sub("", left):
        return True
    return "fine" not in own.words.kinds_of(hit.phrase) and not harmless(text, part, own)


def _is_plain(phrase: str, own: OwnWords) -> bool:
    """ "never" and "not once" name nothing; "never missed" and 没漏 do."""
    if own.words.kinds_of(phrase) & PLAIN:
        return True
    named = any(own.words.holds(phrase, name) for name in ("lapse", "done", "sign"))
    return not named and phrase.startswith(("not ", "never "))


def _of_another(text: str, part: Stretch, own: OwnWords) -> bool:
    """ "paracetamol every day" says nothing of how the blood thinner was taken, and
    neither does what was only meant or supposed: 应该按时吃了吧."""
    if own.question.kind is not Kind.CHOICE or not own.about_taking:
        return False
    hedged = any("only" in own.words.kinds_of(hit.phrase) for hit in part.hits)
    meant = any(
        own.words.book("intended").ends_at(text, hit.start)
        for hit in own.option_book.hits(text, part.start, part.end)
    )
    said = text[part.start : part.end]
    return hedged or meant or only_intended(said, own) or other_medicine(said, own)
