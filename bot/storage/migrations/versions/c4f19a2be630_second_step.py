"""second step of the sign-in"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c4f19a2be630"
down_revision = "b1d8c02f7a11"


def upgrade() -> None:
    op.create_table(
        "second_steps",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("recovery", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["nurses.id"], name=op.f("fk_second_steps_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_steps")),
    )
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("waits_for", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.drop_column("tries")
        batch_op.drop_column("waits_for")
    op.drop_table("second_steps")
