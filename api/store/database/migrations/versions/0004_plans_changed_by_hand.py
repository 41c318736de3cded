"""A plan may be another one changed by hand.

Revision: 0004, after: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.add_column("plans", sa.Column("change", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("plans") as batch_op:
        batch_op.drop_column("change")
