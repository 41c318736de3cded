"""A run that does one thing after the other keeps each as it is finished: scenarios, and what a crew is worth.

Nothing kept before has parts: the table begins empty.

Revision: 0015, after: 0014
"""

import sqlalchemy as sa
from alembic import op

from api.store.database.columns import Json, Packed

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "job_parts",
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("told", Json(), nullable=False),
        sa.Column("document", Packed(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_parts_job_id"),
        sa.PrimaryKeyConstraint("job_id", "number", name="pk_job_parts"),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("job_parts")
