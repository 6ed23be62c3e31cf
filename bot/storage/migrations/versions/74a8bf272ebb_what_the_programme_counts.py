"""what the programme counts: the grade of a complication, when a case was first heard, indexes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "74a8bf272ebb"
down_revision = "7ec09370bcbf"

INDEXES = (
    ("check_ins", ["due_at"]),
    ("episodes", ["discharge_on"]),
    ("observations", ["code", "observed_at"]),
    ("tasks", ["created_at"]),
)


def upgrade() -> None:
    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("complication", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("level_since", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("heard_at", sa.DateTime(), nullable=True))
    # The nearest that older cases know: who has them now, or had them when they were closed.
    op.execute("UPDATE escalations SET heard_at = acknowledged_at")
    for table, columns in INDEXES:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns, unique=False)


def downgrade() -> None:
    for table, columns in reversed(INDEXES):
        op.drop_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table_name=table)
    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.drop_column("heard_at")
        batch_op.drop_column("level_since")
        batch_op.drop_column("complication")
