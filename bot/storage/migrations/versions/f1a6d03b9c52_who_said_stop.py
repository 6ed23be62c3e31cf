"""who said STOP, by when: the programme need not read every consent"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "f1a6d03b9c52"
down_revision = "4301b16dc0f1"

WITHDRAWN = sa.text("decision = 'withdrawn'")


def upgrade() -> None:
    op.create_index(
        "ix_consents_withdrawn",
        "consents",
        ["decided_at"],
        sqlite_where=WITHDRAWN,
        postgresql_where=WITHDRAWN,
    )


def downgrade() -> None:
    op.drop_index("ix_consents_withdrawn", table_name="consents")
