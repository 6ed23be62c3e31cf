"""An index of urgent messages that wait, and a pace for every account that has some."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "9e92fc616a68"
down_revision = "c243ea7cc26f"

URGENT = "state IN ('queued', 'sending') AND priority <= 1"
LONG_AGO = datetime(2026, 1, 1)  # noqa: DTZ001, as the column keeps it: in UTC


def upgrade() -> None:
    op.create_index(
        "ix_outbound_urgent_head",
        "outbound",
        ["conversation_id", "seq"],
        unique=False,
        sqlite_where=sa.text(URGENT),
        postgresql_where=sa.text(URGENT),
    )
    known = {one for (one,) in op.get_bind().execute(sa.text("SELECT id FROM paces"))}
    waiting = op.get_bind().execute(
        sa.text("SELECT DISTINCT sender FROM outbound WHERE state IN ('queued', 'sending')")
    )
    fresh = sorted({one for (one,) in waiting if one} - known)
    paces = sa.table(
        "paces",
        sa.column("id", sa.String),
        sa.column("busy_until", sa.DateTime),
        sa.column("refused_chat", sa.String),
    )
    op.bulk_insert(
        paces, [{"id": one, "busy_until": LONG_AGO, "refused_chat": ""} for one in fresh]
    )


def downgrade() -> None:
    op.drop_index("ix_outbound_urgent_head", table_name="outbound")
