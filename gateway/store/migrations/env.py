"""How alembic finds its connection and writes our column types. It is run by ``gateway.store.migrate`` only."""

from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlalchemy.sql.elements import conv

from gateway.store import columns, tables

_TYPES: dict[type[Any], str] = {
    columns.Minor: "columns.Minor()",
    columns.Moment: "columns.Moment()",
    columns.Facts: "columns.Facts()",
    columns.Word: "columns.TEXT",  # A closed set grows by a later step, so its CHECK is written out.
}


def render_item(kind: str, item: Any, autogen: AutogenContext) -> Any:
    """Write a column type as our own name, and leave out the checks that a type brings along by itself."""
    if kind == "type":
        if item is columns.KEY or item is columns.TEXT:
            return "columns.KEY" if item is columns.KEY else "columns.TEXT"
        return _TYPES.get(type(item), False)
    if kind == "check" and (str(item.sqltext).startswith("typeof(") or not isinstance(item.name, conv)):
        return None
    return False


def run(connection: Connection) -> None:
    """Run the steps on a connection that somebody else opened and commits."""
    context.configure(
        connection=connection,
        target_metadata=tables.METADATA,
        render_item=render_item,
        render_as_batch=False,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
