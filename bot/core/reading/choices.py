"""Choices described in own words: which options are there, which are denied.

"None of these" is comfort: it needs an explicit word for it, or that everything
the person named is denied, and nothing else in the message.
"""

from __future__ import annotations

import re

from bot.core.question import Kind
from bot.core.reading.calm import all_signs, disturbs, leftover
from bot.core.reading.corrections import NONE, read_corrected
from bot.core.reading.deeds import other_medicine
from bot.core.reading.denials import Status, status
from bot.core.reading.folding import Text
from bot.core.reading.manners import manner
from bot.core.reading.own_words import OwnWords
from bot.core.reading.phrases import Hit
from bot.core.reading.result import Outcome, Reading, Value
from bot.core.reading.stretches import PARTICLES, Stretch, stretches

ORDINAL = re.compile(
    r"(?:第|选|选项|option |number |the )"
    r"(?:(\d)|([一二三四五六七八九])|(first|second|third|fourth|fifth))(?:个|项| one)?"
)
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
SMALL_WORDS = re.compile(
    r"(?<![a-z])(?:any|or|nor|of|on|at|looks?|very|nice|signs?|with|anymore|any more)(?![a-z])"
    r"|一(?:天|次|回|点儿?|丁点)|和|或|跟|长得|看着|是|有| "
)
PLAIN = frozenset(("no", "none_of_these", "denial", "no_trouble", "fine"))
ENDINGS = re.compile(r"[。.!！~,，\s]+$")


def read_choice(text: Text, own: OwnWords) -> Reading:
    """Read one option (CHOICE) or any number of them (CHOICES)."""
    return _tapped(text, own) or read_corrected(text, own, _read)


def _tapped(text: Text, own: OwnWords) -> Reading | None:
    """An option's very label, as a button sends it."""
    value = own.labels.get(ENDINGS.sub("", text.folded.strip()))
    return None if value is None else _understood([value], text, own)


def _read(text: Text, own: OwnWords) -> Reading:
    """Read words that no clear correction stands between."""
    tapped = _tapped(text, own)
    if tapped is not None:
        return tapped
    there, denied, unclear = _standing(text.folded, own)
    there += [one for one in _by_number(text.folded, own) if one not in there]
    found = [one for one in there if one != NONE]
    if own.question.kind is Kind.CHOICES and found:
        return _understood(found, text, own)
    if own.question.kind is Kind.CHOICE and there:
        return _one_of(there, unclear + _doubts(text.folded, own), text, own)
    none = NONE in own.phrases and _is_none(text.folded, own, named=bool(denied or there))
    if none and not unclear:
        return _understood([NONE], text, own)
    return _nothing_chosen(text, own, unclear, bool(denied) or none)


def _understood(found: list[str], text: Text, own: OwnWords) -> Reading:
    order = [one.value for one in own.question.options]
    chosen = tuple(one for one in order if one in found)
    value: Value = chosen if own.question.kind is Kind.CHOICES else chosen[0]
    return Reading(Outcome.UNDERSTOOD, value, span=text.raw.strip())


def _one_of(there: list[str], unclear: list[str], text: Text, own: OwnWords) -> Reading:
    if len(there) == 1 and not unclear:
        return _understood(there, text, own)
    return Reading(
        Outcome.ASK_BACK, span=text.raw.strip(), candidates=tuple(filter(None, (*there, *unclear)))
    )


def _doubts(text: str, own: OwnWords) -> list[str]:
    """ "ok, but I can't ...": a part that no option describes and that may overturn it."""
    against = {"not_a_denial", "hardly", "lapse", "dont_know"}
    for part in stretches(text, own.words):
        described = list(own.option_book.hits(text, part.start, part.end))
        for hit in part.hits:
            kinds = own.words.kinds_of(hit.phrase) & against
            beside = not any(a.start < hit.end and hit.start < a.end for a in described)
            if kinds and beside and (not described or kinds <= {"lapse", "dont_know"}):
                return [""]  # "every day I forget"
    return []


def _nothing_chosen(text: Text, own: OwnWords, unclear: list[str], near: bool) -> Reading:
    span = text.raw.strip()
    way = manner(text, own.words)
    if way is not None:
        return way
    if unclear or near:
        offered: tuple[Value, ...] = tuple(one for one in unclear if one != NONE)
        return Reading(Outcome.ASK_BACK, span=span, candidates=offered)
    return Reading(Outcome.NOT_UNDERSTOOD, span=span)


def _standing(text: str, own: OwnWords) -> tuple[list[str], list[str], list[str]]:
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
        if any(_overlap(one, hit) for one in sayings):
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
    return "fine" not in own.words.kinds_of(hit.phrase) and not _harmless(text, part, own)


def _is_plain(phrase: str, own: OwnWords) -> bool:
    """ "never" and "not once" name nothing; "never missed" and 没漏 do."""
    if own.words.kinds_of(phrase) & PLAIN:
        return True
    named = any(own.words.holds(phrase, name) for name in ("lapse", "done", "sign"))
    return not named and phrase.startswith(("not ", "never "))


def _of_another(text: str, part: Stretch, own: OwnWords) -> bool:
    """ "paracetamol every day" says nothing of how the blood thinner was taken, and
    neither does what was only meant or supposed: 应该按时吃了吧."""
    asked = own.words.talk.hits(own.said)
    about_taking = any("lapse" in own.words.kinds_of(one.phrase) for one in asked)
    if not about_taking or own.question.kind is not Kind.CHOICE:
        return False
    hedged = any("only" in own.words.kinds_of(hit.phrase) for hit in part.hits)
    meant = any(
        own.words.book("intended").ends_at(text, hit.start)
        for hit in own.option_book.hits(text, part.start, part.end)
    )
    return hedged or meant or other_medicine(text[part.start : part.end], own)


def _by_number(text: str, own: OwnWords) -> list[str]:
    """ "第二个", "option 2": the place on the list."""
    options = own.question.options
    found: list[str] = []
    for part in stretches(text, own.words):
        said = PARTICLES.sub(" ", text[part.start : part.end]).strip()
        if (match := ORDINAL.fullmatch(said)) is not None:
            digit, chinese, english = match.groups()
            named = ORDINALS.get(english or "", 0) or own.words.table("number").get(
                chinese or "", 0
            )
            place = int(digit) if digit else named
            found += [options[place - 1].value] if 1 <= place <= len(options) else []
    return found


def _is_none(text: str, own: OwnWords, *, named: bool) -> bool:
    """Whether none of the options is meant, with nothing that speaks against it."""
    words = own.words
    parts = stretches(text, words)
    signs = all_signs(text, words) | own.option_book.phrases | own.topics
    if any(disturbs(text, one, words, signs) for one in parts):
        return False
    explicit = any(
        kinds & {"none_of_these"}
        for one in parts
        for kinds in (words.kinds_of(hit.phrase) for hit in one.hits)
    )
    known = all(_harmless(text, one, own) for one in parts)
    return known and (explicit or named)


def _harmless(text: str, part: Stretch, own: OwnWords) -> bool:
    """Whether every word of the stretch is known: options, topics, no, fillers."""
    known = own.option_book.phrases | own.topics
    return SMALL_WORDS.sub("", leftover(text, part.start, part.end, own.words, known)) == ""
