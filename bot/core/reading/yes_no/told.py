"""Told: what a stretch states of the options, the deed or the complaint asked for."""

from __future__ import annotations

import re

from bot.core.reading.denials import Status, status
from bot.core.reading.own_words import OwnWords
from bot.core.reading.phrases import Book, Hit
from bot.core.reading.stretches import Stretch
from bot.core.reading.yes_no.plain import HUMS
from bot.core.reading.yes_no.vote import Vote

HALF_DONE = re.compile(r"一半|半片|(?<![a-z])half(?![a-z])")
IN_A_MONTH = re.compile(r"(?:\d|[一二三四五六七八九十])月")


def options(text: str, part: Stretch, own: OwnWords, listed: frozenset[str]) -> Vote | None:
    """Phrases the care team listed for the yes and the no button."""
    yes, no = own.phrases.get("yes", frozenset()), own.phrases.get("no", frozenset())
    alone = own.words.book("yes_alone").phrases | own.words.book("no_alone").phrases
    votes: set[Vote] = set()
    for hit in Book(yes | no).hits(text, part.start, part.end):
        if hit.phrase in HUMS or own.words.kinds_of(hit.phrase) & {"yes", "no"}:
            continue  # plain words have their own rules
        if hit.phrase in alone:
            continue  # "I do try" is no "I do"
        if any(_swallows(one, hit, own) for one in part.hits):
            continue
        state = status(text, hit, own.words, listed)
        unsure = not own.signs and _only_meant(text, part, hit, own)
        if state is Status.UNCLEAR or unsure or (state is Status.DENIED and hit.phrase not in yes):
            votes.add(Vote.BOTH)
        elif state is Status.DENIED:
            votes.add(Vote.DENIES)
        else:
            votes.add(Vote.SHOWS if hit.phrase in yes else Vote.DENIES)
    if len(votes) > 1:
        return Vote.BOTH
    return votes.pop() if votes else None


def _swallows(one: Hit, hit: Hit, own: OwnWords) -> bool:
    """ "fell asleep" holds no "fell"."""
    longer = one.start <= hit.start and hit.end <= one.end and one.phrase != hit.phrase
    return longer and "not_a_sign" in own.words.kinds_of(one.phrase)


def _only_meant(text: str, part: Stretch, hit: Hit, own: OwnWords) -> bool:
    """应该吃了吧, 要吃了: supposed or intended, not told as done."""
    hedged = any("only" in own.words.kinds_of(one.phrase) for one in part.hits)
    return hedged or own.words.book("intended").ends_at(text, hit.start)


def deeds(text: str, part: Stretch, own: OwnWords) -> tuple[Vote | None, bool]:
    """Done and not done (吃了, "took it", 忘了, "ran out"), and whether it was denied."""
    if own.signs and not own.about_lapse:
        return None, False
    words = own.words
    for hit in words.book("lapse").hits(text, part.start, part.end):
        state = status(text, hit, words, frozenset())
        if state is Status.UNCLEAR:
            return Vote.BOTH, False
        if own.about_relief:
            return Vote.WORRY, False  # "I haven't taken any" says not whether they help
        missed = state is Status.THERE
        return (Vote.YES if missed == own.about_lapse else Vote.NO), not missed
    for hit in words.book("done").hits(text, part.start, part.end):
        if not hit.phrase.isascii() and own.deeds and not own.deeds & set(hit.phrase):
            continue
        state = status(text, hit, words, frozenset())
        half = HALF_DONE.search(text[part.start : part.end])
        unsure = _only_meant(text, part, hit, own)
        sick = any("sign" in words.kinds_of(one.phrase) for one in part.hits)  # 吃了就吐
        unsure = unsure or own.about_relief or _in_a_month(text[part.start : part.end], own)
        if state is Status.UNCLEAR or own.about_lapse or half or unsure or sick:
            return Vote.WORRY, False
        return (Vote.YES, False) if state is Status.THERE else (Vote.NO, True)
    return None, False


def _in_a_month(said: str, own: OwnWords) -> bool:
    """ "finished in March": whether that is recent enough, nobody here knows."""
    months = own.words.table_books["month"].hits(said)
    return IN_A_MONTH.search(said) is not None or any(True for _ in months)


def signs(text: str, part: Stretch, own: OwnWords, listed: frozenset[str]) -> Vote | None:
    """The asked complaint, said to be there or denied."""
    if not own.signs:
        return None
    about = own.is_about(text[part.start : part.end])
    if not about and _other_body_part(text, part, own):
        return Vote.NOTHING
    votes: set[Vote] = set()
    for hit in part.hits:
        if "sign" not in own.words.kinds_of(hit.phrase) or Vote.SHOWS in votes:
            continue
        state = status(text, hit, own.words, listed)
        named = about or own.names_sign(hit.phrase)
        if state is Status.UNCLEAR:
            votes.add(Vote.BOTH)
        elif state is Status.THERE:
            votes.add(Vote.SHOWS if named or not part.but else Vote.WORRY)
        elif named:
            votes.add(Vote.DENIES)
    order = (Vote.SHOWS, Vote.BOTH, Vote.WORRY, Vote.DENIES)
    return next((one for one in order if one in votes), None)


def _other_body_part(text: str, part: Stretch, own: OwnWords) -> bool:
    """Whether the stretch speaks of a subject that is not this question's."""
    hits = own.words.subject_book.hits(text, part.start, part.end)
    named = {own.words.subject_of[hit.phrase] for hit in hits} - {"pain"}
    return bool(named) and not named & own.subjects
