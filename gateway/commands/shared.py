"""What every command needs: the store, the company, and how facts are printed."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from config.settings import Settings
from gateway import app
from gateway.services.add_people import company_named
from gateway.store.database import Database

T = TypeVar("T")
DONE, REFUSED, WAITS = 0, 1, 3

Data = Annotated[Path | None, typer.Option("--data", help="The data folder (or GATEWAY_DATA_DIR).")]
CompanyCode = Annotated[str, typer.Option("--company", help="Code of the company; not needed when there is only one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print facts as JSON, one object a line.")]


def with_store(settings: Settings, work: Callable[[Database], Coroutine[Any, Any, T]]) -> T:
    """Open the store, work with it and close it."""

    async def run() -> T:
        database = await app.open_store(settings)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


async def company_of(database: Database, code: str) -> int:
    """Return the company with a code, or the only one. Raises NotFound or CompanyNotNamed."""
    return (await company_named(database, code)).id
