"""Mandates know from when on they may be used again, and are listed from indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the day before which nothing is collected, and the indexes of the lists."""
    op.add_column("mandate", sa.Column("not_before_date", sa.Date(), nullable=True))
    op.create_index("ix_mandate_list", "mandate", ["company_id", "reference_key", "id"])
    op.create_index("ix_mandate_state", "mandate", ["company_id", "state", "reference_key", "id"])
