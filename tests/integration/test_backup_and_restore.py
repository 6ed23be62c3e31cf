"""Backup and restore: a living house comes back on an empty machine, with every promise."""

from __future__ import annotations

import json
import stat
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.core.check_in import CheckInState
from bot.core.conversation import InboundState, Mode, OutboundState
from bot.core.escalation import EscalationState
from bot.services.chain_audit import chain_audit
from bot.services.receive import receive
from bot.services.sign_in import session_of, sign_in
from bot.services.verify_audit import verify_audit
from bot.storage.append_only import SAYS
from bot.storage.database import open_database
from bot.storage.media import FileMedia
from bot.storage.migrate import SCRIPTS
from bot.workflows.at_once import run_due
from tests.fakes import FixedClock
from tests.integration.restored_house import (
    PASSWORD,
    PHOTO,
    RED_FLAG,
    Machine,
    empty_beside,
    from_patient,
    live,
    rows,
)


@pytest.fixture
def old(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The machine that will be lost."""
    machine = Machine(database_url, tmp_path, FixedClock(), monkeypatch)
    with machine.awake() as parts:
        live(parts, machine.media)
    return machine


@pytest.fixture
def new(old: Machine, tmp_path: Path) -> Iterator[Machine]:
    """An empty machine with the same clock."""
    with empty_beside(old.url, tmp_path) as url:
        yield Machine(url, tmp_path / "new", old.clock, old.monkeypatch)


def test_a_planned_move_brings_every_row_and_photo_exactly(
    old: Machine, new: Machine, tmp_path: Path
) -> None:
    old.backup(tmp_path / "move.zip")
    before = old.tables()
    assert sum(map(len, before.values())) > 40
    assert len(before) > 20
    new.restore(tmp_path / "move.zip", nothing_since=True)
    assert new.tables() == before
    photos = [{one.name: one.read_bytes() for one in m.media.iterdir()} for m in (old, new)]
    assert photos[0] == photos[1]
    assert list(photos[0].values()) == [PHOTO]
    assert not list((tmp_path / "new").glob(".*")), "nothing half is left"


def test_every_promise_holds_after_a_crash(old: Machine, new: Machine, tmp_path: Path) -> None:
    old.backup(tmp_path / "a.zip")
    new.clock.advance(hours=3)
    new.restore(tmp_path / "a.zip")
    with new.awake() as parts:
        _the_record_is_whole(parts, new.media)
        (case,) = rows(parts, "escalations")
        assert case.state is EscalationState.OPEN
        assert case.next_step_at == new.clock.now(), "P4: its next step is due"
        told = len(rows(parts, "notifications"))
        run_due(parts)
        assert len(rows(parts, "notifications")) > told, "it pages again"
        assert rows(parts, "escalations")[0].next_step_at > new.clock.now()
        sent = [one.text for one in parts.senders["telegram"].sent]
        assert "wang waits for this" in sent, "urgent advice is said once more"
        assert "zhou waits for this" not in sent
        marked = {one.id for one in rows(parts, "outbound") if one.possible_duplicate}
        assert "out-wang" in marked
        held = [one for one in rows(parts, "outbound") if one.id == "out-zhou"]
        assert held[0].state is OutboundState.DEAD
        tasks = {one.kind: one for one in rows(parts, "tasks")}
        (hers,) = rows(parts, "tasks", kind="held_messages", patient_id="patient-zhou")
        assert hers.text == "zhou waits for this"
        assert tasks["restored"].text == "2026-03-10 01:00 UTC – 2026-03-10 04:00 UTC"
        assert [one.action for one in rows(parts, "audit", action="restore")] == ["restore"]
        assert run_due(parts) == 0, "and then there is nothing left to do"


def test_the_audits_chain_goes_on_after_a_restore_and_nobody_can_change_it(
    old: Machine, new: Machine, tmp_path: Path
) -> None:
    with old.awake() as parts:
        noted = verify_audit(parts).head
    assert noted.number > 0
    old.backup(tmp_path / "a.zip")
    new.restore(tmp_path / "a.zip")
    new.restore(tmp_path / "a.zip", replace=True)
    with new.awake() as parts:
        assert verify_audit(parts).waiting > 0, "what was not a link yet came along"
        chain_audit(parts)
        verdict = verify_audit(parts, noted=noted.hash)
        assert verdict.whole
        assert verdict.waiting == 0
        assert rows(parts, "audit", action="restore", number__not=None)
    engine = open_database(new.url)
    for refused in ("DELETE FROM audit", "UPDATE audit SET who = 'x'"):
        with pytest.raises(SQLAlchemyError, match=SAYS), engine.begin() as connection:
            connection.execute(text(refused))
    engine.dispose()


def test_a_backup_of_before_the_chain_gets_one(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Machine(database_url, tmp_path, FixedClock(), monkeypatch)
    engine, config = open_database(database_url), Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "70969648d0a6")
        connection.execute(
            text(
                "INSERT INTO audit (id, at, who, action, about, details) VALUES"
                " ('old', '2026-03-01 08:00:00', 'nurse', 'saw_case', 'p', '')"
            )
        )
    engine.dispose()
    old.backup(tmp_path / "a.zip")
    with empty_beside(database_url, tmp_path) as url:
        new = Machine(url, tmp_path / "new", old.clock, monkeypatch)
        new.restore(tmp_path / "a.zip")
        with new.awake() as parts:
            assert [one.id for one in rows(parts, "audit", number=1)] == ["old"]
            chain_audit(parts)
            assert verify_audit(parts).whole
        engine = open_database(url)
        with pytest.raises(SQLAlchemyError, match=SAYS), engine.begin() as connection:
            connection.execute(text("DELETE FROM audit"))
        engine.dispose()


def _the_record_is_whole(parts, media: Path) -> None:  # type: ignore[no-untyped-def]
    """P1 messages, P2 the red flag's case, consent and STOP, pathways, photos, sign-in."""
    texts = {one.text for one in rows(parts, "inbound")}
    assert {RED_FLAG, "退订", "伤口照片"} <= texts
    assert all(one.state is InboundState.DONE for one in rows(parts, "inbound"))
    assert rows(parts, "causes", kind="screening")
    assert rows(parts, "conversations", address="li")[0].mode is Mode.STOPPED
    consents = rows(parts, "consents", episode_id="episode-li", order_by="decision")
    assert [one.decision for one in consents] == [
        "given",
        "withdrawn",
    ]
    for episode in rows(parts, "episodes"):
        pathway = parts.library.pathway(episode.pathway_id, episode.pathway_version)
        assert pathway.version == episode.pathway_version
    photo = rows(parts, "inbound", part="photo")[0].media[0]
    assert FileMedia(media).open(photo) == (PHOTO, "image/jpeg")
    opened = sign_in(parts, login="jing", password=PASSWORD, place="ward")
    assert session_of(parts, opened.token) is not None
    earlier = [one for one in rows(parts, "sign_ins") if one.id != opened.sign_in.id]
    assert earlier
    assert all(one.ended_at is not None for one in earlier), "who was signed in signs in again"


def test_no_check_in_is_lost_or_doubled(old: Machine, new: Machine, tmp_path: Path) -> None:
    old.backup(tmp_path / "a.zip")
    new.clock.advance(hours=25)
    new.restore(tmp_path / "a.zip")
    with new.awake() as parts:
        run_due(parts)
        run_due(parts)
        found = {one.id: one.state for one in rows(parts, "check_ins")}
        assert found["check-in-sun"] is CheckInState.SILENT, "its window is over: a nurse looks"
        assert found["check-in-zhou"] is CheckInState.OPEN
        opened = [
            one for one in rows(parts, "inbound") if one.external_id.startswith("check_in:check-in")
        ]
        assert [one.external_id for one in opened] == ["check_in:check-in-zhou:open"]
        silent = rows(parts, "tasks", kind="silence")
        assert [one.patient_id for one in silent] == ["patient-sun"]
        sent = parts.senders["telegram"].sent
        assert not [one for one in sent if one.address == "sun"], "no reminder of yesterday"


def test_a_restore_after_a_month_writes_to_no_patient_about_old_things(
    old: Machine, new: Machine, tmp_path: Path
) -> None:
    old.backup(tmp_path / "a.zip")
    new.clock.advance(days=30)
    new.restore(tmp_path / "a.zip")
    with new.awake() as parts:
        run_due(parts)
        patients = {"wang", "li", "zhou", "sun"}
        said = [one for one in parts.senders["telegram"].sent if one.address in patients]
        assert [one.text for one in said if one.address != "wang"] == []
        assert {one.kind for one in rows(parts, "tasks")} >= {"restored", "late_check_in"}


def test_a_backup_during_writes_is_one_moment(old: Machine, new: Machine, tmp_path: Path) -> None:
    stop, faults = threading.Event(), []
    with old.awake() as parts:

        def write() -> None:
            number = 100
            try:
                while not stop.is_set():
                    receive(parts, from_patient(f"第{number}句", number))
                    number += 1
            except Exception as fault:
                faults.append(fault)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for name in ("1.zip", "2.zip", "3.zip"):
                old.backup(tmp_path / name)
        finally:
            stop.set()
            writer.join()
        written = {one.id for one in rows(parts, "inbound")}
    assert faults == []
    new.restore(tmp_path / "3.zip", nothing_since=True)
    with new.awake() as parts:
        chat = rows(parts, "conversations", address="wang")[0]
        restored = rows(parts, "inbound", conversation_id=chat.id, order_by="seq")
        assert [one.seq for one in restored] == list(range(1, chat.last_seq + 1))
        assert len(restored) > 2
        assert {one.id for one in rows(parts, "inbound")} < written


def test_a_backup_is_private_and_says_what_it_holds(
    old: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "12345:SECRET-TOKEN")
    monkeypatch.setenv("AFTERCARE_ENGINE_TOKEN", "SECRET-ENGINE")
    folder = tmp_path / "backups"
    old.backup(folder)
    (file,) = folder.iterdir()
    assert file.name == "aftercare-2026-03-10T010000Z.zip"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    said = capsys.readouterr().out
    assert "MB" in said
    assert "checked" in said
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert manifest["made_at"] == "2026-03-10T01:00:00Z"
    assert manifest["rows"]["patients"] == 4
    assert set(manifest["sums"]) >= {"pathways/shared/phrases.yml"}
    assert b"SECRET" not in whole
    assert "workflows" not in "".join(manifest["sums"]), "durable work is found again by the sweep"


def test_only_the_newest_are_kept(old: Machine, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    (tmp_path / "backups").mkdir()
    (folder / "other.zip").write_text("not ours")
    for _ in range(4):
        old.clock.advance(hours=1)
        old.backup(folder, keep=2)
    assert sorted(one.name for one in folder.iterdir()) == [
        "aftercare-2026-03-10T040000Z.zip",
        "aftercare-2026-03-10T050000Z.zip",
        "other.zip",
    ]
