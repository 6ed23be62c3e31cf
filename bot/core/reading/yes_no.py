"""Yes or no, in every way people say it.

"No" needs certainty: a complaint beside it, a "but" or a double meaning is asked
back. "A bit" of a complaint is yes. Neither is ever guessed from "fine".
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.core.reading.calm import all_signs, disturbs, leftover
from bot.core.reading.deeds import names_today, other_day, other_medicine
from bot.core.reading.denials import Status, status
from bot.core.reading.folding import Text
from bot.core.reading.manners import corrects, manner, read_corrected
from bot.core.reading.own_words import OwnWords
from bot.core.reading.phrases import Book
from bot.core.reading.result import Outcome, Reading
from bot.core.reading.stretches import Stretch, stretches


class Vote(StrEnum):
    """What one stretch says."""

    YES = "yes"
    HUM = "hum"  # 嗯: a yes only when nothing else is said
    SHOWS = "shows"  # the sign itself is said to be there
    NO = "no"
    DENIES = "denies"  # the sign itself is said not to be there
    BOTH = "both"
    WORRY = "worry"  # something that forbids to read a no
    NOTHING = "nothing"


HUMS = frozenset(("嗯", "嗯嗯", "恩", "恩恩", "嗯呢"))
CONCESSION = re.compile(r"((?![不没])[\u4e00-\u9fff])(?:是\1|倒是\1)")
HALF_DONE = re.compile(r"一半|半片|(?<![a-z])half(?![a-z])")
SMALL_WORDS = re.compile(
    r"(?<![a-z])(?:problems?|issues?|trouble|or|nor|of|with|the|my|in|at|all|it|is|its|has|not|he|"
    r"she|ive|sir|maam|and)(?![a-z])"
)


def read_yes_no(text: Text, own: OwnWords) -> Reading:
    """Read a yes/no answer."""
    return read_corrected(text, own, _read, (True, False))


def _read(text: Text, own: OwnWords) -> Reading:
    """Read words that no clear correction stands between."""
    label = own.labels.get(text.folded.strip())
    if label in ("yes", "no", "true", "false"):
        return Reading(Outcome.UNDERSTOOD, label in ("yes", "true"), span=text.raw.strip())
    cue = corrects(text, own.words) is not None
    parts = stretches(text.folded, own.words)
    listed = all_signs(text.folded, own.words) | own.signs | own.topics
    votes = [_vote(text.folded, one, own, listed) for one in parts]
    said = set(votes) - {Vote.NOTHING}
    unsure = manner(text, own.words)
    if unsure is not None and Vote.SHOWS not in said:
        return unsure
    decided = _decide(said, about_sign=bool(own.signs))
    if decided is None:
        return _open(text, said, cue)
    wanted = (Vote.YES, Vote.SHOWS, Vote.HUM) if decided else (Vote.NO, Vote.DENIES)
    where = next(one for one, vote in zip(parts, votes, strict=True) if vote in wanted)
    span = text.span(where.start, where.end)
    return Reading(Outcome.UNDERSTOOD, decided, span=span, correction=cue)


def _decide(said: set[Vote], *, about_sign: bool) -> bool | None:
    if said == {Vote.HUM}:
        return True
    said = said - {Vote.HUM}
    if Vote.BOTH in said:
        return None
    if Vote.SHOWS in said:
        against = {Vote.NO} | (set() if about_sign else {Vote.DENIES, Vote.WORRY})
        return None if said & against else True
    if Vote.YES in said:
        against = {Vote.NO, Vote.DENIES} | (set() if about_sign else {Vote.WORRY})
        return None if said & against else True
    if said & {Vote.NO, Vote.DENIES}:
        return None if Vote.WORRY in said else False
    return None


def _open(text: Text, said: set[Vote], corrected: bool) -> Reading:
    span = text.raw.strip()
    if said:
        return Reading(Outcome.ASK_BACK, span=span, candidates=(True, False), correction=corrected)
    return Reading(Outcome.NOT_UNDERSTOOD, span=span, correction=corrected)


def _vote(text: str, part: Stretch, own: OwnWords, listed: frozenset[str]) -> Vote:
    if part.asked or CONCESSION.search(text[part.start : part.end]):
        return Vote.WORRY
    if not own.signs and not own.about_lapse and _of_another(text, part, own):
        return Vote.NOTHING if names_today(text, own) else Vote.WORRY
    plain = _plain(text, part, own)
    voted = _options(text, part, own, listed)
    if voted is None:
        voted, denied = _deeds(text, part, own)
        plain = None if denied else plain  # "never forget" holds no "never" of its own
    if voted is None:
        voted = _signs(text, part, own, listed)
    if voted is not None:
        return _together(voted, plain)
    if plain is not None:
        return plain
    return Vote.WORRY if disturbs(text, part, own.words, listed) else Vote.NOTHING


def _of_another(text: str, part: Stretch, own: OwnWords) -> bool:
    """Whether it tells of another medicine or day: "took paracetamol", 昨天吃了."""
    said = text[part.start : part.end]
    return other_medicine(said, own) or other_day(said, own)


def _together(voted: Vote, plain: Vote | None) -> Vote:
    """A plain yes or no beside a statement in the same stretch."""
    yes = voted in (Vote.YES, Vote.SHOWS)
    no = voted in (Vote.NO, Vote.DENIES)
    if (plain is Vote.NO and yes) or (plain is Vote.YES and no):
        return Vote.BOTH
    return voted if voted is not Vote.WORRY or plain is None else Vote.BOTH


def _options(text: str, part: Stretch, own: OwnWords, listed: frozenset[str]) -> Vote | None:
    """Phrases the care team listed for the yes and the no button."""
    yes, no = own.phrases.get("yes", frozenset()), own.phrases.get("no", frozenset())
    votes: set[Vote] = set()
    for hit in Book(yes | no).hits(text, part.start, part.end):
        if hit.phrase in HUMS or own.words.kinds_of(hit.phrase) & {"yes", "no"}:
            continue  # plain words have their own rules
        state = status(text, hit, own.words, listed)
        if state is Status.UNCLEAR or (state is Status.DENIED and hit.phrase not in yes):
            votes.add(Vote.BOTH)
        elif state is Status.DENIED:
            votes.add(Vote.DENIES)
        else:
            votes.add(Vote.SHOWS if hit.phrase in yes else Vote.DENIES)
    if len(votes) > 1:
        return Vote.BOTH
    return votes.pop() if votes else None


def _deeds(text: str, part: Stretch, own: OwnWords) -> tuple[Vote | None, bool]:
    """Done and not done (吃了, "took it", 忘了, "ran out"), and whether it was denied."""
    if own.signs and not own.about_lapse:
        return None, False
    words = own.words
    for hit in words.book("lapse").hits(text, part.start, part.end):
        state = status(text, hit, words, frozenset())
        if state is Status.UNCLEAR:
            return Vote.BOTH, False
        missed = state is Status.THERE
        return (Vote.YES if missed == own.about_lapse else Vote.NO), not missed
    for hit in words.book("done").hits(text, part.start, part.end):
        if not hit.phrase.isascii() and own.deeds and not own.deeds & set(hit.phrase):
            continue
        state = status(text, hit, words, frozenset())
        half = HALF_DONE.search(text[part.start : part.end])
        if state is Status.UNCLEAR or own.about_lapse or half:
            return Vote.WORRY, False
        return (Vote.YES, False) if state is Status.THERE else (Vote.NO, True)
    return None, False


def _plain(text: str, part: Stretch, own: OwnWords) -> Vote | None:
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
        return [Vote.HUM]
    if not _stands(text, part, place, own):
        return []
    return [Vote.YES] if "yes" in kinds else [Vote.NO]


def _stands(text: str, part: Stretch, place: int, own: OwnWords) -> bool:
    """Whether a yes or no word is an answer and not part of a longer statement."""
    hit = part.hits[place]
    before = text[part.start : hit.start].strip()
    after = text[hit.end : part.end].strip()
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
    left = leftover(text, part.start, part.end, own.words, own.topics | own.signs)
    return SMALL_WORDS.sub("", left).strip() == ""


def _signs(text: str, part: Stretch, own: OwnWords, listed: frozenset[str]) -> Vote | None:
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
