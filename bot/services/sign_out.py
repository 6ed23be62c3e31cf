"""Sign out: end one session, or every session of a person."""

from __future__ import annotations

from dataclasses import replace

from bot.core.staff import AuditEntry
from bot.services.lead import look_now
from bot.services.parts import Parts
from bot.services.ports import Transaction
from bot.services.sign_in import Session


def sign_out(parts: Parts, session: Session) -> None:
    """End this session."""
    now = parts.clock.now()
    nurse = session.nurse
    with parts.record.transaction() as tx:
        opened = tx.sign_ins.get(session.sign_in.id, lock=True)
        if opened is not None and opened.ended_at is None:
            tx.sign_ins.swap(opened, replace(opened, ended_at=now))
            look_now(tx, parts, nurse.id)
            tx.audit.add(
                AuditEntry(parts.ids.new(), now, nurse.id, "sign_out", f"nurse:{nurse.id}")
            )


def end_sessions(tx: Transaction, parts: Parts, nurse_id: str) -> None:
    """End every open session of a person: her account was closed or her password changed."""
    now = parts.clock.now()
    for opened in tx.sign_ins.find(nurse_id=nurse_id, ended_at=None):
        tx.sign_ins.swap(opened, replace(opened, ended_at=now))
