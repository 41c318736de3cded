"""The index of a site's rows ends with their key: in its order, not in that of all sites' rows, they are read.

Revision: 0007, after: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

HOLDS = sa.text("until IS NULL")


def upgrade() -> None:
    """Go up."""
    _instead("site_id", "kind", "key")


def downgrade() -> None:
    """Go back."""
    _instead("site_id", "kind")


def _instead(*columns: str) -> None:
    op.drop_index("ix_library_site", table_name="library")
    op.create_index("ix_library_site", "library", list(columns), sqlite_where=HOLDS, postgresql_where=HOLDS)
