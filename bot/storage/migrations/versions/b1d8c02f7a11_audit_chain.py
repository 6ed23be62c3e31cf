"""audit chain: the entries so far become its first links, and the database keeps them"""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa
from alembic import op

from bot.storage.append_only import guard

revision = "b1d8c02f7a11"
down_revision = "70969648d0a6"

FIELDS = ("id", "at", "who", "action", "about", "details")
BATCH = 1000


def upgrade() -> None:
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("previous", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("hash", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.create_index(batch_op.f("ix_audit_number"), ["number"], unique=True)
        batch_op.create_index(batch_op.f("ix_audit_who_at"), ["who", "at"], unique=False)
        batch_op.create_index(
            "ix_audit_unchained",
            ["at", "id"],
            unique=False,
            sqlite_where=sa.text("number IS NULL"),
            postgresql_where=sa.text("number IS NULL"),
        )
    _chain_what_is_there()
    guard(op.get_bind())


def _chain_what_is_there() -> None:
    """The form of `bot.core.audit_chain`, written out: this step must never change."""
    connection, number, before = op.get_bind(), 0, "0" * 64
    audit = sa.table(
        "audit",
        sa.column("at", sa.DateTime()),
        *(sa.column(one) for one in (*FIELDS, "number", "previous", "hash") if one != "at"),
    )
    query = sa.select(*(audit.c[one] for one in FIELDS)).where(audit.c.number.is_(None))
    link = (
        sa.update(audit)
        .where(audit.c.id == sa.bindparam("one"))
        .values({name: sa.bindparam(f"new_{name}") for name in ("number", "previous", "hash")})
    )
    while rows := connection.execute(query.order_by(audit.c.at, audit.c.id).limit(BATCH)).all():
        links = []
        for id, at, *rest in rows:
            number += 1
            moment = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            form = ["aftercare-audit-1", number, before, id, moment, *rest]
            text = json.dumps(form, separators=(",", ":"))
            own = hashlib.sha256(text.encode("ascii")).hexdigest()
            links.append({"one": id, "new_number": number, "new_previous": before, "new_hash": own})
            before = own
        connection.execute(link, links)


def downgrade() -> None:
    raise NotImplementedError("a chain that can be taken apart is none: restore a backup")
