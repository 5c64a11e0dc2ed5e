"""Questions know their place and currency, so that the queue and its sums are read from indexes.

Payments are found by their amount.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# As gateway.store.reviews orders them; kept here as it was when this step was written.
REASONS = (
    "undone amount_differs more_than_open discount_late charges_deducted several_explanations payer_differs"
    " weak_evidence paid_already disputed debit_in_flight own_collection returned_debit returned_transfer reversal"
    " other_currency no_known_reference"
).split()


def upgrade() -> None:
    """Add what places a question, say it of those that are there, and add the indexes."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    whole = " CONSTRAINT ck_review_item_weight_minor_integer CHECK (typeof(weight_minor) IN ('integer', 'null'))"
    text = "TEXT" if is_sqlite else 'TEXT COLLATE "C"'
    op.execute(f"ALTER TABLE review_item ADD COLUMN currency {text} DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE review_item ADD COLUMN rank INTEGER DEFAULT 0 NOT NULL")
    op.execute(f"ALTER TABLE review_item ADD COLUMN weight_minor BIGINT DEFAULT 0 NOT NULL{whole if is_sqlite else ''}")
    ranks = " ".join(f"WHEN '{reason}' THEN {rank}" for rank, reason in enumerate(REASONS))
    op.execute(
        f"UPDATE review_item SET rank = CASE reason {ranks} END, weight_minor = -abs(amount_minor), currency = "  # noqa: S608
        "(SELECT currency FROM bank_transaction WHERE bank_transaction.id = review_item.bank_transaction_id)"
    )
    for name in ("queue", "age"):
        op.drop_index(f"ix_review_item_{name}", "review_item")
    counted = ["reason", "currency", "snoozed_until", "assigned_to", "opened_at", "amount_minor"]
    for name, places in (
        ("queue", ["rank", "weight_minor", "id"]),
        ("age", ["rank", "opened_at", "id"]),
        ("strong", ["strength", "weight_minor", "id"]),
        ("count", counted),
    ):
        op.create_index(f"ix_review_item_{name}", "review_item", ["company_id", "state", *places])
    op.create_index("ix_bank_transaction_amount", "bank_transaction", ["company_id", "amount_minor", "id"])
