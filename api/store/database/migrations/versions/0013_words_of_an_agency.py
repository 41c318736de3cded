"""What the words of an agency mean, told once: its filings are read by them from then on.

Nothing kept before tells of them, so there is nothing to fill in: the table begins empty.

Revision: 0013, after: 0011
"""

import sqlalchemy as sa
from alembic import op

from api.store.database.columns import Moment

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "agency_words",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("agency_id", sa.String(200), nullable=False),
        sa.Column("column", sa.String(40), nullable=False),
        sa.Column("folded", sa.String(200), nullable=False),
        sa.Column("said", sa.String(200), nullable=False),
        sa.Column("meant", sa.String(200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_agency_words"),
    )
    holds = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_agency_words_current",
        "agency_words",
        ["agency_id", "column", "folded"],
        unique=True,
        sqlite_where=holds,
        postgresql_where=holds,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index("uq_agency_words_current", "agency_words")
    op.drop_table("agency_words")
