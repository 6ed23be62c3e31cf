"""shifts that are offered to others, and wrong passwords counted for all workers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "e5b7c1d20f38"
down_revision = "d4662809f4b9"


def upgrade() -> None:
    op.create_table(
        "shift_offers",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("shift_id", sa.String(length=200), nullable=False),
        sa.Column("offered_by", sa.String(length=200), nullable=False),
        sa.Column("offered_at", sa.DateTime(), nullable=False),
        sa.Column("taken_by", sa.String(length=200), nullable=True),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.Column("given_shift_id", sa.String(length=200), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name="fk_shift_offers_shift_id"),
        sa.ForeignKeyConstraint(["offered_by"], ["nurses.id"], name="fk_shift_offers_offered_by"),
        sa.ForeignKeyConstraint(["taken_by"], ["nurses.id"], name="fk_shift_offers_taken_by"),
        sa.ForeignKeyConstraint(
            ["given_shift_id"], ["shifts.id"], name="fk_shift_offers_given_shift_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_shift_offers"),
    )
    op.create_index("ix_shift_offers_shift_id", "shift_offers", ["shift_id"])
    op.create_index("ix_shift_offers_offered_at", "shift_offers", ["offered_at"])
    op.create_table(
        "guesses",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_guesses"),
    )
    op.create_index("ix_guesses_last_at", "guesses", ["last_at"])


def downgrade() -> None:
    op.drop_table("guesses")
    op.drop_table("shift_offers")
