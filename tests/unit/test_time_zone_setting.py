"""The hospital's own clock is a setting, and a zone that is none stops the start with words."""

from __future__ import annotations

import pytest

from bot.core.errors import AftercareError
from bot.settings import read_settings
from bot.wiring import make_house


def test_the_house_stands_on_its_own_clock() -> None:
    house = make_house(read_settings({"AFTERCARE_TIME_ZONE": "Europe/Paris"}))
    assert house.default_time_zone == "Europe/Paris"
    assert make_house(read_settings({})).default_time_zone == "Asia/Shanghai"


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc/passwd", "Europe"])
def test_a_zone_that_is_none_is_named(zone: str) -> None:
    with pytest.raises(AftercareError, match="AFTERCARE_TIME_ZONE"):
        make_house(read_settings({"AFTERCARE_TIME_ZONE": zone}))
