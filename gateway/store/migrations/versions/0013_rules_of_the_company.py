"""Rules that people write: the rules, their versions, what they decided; and money that is not ours."""

import sqlalchemy as sa
from alembic import op

from gateway.store import columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CATEGORIES = "'bank_fee', 'interest', 'own_transfer', 'supplier', 'supplier_refund', 'tax_salary', {}'other'"
BEFORE, AFTER = CATEGORIES.format(""), CATEGORIES.format("'not_ours', ")
CHECK = "ck_bank_transaction_category_word"


def upgrade() -> None:
    """Create the tables, guard the versions, and let bank transactions be set aside as not ours."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    _create_rules()
    _create_versions()
    _create_uses()
    _guard(is_sqlite)
    _widen_category(is_sqlite)


def _create_rules() -> None:
    op.create_table(
        "matching_rule",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("name", columns.TEXT, nullable=False),
        sa.Column("conditions", columns.Facts(), nullable=False),
        sa.Column("action", columns.TEXT, nullable=False),
        sa.Column("category", columns.TEXT, server_default="other", nullable=False),
        sa.Column("account_word", columns.TEXT, server_default="", nullable=False),
        sa.Column("party_id", columns.KEY, nullable=True),
        sa.Column("books_exact", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("bank_account_id", columns.KEY, nullable=True),
        sa.Column("wrong_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", columns.Moment(), nullable=False),
        sa.CheckConstraint(
            "action IN ('set_aside', 'not_ours', 'customer', 'on_account')", name=op.f("ck_matching_rule_action_word")
        ),
        sa.CheckConstraint(f"category IN ({AFTER})", name=op.f("ck_matching_rule_category_word")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_matching_rule_company_id")),
        sa.ForeignKeyConstraint(
            ["company_id", "party_id"],
            ["party.company_id", "party.id"],
            name=op.f("fk_matching_rule_company_id_party_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "bank_account_id"],
            ["bank_account.company_id", "bank_account.id"],
            name=op.f("fk_matching_rule_company_id_bank_account_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching_rule")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_matching_rule_company_id_id")),
    )
    op.create_index("ix_matching_rule_place", "matching_rule", ["company_id", "place", "id"], unique=False)


def _create_versions() -> None:
    op.create_table(
        "matching_rule_version",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("rule_id", columns.KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("record", columns.Facts(), nullable=False),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.Column("actor", columns.TEXT, nullable=False),
        sa.Column("reason", columns.TEXT, nullable=False),
        sa.Column("journal_id", columns.KEY, nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_matching_rule_version_company_id")),
        sa.ForeignKeyConstraint(
            ["company_id", "rule_id"],
            ["matching_rule.company_id", "matching_rule.id"],
            name=op.f("fk_matching_rule_version_company_id_rule_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching_rule_version")),
        sa.UniqueConstraint("rule_id", "position", name=op.f("uq_matching_rule_version_rule_id_position")),
    )


def _create_uses() -> None:
    op.create_table(
        "matching_rule_use",
        sa.Column("id", columns.KEY, autoincrement=False, nullable=False),
        sa.Column("company_id", columns.KEY, nullable=False),
        sa.Column("rule_id", columns.KEY, nullable=False),
        sa.Column("bank_transaction_id", columns.KEY, nullable=False),
        sa.Column("recorded_at", columns.Moment(), nullable=False),
        sa.Column("taken_back_at", columns.Moment(), nullable=True),
        sa.Column("was_wrong", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_matching_rule_use_company_id")),
        sa.ForeignKeyConstraint(
            ["company_id", "rule_id"],
            ["matching_rule.company_id", "matching_rule.id"],
            name=op.f("fk_matching_rule_use_company_id_rule_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "bank_transaction_id"],
            ["bank_transaction.company_id", "bank_transaction.id"],
            name=op.f("fk_matching_rule_use_company_id_bank_transaction_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching_rule_use")),
    )
    op.create_index("ix_matching_rule_use_rule", "matching_rule_use", ["rule_id", "recorded_at", "id"], unique=False)
    op.create_index("ix_matching_rule_use_transaction", "matching_rule_use", ["bank_transaction_id"], unique=False)


def _guard(is_sqlite: bool) -> None:
    table = "matching_rule_version"
    if not is_sqlite:
        op.execute(
            f"CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_never_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} rows never change'); END"
        )


def _widen_category(is_sqlite: bool) -> None:
    """Add a word to the check of categories.

    SQLite has no command for it; this is the way that its manual gives (ALTER TABLE, section 7), and reads no row.
    """
    if not is_sqlite:
        op.drop_constraint(op.f(CHECK), "bank_transaction", type_="check")
        op.execute(f"ALTER TABLE bank_transaction ADD CONSTRAINT {CHECK} CHECK (category IN ({AFTER}))")
        return
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'bank_transaction'",
        (BEFORE, AFTER),
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")
