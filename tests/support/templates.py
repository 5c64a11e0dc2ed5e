"""What many tests begin with: made once on each kind of database; each test opens a copy of its own."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self, TypeAlias, TypeVar

from gateway.store.database import Database
from support.databases import Databases


class Movable(Protocol):
    """What lies in a database and a folder."""

    def moved_to(self, database: Database, folder: Path) -> Self:
        """Return the same in copies of both."""


Thing = TypeVar("Thing", bound=Movable)
Make: TypeAlias = Callable[[Database, Path], Awaitable[Thing]]


class CopyOf(Protocol):
    """The fixture ``copy_of``."""

    async def __call__(self, make: Make[Thing], /) -> Thing:
        """Return a copy of what a function of a module makes."""


class _Template(NamedTuple):
    url: str
    folder: Path
    thing: Any


class Templates:
    """What was made, by the function that made it."""

    def __init__(self, new_folder: Callable[[], Path]) -> None:
        self._new_folder = new_folder
        self._made: dict[tuple[type[Databases], Make[Any]], _Template] = {}

    @asynccontextmanager
    async def open_copy(self, make: Make[Thing], databases: Databases, folder: Path) -> AsyncIterator[Thing]:
        """Open a copy, in a folder."""
        template = await self._template(make, databases)
        left = shutil.ignore_patterns("gateway.db*", "scratch", "alive")
        shutil.copytree(template.folder, folder, dirs_exist_ok=True, ignore=left)
        url = databases.copy_of(template.url, folder)
        database = Database(url)
        await database.check()
        yield template.thing.moved_to(database, folder)
        await database.close()
        databases.drop(url)

    async def _template(self, make: Make[Any], databases: Databases) -> _Template:
        key = (type(databases), make)
        if key not in self._made:
            folder = self._new_folder()
            url = databases.fresh_database(folder)
            database = Database(url)
            thing = await make(database, folder)
            await database.close()
            self._made[key] = _Template(url, folder, thing)
        return self._made[key]
