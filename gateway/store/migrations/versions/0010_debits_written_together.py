"""Many debits are written together: PostgreSQL checks what remained by row once per statement, and items keep room.

A file of a hundred thousand debits changes as many items in one statement. Where a page has no room, each new version
of a row goes to another page and into every index; with room beside them no index is touched. Only pages that are
filled from now on have it.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# The column of a debit, what it points to, and whether that is of the same company.
REFERENCES = (
    ("company_id", "company", False),
    ("party_id", "party", True),
    ("mandate_id", "mandate", True),
    ("bank_account_id", "bank_account", True),
    ("batch_id", "collection_batch", True),
    ("retry_of_id", "collection", True),
)
NEW = ("fk_collection_company_id", "fk_collection_company_id_retry_of_id")
PLAN = "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off"


def upgrade() -> None:
    """Replace the last foreign keys of debits on PostgreSQL, and leave room in the pages of items."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for name in NEW:
        op.drop_constraint(name, "collection", type_="foreignkey")
    checks = "".join(_check(*reference) for reference in REFERENCES)
    op.execute(
        f"CREATE OR REPLACE FUNCTION collection_points() RETURNS trigger LANGUAGE plpgsql {PLAN} "
        f"AS $$ BEGIN {checks} RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER company_never_goes BEFORE DELETE ON company FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute("ALTER TABLE open_item SET (fillfactor = 50)")


def _check(column: str, target: str, is_of_company: bool) -> str:
    is_there = f"SELECT FROM {target} AS target WHERE target.id = fresh.{column}"
    name = "fk_collection_company_id"
    if is_of_company:
        is_there, name = f"{is_there} AND target.company_id = fresh.company_id", f"{name}_{column}"
    return (
        f"IF EXISTS (SELECT FROM fresh WHERE fresh.{column} IS NOT NULL AND NOT EXISTS ({is_there})) THEN "
        f"RAISE foreign_key_violation USING MESSAGE = 'collection.{column} points to nothing', "
        f"CONSTRAINT = '{name}'; END IF; "
    )
