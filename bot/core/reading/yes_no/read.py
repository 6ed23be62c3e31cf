"""Read: one answer to a yes/no question."""

from __future__ import annotations

import re

from bot.core.reading.calm import all_signs, disturbs
from bot.core.reading.corrections import read_corrected
from bot.core.reading.deeds import names_today, other_day, other_medicine
from bot.core.reading.folding import Text
from bot.core.reading.manners import manner
from bot.core.reading.own_words import OwnWords
from bot.core.reading.result import Outcome, Reading
from bot.core.reading.stretches import PARTICLES, Stretch, stretches
from bot.core.reading.yes_no.lasting import lasted
from bot.core.reading.yes_no.plain import plain
from bot.core.reading.yes_no.told import deeds, options, signs
from bot.core.reading.yes_no.vote import Vote, decide, together

SIDE = re.compile(r"晚上|夜里|白天|[左右]|另一|(?<![a-z])(?:night|left|right|other)(?![a-z])")
TIMES = ("now", "earlier", "before", "at_rest", "on_the_move")
PLAIN_YES = frozenset(("有", "有的", "有啊", "有呢", "有过", "yes", "yeah", "yep"))
CONCESSION = re.compile(r"((?![不没])[\u4e00-\u9fff])(?:是\1|倒是\1)")


def read_yes_no(text: Text, own: OwnWords) -> Reading:
    """Read a yes/no answer."""
    return read_corrected(text, own, _read, (True, False))


def _read(text: Text, own: OwnWords) -> Reading:
    """Read words that no clear correction stands between."""
    label = own.labels.get(text.folded.strip())
    if label in ("yes", "no", "true", "false"):
        return Reading(Outcome.UNDERSTOOD, label in ("yes", "true"), span=text.raw.strip())
    longer = lasted(text.folded, own)
    if longer is not None:
        return Reading(Outcome.UNDERSTOOD, longer, span=text.raw.strip())
    parts = stretches(text.folded, own.words)
    listed = all_signs(text.folded, own.words) | own.signs | own.topics
    votes = [_vote(text.folded, one, own, listed) for one in parts]
    said = set(votes) - {Vote.NOTHING}
    unsure = manner(text, own.words)
    if unsure is not None and Vote.SHOWS not in said:
        return unsure
    if said == {Vote.NO, Vote.WORRY} and _no_is_a_complaint(text, parts, own):
        said = {Vote.NO}  # "No. Two codeine and still climbing the walls."
    decided = decide(said, about_sign=bool(own.signs))
    if decided is None:
        return _open(text, said)
    wanted = (Vote.YES, Vote.SHOWS, Vote.HUM) if decided else (Vote.NO, Vote.DENIES)
    where = next(one for one, vote in zip(parts, votes, strict=True) if vote in wanted)
    span = text.span(where.start, where.end)
    return Reading(Outcome.UNDERSTOOD, decided, span=span)


def _no_is_a_complaint(text: Text, parts: list[Stretch], own: OwnWords) -> bool:
    """Whether "no" says that something was not done or does not help: then no doubt holds
    it back, unless all is said to be well beside it ("no, works fine")."""
    about_deed = not own.signs and not own.about_lapse and "no" not in own.calm
    asked = any(one.asked for one in parts)  # "taken? no"
    return about_deed and not asked and not own.words.holds(text.folded, "fine")


def _open(text: Text, said: set[Vote]) -> Reading:
    span = text.raw.strip()
    if said:
        return Reading(Outcome.ASK_BACK, span=span, candidates=(True, False))
    return Reading(Outcome.NOT_UNDERSTOOD, span=span)


def _vote(text: str, part: Stretch, own: OwnWords, listed: frozenset[str]) -> Vote:
    if part.asked or CONCESSION.search(text[part.start : part.end]):
        return Vote.WORRY
    if not own.signs and not own.about_lapse and _of_another(text, part, own):
        return Vote.NOTHING if names_today(text, own) else Vote.WORRY
    said = plain(text, part, own)
    voted = options(text, part, own, listed)
    if voted is None:
        voted, denied = deeds(text, part, own)
        said = None if denied else said  # "never forget" holds no "never" of its own
    if voted is None and own.asked_hours is not None and said is None:
        return Vote.BOTH if signs(text, part, own, listed) else Vote.NOTHING
    if voted is None:
        voted = signs(text, part, own, listed)
    if voted is not None:
        return together(voted, said)
    if said is not None:
        return said
    worry = disturbs(text, part, own.words, listed) or _yes_at_times(text, part, own)
    return Vote.WORRY if worry else Vote.NOTHING


def _yes_at_times(text: str, part: Stretch, own: OwnWords) -> bool:
    """刚才有, "in the night yes", "walking yes": a yes of another moment or position."""
    last = part.hits[-1] if part.hits else None
    if last is None or last.phrase not in PLAIN_YES:
        return False
    ends = not PARTICLES.sub("", text[last.end : part.end])
    said = text[part.start : part.end]
    return ends and (SIDE.search(said) is not None or any(own.words.holds(said, t) for t in TIMES))


def _of_another(text: str, part: Stretch, own: OwnWords) -> bool:
    """Whether it tells of another medicine or day: "took paracetamol", 昨天吃了."""
    said = text[part.start : part.end]
    return other_medicine(said, own) or other_day(said, own)
