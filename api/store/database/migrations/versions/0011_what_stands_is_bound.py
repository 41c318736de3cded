"""Published visits, filings and bookings are bound into the log; accounts may be held until a second person confirms.

Salted leaves of what stands, in trees by month, and the roots of the trees. They are empty at first: `planner db
upgrade` binds what is there, with an entry in the log. `accounts.held_by` is the administrator whose change of an
account waits for somebody else's word; nobody is held at first.

Revision: 0011, after: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "leaves",
        sa.Column("chain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tree", sa.String(20), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("chain", "tree", "place", name=op.f("pk_leaves")),
    )
    op.create_index("ix_leaves_kind_key", "leaves", ["kind", "key"])
    op.create_table(
        "roots",
        sa.Column("chain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tree", sa.String(20), nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("chain", "tree", name=op.f("pk_roots")),
    )
    op.add_column("accounts", sa.Column("held_by", sa.String(200), nullable=True))


def downgrade() -> None:
    """Go down: what is bound is forgotten; the log keeps its roots, and going up binds anew."""
    with op.batch_alter_table("accounts") as table:
        table.drop_column("held_by")
    op.drop_table("roots")
    op.drop_table("leaves")
