"""Alerts: how many cases were raised, and how many of them rightly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.core.programme.figure import Figure, per_100, share
from bot.core.programme.rows import CaseRow, FollowedRow

RIGHT, PARTLY, WRONG = "yes", "partly", "no"  # as a nurse says it who closes the case
SAID: Final = (RIGHT, PARTLY, WRONG)


def alerts_per_100(cases: Sequence[CaseRow], followed: Sequence[FollowedRow]) -> Figure:
    """每百例患者预警数.

    Counted: cases opened in the period; one case may have several causes. Per 100
    follow-ups with a check-in due in the period. Tasks are no alerts.
    """
    return per_100(len(cases), sum(one.count for one in followed))


def precision(cases: Sequence[CaseRow]) -> Figure:
    """预警准确率 (positive predictive value), in percent.

    Counted: cases opened in the period that the nurse who closed them called right. Of:
    those for which she said right, partly or wrong. Left out: open cases, and closed ones
    for which she did not say.
    """
    said = [one.alert_right for one in cases if one.alert_right in SAID]
    return share(said.count(RIGHT), len(said), left_out=len(cases) - len(said))


def partly_right(cases: Sequence[CaseRow]) -> Figure:
    """部分准确, in percent: the same, for those called partly right."""
    said = [one.alert_right for one in cases if one.alert_right in SAID]
    return share(said.count(PARTLY), len(said), left_out=len(cases) - len(said))
