"""Remittance advices that customers send, with their lines and the credit that each belongs to."""

import sqlalchemy as sa
from alembic import op

from gateway.store import columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "remittance_advice",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("sha256", columns.TEXT, nullable=False),
        sa.Column("content_key", columns.TEXT, nullable=True),
        sa.Column("name", columns.TEXT, nullable=False),
        sa.Column("size", columns.KEY, nullable=False),
        sa.Column("channel", columns.TEXT, nullable=False),
        sa.Column("state", columns.TEXT, nullable=False),
        sa.Column("wait", columns.TEXT, nullable=True),
        sa.Column("sign", columns.TEXT, nullable=True),
        sa.Column("bank_transaction_id", columns.KEY, nullable=True),
        sa.Column("error_code", columns.TEXT, server_default="", nullable=False),
        sa.Column("error_message", columns.TEXT, server_default="", nullable=False),
        sa.Column("format", columns.TEXT, nullable=True),
        sa.Column("currency", columns.TEXT, server_default="EUR", nullable=False),
        sa.Column("total_minor", columns.Minor(), server_default="0", nullable=False),
        sa.Column("stated_minor", columns.Minor(), nullable=True),
        sa.Column("payment_date", sa.Date(), nullable=True),
        sa.Column("from_date", sa.Date(), nullable=True),
        sa.Column("until_date", sa.Date(), nullable=True),
        sa.Column("payer_name", columns.TEXT, server_default="", nullable=False),
        sa.Column("customer_number", columns.TEXT, server_default="", nullable=False),
        sa.Column("ibans", columns.Facts(), nullable=False),
        sa.Column("line_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("received_at", columns.Moment(), nullable=False),
        sa.Column("received_by", columns.TEXT, nullable=False),
        sa.Column("journal_id", columns.KEY, nullable=False),
        *_integers("remittance_advice", "total_minor", "stated_minor"),
        sa.CheckConstraint(
            "state IN ('waiting', 'linked', 'refused')", name=op.f("ck_remittance_advice_state_word")
        ),
        sa.CheckConstraint(
            "wait IN ('no_credit', 'several_credits', 'several_advices')", name=op.f("ck_remittance_advice_wait_word")
        ),
        sa.CheckConstraint("sign IN ('account', 'name', 'amount')", name=op.f("ck_remittance_advice_sign_word")),
        sa.CheckConstraint(
            "format IN ('csv', 'xlsx', 'pdf', 'text')", name=op.f("ck_remittance_advice_format_word")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_remittance_advice_company_id")),
        sa.ForeignKeyConstraint(
            ["company_id", "bank_transaction_id"], ["bank_transaction.company_id", "bank_transaction.id"],
            name=op.f("fk_remittance_advice_company_id_bank_transaction_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remittance_advice")),
        sa.UniqueConstraint("company_id", "sha256", name=op.f("uq_remittance_advice_company_id_sha256")),
        sa.UniqueConstraint("company_id", "content_key", name=op.f("uq_remittance_advice_company_id_content_key")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_remittance_advice_company_id_id")),
    )  # fmt: skip
    op.create_index("ix_remittance_advice_state", "remittance_advice", ["company_id", "state", "id"])
    some = sa.text("bank_transaction_id IS NOT NULL")
    op.create_index(
        "ix_remittance_advice_transaction", "remittance_advice", ["bank_transaction_id"],
        sqlite_where=some, postgresql_where=some,
    )  # fmt: skip
    op.create_table(
        "remittance_advice_line",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("advice_id", columns.KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("written", columns.TEXT, nullable=False),
        sa.Column("currency", columns.TEXT, nullable=False),
        sa.Column("paid_minor", columns.Minor(), nullable=False),
        sa.Column("discount_minor", columns.Minor(), server_default="0", nullable=False),
        sa.Column("deducted_minor", columns.Minor(), server_default="0", nullable=False),
        *_integers("remittance_advice_line", "paid_minor", "discount_minor", "deducted_minor"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_remittance_advice_line_company_id")),
        sa.ForeignKeyConstraint(
            ["company_id", "advice_id"], ["remittance_advice.company_id", "remittance_advice.id"],
            name=op.f("fk_remittance_advice_line_company_id_advice_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remittance_advice_line")),
        sa.UniqueConstraint("advice_id", "position", name=op.f("uq_remittance_advice_line_advice_id_position")),
    )  # fmt: skip


def _integers(table: str, *names: str) -> list[sa.CheckConstraint]:
    if op.get_bind().dialect.name != "sqlite":
        return []
    return [
        sa.CheckConstraint(f"typeof({name}) IN ('integer', 'null')", name=op.f(f"ck_{table}_{name}_integer"))
        for name in names
    ]
