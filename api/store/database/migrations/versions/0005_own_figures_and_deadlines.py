"""Figures of a plan for each audience, and dates until which agencies are to file.

Revision: 0005, after: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.add_column("plans", sa.Column("figures", sa.Text(), nullable=True))
    op.create_table(
        "deadlines",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("month", "version", name=op.f("pk_deadlines")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("deadlines")
    with op.batch_alter_table("plans") as batch_op:
        batch_op.drop_column("figures")
