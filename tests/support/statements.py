"""Statements of SQL that are compiled once per process: each test has engines of its own, but all say the same."""

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.util import LRUCache

_dialects: dict[type[Dialect], Dialect] = {}
_compiled = LRUCache(2000)


@event.listens_for(Engine, "engine_connect")
def share_what_is_compiled(connection: Connection) -> None:
    """Let the next connections of an engine use what the engines before it compiled for their databases."""
    engine = connection.engine
    engine.dialect = _dialects.setdefault(type(engine.dialect), engine.dialect)
    engine.update_execution_options(compiled_cache=_compiled)
