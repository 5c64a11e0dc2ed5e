"""Collections in bulk: asked for, put into a run, moved along their life cycle. Guards of items move with them.

Rows are locked first, in the order of their keys: open items, collections.
"""

import datetime as dt
from collections.abc import Collection as Several
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select, text, update
from sqlalchemy.exc import IntegrityError

from gateway.domain.lifecycle import COLLECTION
from gateway.store.bulk import execute_many, insert_rows
from gateway.store.collections import Collection, collections, lines
from gateway.store.columns import day_text, table_of
from gateway.store.counters import hold_items
from gateway.store.fetch import among, in_pieces
from gateway.store.journal import Move
from gateway.store.mandates import mandates
from gateway.store.open_items import open_items
from gateway.store.work import Work
from schemas.errors import Conflict
from schemas.states import CollectionState, MandateState

COLLECTION_NAMES = (
    "id", "company_id", "party_id", "mandate_id", "bank_account_id", "batch_id", "state", "end_to_end_id",
    "amount_minor", "due_date", "collection_date", "local_instrument", "sequence_type", "mandate_reference",
    "mandate_version", "debtor_name", "debtor_iban", "remittance", "notice", "notified_date", "version", "created_at",
)  # fmt: skip
_LINE = ("id", "company_id", "collection_id", "open_item_id", "amount_minor", "journal_id")
_MOVE = (
    "id", "company_id", "subject_table", "subject_id", "position", "from_state", "to_state", "at", "actor", "reason",
    "journal_id",
)  # fmt: skip
_moves = table_of(Move)
_ASK = (
    "UPDATE open_item SET collecting_minor = collecting_minor + {}, in_flight_date = {} WHERE open_item.id = {}"
    " AND cancelled_at IS NULL AND open_item.version = {} AND open_item.collecting_minor = {}"
    " AND abs(collecting_minor + {}) <= abs(amount_minor - settled_minor) - abs(disputed_minor)"
)
_RELEASE = (
    "UPDATE open_item SET collecting_minor = collecting_minor - {}, in_flight_date ="
    " CASE WHEN collecting_minor - {} = 0 THEN NULL ELSE in_flight_date END WHERE open_item.id = {}"
)


class AskedTwice(Conflict):
    """More of an item would be asked for than is open; nothing was changed."""

    code = "asked_twice"


class Asked(NamedTuple):
    """What is asked of one item, signed like it, and on which day; as the item was seen."""

    item_id: int
    amount_minor: int
    collection_date: dt.date
    seen_version: int
    seen_collecting_minor: int


class MovedCollection(NamedTuple):
    """One collection that moved, with its version after it."""

    id: int
    version: int


async def ask_for_items(work: Work, asked: Sequence[Asked]) -> frozenset[int]:
    """Let live collections ask for items; return those that are not as they were seen, and then undo the work.

    Raises AskedTwice.
    """
    await hold_items(work, [one.item_id for one in asked])
    rows = sorted(asked)
    if await _ask(work, rows) == len(rows):
        return frozenset()
    found = await _not_as_seen(work, rows)
    if not found:
        raise AskedTwice
    return found


async def _ask(work: Work, rows: Sequence[Asked]) -> int:
    """Move the guards of items in bulk; return of how many. One statement for each row is quickest on SQLite."""
    if work.is_sqlite:
        values = [(amount, day_text(date), key, version, asked, amount) for key, amount, date, version, asked in rows]
        return await execute_many(work, _ASK.format(*"?????", "?"), values)
    source, given = _source(rows)
    sql = _ASK.format("moved.delta", "CAST(moved.day AS date)", "moved.key", "moved.seen", "moved.asked", "moved.delta")
    head, tail = sql.split(" WHERE ")
    return await _count(work, f"{head} FROM ({source}) AS moved WHERE {tail}", given)


async def _not_as_seen(work: Work, rows: Sequence[Asked]) -> frozenset[int]:
    i = open_items.c
    seen = {one.item_id: (one.seen_version, one.seen_collecting_minor, one.amount_minor) for one in rows}
    found: set[int] = set()
    for piece in in_pieces(seen):
        query = select(i.id, i.version, i.collecting_minor).where(
            among(work.session, i.id, piece), i.cancelled_at.is_(None)
        )
        # Rows that were moved a moment ago, in this work, already have what they were asked for.
        good = {
            key
            for key, version, collecting in await work.session.execute(query)
            if version == seen[key][0] and collecting in (seen[key][1], seen[key][1] + seen[key][2])
        }
        found |= set(piece) - good
    return frozenset(found)


def _source(rows: Sequence[Asked]) -> tuple[str, dict[str, Any]]:
    source = """SELECT * FROM unnest(CAST(:k AS bigint[]), CAST(:d AS bigint[]), CAST(:t AS text[]),
        CAST(:s AS bigint[]), CAST(:a AS bigint[])) AS given (key, delta, day, seen, asked)"""
    keys, amounts, dates, versions, asked = map(list, zip(*rows, strict=True))
    return source, {"k": keys, "d": amounts, "t": list(map(day_text, dates)), "s": versions, "a": asked}


async def _count(work: Work, sql: str, values: Mapping[str, Any]) -> int:
    try:
        return int((await work.session.execute(text(sql), values)).rowcount)  # type: ignore[attr-defined]
    except IntegrityError as error:
        raise AskedTwice from error


async def free_items(work: Work, run_or_ids: "Select[Any]") -> None:
    """Let collections (their keys as a query) no longer ask for their items."""
    asked = select(lines.c.open_item_id, lines.c.amount_minor).where(lines.c.collection_id.in_(run_or_ids))
    deltas: dict[int, int] = {}
    for item_id, amount in await work.session.execute(asked.order_by(lines.c.open_item_id)):
        deltas[item_id] = deltas.get(item_id, 0) + amount
    await release_items(work, deltas)


async def release_items(work: Work, deltas: Mapping[int, int]) -> None:
    """Let so much of items no longer be asked for, signed as the item."""
    if not deltas:
        return
    await hold_items(work, sorted(deltas))
    if work.is_sqlite:
        rows = [(amount, amount, key) for key, amount in sorted(deltas.items())]
        await execute_many(work, _RELEASE.format("?", "?", "?"), rows)
        return
    source, values = _source([Asked(key, amount, dt.date.min, 0, 0) for key, amount in sorted(deltas.items())])
    head, tail = _RELEASE.format("moved.delta", "moved.delta", "moved.key").split(" WHERE ")
    await _count(work, f"{head} FROM ({source}) AS moved WHERE {tail}", values)


async def insert_collections(work: Work, rows: Sequence[Sequence[Any]]) -> None:
    """Store collections, each with one value for each of COLLECTION_NAMES."""
    await insert_rows(work, table_of(Collection), COLLECTION_NAMES, rows)


async def insert_lines(work: Work, asked: Iterable[tuple[int, int, int]]) -> None:
    """Store lines: of which collection, of which item, how much."""
    wanted = list(asked)
    keys = work.new_ids(len(wanted))
    company_id, journal_id = work.company_id, work.journal_id
    rows = [(key, company_id, *one, journal_id) for key, one in zip(keys, wanted, strict=True)]
    await insert_rows(work, lines, _LINE, rows)


async def write_moves(
    work: Work,
    table: str,
    moved: Sequence[tuple[int, int]],
    from_state: str,
    to_state: str,
    reason: str = "",
) -> None:
    """Write down that rows (key, version after it) moved from one state to another."""
    keys = work.new_ids(len(moved))
    company_id, journal_id, now, actor = work.company_id, work.journal_id, work.now, work.actor.word
    rows = [
        (key, company_id, table, subject, position, from_state, to_state, now, actor, reason, journal_id)
        for key, (subject, position) in zip(keys, moved, strict=True)
    ]
    await insert_rows(work, _moves, _MOVE, rows)


async def move_collections(
    work: Work, which: ColumnElement[bool], *, from_state: CollectionState, to_state: CollectionState, reason: str = ""
) -> list[int]:
    """Move all collections of a state that meet a condition; return their keys. The life cycle allows it."""
    c = collections.c
    statement = (
        update(collections)
        .where(c.company_id == work.company_id, which, c.state == from_state)
        .values(state=to_state, version=c.version + 1)
        .returning(c.id, c.version)
    )
    moved = sorted((key, version) for key, version in await work.session.execute(statement))
    await write_moves(work, "collection", moved, from_state.value, to_state.value, reason)
    return [key for key, _ in moved]


async def changed_mandates(work: Work, seen: Mapping[int, int]) -> frozenset[int]:
    """Return which mandates are no longer active or not in the version that was seen."""
    found: set[int] = set()
    for piece in in_pieces(seen):
        query = select(mandates.c.id, mandates.c.version).where(
            mandates.c.company_id == work.company_id,
            among(work.session, mandates.c.id, piece),
            mandates.c.state == MandateState.ACTIVE,
        )
        good = {key for key, version in await work.session.execute(query) if seen[key] == version}
        found |= set(piece) - good
    return frozenset(found)


async def batch_collection(work: Work, key: int, values: Mapping[str, Any]) -> None:
    """Put a collection that a person planned into a batch. Raises Conflict."""
    c = collections.c
    query = select(Collection).where(c.id == key, c.company_id == work.company_id).with_for_update()
    row = (await work.session.execute(query.execution_options(populate_existing=True))).scalar_one()
    if not COLLECTION.allows(row.state, CollectionState.BATCHED):
        raise Conflict(f"collection {key} is {row.state}, not planned any more")
    from_state = row.state
    changed = update(collections).where(c.id == key)
    await work.session.execute(changed.values(state=CollectionState.BATCHED, version=row.version + 1, **values))
    moved = [(key, row.version + 1)]
    await write_moves(work, "collection", moved, from_state.value, CollectionState.BATCHED.value)


def within(keys: Several[int]) -> ColumnElement[bool]:
    """Return the condition that a collection is one of a few."""
    return collections.c.id.in_(sorted(keys))


def only(key: int) -> Select[Any]:
    """Return the key of one collection, as a query."""
    return select(collections.c.id).where(collections.c.id == key)
