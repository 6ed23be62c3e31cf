"""Opinion: what patients say of the care, by three definitions that others use too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.core.programme.figure import Figure, Kind, count, share
from bot.core.programme.rows import ScoreRow

# Codes of the questions, as `pathways/shared/questions.yml` has them.
SATISFACTION, RECOMMEND, EFFORT = "csat", "recommend_score", "ces"
OPINIONS: Final = (SATISFACTION, RECOMMEND, EFFORT)


def recommend(scores: Iterable[ScoreRow]) -> Figure:
    """推荐净值 (the method of NPS), from -100 to 100 points.

    Share of 9 and 10 minus share of 0 to 6, of all answers of 0 to 10 in the period. "Net
    Promoter" is a registered mark, so it is called the recommend score. Left out: questions
    without an understood answer, and answers that were corrected later. Source: the usual
    definition, clinical.md section 5 (nps).
    """
    promoters, passives, detractors = bands(scores)
    n = promoters + passives + detractors
    return Figure(Kind.POINTS, 100 * (promoters - detractors) / n if n else None, n)


def bands(scores: Iterable[ScoreRow]) -> tuple[int, int, int]:
    """How many gave 9 or 10, 7 or 8, and 0 to 6 to the recommend question."""
    found = [0, 0, 0]
    for one in scores:
        if one.code == RECOMMEND:
            found[0 if one.value >= 9 else 1 if one.value >= 7 else 2] += one.count
    return found[0], found[1], found[2]


def promoters(scores: Iterable[ScoreRow]) -> Figure:
    """How many gave 9 or 10."""
    return count(bands(scores)[0])


def passives(scores: Iterable[ScoreRow]) -> Figure:
    """How many gave 7 or 8."""
    return count(bands(scores)[1])


def detractors(scores: Iterable[ScoreRow]) -> Figure:
    """How many gave 0 to 6."""
    return count(bands(scores)[2])


def satisfaction(scores: Iterable[ScoreRow]) -> Figure:
    """满意度 (CSAT, top two boxes), in percent: 4 and 5 of all answers of 1 to 5."""
    given = [one for one in scores if one.code == SATISFACTION]
    content = sum(one.count for one in given if one.value >= 4)
    return share(content, sum(one.count for one in given))


def effort(scores: Iterable[ScoreRow]) -> Figure:
    """费力度 (CES), the mean of "the hospital made it easy to get help", 1 to 7; 7 is easiest."""
    given = [one for one in scores if one.code == EFFORT]
    n = sum(one.count for one in given)
    return Figure(Kind.SCORE, sum(one.value * one.count for one in given) / n if n else None, n)


def easy(scores: Iterable[ScoreRow]) -> Figure:
    """The share of 5 to 7 to the same question, in percent."""
    given = [one for one in scores if one.code == EFFORT]
    content = sum(one.count for one in given if one.value >= 5)
    return share(content, sum(one.count for one in given))
