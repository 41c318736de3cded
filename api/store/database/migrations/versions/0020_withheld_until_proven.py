"""An unannounced check whose filing is not proven is withheld, and its month is published without it.

Nothing published before is withheld: publishing refused the whole month then.

Revision: 0020, after: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("hidden_visits") as table:
        table.add_column(sa.Column("withheld", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("hidden_visits") as table:
        table.drop_column("withheld")
