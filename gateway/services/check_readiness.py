"""Whether the parts that every request needs are there."""

import asyncio

from gateway.store.companies import all_companies
from gateway.store.database import Database

_PATIENCE_S = 2.0


async def is_reachable(database: Database) -> bool:
    """Tell whether the database answers in time."""
    try:
        async with asyncio.timeout(_PATIENCE_S), database.read() as session:
            await all_companies(session)
    except Exception:  # Whatever it is that keeps the database from answering, the answer here is no.
        return False
    return True
