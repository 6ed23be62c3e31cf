"""Contacts: which check-ins were answered to the end, and where answers cease."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from bot.core.check_in import CheckInState
from bot.core.programme.figure import Figure, share
from bot.core.programme.rows import ContactRow, FollowedRow, StopRow

# What a check-in can come to that says something about patient or programme.
SETTLED: Final = (CheckInState.COMPLETED, CheckInState.SILENT, CheckInState.MISSED)


def completion(contacts: Iterable[ContactRow]) -> Figure:
    """随访完成率, in percent.

    Counted: check-ins in which every question was asked and answered. Of: check-ins due in
    the period that were completed, met silence, or could not be sent in time. Left out:
    those that still run, that an emergency or a nurse ended, that were cancelled, and that
    lay before the enrolment.
    """
    found = list(contacts)
    done = sum(one.count for one in found if one.state is CheckInState.COMPLETED)
    of, out = _settled(found)
    return share(done, of, left_out=out)


def drop_off(contacts: Iterable[ContactRow], lost: Iterable[ContactRow]) -> Figure:
    """脱落率, in percent.

    Counted: check-ins that met silence, after an answered one or as the very first, and
    since then nothing was answered. Of and left out: as for completion. It is as of today:
    who answers again is counted no longer.
    """
    of, out = _settled(contacts)
    return share(sum(one.count for one in lost), of, left_out=out)


def _settled(contacts: Iterable[ContactRow]) -> tuple[int, int]:
    """How many check-ins say something, and how many do not."""
    of = out = 0
    for one in contacts:
        if one.planned and one.state in SETTLED:
            of += one.count
        else:
            out += one.count
    return of, out


def stopped(stops: Sequence[StopRow], followed: Sequence[FollowedRow]) -> Figure:
    """退订率, in percent.

    Counted: follow-ups in which patient or caregiver said STOP in the period, even if she
    came back. Of: follow-ups with a check-in due in the period.
    """
    said, of = sum(one.count for one in stops), sum(one.count for one in followed)
    return share(said, max(of, said))
