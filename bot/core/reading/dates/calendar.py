"""Calendar: the day that a number stands for, near today."""

from __future__ import annotations

from datetime import date


def day_of(year: int, month: int, day: int) -> tuple[date, ...]:
    try:
        return (date(year, month, day),)
    except ValueError:
        return ()


def days_near(today: date | None, month: int, day: int, years: list[int]) -> tuple[date, ...]:
    """The day in the given years, or in the year that brings it nearest to today."""
    if years or today is None:
        return tuple(one for year in years for one in day_of(year, month, day))
    near = [one for year in (-1, 0, 1) for one in day_of(today.year + year, month, day)]
    return (min(near, key=lambda one: abs(one - today)),) if near else ()


def last_such_day(today: date, day: int) -> tuple[date, ...]:
    """ "the 5th" is the latest 5th that is not in the future."""
    year, month = today.year, today.month
    for _ in range(3):
        found = day_of(year, month, day)
        if found and found[0] <= today:
            return found
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return ()
