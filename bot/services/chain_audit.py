"""Chain the audit: what was noted becomes links of the chain, a moment after its commit.

An entry is committed with what it tells of, by whoever writes, without waiting for
anybody. Only this use case numbers and hashes; it is called once a second by the worker
that leads, so no patient's message ever queues behind the chain's head.
"""

from __future__ import annotations

from typing import Final

from bot.core.audit_chain import Head, chained, head_after
from bot.core.errors import AftercareError
from bot.services.parts import Parts
from bot.services.ports import Transaction

BATCH: Final = 200  # a write of a few dozen milliseconds on SQLite, which has one writer


class ChainMoved(AftercareError):
    """Another worker chained the same entries; nothing was written, try again."""


def chain_audit(parts: Parts) -> bool:
    """Chain one batch of what waits; says whether more may wait. Raises ChainMoved.

    Two at once would hand out one number twice, so the first link is locked, always the
    same row, and nothing else is locked after it that anybody else waits for. While the
    chain is empty there is no such row: then the unique number decides.
    """
    with parts.record.reading() as tx:
        if not tx.audit.find(number=None, limit=1):
            return False
    with parts.record.transaction() as tx:
        tx.audit.one(number=1, lock=True)
        head = head_of(tx)
        waiting = tx.audit.find(number=None, order_by="at,id", limit=BATCH)
        for entry in waiting:
            link = chained(entry, head)
            if not tx.audit.swap(entry, link):
                raise ChainMoved(f"entry {entry.id} was chained meanwhile")
            head = head_after(link)
    return len(waiting) == BATCH


def head_of(tx: Transaction) -> Head:
    """The newest link."""
    newest = tx.audit.find(number__not=None, order_by="-number", limit=1)
    return head_after(newest[0]) if newest else Head()
