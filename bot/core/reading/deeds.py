"""Deeds: whether "took it" tells of the asked medicine and of the asked day."""

from __future__ import annotations

import re

from bot.core.reading.own_words import OwnWords

TODAY = re.compile(r"今天|(?<![a-z])today(?![a-z])")


def other_day(said: str, own: OwnWords) -> bool:
    """Whether a deed is of another day than today, which the question asks about."""
    return (
        TODAY.search(own.ask) is not None
        and own.words.holds(said, "before")
        and not names_today(said, own)
        and (own.words.holds(said, "done") or own.words.holds(said, "lapse"))
    )


def names_today(said: str, own: OwnWords) -> bool:
    """Whether today is named: "missed it yesterday, took it today"."""
    return own.words.holds(said, "now") or own.words.holds(said, "earlier")


def other_medicine(said: str, own: OwnWords) -> bool:
    """ "took paracetamol" says nothing of the blood thinner, unless that is named too."""
    others = [
        hit for hit in own.words.book("other_medicine").hits(said) if hit.phrase not in own.said
    ]
    named = any(
        not any(one.start < hit.end and hit.start < one.end for one in others)
        for hit in own.topic_book.hits(said)
    )
    return bool(others) and not named


def only_intended(said: str, own: OwnWords) -> bool:
    """ "I mean to take it every day". The Chinese words for it are too short to stand alone."""
    return any(hit.phrase.isascii() for hit in own.words.book("intended").hits(said))
