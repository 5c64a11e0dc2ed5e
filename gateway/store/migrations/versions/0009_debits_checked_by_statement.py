"""References of debits and their lines are checked once per statement on PostgreSQL, as step 0003 does for others."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Table, its columns with what they point to (by company and key), and whether the columns change later.
REFERENCES = (
    (
        "collection",
        (
            ("party_id", "party"),
            ("mandate_id", "mandate"),
            ("bank_account_id", "bank_account"),
            ("batch_id", "collection_batch"),
        ),
        True,
    ),
    ("collection_line", (("collection_id", "collection"), ("open_item_id", "open_item")), False),
)
POINTED_AT = ("party", "mandate", "collection")  # The others are guarded already.
PLAN = "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off"


def upgrade() -> None:
    """Replace the foreign keys of debits on PostgreSQL."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, references, is_changed in REFERENCES:
        for column, _ in references:
            op.drop_constraint(f"fk_{table}_company_id_{column}", table, type_="foreignkey")
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


def _check(table: str, column: str, target: str) -> str:
    is_there = (
        f"SELECT FROM {target} AS target WHERE target.id = fresh.{column} AND target.company_id = fresh.company_id"
    )
    return (
        f"IF EXISTS (SELECT FROM fresh WHERE fresh.{column} IS NOT NULL AND NOT EXISTS ({is_there})) THEN "
        f"RAISE foreign_key_violation USING MESSAGE = '{table}.{column} points to nothing', "
        f"CONSTRAINT = 'fk_{table}_company_id_{column}'; END IF; "
    )
