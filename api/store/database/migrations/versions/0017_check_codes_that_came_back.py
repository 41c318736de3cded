"""Check codes as they come back from the city's system, by task.

Nothing kept before tells of them: the table begins empty.

Revision: 0017, after: 0016
"""

import sqlalchemy as sa
from alembic import op

from api.store.database.columns import Moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "check_codes",
        sa.Column("task", sa.String(200), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("site_id", sa.String(200), nullable=False),
        sa.Column("agency_id", sa.String(200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("code", sa.String(200), nullable=False),
        sa.Column("applied_at", sa.String(40), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("task", "month", name="pk_check_codes"),
    )
    columns = ["agency_id", "site_id", "day"]
    op.create_index("ix_check_codes_agency_id_site_id_day", "check_codes", columns)


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_check_codes_agency_id_site_id_day", "check_codes")
    op.drop_table("check_codes")
