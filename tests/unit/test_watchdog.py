"""The watchdog: a heartbeat only while all holds, one alarm per fault, again, and all well."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot.core.errors import AftercareError, DeliveryFailed
from bot.services.deliver import deliver
from bot.services.parts import House
from bot.settings import read_settings
from bot.storage.database import open_for_watching
from bot.storage.unit_of_work import SqlRecord
from bot.watchdog.dog import Watchdog
from bot.watchdog.hand import Hand
from bot.watchdog.heartbeat import UrlHeartbeat
from bot.watchdog.memory import Memory
from bot.watchdog.probes import Probes
from bot.watchdog.record_look import look_at_record
from bot.watchdog.status import status_text
from bot.watchdog_wiring import pause_seconds
from tests.builders import START, an_inbound
from tests.unit.escalation_desk import raise_it
from tests.unit.kennel import Guarded, a_guarded_ward


@pytest.fixture
def ward(tmp_path: Path) -> Guarded:
    return a_guarded_ward(tmp_path)


def lose_the_record(ward: Guarded, tmp_path: Path) -> None:
    """From now on the database is not where it was; the watchdog never makes one."""
    gone = open_for_watching(f"sqlite:///{tmp_path}/gone.db", seconds=1)
    object.__setattr__(ward.kennel, "record", SqlRecord(gone))


def test_the_heart_beats_only_while_everything_holds(ward: Guarded) -> None:
    ward.look()
    ward.outside.engines = ["model_not_ready"]
    ward.look()
    ward.outside.engines = [None]
    ward.look()
    assert ward.beats == [True, False, True]


def test_when_the_app_dies_the_heart_stops_within_two_minutes(ward: Guarded) -> None:
    """P6: 60 s that a sign may be old, 60 s to the next look; the outside party has three more."""
    ward.look()
    died = ward.world.clock.now()
    last_beat = died
    for _ in range(10):
        ward.look(worker=False)
        if ward.beats[-1]:
            last_beat = ward.world.clock.now()
    assert last_beat - died <= timedelta(minutes=2)
    assert ward.beats[-1] is False
    assert "the app gives no sign of life" in ward.alarms()[0]


def test_a_case_without_a_next_step_stops_the_heart_and_is_told(ward: Guarded) -> None:
    """P4, by a party that is not the workflow engine."""
    case = raise_it(ward.world)
    for chat in ("chat-chen", "chat-wang"):
        deliver(ward.world.parts, chat)
    with ward.world.record.transaction() as tx:
        tx.escalations.swap(case, replace(case, next_step_at=None))
    assert ward.look() == {"overdue_step"}
    assert case.id in ward.alarms()[0]
    for _ in range(15):
        ward.look()
    assert len(ward.alarms()) == 2, "told again each quarter of an hour"
    assert "Over" not in ward.alarms()[1]
    assert not any(ward.beats)


def test_one_fault_is_one_alarm_told_again_each_hour_and_once_when_it_is_over(
    ward: Guarded,
) -> None:
    ward.outside.free = 10
    for _ in range(60):
        ward.look()
    assert len(ward.alarms()) == 1
    assert "NEW: the disk is nearly full, since 03-10 09:01" in ward.alarms()[0]
    assert "Found 10 MB, the limit is 1000." in ward.alarms()[0]
    assert "docs/how-to/watchdog.md#disk" in ward.alarms()[0]
    ward.look()
    assert len(ward.alarms()) == 2
    assert "STILL: the disk is nearly full" in ward.alarms()[1]
    ward.outside.free = 50_000
    for _ in range(10):
        ward.look()
    assert len(ward.alarms()) == 3
    assert "Over: the disk is nearly full." in ward.alarms()[2]
    assert "All is well again." in ward.alarms()[2]


def test_while_something_is_wrong_it_never_says_that_all_is_well(ward: Guarded) -> None:
    ward.world.add(an_inbound(received_at=START))
    for _ in range(32):
        ward.look()
    assert len(ward.alarms()) == 1, "a waiting message: each hour"
    ward.outside.free = 10
    ward.look()
    assert "All is well" not in ward.alarms()[-1]


def test_a_fault_that_comes_and_goes_is_one_fault(ward: Guarded) -> None:
    for number in range(20):
        ward.outside.free = 10 if number % 2 else 50_000
        ward.look()
    assert len(ward.alarms()) == 1


def test_a_restart_of_the_engine_is_no_alarm_but_stops_the_heart(ward: Guarded) -> None:
    ward.outside.engines = ["ConnectError"]
    ward.look()
    ward.outside.engines = [None]
    for _ in range(5):
        ward.look()
    assert ward.alarms() == []
    assert ward.beats[0] is False
    ward.outside.engines = ["ConnectError"]
    for _ in range(3):
        ward.look()
    assert len(ward.alarms()) == 1
    assert "Reason: ConnectError" in ward.alarms()[0]


def test_several_faults_at_once_are_one_message(ward: Guarded) -> None:
    ward.outside.free, ward.outside.ahead = 10, 60
    ward.look()
    (alarm,) = ward.alarms()
    assert alarm.count("NEW:") == 2


def test_an_alarm_speaks_the_language_of_its_reader(tmp_path: Path) -> None:
    ward = a_guarded_ward(tmp_path, language="zh")
    ward.outside.free = 10
    ward.look()
    (alarm,) = ward.alarms()
    assert alarm.startswith("【技术告警】术后随访系统，仁爱医院")
    assert "磁盘快满了" in alarm


def test_an_alarm_holds_ids_and_no_words_of_a_patient(ward: Guarded, caplog) -> None:
    ward.world.add(an_inbound("我喘不过气", id="in-of-wang", received_at=START))
    ward.look(minutes=5)
    (alarm,) = ward.alarms()
    assert "in-of-wang" in alarm
    assert "喘" not in alarm + caplog.text
    assert "王秀英" not in alarm + caplog.text


def test_the_alarm_takes_the_providers_own_door_and_not_the_outbox(ward: Guarded) -> None:
    ward.outside.free = 10
    ward.look()
    assert [one.address for one in ward.provider.sent] == ["address-lin"]
    assert ward.world.rows("outbound") == []


def test_an_alarm_that_was_not_delivered_is_tried_each_round(ward: Guarded, caplog) -> None:
    ward.outside.free = 10
    ward.provider.failures.extend([DeliveryFailed("down"), DeliveryFailed("too_fast")])
    ward.look()
    assert ward.alarms() == []
    assert "no administrator could be reached" in caplog.text
    ward.look()
    ward.look()
    assert len(ward.alarms()) == 1


def test_without_an_administrator_the_log_says_it_and_the_heart_stays_still(
    ward: Guarded, caplog
) -> None:
    with ward.world.record.transaction() as tx:
        lin = tx.nurses.get("nurse-lin")
        tx.nurses.swap(lin, type(lin)(**{**vars(lin), "conversation_id": None}))
    assert ward.look() == {"administrators"}
    assert "CRITICAL" in caplog.text
    caplog.clear()
    ward.look()
    assert "CRITICAL" not in caplog.text, "the log is not filled every minute either"
    assert ward.beats == [False, False]


def test_without_the_record_those_it_remembers_are_told(ward: Guarded, tmp_path: Path) -> None:
    ward.look()
    lose_the_record(ward, tmp_path)
    assert ward.look() == {"database"}, "one fault, not one for every check"
    ward.look()
    assert len(ward.alarms()) == 1
    assert "the record cannot be read or written" in ward.alarms()[0]
    assert ward.beats == [True, False, False]
    assert not (tmp_path / "gone.db").exists()


def test_a_watchdog_that_died_tells_nothing_twice_and_still_knows_whom(
    ward: Guarded, tmp_path: Path
) -> None:
    ward.look()
    ward.outside.free = 10
    ward.look()
    lose_the_record(ward, tmp_path)
    ward.dog = Watchdog(ward.kennel)
    ward.look()
    ward.look()
    disk, record = ward.alarms()
    assert "disk" in disk
    assert "record" in record


def test_a_memory_that_was_cut_off_is_as_good_as_none(ward: Guarded, tmp_path: Path) -> None:
    ward.look()
    (tmp_path / "watchdog.json").write_text('{"looked_at": "2026-03', "utf-8")
    ward.dog = Watchdog(ward.kennel)
    assert ward.look() == set()
    assert Memory(tmp_path / "watchdog.json").recall().administrators
    assert (tmp_path / "watchdog.json").stat().st_mode & 0o077 == 0, "addresses of staff"


def test_a_locked_record_is_a_fault_within_seconds(ward: Guarded, tmp_path: Path) -> None:
    ward.look()
    url = f"sqlite:///{tmp_path}/aftercare.db"
    record = SqlRecord(open_for_watching(url, seconds=0))
    assert look_at_record(record, START).found["database"].value == 0
    with sqlite3.connect(tmp_path / "aftercare.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert look_at_record(record, START).found["database"].reason == "OperationalError"
        other.execute("ROLLBACK")
    other.close()


def test_a_record_that_hangs_holds_nobody_up() -> None:
    from threading import Event

    go_on, hand = Event(), Hand("test", 0.01)
    assert hand.do(go_on.wait) is None
    assert hand.do(lambda: 1) is None, "what hangs is not doubled"
    go_on.set()
    hand._last.result(5)  # type: ignore[union-attr]
    assert hand.do(lambda: 1) == 1


def test_a_heartbeat_that_nobody_takes_is_a_fault_of_its_own(ward: Guarded) -> None:
    ward.heartbeat.listens = False
    for _ in range(6):
        ward.look()
    assert ward.alarms() == []
    ward.look()
    assert "the heartbeat does not reach" in ward.alarms()[0]
    assert all(ward.beats), "it goes on trying: nothing else is wrong"


def test_the_console_and_the_audit_keep_what_was_found(ward: Guarded) -> None:
    ward.outside.free = 10
    ward.look()
    disk = ward.world.get("invariants", "disk")
    assert (disk.holds, disk.found, disk.alarmed_at) == (False, 10, ward.world.clock.now())
    ward.outside.free = 50_000
    for _ in range(5):
        ward.look()
    assert ward.world.get("invariants", "disk").holds
    found = ward.world.rows("audit", who="watchdog", order_by="at")
    assert [(one.action, one.about) for one in found] == [
        ("alarm.told", "disk"),
        ("alarm.over", "disk"),
    ]


def test_the_status_says_what_is_wrong_and_whether_the_watchdog_itself_lives(
    ward: Guarded,
) -> None:
    now = ward.world.clock.now
    assert status_text(ward.dog.known, now(), "en")[1] is False
    ward.look()
    assert status_text(ward.dog.known, now(), "en")[1] is True
    ward.outside.free = 10
    ward.look()
    text, well = status_text(ward.dog.known, now(), "en")
    assert "FAULT disk" in text
    assert not well
    ward.world.clock.advance(minutes=6)
    assert "SILENT" in status_text(ward.dog.known, now(), "en")[0]


def test_a_jump_of_the_clock_is_what_time_did_not_do() -> None:
    wall, passed = iter([1000.0, 1060.0, 1090.0]), iter([5.0, 65.0, 125.0])
    probes = Probes([], [], str, [], lambda: None, lambda: next(wall), lambda: next(passed))
    assert [probes.clock_jump() for _ in range(3)] == [0, 0, -30]


def test_the_disk_is_that_of_a_folder_not_made_yet(tmp_path: Path) -> None:
    probes = Probes([], [], str, [tmp_path / "not" / "yet"], lambda: None)
    assert probes.free_megabytes() > 0


def test_an_action_server_that_is_away_has_a_reason() -> None:
    away = Probes([], ["http://127.0.0.1:1/x"], str, [], lambda: None)
    assert away.why_no_actions() == ["ConnectError"]


@pytest.mark.parametrize(
    ("status", "well", "says_fail", "called", "taken"),
    [
        (200, True, False, ["/ping"], True),
        (200, False, False, [], True),
        (200, False, True, ["/ping/fail"], True),
        (503, True, False, ["/ping"], False),
    ],
)
def test_the_heartbeat_calls_its_address(
    monkeypatch, status: int, well: bool, says_fail: bool, called: list[str], taken: bool
) -> None:
    seen: list[str] = []

    def get(_self: httpx.Client, url: str) -> httpx.Response:
        seen.append(httpx.URL(url).path)
        return httpx.Response(status)

    monkeypatch.setattr(httpx.Client, "get", get)
    heart = UrlHeartbeat("https://hc.example/ping", says_fail=says_fail)
    assert heart.beat(well=well) is taken
    assert seen == called


def test_a_pause_that_would_break_the_promise_is_refused() -> None:
    assert pause_seconds(read_settings({})) == 60
    for wrong in ("0", "600", "soon", "nan"):
        with pytest.raises(AftercareError):
            pause_seconds(read_settings({"AFTERCARE_WATCHDOG_SECONDS": wrong}))


def test_the_watchdog_tells_the_time_of_the_house() -> None:
    assert House.default_time_zone == read_settings({}).time_zone
