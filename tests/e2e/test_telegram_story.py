"""The whole story on real processes and a real Bot API over HTTP: a fever at home.

Enrol, consent, check-in in Chinese, a fever and a hot swollen calf, a nurse paged,
the second nurse paged after the deadline, acknowledged, closed; every row checked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.commands.demo import late_morning_zone
from bot.core.enrolment import NewEnrolment
from bot.core.patient import RiskTier
from bot.core.staff import Shift, StaffRole
from bot.services.enrol import enrol
from bot.services.register_nurse import make_link_code
from bot.services.staff_accounts import make_account
from tests.e2e.service import Service, running_service

pytest_plugins = ("tests.telegram_server.fixture",)


def hire(service: Service, login: str, name: str, rota: str, language: str = "zh") -> str:
    """An account on the rota, and the code that links her Telegram."""
    parts = service.parts
    nurse_id = make_account(
        parts,
        name=name,
        login=login,
        password="correct horse battery",
        role=StaffRole.ADMINISTRATOR if rota == "charge" else StaffRole.NURSE,
        ward="*",
        language=language,
    )
    now = parts.clock.now()
    with parts.record.transaction() as tx:
        tx.shifts.add(
            Shift(
                id=f"shift-{login}",
                nurse_id=nurse_id,
                rota=rota,
                starts_at=now - timedelta(hours=1),
                ends_at=now + timedelta(days=2),
            )
        )
    return nurse_id


def admit(service: Service) -> str:
    """A knee patient, home since yesterday; returns her code."""
    zone = late_morning_zone(service.parts.clock.now())
    today = datetime.now(ZoneInfo(zone)).date()
    row = NewEnrolment(
        name="王秀英",
        hospital_id="H-1",
        birth_year=1946,
        procedure_code="knee_replacement",
        surgery_on=today - timedelta(days=5),
        discharge_on=today - timedelta(days=1),
        language="zh",
        time_zone=zone,
        risk_tier=RiskTier.MEDIUM,
        channel="telegram",
    )
    return enrol(service.parts, row=row).invited[0].code


def speaks_as(telegram) -> dict[str, str]:  # type: ignore[no-untyped-def]
    """The settings with which the service speaks as this bot."""
    return {
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_BASE_URL": telegram.url,
        "AFTERCARE_TELEGRAM_USERNAME": "aftercare_bot",
    }


def test_a_fever_and_a_hot_calf_reach_the_second_nurse_and_are_closed(
    tmp_path: Path, telegram
) -> None:
    with running_service(tmp_path, speaks_as(telegram)) as service:
        tell_the_story(service, telegram)


def tell_the_story(service: Service, telegram) -> None:  # type: ignore[no-untyped-def]
    """Everybody's part in it, on an empty record."""
    chen, li = telegram.person("陈静"), telegram.person("李梅")
    admin = hire(service, "lin", "林主任", "charge")
    for person, name, rota in ((chen, "陈静", "first"), (li, "李梅", "second")):
        nurse_id = hire(service, rota, name, rota)
        person.start(make_link_code(service.parts, nurse_id=nurse_id, by=admin).code)
        person.wait_for(name)

    wang = telegram.person("王秀英", language="zh-hans")
    wang.start(admit(service))
    wang.wait_for("出生年份")
    wang.say("1946")
    wang.wait_for("您同意吗")
    wang.press("同意")
    wang.wait_for("现在有没有下面这些情况")
    wang.press("都没有")
    wang.wait_for("体温")
    wang.say("38度6，有点烧")
    wang.wait_for("伤口")
    wang.press("都没有")
    wang.wait_for("小腿")
    wang.say("左边小腿又肿又烫，一按就疼")

    chen.wait_for("现状")
    cases = service.rows("escalations")
    assert [one.level.word for one in cases] == ["same_day"]
    assert "王秀英" in chen.transcript()
    assert "现状" not in li.transcript(), "the second nurse is not told before the deadline"

    service.pass_time(minutes=cases[0].chain.step_every_minutes + 1)
    li.wait_for("现状")
    li.press("我来处理")
    chen.wait_for("李梅")
    wang.wait_for("李梅")
    case = service.wait_until(lambda: service.rows("escalations", acknowledged_by__not=None))[0]
    assert case.state.value == "acknowledged"

    li.press("结束")
    li.wait_for("结果是")
    li.press("已打电话")
    closed = service.wait_until(lambda: service.rows("escalations", state="closed"))[0]
    assert (closed.outcome, closed.closed_by) == ("called", closed.acknowledged_by)
    wang.send_photo("刀口的照片")
    wang.wait_for("照片收到了")
    photo = service.wait_until(lambda: service.rows("tasks", kind="photo"))[0]
    assert photo.done_at is None, "a photo waits for a nurse"
    assert telegram.tap_answers, "every tap is answered, or the button seems to hang"
    check_the_record(service)


def check_the_record(service: Service) -> None:
    """Every row that this story must leave behind."""
    temperature = service.rows("observations", question_id="temperature")[0]
    assert (temperature.value, temperature.unit) == (38.6, "Cel")
    assert temperature.source_text == "38度6，有点烧"
    assert temperature.said_by_role == "patient"
    leg = service.rows("observations", question_id="leg", superseded_by=None)[0]
    assert {"swelling", "calf_pain", "hot_red"} == set(leg.value)
    causes = service.rows("causes")
    assert {"rule", "screening"} <= {one.kind for one in causes}
    assert all(one.words and one.version for one in causes)
    told = {one.rota for one in service.rows("notifications")}
    assert {"first", "second"} <= told
    assert service.rows("consents")[0].decision == "given"
    for kept, reached in (("inbound", "done"), ("outbound", "sent")):
        service.wait_until(
            lambda kept=kept, reached=reached: (
                {one.state.value for one in service.rows(kept)} == {reached}
            )
        )
    assert service.rows("invitations")[0].used_at is not None
