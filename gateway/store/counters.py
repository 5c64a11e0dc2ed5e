"""Counters that guard sums: moved by what was allocated, under a CHECK of the database, never set.

Rows are locked first, in the order of their keys: bank transactions, then open items.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, func, select, text, update
from sqlalchemy.exc import IntegrityError

from gateway.store.bank_transactions import BankTransaction
from gateway.store.columns import table_of
from gateway.store.fetch import among, in_pieces
from gateway.store.open_items import OpenItem
from gateway.store.work import Work
from schemas.errors import GatewayError
from schemas.states import BankTransactionState

_transactions, _items = table_of(BankTransaction), table_of(OpenItem)
_HELD_MAX = 5_000
_SETTLED = "settled_minor = settled_minor + moved.delta, version = version + 1"
_DRAWN = f"""
    allocated_minor = allocated_minor + moved.delta,
    version = version + 1,
    state = CASE allocated_minor + moved.delta
        WHEN amount_minor THEN '{BankTransactionState.ALLOCATED}'
        WHEN 0 THEN '{BankTransactionState.IN_REVIEW}'
        ELSE '{BankTransactionState.PARTLY_ALLOCATED}' END
"""
UNDECIDED = frozenset({BankTransactionState.NEW, BankTransactionState.IN_REVIEW, BankTransactionState.PARTLY_ALLOCATED})


class MoreThanOpen(GatewayError):
    """More would be settled than is open; nothing was changed."""

    code = "more_than_open"


class UsedSince(GatewayError):
    """Money that was kept on account was used since; take that back first."""

    code = "used_since"


class LockedItem(NamedTuple):
    """An item under lock: what is open of it now (minor units, signed), and whether it may be settled."""

    id: int
    open_minor: int
    currency: str
    customer_id: int
    is_cancelled: bool


class LockedTransaction(NamedTuple):
    """A bank transaction under lock."""

    id: int
    state: BankTransactionState
    version: int
    amount_minor: int
    allocated_minor: int
    currency: str


async def lock_transactions(work: Work, ids: Sequence[int]) -> dict[int, LockedTransaction]:
    """Lock bank transactions of the company and return them by key."""
    names = ("id", "state", "version", "amount_minor", "allocated_minor", "currency")
    rows = await _locked(work, _transactions, [_transactions.c[name] for name in names], ids)
    return {row[0]: LockedTransaction(*row) for row in rows}


async def lock_items(work: Work, ids: Sequence[int]) -> dict[int, LockedItem]:
    """Lock open items of the company and return them by key."""
    table = _items
    wanted = [
        table.c.id,
        (table.c.amount_minor - table.c.settled_minor).label("open_minor"),
        table.c.currency,
        table.c.party_id,
        table.c.cancelled_at.is_not(None).label("is_cancelled"),
    ]
    rows = await _locked(work, table, wanted, ids)
    return {row[0]: LockedItem(row[0], int(row[1]), row[2], row[3], bool(row[4])) for row in rows}


async def _locked(
    work: Work, table: Table, wanted: Sequence[ColumnElement[Any]], ids: Sequence[int]
) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for piece in in_pieces(ids):
        query = (
            select(*wanted)
            .where(table.c.company_id == work.company_id, among(work.session, table.c.id, piece))
            .order_by(table.c.id)
            .with_for_update()
        )
        found.extend(tuple(row) for row in await work.session.execute(query))
    return found


async def hold_transactions(work: Work, ids: Collection[int]) -> None:
    """Lock bank transactions in the order of their keys, without reading them; SQLite has one writer anyway."""
    await _hold(work, _transactions, ids)


async def hold_items(work: Work, ids: Collection[int]) -> None:
    """Lock open items in the order of their keys, without reading them."""
    await _hold(work, _items, ids)


async def _hold(work: Work, table: Table, ids: Collection[int]) -> None:
    if work.is_sqlite:
        return
    if len(ids) > _HELD_MAX:
        # To lock so many rows costs as much as to change them; readers are not held up.
        await work.session.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))
        return
    for piece in in_pieces(ids):
        held = select(table.c.id).where(among(work.session, table.c.id, piece)).order_by(table.c.id).with_for_update()
        await work.session.execute(select(func.count()).select_from(held.subquery()))


async def settle_items(work: Work, deltas: Mapping[int, int]) -> None:
    """Move ``settled_minor`` of items by their net sums. Raises MoreThanOpen."""
    work.touched_items |= deltas.keys()
    await _move(work, _items, _SETTLED, deltas, "an item would be settled by more than is open")


async def draw_from_transactions(work: Work, deltas: Mapping[int, int]) -> None:
    """Move ``allocated_minor`` of bank transactions by their net sums, and their state with it. Raises MoreThanOpen."""
    await _move(work, _transactions, _DRAWN, deltas, "more would be allocated than the bank transaction has")


async def settle_if_open(work: Work, deltas: Mapping[int, int], left_open: Mapping[int, int]) -> bool:
    """Settle items that will have ``left_open`` open then; tell whether all were such. If not, undo it."""
    await _hold(work, _items, deltas)
    is_as_seen = "cancelled_at IS NULL AND amount_minor - settled_minor - moved.delta = moved.seen"
    rows = [(key, delta, left_open[key]) for key, delta in sorted(deltas.items())]
    return await _move_rows(work, _items, _SETTLED, rows, is_as_seen) == len(rows)


async def draw_if_left(
    work: Work, deltas: Mapping[int, int], left: Mapping[int, int], states: Iterable[BankTransactionState]
) -> bool:
    """Draw from bank transactions in some states of which so much is ``left``; tell whether all were such.

    If not, undo it. On PostgreSQL lock them first (``hold_transactions``).
    """
    words = ", ".join(f"'{state}'" for state in states)
    is_as_seen = f"amount_minor - allocated_minor = moved.seen AND state IN ({words})"
    rows = [(key, delta, left[key]) for key, delta in sorted(deltas.items())]
    return await _move_rows(work, _transactions, _DRAWN, rows, is_as_seen) == len(rows)


async def _move(work: Work, table: Table, moved: str, deltas: Mapping[int, int], refusal: str) -> None:
    """Move many counters of rows that are locked."""
    try:
        await _move_rows(work, table, moved, [(key, delta, 0) for key, delta in sorted(deltas.items())], "1 = 1")
    except IntegrityError as error:
        raise MoreThanOpen(refusal) from error


async def _move_rows(work: Work, table: Table, moved: str, rows: Sequence[tuple[int, int, int]], condition: str) -> int:
    """Move many counters in one statement, each by its delta; return how many rows met the condition."""
    if not rows:
        return 0
    if work.is_sqlite:
        source = """SELECT json_extract(value, '$[0]') AS key, json_extract(value, '$[1]') AS delta,
            json_extract(value, '$[2]') AS seen FROM json_each(:rows)"""
        values: dict[str, Any] = {"rows": json.dumps(rows)}
    else:
        source = """SELECT * FROM unnest(CAST(:k AS bigint[]), CAST(:d AS bigint[]), CAST(:s AS bigint[]))
            AS given (key, delta, seen)"""
        values = dict(zip("kds", map(list, zip(*rows, strict=True)), strict=True))
    sql = f"UPDATE {table.name} SET {moved} FROM ({source}) AS moved WHERE {table.name}.id = moved.key AND {condition}"  # noqa: S608
    return int((await work.session.execute(text(sql), values)).rowcount)  # type: ignore[attr-defined]


async def close_opened_items(work: Work, ids: Sequence[int]) -> None:
    """Cancel items that a decision opened and that is taken back now. Raises UsedSince when one was drawn on."""
    if not ids:
        return
    statement = update(_items).where(among(work.session, _items.c.id, ids), _items.c.settled_minor == 0)
    result = await work.session.execute(
        statement.values(cancelled_at=work.now, version=_items.c.version + 1).execution_options(
            synchronize_session=False
        )
    )
    if int(result.rowcount) != len(set(ids)):  # type: ignore[attr-defined]
        raise UsedSince()
