"""Rows that never change, and the first key."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# INV-5 and INV-20: the database itself refuses to edit or delete these.
IMMUTABLE = ("allocation", "journal", "move", "open_item_version", "party_version", "policy_version")


def upgrade() -> None:
    """Add the guards and the row that keys are reserved from."""
    op.execute("INSERT INTO id_block (name, next_id) VALUES ('all', 1)")
    if op.get_bind().dialect.name == "sqlite":
        for table in IMMUTABLE:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_never_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} rows never change'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% rows never change', TG_TABLE_NAME USING ERRCODE = '23514'; END $$"
    )
    for table in IMMUTABLE:
        op.execute(
            f"CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
