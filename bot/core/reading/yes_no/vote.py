"""Vote: what one stretch of an answer says, and what all of them say together."""

from __future__ import annotations

from enum import StrEnum


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


def decide(said: set[Vote], *, about_sign: bool) -> bool | None:
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


def together(voted: Vote, plain: Vote | None) -> Vote:
    """A plain yes or no beside a statement in the same stretch."""
    yes = voted in (Vote.YES, Vote.SHOWS)
    no = voted in (Vote.NO, Vote.DENIES)
    if (plain is Vote.NO and yes) or (plain is Vote.YES and no):
        return Vote.BOTH
    return voted if voted is not Vote.WORRY or plain is None else Vote.BOTH
