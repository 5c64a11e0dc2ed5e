"""Many rows at once: tuples through the driver, without row objects.

The columns are named, so the order of the values is the caller's. Rows of immutable tables come under the journal's
digest like all others.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from operator import is_not, itemgetter
from types import NoneType
from typing import Any

from sqlalchemy import Date, Table, Text
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.columns import Facts, Moment, Word, day_text, facts_text, moment_text
from gateway.store.digest import canonical_lines, covered_columns
from gateway.store.work import Work

Values = Sequence[Any]
_ROWS = 100
_IS_SAID = partial(is_not, None)
_PLAIN_TEXTS = {str, NoneType}


async def insert_rows(work: Work, table: Table, names: Sequence[str], rows: Sequence[Values]) -> None:
    """Insert rows (one value per name, words and facts as their Python values) in the work's transaction."""
    if not rows:
        return
    _cover(work, table, names, rows)
    columns = _columns(table, names, rows, is_sqlite=work.is_sqlite)
    if work.is_sqlite:
        await work.send(_execute(work.session, list(_statements(table.name, names, columns))))
    else:
        await work.send(_copy(work.session, table, names, zip(*columns, strict=True)))


async def copy_rows(
    session: AsyncSession, table: Table, names: Sequence[str], rows: Sequence[Values], *, is_sqlite: bool
) -> None:
    """Insert rows that no unit of work covers."""
    columns = _columns(table, names, rows, is_sqlite=is_sqlite)
    if is_sqlite:
        await _execute(session, list(_statements(table.name, names, columns)))
    else:
        await _copy(session, table, names, zip(*columns, strict=True))


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


async def _copy(session: AsyncSession, table: Table, names: Sequence[str], rows: Iterable[Values]) -> None:
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


def _statements(table: str, names: Sequence[str], columns: Sequence[Values]) -> Iterator[tuple[str, list[list[Any]]]]:
    """Yield statements with their values, many rows in each.

    SQLite looks up the words of a CHECK anew for each statement and binds each NULL, so both are kept few.
    """
    filled = [place for place, column in enumerate(columns) if any(map(_IS_SAID, column))]
    chosen, width = ",".join(names[place] for place in filled), len(filled)
    values = list(chain.from_iterable(zip(*[columns[place] for place in filled], strict=True)))
    one = f"({','.join('?' * width)})"
    for start, end, size in _portions(len(columns[0])):
        step = size * width
        portions = [values[at : at + step] for at in range(start * width, end * width, step)]
        yield f"INSERT INTO {table} ({chosen}) VALUES {','.join([one] * size)}", portions  # noqa: S608 - names are ours.


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
    work.cover(table.name, rows[0][places["id"]], canonical_lines(table.name, map(pick, rows), len(columns)))


def _columns(table: Table, names: Sequence[str], rows: Sequence[Values], *, is_sqlite: bool) -> list[Values]:
    """Return the values column by column, as the driver wants them; only columns that need it are touched."""
    columns: list[Values] = list(zip(*rows, strict=True))
    for place, name in enumerate(names):
        change, values = _change(table, name, is_sqlite), columns[place]
        if change is None or (change is str and set(map(type, values)) <= _PLAIN_TEXTS):
            continue
        columns[place] = list(map(change, values)) if None not in values else _changed(change, values)
    return columns


def _changed(change: Callable[[Any], Any], values: Values) -> list[Any]:
    return [None if value is None else change(value) for value in values]


def _change(table: Table, name: str, is_sqlite: bool) -> Callable[[Any], Any] | None:
    """Return how a value becomes what the driver takes. That of SQLite is slow with all that is no plain text."""
    kind = table.c[name].type
    if isinstance(kind, Facts):
        return facts_text
    if not is_sqlite:
        return None
    if isinstance(kind, Moment):
        return moment_text
    if isinstance(kind, Date):
        return day_text
    return str if isinstance(kind, (Text, Word)) else None
