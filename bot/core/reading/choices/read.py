"""Read: one answer to a question with options."""

from __future__ import annotations

import re

from bot.core.question import Kind
from bot.core.reading.choices.by_number import by_number
from bot.core.reading.choices.calm_option import (
    denies_only,
    falls_short,
    leaves_unknown,
    says_the_best,
    unsettles,
)
from bot.core.reading.choices.none import is_none
from bot.core.reading.choices.standing import standing
from bot.core.reading.choices.taking import taken_how
from bot.core.reading.corrections import NONE, read_corrected
from bot.core.reading.folding import Text
from bot.core.reading.manners import manner
from bot.core.reading.own_words import OwnWords
from bot.core.reading.result import Outcome, Reading, Value
from bot.core.reading.stretches import stretches

FAMILY = re.compile(
    r"老伴|儿子|女儿|闺女|媳妇|老公|老婆|孩子|家里人|家人|[妈爸]"
    r"|(?<![a-z])(?:wife|husband|son|daughter|mum|mom|dad|family|kids|children)(?![a-z])"
)
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
    there, denied, unclear = standing(text.folded, own)
    there += [one for one in by_number(text.folded, own) if one not in there]
    found = [one for one in there if one != NONE]
    if own.question.kind is Kind.CHOICES and found:
        return _understood(found, text, own)
    if own.question.kind is Kind.CHOICE and not unclear and NONE in there and len(found) == 1:
        there = found if denies_only(text.folded, own) else there
    taken = taken_how(text.folded, there, own) if own.question.kind is Kind.CHOICE else None
    if taken is not None:
        return _understood([taken], text, own)
    if own.question.kind is Kind.CHOICE and there:
        there = _the_worse(there, text.folded, own)
        return _one_of(there, unclear + _doubts(text.folded, own, there), text, own)
    none = NONE in own.phrases and is_none(text.folded, own, named=bool(denied or there))
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


def _the_worse(there: list[str], text: str, own: OwnWords) -> list[str]:
    """ "So so, but I sleep badly": of a calm option and another one the other counts, where no
    other person, day or medicine is named that it may be of."""
    worse = [one for one in there if one not in own.calm]
    if len(there) != 2 or len(worse) != 1 or own.about_taking:
        return there
    others = ("relative", "another", "before", "not_now", "staff")
    named = FAMILY.search(text) or any(own.words.holds(text, one) for one in others)
    return there if named else worse


def _doubts(text: str, own: OwnWords, there: list[str]) -> list[str]:
    """ "ok, but I can't ...": a part that no option describes and that may overturn it."""
    if says_the_best(there, own) and falls_short(text, own):
        return [""]
    if own.calm & set(there) and unsettles(text, own):
        return [""]
    if there == [NONE] and leaves_unknown(text, own):
        return [""]
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
