"""Bookings on a published plan with the crews that they use, and triggered checks.

Revision: 0006, after: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "books",
        sa.Column("plan_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frozen_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_books_plan_id_plans")),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_books")),
    )
    op.create_table(
        "crew_cells",
        sa.Column("plan_id", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("skill", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("room", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.CheckConstraint("used <= room OR forced", name=op.f("ck_crew_cells_room")),
        sa.ForeignKeyConstraint(["plan_id"], ["books.plan_id"], name=op.f("fk_crew_cells_plan_id_books")),
        sa.PrimaryKeyConstraint("plan_id", "unit", "skill", "day", name=op.f("pk_crew_cells")),
    )
    op.create_table(
        "bookings",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("plan_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.String(length=200), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("agency_id", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tasks", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("unannounced", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["books.plan_id"], name=op.f("fk_bookings_plan_id_books")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_bookings_plan_id_number")),
        sa.UniqueConstraint("plan_id", "site_id", "turn", name=op.f("uq_bookings_plan_id_site_id_turn")),
    )
    op.create_table(
        "booked_tasks",
        sa.Column("plan_id", sa.String(length=64), nullable=False),
        sa.Column("task", sa.String(length=200), nullable=False),
        sa.Column("booking", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["booking"], ["bookings.id"], name=op.f("fk_booked_tasks_booking_bookings")),
        sa.ForeignKeyConstraint(["plan_id"], ["books.plan_id"], name=op.f("fk_booked_tasks_plan_id_books")),
        sa.PrimaryKeyConstraint("plan_id", "task", name=op.f("pk_booked_tasks")),
    )
    op.create_table(
        "triggered",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("site_id", sa.String(length=200), nullable=False),
        sa.Column("agency_id", sa.String(length=200), nullable=False),
        sa.Column("domain", sa.String(length=10), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("code_due", sa.Date(), nullable=False),
        sa.Column("coded_on", sa.Date(), nullable=True),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("booking", sa.String(length=64), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("etag", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["booking"], ["bookings.id"], name=op.f("fk_triggered_booking_bookings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triggered")),
    )
    op.create_index("ix_triggered_agency_id_day", "triggered", ["agency_id", "day"])
    op.create_index("ix_triggered_site_id", "triggered", ["site_id"])


def downgrade() -> None:
    """Go back."""
    for table in ("triggered", "booked_tasks", "bookings", "crew_cells", "books"):
        op.drop_table(table)
