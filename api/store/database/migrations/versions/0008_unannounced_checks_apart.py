"""Unannounced checks, triggered ones that nobody joins, and their log get tables of their own.

Their rows no longer take numbers among those that others see. What was stored before stays where it is and is withheld
as before; the next version of a plan stores the new way.

Revision: 0008, after: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

REFUSAL = "the log is append-only"


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "hidden_visits",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("plan_id", sa.String(64), nullable=False),
        sa.Column("agency_id", sa.String(200), nullable=False),
        sa.Column("site_id", sa.String(200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tasks", sa.Text(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_hidden_visits_plan_id_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hidden_visits")),
    )
    op.create_index("ix_hidden_visits_plan_id", "hidden_visits", ["plan_id"])
    op.create_table(
        "hidden_bookings",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("plan_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.String(200), nullable=False),
        sa.Column("agency_id", sa.String(200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tasks", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_hidden_bookings_plan_id_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hidden_bookings")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_hidden_bookings_plan_id_number")),
    )
    op.create_index("ix_hidden_bookings_plan_id", "hidden_bookings", ["plan_id"])
    op.create_table(
        "hidden_log",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("what", sa.String(80), nullable=False),
        sa.Column("object", sa.String(200), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("reserved", sa.Boolean(), nullable=False),
        sa.Column("agency_id", sa.String(200), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("prev", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_hidden_log")),
        sa.UniqueConstraint("prev", name=op.f("uq_hidden_log_prev")),
        sa.UniqueConstraint("hash", name=op.f("uq_hidden_log_hash")),
    )
    op.create_index("ix_hidden_log_object", "hidden_log", ["object"])
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER hidden_log_no_{change.lower()} BEFORE {change} ON hidden_log "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER hidden_log_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON hidden_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION log_refuse()"
    )


def downgrade() -> None:
    """Go back."""
    for table in ("hidden_log", "hidden_bookings", "hidden_visits"):
        op.drop_table(table)
