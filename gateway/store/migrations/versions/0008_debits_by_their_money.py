"""Debits are found by the bank transaction that brought their money: what is taken back asks for them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    some = sa.text("settled_by_id IS NOT NULL")
    op.create_index(
        "ix_collection_settled_by", "collection", ["settled_by_id"], sqlite_where=some, postgresql_where=some
    )
