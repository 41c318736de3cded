"""A plan keeps the library's revision that it was made from: two plans of one case may be of different revisions.

What is filed for other months changes no case, yet the account of all that was filed, which a plan states, counts it.

Revision: 0009, after: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up. Plans of before have the revision of the first plan of their case, which is what they were read by."""
    op.add_column("plans", sa.Column("revision", sa.Integer(), nullable=True))
    op.execute("UPDATE plans SET revision = (SELECT cases.revision FROM cases WHERE cases.hash = plans.case_hash)")


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("plans") as table:
        table.drop_column("revision")
