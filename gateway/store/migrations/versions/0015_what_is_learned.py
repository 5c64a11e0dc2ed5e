"""What is learned: how customers usually pay, the decisions that showed it, and how often an account was wrong."""

import sqlalchemy as sa
from alembic import op

from gateway.store import columns

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two tables, a count and an index."""
    op.add_column("payer_iban", sa.Column("wrongs", sa.Integer(), server_default="0", nullable=False))
    learned = sa.text("source IN ('decision', 'collector') AND forgotten_at IS NULL")
    op.create_index(
        "ix_payer_iban_learned", "payer_iban", ["company_id", "id"], sqlite_where=learned, postgresql_where=learned
    )
    op.create_table(
        "learned_habit",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("party_id", columns.KEY, nullable=False),
        sa.Column("kind", columns.TEXT, nullable=False),
        sa.Column("basis_points", sa.Integer(), server_default="0", nullable=False),
        sa.Column("off_at", columns.Moment(), nullable=True),
        sa.Column("forgotten_at", columns.Moment(), nullable=True),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.CheckConstraint("kind IN ('oldest_first', 'deducts', 'rounds')", name=op.f("ck_learned_habit_kind_word")),
        _of("learned_habit", "party_id", "party"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_learned_habit_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned_habit")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_learned_habit_company_id_id")),
        sa.UniqueConstraint(
            "company_id", "party_id", "kind", "basis_points",
            name=op.f("uq_learned_habit_company_id_party_id_kind_basis_points"),
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_learned_habit_party_id"), "learned_habit", ["party_id"])
    op.create_table(
        "habit_lesson",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("habit_id", columns.KEY, nullable=False),
        sa.Column("bank_transaction_id", columns.KEY, nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("actor", columns.TEXT, nullable=False),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.Column("taken_back_at", columns.Moment(), nullable=True),
        _of("habit_lesson", "habit_id", "learned_habit"),
        _of("habit_lesson", "bank_transaction_id", "bank_transaction"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_habit_lesson_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_habit_lesson")),
        sa.UniqueConstraint(
            "habit_id", "bank_transaction_id", name=op.f("uq_habit_lesson_habit_id_bank_transaction_id")
        ),
    )
    op.create_index("ix_habit_lesson_transaction", "habit_lesson", ["bank_transaction_id"])


def _of(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["company_id", column], [f"{target}.company_id", f"{target}.id"],
        name=op.f(f"fk_{table}_company_id_{column}"),
    )  # fmt: skip
