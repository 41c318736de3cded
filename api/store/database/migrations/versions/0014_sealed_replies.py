"""Answers kept for idempotency keys are sealed with the key, which is kept no longer.

What is kept from before loses its answer, not its place: a request sent again after the upgrade is told that its end is
not known, and is not done twice. Going down, nothing can be opened, so all of it goes.

Revision: 0014, after: 0013
"""

import sqlalchemy as sa
from alembic import op

from api.http.sealing import Seal

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

replies = sa.table("replies", *(sa.column(name) for name in ("account", "key", "request", "status", "body")))


def upgrade() -> None:
    """Go up."""
    link = op.get_bind()
    for row in link.execute(sa.select(replies)).mappings().all():
        seal = Seal.of(row["account"], row["key"])
        here = (replies.c.account == row["account"]) & (replies.c.key == row["key"])
        link.execute(sa.update(replies).where(here).values(key=seal.name, request="", status=None, body=None))
    with op.batch_alter_table("replies") as table:
        table.drop_column("headers")


def downgrade() -> None:
    """Go back."""
    op.execute(sa.delete(replies))
    op.add_column("replies", sa.Column("headers", sa.Text(), nullable=True))
