"""The pace of each account, and indexes of only what waits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "42897751ecca"
down_revision = "7892a9aaa972"

OLD = {
    "ix_check_ins_state_due_at": ("check_ins", ["state", "due_at"]),
    "ix_check_ins_state_follow_up_at": ("check_ins", ["state", "follow_up_at"]),
    "ix_inbound_state_received_at": ("inbound", ["state", "received_at"]),
    "ix_outbound_state_priority": ("outbound", ["state", "priority"]),
}
UNHEARD = "state = 'received'"
UNSENT = "state IN ('queued', 'sending')"
NEW = {
    "ix_check_ins_due": (
        "check_ins",
        ["due_at"],
        "state = 'planned' AND follow_up_at IS NULL",
    ),
    "ix_check_ins_look": ("check_ins", ["follow_up_at"], "state IN ('planned', 'open')"),
    "ix_inbound_unheard": ("inbound", ["received_at"], UNHEARD),
    "ix_inbound_unheard_head": ("inbound", ["conversation_id", "seq"], UNHEARD),
    "ix_outbound_unsent": ("outbound", ["sender", "priority", "created_at"], UNSENT),
    "ix_outbound_unsent_head": ("outbound", ["conversation_id", "seq"], UNSENT),
}


def upgrade() -> None:
    op.create_table(
        "paces",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("busy_until", sa.DateTime(), nullable=False),
        sa.Column("held_until", sa.DateTime(), nullable=True),
        sa.Column("refused_chat", sa.String(length=200), nullable=False),
        sa.Column("refused_until", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paces")),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("busy_until", sa.DateTime(), nullable=True))
    with op.batch_alter_table("outbound", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("sender", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("check_in_id", sa.String(length=200), nullable=True))
    # Only what still waits needs to know whose pace it goes by.
    op.execute(
        "UPDATE outbound SET sender = (SELECT c.channel || ':' || c.account FROM conversations c"
        " WHERE c.id = outbound.conversation_id) WHERE state IN ('queued', 'sending')"
    )
    for name, (table, _) in OLD.items():
        op.drop_index(op.f(name), table_name=table)
    for name, (table, columns, where) in NEW.items():
        op.create_index(
            name,
            table,
            columns,
            unique=False,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def downgrade() -> None:
    for name, (table, _, _) in NEW.items():
        op.drop_index(name, table_name=table)
    for name, (table, columns) in OLD.items():
        op.create_index(op.f(name), table, columns, unique=False)
    with op.batch_alter_table("outbound", schema=None) as batch_op:
        batch_op.drop_column("check_in_id")
        batch_op.drop_column("sender")
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_column("busy_until")
    op.drop_table("paces")
