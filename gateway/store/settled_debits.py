"""Debits whose money came, many at once: what settling needs to know of each, and the settling itself.

The sum of a block may settle a hundred thousand debits in one transaction, so no row objects are made of them.
"""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.collection_writes import write_moves
from gateway.store.collections import collections
from gateway.store.columns import day_text
from gateway.store.fetch import among, in_pieces
from gateway.store.work import Work
from schemas.codes.lists import LocalInstrument
from schemas.states import CollectionState

_BROUGHT = "settled_by_id = given.brought_by, settled_date = given.day"
_SETTLED = f"""{_BROUGHT}, refundable_until_date = given.until, state = '{CollectionState.SETTLED}',
    version = version + 1"""
_FROM_SQLITE = """SELECT json_extract(value, '$[0]') AS key, json_extract(value, '$[1]') AS brought_by,
    json_extract(value, '$[2]') AS day, json_extract(value, '$[3]') AS until FROM json_each(:rows)"""
_FROM_POSTGRES = """SELECT * FROM unnest(CAST(:keys AS bigint[]), CAST(:brought AS bigint[]), CAST(:days AS date[]),
    CAST(:untils AS date[])) AS given (key, brought_by, day, until)"""


class AwaitedDebit(NamedTuple):
    """A debit before its money is noted."""

    id: int
    version: int
    state: CollectionState
    mandate_id: int | None
    local_instrument: LocalInstrument


class Settled(NamedTuple):
    """A debit whose money came: which bank transaction brought it when, and until when it may go back."""

    id: int
    bank_transaction_id: int
    settled_date: dt.date
    refundable_until_date: dt.date | None


async def awaited_debits(session: AsyncSession, ids: Iterable[int]) -> list[AwaitedDebit]:
    """Return some debits in the order of their keys."""
    columns = [collections.c[name] for name in AwaitedDebit._fields]
    found: list[AwaitedDebit] = []
    for piece in in_pieces(ids):
        query = select(*columns).where(among(session, collections.c.id, piece)).order_by(collections.c.id)
        found += [AwaitedDebit._make(row) for row in await session.execute(query)]
    return found


async def settle(work: Work, settled: Sequence[Settled], versions: Sequence[int]) -> None:
    """Settle debits that wait for their money and are locked, each in its version."""
    await _update(work, _SETTLED, settled)
    moves = [(one.id, version + 1) for one, version in zip(settled, versions, strict=True)]
    await write_moves(work, "collection", moves, CollectionState.SUBMITTED.value, CollectionState.SETTLED.value)


async def note_money(work: Work, settled: Sequence[Settled]) -> None:
    """Note the money of debits that are locked and wait for none: they stay what they are."""
    await _update(work, _BROUGHT, settled)


async def _update(work: Work, values: str, rows: Sequence[Settled]) -> None:
    """Change many debits in one statement, each by its own values."""
    if not rows:
        return
    source, given = (_FROM_SQLITE, _json(rows)) if work.is_sqlite else (_FROM_POSTGRES, _arrays(rows))
    sql = f"UPDATE collection SET {values} FROM ({source}) AS given WHERE collection.id = given.key"  # noqa: S608
    await work.session.execute(text(sql), given)


def _json(rows: Sequence[Settled]) -> dict[str, Any]:
    return {"rows": json.dumps([(key, by, day_text(day), until and day_text(until)) for key, by, day, until in rows])}


def _arrays(rows: Sequence[Settled]) -> dict[str, Any]:
    return dict(zip(("keys", "brought", "days", "untils"), map(list, zip(*rows, strict=True)), strict=True))
