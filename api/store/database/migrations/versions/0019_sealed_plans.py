"""Plans are sealed before their inspectors are drawn, with numbers that were promised before.

Plans that are there were published without a seal, or are drafts: none is sealed.

Revision: 0019, after: 0018
"""

import sqlalchemy as sa
from alembic import op

from api.store.database.columns import Json, Moment

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("plans") as table:
        table.add_column(sa.Column("sealed", Json(), nullable=True))
    op.create_table(
        "crew_numbers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("holder", sa.String(200), nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("promised_at", Moment(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("revealed_at", Moment(), nullable=True),
        sa.Column("plan_id", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_crew_numbers_plan_id_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew_numbers")),
    )
    op.create_index(op.f("ix_crew_numbers_month"), "crew_numbers", ["month"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("crew_numbers")
    with op.batch_alter_table("plans") as table:
        table.drop_column("sealed")
