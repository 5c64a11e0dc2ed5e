"""Questions know their currency, so that the sums of the queue are read from an index; payments found by amount."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the currency of what is there, and the indexes."""
    op.execute("ALTER TABLE review_item ADD COLUMN currency TEXT DEFAULT '' NOT NULL")
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE review_item ALTER COLUMN currency TYPE TEXT COLLATE "C"')
    op.execute(
        "UPDATE review_item SET currency = "
        "(SELECT currency FROM bank_transaction WHERE bank_transaction.id = review_item.bank_transaction_id)"
    )
    op.drop_index("ix_review_item_age", "review_item")
    waiting = ["company_id", "state"]
    counted = ["reason", "currency", "snoozed_until", "assigned_to", "opened_at", "amount_minor"]
    op.create_index("ix_review_item_age", "review_item", [*waiting, "reason", "opened_at", "id"])
    op.create_index("ix_review_item_strong", "review_item", [*waiting, "strength", "amount_minor", "id"])
    op.create_index("ix_review_item_count", "review_item", [*waiting, *counted])
    op.create_index("ix_bank_transaction_amount", "bank_transaction", ["company_id", "amount_minor", "id"])
