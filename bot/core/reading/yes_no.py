"""Yes or no, in every way people say it.

"No" needs certainty: a complaint beside it, a "but" or a double meaning is asked
back. "A bit" is yes. Neither is ever guessed from "fine".
"""

from __future__ import annotations

from enum import StrEnum

from bot.core.reading.calm import all_signs, disturbs
from bot.core.reading.denials import Status, status
from bot.core.reading.folding import Text
from bot.core.reading.manners import corrects, manner
from bot.core.reading.own_words import OwnWords
from bot.core.reading.phrases import Book, Hit
from bot.core.reading.result import Outcome, Reading
from bot.core.reading.stretches import Stretch, stretches


class Vote(StrEnum):
    """What one stretch says."""

    YES = "yes"
    SHOWS = "shows"  # the sign itself is said to be there
    NO = "no"
    DENIES = "denies"  # the sign itself is said not to be there
    BOTH = "both"
    WORRY = "worry"  # something that forbids to read a no
    NOTHING = "nothing"


def read_yes_no(text: Text, own: OwnWords) -> Reading:
    """Read a yes/no answer."""
    label = own.labels.get(text.folded.strip())
    if label in ("yes", "no", "true", "false"):
        return Reading(Outcome.UNDERSTOOD, label in ("yes", "true"), span=text.raw.strip())
    cue = corrects(text, own.words)
    parts = stretches(text.folded, own.words)
    signs = all_signs(text.folded, own.words) | own.signs
    votes = [_vote(text.folded, one, own, signs) for one in parts]
    said = set(votes) - {Vote.NOTHING}
    unsure = manner(text, own.words)
    if unsure is not None and not said & {Vote.SHOWS}:
        return unsure
    decided = _decide(said)
    if decided is None:
        return _open(text, said, cue is not None)
    wanted = (Vote.YES, Vote.SHOWS) if decided else (Vote.NO, Vote.DENIES)
    where = next(one for one, vote in zip(parts, votes, strict=True) if vote in wanted)
    span = text.span(where.start, where.end)
    return Reading(Outcome.UNDERSTOOD, decided, span=span, correction=cue is not None)


def _decide(said: set[Vote]) -> bool | None:
    if Vote.BOTH in said:
        return None
    if Vote.SHOWS in said:
        return None if Vote.NO in said else True
    if Vote.YES in said:
        return None if said & {Vote.NO, Vote.DENIES} else True
    if said & {Vote.NO, Vote.DENIES}:
        return None if Vote.WORRY in said else False
    return None


def _open(text: Text, said: set[Vote], corrected: bool) -> Reading:
    span = text.raw.strip()
    if said:
        return Reading(Outcome.ASK_BACK, span=span, candidates=(True, False), correction=corrected)
    return Reading(Outcome.NOT_UNDERSTOOD, span=span, correction=corrected)


def _vote(text: str, part: Stretch, own: OwnWords, signs: frozenset[str]) -> Vote:
    if part.asked:
        return Vote.WORRY
    option = _options(text, part, own, signs)
    if option is not None:
        return option
    deed = _deeds(text, part, own)
    plain = _plain(text, part, own)
    if deed is not None:
        opposite = {Vote.YES: Vote.NO, Vote.NO: Vote.YES}
        return Vote.BOTH if plain is not None and plain is opposite.get(deed) else deed
    shown = _signs(text, part, own, signs)
    if plain in (Vote.YES, Vote.NO) and shown is not None:
        if plain is Vote.NO and shown is Vote.DENIES:
            return Vote.NO
        if plain is Vote.YES and shown is Vote.SHOWS:
            return Vote.SHOWS
        return Vote.BOTH
    if shown is not None:
        return shown
    if plain is not None:
        return plain
    kinds = {kind for hit in part.hits for kind in own.words.kinds_of(hit.phrase)}
    if disturbs(text, part, own.words, signs) or "fine" in kinds:
        return (
            Vote.WORRY
            if "fine" not in kinds or len(kinds - {"fine", "filler", "degree"})
            else Vote.NOTHING
        )
    return Vote.NOTHING


def _options(text: str, part: Stretch, own: OwnWords, signs: frozenset[str]) -> Vote | None:
    """Phrases the care team listed for the yes and the no button."""
    for value, there in (("yes", Vote.SHOWS), ("no", Vote.DENIES)):
        for hit in Book(own.phrases.get(value, ())).hits(text, part.start, part.end):
            state = status(text, hit.start, hit.end, own.words, signs)
            if state is Status.THERE:
                return there
            if state is Status.DENIED and value == "yes":
                return Vote.DENIES
            return Vote.BOTH
    return None


def _deeds(text: str, part: Stretch, own: OwnWords) -> Vote | None:
    """Done and not done: 吃了, "took it", 忘了, "ran out"."""
    if own.signs and not own.about_lapse:
        return None
    words = own.words
    lapsed = [hit for hit in words.book("lapse").hits(text, part.start, part.end)]
    if lapsed:
        state = status(text, lapsed[0].start, lapsed[0].end, words, frozenset())
        if state is Status.UNCLEAR:
            return Vote.BOTH
        missed = state is Status.THERE
        return Vote.YES if missed == own.about_lapse else Vote.NO
    for hit in words.book("done").hits(text, part.start, part.end):
        if not hit.phrase.isascii() and own.deeds and not own.deeds & set(hit.phrase):
            if hit.phrase not in ("按时", "已经吃"):
                continue
        state = status(text, hit.start, hit.end, words, frozenset())
        if state is Status.UNCLEAR or own.about_lapse:
            return Vote.WORRY
        return Vote.YES if state is Status.THERE else Vote.NO
    return None


def _plain(text: str, part: Stretch, own: OwnWords) -> Vote | None:
    """Yes and no as such, at the head or as the whole of a stretch."""
    words = own.words
    said: list[Vote] = []
    for place, hit in enumerate(part.hits):
        kinds = words.kinds_of(hit.phrase)
        if "double_denial" in kinds:
            return Vote.YES
        if kinds & {"less_than_before", "not_a_denial", "only"} and not kinds & {"no", "yes"}:
            return Vote.WORRY
        if "hardly" in kinds and "no" not in kinds:
            return Vote.WORRY
        if "fine" in kinds or "none_of_these" in kinds and "no" not in kinds:
            said += [Vote.NO] if "none_of_these" in kinds and "fine" not in kinds else []
            continue
        if "a_little" in kinds:
            said.append(Vote.YES)
        elif "yes" in kinds and _stands(text, part, place):
            said.append(Vote.YES)
        elif "no" in kinds and _stands(text, part, place):
            said.append(Vote.NO)
        elif "yes" in kinds and hit.phrase in ("有", "i do", "i have", "it is", "it does"):
            said.append(Vote.YES)
    if {Vote.YES, Vote.NO} <= set(said):
        hums = part.hits[0].phrase in ("嗯", "恩", "嗯嗯")
        return Vote.NO if hums and said.count(Vote.YES) == 1 and said[0] is Vote.YES else Vote.BOTH
    return said[0] if said else None


def _stands(text: str, part: Stretch, place: int) -> bool:
    """Whether a yes or no word is an answer and not part of a longer statement."""
    hit = part.hits[place]
    before = text[part.start : hit.start].strip()
    after = text[hit.end : part.end].strip()
    following = part.hits[place + 1] if place + 1 < len(part.hits) else None
    if hit.phrase.isascii():
        return not before or not after
    known = following is not None and following.start == hit.end
    return not after or known or not before and after[:1] == " "


def _signs(text: str, part: Stretch, own: OwnWords, signs: frozenset[str]) -> Vote | None:
    """The asked complaint, said to be there or denied."""
    if not own.signs:
        return None
    about = own.is_about(text[part.start : part.end])
    votes: set[Vote] = set()
    for hit in _sign_hits(part, own):
        if own.subjects and _other_subject(text, part, own):
            return Vote.NOTHING
        state = status(text, hit.start, hit.end, own.words, signs)
        named = about or hit.phrase in own.signs or hit.phrase in own.topics
        if state is Status.UNCLEAR:
            votes.add(Vote.BOTH)
        elif state is Status.THERE:
            votes.add(Vote.SHOWS if named or not part.but else Vote.WORRY)
        elif named:
            votes.add(Vote.DENIES)
    if Vote.SHOWS in votes:
        return Vote.SHOWS
    for vote in (Vote.BOTH, Vote.WORRY, Vote.DENIES):
        if vote in votes:
            return vote
    return None


def _sign_hits(part: Stretch, own: OwnWords) -> list[Hit]:
    listed = [hit for hit in part.hits if "sign" in own.words.kinds_of(hit.phrase)]
    return listed


def _other_subject(text: str, part: Stretch, own: OwnWords) -> bool:
    """Whether the stretch speaks of another part of the body and not of this one."""
    if own.is_about(text[part.start : part.end]):
        return False
    body = ("wound", "calf", "chest", "temperature", "falls")
    named = {
        own.words.subject_of[hit.phrase]
        for hit in own.words.subject_book.hits(text, part.start, part.end)
    }
    return any(one in body and one not in own.subjects for one in named)
