"""References of large tables are checked once per statement on PostgreSQL.

Its foreign keys look up each row by itself, which takes longer than the insert of a large statement. A trigger that
looks at all new rows together refuses the same. The rows that are pointed at can be neither deleted nor given another
key, so that side needs no check.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Table, its columns with what they point to (by company and key), and whether the columns change later.
REFERENCES = (
    ("bank_transaction", (("bank_account_id", "bank_account"), ("statement_id", "statement")), True),
    ("decision", (("bank_transaction_id", "bank_transaction"),), False),
    (
        "allocation",
        (
            ("source_bank_transaction_id", "bank_transaction"),
            ("target_item_id", "open_item"),
            ("decision_id", "decision"),
        ),
        False,
    ),
)
POINTED_AT = ("bank_account", "statement", "bank_transaction", "decision", "open_item")
# The plan is kept for the session, so it must not come from a time when the tables were empty.
PLAN = "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off"


def upgrade() -> None:
    """Replace the foreign keys of large tables on PostgreSQL."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, references, is_changed in REFERENCES:
        for column, _ in references:
            op.drop_constraint(_foreign_key(table, column), table, type_="foreignkey")
        checks = "".join(_check(table, column, target) for column, target in references)
        op.execute(
            f"CREATE FUNCTION {table}_points() RETURNS trigger LANGUAGE plpgsql {PLAN} "
            f"AS $$ BEGIN {checks} RETURN NULL; END $$"
        )
        for verb in ("INSERT", "UPDATE") if is_changed else ("INSERT",):
            op.execute(
                f"CREATE TRIGGER {table}_points_at_{verb.lower()} AFTER {verb} ON {table} REFERENCING NEW TABLE AS fresh "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_points()"
            )
    for table in POINTED_AT:
        op.execute(
            f"CREATE TRIGGER {table}_never_goes BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def _foreign_key(table: str, column: str) -> str:
    return "fk_allocation_decision_id" if column == "decision_id" else f"fk_{table}_company_id_{column}"


def _check(table: str, column: str, target: str) -> str:
    is_there = f"SELECT FROM {target} AS target WHERE target.id = fresh.{column}"
    if column != "decision_id":
        is_there += " AND target.company_id = fresh.company_id"
    return (
        f"IF EXISTS (SELECT FROM fresh WHERE fresh.{column} IS NOT NULL AND NOT EXISTS ({is_there})) THEN "
        f"RAISE foreign_key_violation USING MESSAGE = '{table}.{column} points to nothing', "
        f"CONSTRAINT = '{_foreign_key(table, column)}'; END IF; "
    )
