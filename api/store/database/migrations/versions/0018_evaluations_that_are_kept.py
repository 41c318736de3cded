"""Evaluations of periods, kept as they were worked out last.

Nothing kept before tells of them: the table begins empty.

Revision: 0018, after: 0017
"""

import sqlalchemy as sa
from alembic import op

from api.store.database.columns import Moment, Packed

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "evaluations",
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("base", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("audience", sa.String(10), nullable=False),
        sa.Column("mark", sa.String(80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("document", Packed(), nullable=False),
        sa.PrimaryKeyConstraint("period", "base", "audience", name="pk_evaluations"),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("evaluations")
