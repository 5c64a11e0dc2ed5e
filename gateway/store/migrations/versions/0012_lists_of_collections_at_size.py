"""The unpaid register, decisions on single debits and what the journal says of one thing are read from indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("ix_unpaid_list", "unpaid", ["company_id", "occurred_date", "id"])
    op.create_index("ix_journal_subject", "journal", ["chain_id", "subject", "seq"])
    _create_index_where("ix_collection_decided", "batch_id", "kept_by <> '' OR late_notice_by <> ''")
    _create_index_where("ix_collection_reference", "mandate_reference", "mandate_id IS NULL")


def _create_index_where(name: str, column: str, condition: str) -> None:
    some = sa.text(condition)
    op.create_index(name, "collection", [column], sqlite_where=some, postgresql_where=some)
