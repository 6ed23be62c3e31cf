"""kill -9 while people write: nothing is lost, nothing changes its order, no red flag waits.

The short version of the crash matrix, on real processes and a real Bot API.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.e2e.service import Service, running_service
from tests.e2e.test_telegram_story import admit, hire

pytest_plugins = ("tests.telegram_server.fixture",)
MESSAGES, KILLS = 40, 5


@pytest.fixture
def hospital(tmp_path: Path, telegram, database_url: str):  # type: ignore[no-untyped-def]
    environment = {
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_BASE_URL": telegram.url,
    }
    with running_service(tmp_path, environment, database_url) as service:
        hire(service, "chen", "陈静", "first")
        wang = telegram.person("王秀英", language="zh-hans")
        wang.start(admit(service))
        wang.wait_for("出生年份")
        wang.say("1946")
        wang.wait_for("您同意吗")
        wang.press("同意")
        wang.wait_for("现在有没有下面这些情况")
        yield service, wang


def test_messages_survive_a_dying_app_in_order_and_a_red_flag_is_raised_once(hospital) -> None:
    service, wang = hospital
    dice = random.Random(7)  # noqa: S311, the same kills in every run
    kills = sorted(dice.sample(range(2, MESSAGES - 2), KILLS))
    for number in range(MESSAGES):
        wang.say(f"第{number}句话" if number != MESSAGES // 2 else "我胸口疼得厉害，喘不上气")
        if number in kills:
            service.kill("app")
            service.start("app")
    done = service.wait_until(lambda: all_done(service), seconds=90)
    texts = [one.text for one in done if one.text.startswith("第")]
    assert texts == [f"第{n}句话" for n in range(MESSAGES) if n != MESSAGES // 2]
    assert [one.seq for one in done] == sorted(one.seq for one in done)
    cases = service.rows("escalations")
    assert len(cases) == 1
    assert cases[0].level.word == "emergency"
    assert cases[0].next_step_at is not None
    assert service.rows("notifications"), "the nurse on the rota was told"
    told = [one.key for one in service.rows("outbound")]
    assert len(told) == len(set(told)), "no message was made twice"
    service.wait_until(lambda: not unsent(service), seconds=60)
    twice = [one for one in service.rows("outbound") if one.possible_duplicate]
    assert len(twice) <= KILLS, "at most one message in hand at each kill"


def all_done(service: Service) -> list:  # type: ignore[type-arg]
    """Every message, once all of them have been received and reached an outcome."""
    found = service.rows("inbound", order_by="seq")
    texts = [one for one in found if one.text.startswith("第")]
    settled = all(one.state.value in ("done", "failed") for one in found)
    return found if len(texts) == MESSAGES - 1 and settled else []


def unsent(service: Service) -> list:  # type: ignore[type-arg]
    return [one for one in service.rows("outbound") if one.state.value in ("queued", "sending")]
