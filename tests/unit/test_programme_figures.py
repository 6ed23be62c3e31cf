"""Figures and months of the programme: medians, nearest ranks, months across a change of clocks."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.programme.figure import (
    FEW,
    middle,
    nine_in_ten,
    per_100,
    rank,
    rank_of_counts,
    share,
)
from bot.core.programme.opinion import bands, recommend, satisfaction
from bot.core.programme.period import MOST_MONTHS, month_of, months, months_before, shift_of
from bot.core.programme.rows import ScoreRow

SHANGHAI = ZoneInfo("Asia/Shanghai")


def scores(code: str, *values: float) -> list[ScoreRow]:
    return [ScoreRow(ward="", procedure="", month="", code=code, value=one) for one in values]


def test_a_share_says_how_many_of_how_many() -> None:
    figure = share(3, 4, left_out=2)
    assert (figure.value, figure.counted, figure.n, figure.left_out) == (75.0, 3, 4, 2)


def test_nothing_of_nothing_is_no_share_and_not_zero() -> None:
    assert share(0, 0).value is None
    assert per_100(3, 0).value is None
    assert middle([]).value is None
    assert nine_in_ten([]).value is None


def test_few_are_marked_and_ten_are_not() -> None:
    assert share(1, FEW - 1).few
    assert not share(1, FEW).few
    assert not share(0, 0).few


def test_the_median_of_an_even_number_lies_between_the_middle_two() -> None:
    assert middle([1, 3, 5, 100]).value == 4


def test_nine_in_ten_were_done_within_a_time_that_really_happened() -> None:
    assert nine_in_ten([*range(1, 10), 1000]).value == 9
    assert nine_in_ten([*range(1, 9), 500, 1000]).value == 500
    assert nine_in_ten([7]).value == 7


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.sampled_from([0.1, 0.5, 0.9]))
def test_counted_values_rank_as_if_they_were_written_out(values: list[int], part: float) -> None:
    counts = [(float(one), values.count(one)) for one in set(values)]
    assert rank_of_counts(counts, part) == rank(sorted(values), part)


def test_the_recommend_score_is_promoters_minus_detractors() -> None:
    given_scores = scores("recommend_score", 10, 9, 8, 7, 6, 0)
    assert bands(given_scores) == (2, 2, 2)
    assert recommend(given_scores).value == 0
    assert recommend(scores("recommend_score", 0, 6)).value == -100
    assert recommend(scores("recommend_score", 9, 10, 10, 8)).value == 75


def test_content_are_those_who_gave_four_or_five() -> None:
    assert satisfaction(scores("csat", 5, 4, 3, 2, 1)).value == 40
    assert satisfaction(scores("ces", 7, 7)).value is None, "another question"


def test_a_month_is_the_houses_own() -> None:
    (march,) = months("2026-03", "2026-03", "Asia/Shanghai")
    assert march.starts_at == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert march.ends_at == datetime(2026, 3, 31, 16, tzinfo=UTC)
    assert (march.first, march.last) == (date(2026, 3, 1), date(2026, 3, 31))


def test_months_lie_end_to_end_also_where_the_clocks_change() -> None:
    found = months("2025-10", "2026-04", "Europe/Berlin")
    assert [one.name for one in found][:4] == ["2025-10", "2025-11", "2025-12", "2026-01"]
    for one, after in itertools.pairwise(found):
        assert one.ends_at == after.starts_at
    lengths = {one.name: (one.ends_at - one.starts_at).total_seconds() / 3600 for one in found}
    assert lengths["2025-10"] == 31 * 24 + 1
    assert lengths["2026-03"] == 31 * 24 - 1


@pytest.mark.parametrize(
    "wrong", ["", "2026", "2026-3", "2026-00", "2026-13", "1999-12", "abcd-ef"]
)
def test_what_is_no_month_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="month"):
        months(wrong, wrong, "UTC")


def test_at_most_two_years_are_shown() -> None:
    assert len(months("2024-04", "2026-03", "UTC")) == MOST_MONTHS
    with pytest.raises(ValueError, match="months"):
        months("2024-03", "2026-03", "UTC")


def test_the_month_before_january_is_december() -> None:
    assert months_before("2026-01", 1) == "2025-12"
    assert months_before("2026-03", 27) == "2023-12"


def test_a_moment_is_in_the_month_and_the_shift_of_the_house() -> None:
    late = datetime(2026, 2, 28, 16, 30, tzinfo=UTC)  # half past midnight in Shanghai
    assert month_of(late, "Asia/Shanghai") == "2026-03"
    assert shift_of(late, SHANGHAI) == "night"
    hours = {
        hour: shift_of(datetime(2026, 3, 1, hour, tzinfo=SHANGHAI), SHANGHAI)
        for hour in (7, 8, 15, 16, 23)
    }
    assert hours == {7: "night", 8: "day", 15: "day", 16: "evening", 23: "evening"}
