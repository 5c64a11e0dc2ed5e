"""Fees that the bank booked apart belong to the debits that they name; those set aside are found by their day."""

import sqlalchemy as sa
from alembic import op

from gateway.store import columns

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the index."""
    op.create_table(
        "unpaid_fee",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("unpaid_id", columns.KEY, nullable=False),
        sa.Column("bank_transaction_id", columns.KEY, nullable=False),
        sa.Column("amount_minor", columns.Minor(), nullable=False),
        sa.Column("fee_item_id", columns.KEY, nullable=True),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_unpaid_fee_amount_above_zero")),
        *[
            sa.ForeignKeyConstraint(
                ["company_id", column], [f"{table}.company_id", f"{table}.id"],
                name=op.f(f"fk_unpaid_fee_company_id_{column}"),
            )
            for column, table in (
                ("bank_transaction_id", "bank_transaction"), ("fee_item_id", "open_item"), ("unpaid_id", "unpaid"),
            )
        ],
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_unpaid_fee_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unpaid_fee")),
        sa.UniqueConstraint(
            "bank_transaction_id", "unpaid_id", name=op.f("uq_unpaid_fee_bank_transaction_id_unpaid_id")
        ),
    )  # fmt: skip
    op.create_index("ix_unpaid_fee_unpaid", "unpaid_fee", ["unpaid_id"])
    some = sa.text("category = 'bank_fee'")
    op.create_index(
        "ix_bank_transaction_fee", "bank_transaction", ["company_id", "booking_date"],
        sqlite_where=some, postgresql_where=some,
    )  # fmt: skip
