"""Counters that guard sums: moved by what was allocated, under a CHECK of the database, never set.

Rows are locked first, in the order of their keys: bank transactions, then open items.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, select, text, update
from sqlalchemy.exc import IntegrityError

from gateway.store.bank_transactions import BankTransaction
from gateway.store.columns import table_of
from gateway.store.fetch import among, in_pieces
from gateway.store.open_items import OpenItem
from gateway.store.work import Work
from schemas.errors import GatewayError
from schemas.states import BankTransactionState

_transactions, _items = table_of(BankTransaction), table_of(OpenItem)


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


async def settle_items(work: Work, deltas: Mapping[int, int]) -> None:
    """Move ``settled_minor`` of items by their net sums. Raises MoreThanOpen."""
    work.touched_items |= deltas.keys()
    moved = "settled_minor = settled_minor + moved.delta, version = version + 1"
    await _move(work, _items, moved, deltas, "an item would be settled by more than is open")


async def draw_from_transactions(work: Work, deltas: Mapping[int, int]) -> None:
    """Move ``allocated_minor`` of bank transactions by their net sums, and their state with it. Raises MoreThanOpen."""
    moved = f"""
        allocated_minor = allocated_minor + moved.delta,
        version = version + 1,
        state = CASE allocated_minor + moved.delta
            WHEN amount_minor THEN '{BankTransactionState.ALLOCATED}'
            WHEN 0 THEN '{BankTransactionState.IN_REVIEW}'
            ELSE '{BankTransactionState.PARTLY_ALLOCATED}' END
    """
    await _move(work, _transactions, moved, deltas, "more would be allocated than the bank transaction has")


async def _move(work: Work, table: Table, moved: str, deltas: Mapping[int, int], refusal: str) -> None:
    """Move many counters in one statement."""
    if not deltas:
        return
    if work.is_sqlite:
        source = "SELECT json_extract(value, '$[0]') AS key, json_extract(value, '$[1]') AS delta FROM json_each(:rows)"
        values: dict[str, Any] = {"rows": json.dumps(sorted(deltas.items()))}
    else:
        source = "SELECT * FROM unnest(CAST(:keys AS bigint[]), CAST(:deltas AS bigint[])) AS pairs (key, delta)"
        values = {"keys": sorted(deltas), "deltas": [deltas[key] for key in sorted(deltas)]}
    sql = f"UPDATE {table.name} SET {moved} FROM ({source}) AS moved WHERE {table.name}.id = moved.key"  # noqa: S608
    try:
        await work.session.execute(text(sql), values)
    except IntegrityError as error:
        raise MoreThanOpen(refusal) from error


async def close_opened_items(work: Work, ids: Sequence[int]) -> None:
    """Cancel items that a decision opened and that is taken back now. Raises UsedSince when one was drawn on."""
    if not ids:
        return
    statement = update(_items).where(_items.c.id.in_(ids), _items.c.settled_minor == 0)
    result = await work.session.execute(
        statement.values(cancelled_at=work.now, version=_items.c.version + 1).execution_options(
            synchronize_session=False
        )
    )
    if int(result.rowcount) != len(set(ids)):  # type: ignore[attr-defined]
        raise UsedSince()
