"""Many rows at once: tuples through the driver, without row objects.

The columns are named, so the order of the values is the caller's. Rows of immutable tables come under the journal's
digest like all others.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from operator import is_not, itemgetter
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.columns import Facts, Moment, facts_text, moment_text
from gateway.store.digest import canonical, covered_columns
from gateway.store.work import Work

Values = Sequence[Any]
_ROWS = 100
_IS_SAID = partial(is_not, None)


async def insert_rows(work: Work, table: Table, names: Sequence[str], rows: Sequence[Values]) -> None:
    """Insert rows (one value per name, words and facts as their Python values) in the work's transaction."""
    if not rows:
        return
    _cover(work, table, names, rows)
    stored = _converted(table, names, rows, is_sqlite=work.is_sqlite)
    if work.is_sqlite:
        await work.send(_execute(work.session, list(_statements(table.name, names, stored))))
    else:
        await work.send(_copy(work.session, table, names, stored))


async def copy_rows(
    session: AsyncSession, table: Table, names: Sequence[str], rows: Sequence[Values], *, is_sqlite: bool
) -> None:
    """Insert rows that no unit of work covers."""
    stored = _converted(table, names, rows, is_sqlite=is_sqlite)
    if is_sqlite:
        await _execute(session, list(_statements(table.name, names, stored)))
    else:
        await _copy(session, table, names, stored)


async def execute_many(work: Work, sql: str, rows: Sequence[Values]) -> int:
    """Run one statement of SQLite for each row of values, inside the work; return how many rows it changed."""
    await work.flush()
    driver = await _driver(work.session)
    cursor = await driver.executemany(sql, rows)
    return int(cursor.rowcount)


async def _execute(session: AsyncSession, statements: Sequence[tuple[str, list[list[Any]]]]) -> None:
    driver = await _driver(session)
    for sql, values in statements:
        await driver.executemany(sql, values)


async def _copy(session: AsyncSession, table: Table, names: Sequence[str], rows: Sequence[Values]) -> None:
    # The adapter opens its transaction with the first statement that it sees itself.
    await (await session.connection()).exec_driver_sql("SELECT 1")
    driver = await _driver(session)
    await driver.copy_records_to_table(table.name, records=rows, columns=list(names))


async def _driver(session: AsyncSession) -> Any:
    connection = await session.connection()
    driver = (await connection.get_raw_connection()).driver_connection
    if driver is None:
        raise RuntimeError("the connection has no driver")
    return driver


def _statements(table: str, names: Sequence[str], rows: Sequence[Values]) -> Iterator[tuple[str, list[list[Any]]]]:
    """Yield statements with their values, many rows in each.

    SQLite looks up the words of a CHECK anew for each statement and binds each NULL, so both are kept few.
    """
    filled = [place for place, column in enumerate(zip(*rows, strict=True)) if any(map(_IS_SAID, column))]
    pick = itemgetter(*filled) if len(filled) > 1 else tuple
    chosen = ",".join(names[place] for place in filled)
    one = f"({','.join('?' * len(filled))})"
    for start, end, size in _portions(len(rows)):
        values = [list(chain.from_iterable(map(pick, rows[at : at + size]))) for at in range(start, end, size)]
        sql = f"INSERT INTO {table} ({chosen}) VALUES {','.join([one] * size)}"  # noqa: S608 - names are ours.
        yield sql, values


def _portions(count: int) -> Iterator[tuple[int, int, int]]:
    """Yield (start, end, rows of one statement): full statements first, then the rest as one."""
    whole = count - count % _ROWS
    if whole:
        yield 0, whole, _ROWS
    if whole < count:
        yield whole, count, count - whole


def _cover(work: Work, table: Table, names: Sequence[str], rows: Sequence[Values]) -> None:
    columns = covered_columns(table.name)
    if not columns:
        return
    places = {name: place for place, name in enumerate(names)}
    missing = [name for name in columns if name not in places]
    if missing:
        raise RuntimeError(f"rows of {table.name} must name {missing}, which the journal covers")
    pick = itemgetter(*[places[name] for name in columns])
    # Keys come in ascending order from their blocks, so the rows are in the order of the digest.
    lines = "".join([canonical(table.name, pick(row)) for row in rows])
    work.cover(table.name, rows[0][places["id"]], lines)


def _converted(table: Table, names: Sequence[str], rows: Sequence[Values], *, is_sqlite: bool) -> Sequence[Values]:
    """Return rows as the driver wants them; only columns that need it are touched."""
    places = [(place, change) for place, name in enumerate(names) if (change := _change(table, name, is_sqlite))]
    if not places:
        return rows
    changed: list[Values] = []
    for row in rows:
        values = list(row)
        for place, change in places:
            if values[place] is not None:
                values[place] = change(values[place])
        changed.append(values)
    return changed


def _change(table: Table, name: str, is_sqlite: bool) -> Callable[[Any], Any] | None:
    kind = table.c[name].type
    if isinstance(kind, Facts):
        return facts_text
    if is_sqlite and isinstance(kind, Moment):
        return moment_text
    return None
