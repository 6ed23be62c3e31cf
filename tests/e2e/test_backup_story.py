"""A serving house is backed up by the command, lost, and served again from the restore."""

from __future__ import annotations

import os
import subprocess
from datetime import timedelta
from pathlib import Path

from bot.core.message import Incoming, Part
from bot.core.staff import Shift
from bot.services.receive import receive
from bot.services.sign_in import sign_in
from bot.services.staff_accounts import make_account
from tests import builders as b
from tests.e2e.service import ROOT, Service, running_service

PASSWORD = "correct horse battery"
RED_FLAG = "我胸口疼得厉害，喘不上气"


def move_in(service: Service) -> None:
    """A nurse on the rota without a phone, and Mrs Wang at home with the web chat."""
    parts, now = service.parts, service.parts.clock.now()
    nurse = make_account(
        parts, name="陈静", login="chen", password=PASSWORD, role="nurse", ward="*", language="zh"
    )
    pathway = parts.library.pathway("hip_knee_replacement")
    with parts.record.transaction() as tx:
        starts, ends = now - timedelta(hours=1), now + timedelta(days=30)
        tx.shifts.add(Shift("shift-1", nurse, "first", starts_at=starts, ends_at=ends))
        tx.patients.add(b.a_patient())
        tx.contacts.add(b.a_contact(channel="webchat"))
        tx.episodes.add(
            b.an_episode(
                pathway_id=pathway.id,
                pathway_version=pathway.version,
                procedure_code=pathway.procedures[0],
                surgery_on=now.date() - timedelta(days=5),
                discharge_on=now.date() - timedelta(days=1),
            )
        )
        tx.conversations.add(b.a_chat(channel="webchat", account="web"))


def says(service: Service, text: str, number: int) -> None:
    receive(
        service.parts,
        Incoming(
            channel="webchat",
            account="web",
            external_id=f"web-{number}",
            address="wang",
            part=Part.TEXT,
            text=text,
        ),
    )


def all_done(service: Service) -> bool:
    return all(one.state.value == "done" for one in service.rows("inbound"))


def aftercare(service_environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [ROOT / ".venv/bin/aftercare", *command],
        cwd=ROOT,
        env={**os.environ, **service_environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_house_is_backed_up_while_it_serves_and_serves_again_from_the_restore(
    tmp_path: Path,
) -> None:
    first, second, file = tmp_path / "first", tmp_path / "second", tmp_path / "a.zip"
    first.mkdir()
    second.mkdir()
    with running_service(first) as service:
        move_in(service)
        says(service, RED_FLAG, 1)
        service.wait_until(lambda: service.rows("notifications") and all_done(service))
        before = {one.id: one.text for one in service.rows("inbound")}
        told = len(service.rows("notifications"))
        assert "checked" in aftercare(service.environment, "backup", str(file))
        (case,) = service.rows("escalations")
    there = {
        **service.environment,
        "AFTERCARE_DATABASE_URL": f"sqlite:///{second}/aftercare.db",
        "AFTERCARE_MEDIA": str(second / "media"),
    }
    assert "1 open cases page again" in aftercare(there, "restore", str(file))
    with running_service(second) as service:
        assert {one.id: one.text for one in service.rows("inbound")} == before
        service.wait_until(lambda: len(service.rows("notifications")) > told)
        (again,) = service.rows("escalations")
        assert again.id == case.id
        assert sign_in(service.parts, login="chen", password=PASSWORD, place="ward").token
        says(service, "好一点了", 2)
        service.wait_until(lambda: len(service.rows("inbound")) > len(before) and all_done(service))
        assert [one.text for one in service.rows("tasks", kind="restored")]
