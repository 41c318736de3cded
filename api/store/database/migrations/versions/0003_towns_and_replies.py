"""An account may be a town's; answers to writes are kept under their idempotency keys.

Revision: 0003, after: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.add_column("accounts", sa.Column("town", sa.String(length=200), nullable=True))
    op.create_table(
        "replies",
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("account", "key", name=op.f("pk_replies")),
    )
    op.create_index("ix_replies_at", "replies", ["at"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("replies")
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.drop_column("town")
