"""Open items under lock and in bulk: what is stored of some numbers, new items, versions, proposed changes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.item_facts import FACT_NAMES, ItemFacts, Record, version_record
from gateway.domain.item_import import KnownChange, KnownItem
from gateway.domain.open_item import number_key
from gateway.store.allocations import allocations
from gateway.store.bulk import insert_rows
from gateway.store.fetch import among, in_pieces
from gateway.store.open_items import item_changes, item_versions, open_items
from gateway.store.work import Work
from schemas.references import reference_key
from schemas.states import AllocationKind, OpenItemKind

ItemKey: TypeAlias = tuple[OpenItemKind, str]
DISMISSED = "dismissed"
SUPERSEDED = "superseded"
_KNOWN = ("id", "kind", "number", "settled_minor", "disputed_minor", "in_flight_date", "cancelled_at", *FACT_NAMES)
_NEW = ("id", "company_id", "kind", "number", "number_key", "reference_key", "settled_minor", "created_at", *FACT_NAMES)
_VERSION = (
    "id", "company_id", "open_item_id", "position", "amount_minor", "disputed_minor", "due_date", "party_id", "record",
    "recorded_at", "actor", "journal_id",
)  # fmt: skip
_OUTSIDE = (
    "id", "company_id", "kind", "outside_reason", "source_bank_transaction_id", "source_item_id", "target_item_id",
    "bank_minor", "bank_currency", "item_minor", "item_currency", "effective_date", "recorded_at", "booked_by",
    "reverses_id", "journal_id",
)  # fmt: skip
_CHANGE = ("id", "company_id", "open_item_id", "record", "source", "proposed_at")


class NewItem(NamedTuple):
    """An item to store. ``settled_minor`` is what its opening allocation settles."""

    id: int
    kind: OpenItemKind
    number: str
    facts: ItemFacts
    settled_minor: int = 0


class NewVersion(NamedTuple):
    """What an item says from now on."""

    item_id: int
    facts: ItemFacts
    disputed_minor: int = 0
    is_cancelled: bool = False


class OutsideSettlement(NamedTuple):
    """What settles an item from outside the bank: minor units, signed as the item, and why."""

    item_id: int
    kind: AllocationKind
    item_minor: int
    currency: str
    reason: str
    effective_date: dt.date


async def known_items(
    session: AsyncSession, *, company_id: int, keys: Iterable[ItemKey], lock: bool = False
) -> dict[ItemKey, KnownItem]:
    """Return what is stored under some kinds and numbers, with changes that wait or were dismissed.

    With ``lock`` the rows are locked in the order of their keys.
    """
    wanted = set(keys)
    ids: list[int] = []
    kinds = sorted({kind for kind, _ in wanted})
    for numbers in in_pieces(number for _, number in wanted):
        query = select(open_items.c.id).where(
            open_items.c.company_id == company_id,
            open_items.c.kind.in_(kinds),
            among(session, open_items.c.number, numbers),
        )
        ids.extend((await session.execute(query)).scalars())
    found = await _known_by_ids(session, company_id, sorted(ids), lock=lock)
    return {key: item for key, item in found if key in wanted}


async def known_item(session: AsyncSession, *, company_id: int, item_id: int, lock: bool = False) -> KnownItem | None:
    """Return what is stored of one item."""
    found = await _known_by_ids(session, company_id, [item_id], lock=lock)
    return found[0][1] if found else None


async def number_of(session: AsyncSession, *, item_id: int) -> str:
    """Return the number of an item that exists."""
    return str((await session.execute(select(open_items.c.number).where(open_items.c.id == item_id))).scalar_one())


async def _known_by_ids(
    session: AsyncSession, company_id: int, ids: Sequence[int], *, lock: bool
) -> list[tuple[ItemKey, KnownItem]]:
    found: list[tuple[ItemKey, KnownItem]] = []
    changes = await _changes(session, ids)
    for piece in in_pieces(ids):
        query = (
            select(*[open_items.c[name] for name in _KNOWN])
            .where(open_items.c.company_id == company_id, among(session, open_items.c.id, piece))
            .order_by(open_items.c.id)
        )
        for row in await session.execute(query.with_for_update() if lock else query):
            key, kind, number, settled, disputed, in_flight, cancelled_at = row[:7]
            item = KnownItem(
                id=key,
                facts=ItemFacts._make(row[7:]),
                settled_minor=settled,
                disputed_minor=disputed,
                is_in_flight=in_flight is not None,
                is_cancelled=cancelled_at is not None,
                changes=changes.get(key, ()),
            )
            found.append(((kind, number), item))
    return found


async def _changes(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[KnownChange]]:
    found: dict[int, list[KnownChange]] = defaultdict(list)
    table = item_changes.c
    for piece in in_pieces(ids):
        query = (
            select(table.id, table.open_item_id, table.record, table.decided_at)
            .where(among(session, table.open_item_id, piece))
            .where(table.decided_at.is_(None) | (table.outcome == DISMISSED))
            .order_by(table.id)
        )
        for row in await session.execute(query):
            found[row.open_item_id].append(KnownChange(row.id, row.record, row.decided_at is None))
    return found


async def insert_items(work: Work, items: Sequence[NewItem]) -> None:
    """Store new items with their first versions."""
    rows = [
        (
            item.id, work.company_id, item.kind, item.number, number_key(item.number), _reference(item.facts),
            item.settled_minor, work.now, *item.facts,
        )
        for item in items
    ]  # fmt: skip
    await insert_rows(work, open_items, _NEW, rows)
    work.reach("items_written")
    await _insert_versions(work, [NewVersion(item.id, item.facts) for item in items], {})


def _reference(facts: ItemFacts) -> str | None:
    return reference_key(facts.creditor_reference) if facts.creditor_reference else None


async def update_items(work: Work, versions: Sequence[NewVersion]) -> None:
    """Change items to what their new versions say."""
    if not versions:
        return
    work.touched_items |= {version.item_id for version in versions}
    values: dict[str, Any] = {
        name: bindparam(f"new_{name}") for name in (*FACT_NAMES, "reference_key", "disputed_minor")
    }
    cancelled = [version.item_id for version in versions if version.is_cancelled]
    statement = update(open_items).where(open_items.c.id == bindparam("key"))
    rows = [
        {
            "key": version.item_id,
            "new_reference_key": _reference(version.facts),
            "new_disputed_minor": version.disputed_minor,
            **{f"new_{name}": value for name, value in zip(FACT_NAMES, version.facts, strict=True)},
        }
        for version in versions
    ]
    connection = await work.session.connection()
    await connection.execute(statement.values(version=open_items.c.version + 1, **values), rows)
    if cancelled:
        await work.session.execute(
            update(open_items).where(open_items.c.id.in_(cancelled)).values(cancelled_at=work.now)
        )
    work.reach("items_changed")
    await _insert_versions(work, versions, await _last_positions(work.session, [one.item_id for one in versions]))


async def _last_positions(session: AsyncSession, ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    table = item_versions.c
    for piece in in_pieces(ids):
        query = (
            select(table.open_item_id, func.max(table.position))
            .where(among(session, table.open_item_id, piece))
            .group_by(table.open_item_id)
        )
        found |= {row[0]: row[1] for row in await session.execute(query)}
    return found


async def _insert_versions(work: Work, versions: Sequence[NewVersion], positions: Mapping[int, int]) -> None:
    actor, company_id, journal_id = work.actor.word, work.company_id, work.journal_id
    rows = []
    for key, version in zip(work.new_ids(len(versions)), versions, strict=True):
        facts = version.facts
        record = version_record(facts)
        if version.is_cancelled:
            record["is_cancelled"] = True
        rows.append(
            (
                key, company_id, version.item_id, positions.get(version.item_id, 0) + 1, facts.amount_minor,
                version.disputed_minor, facts.due_date, facts.party_id, record, work.now, actor, journal_id,
            )
        )  # fmt: skip
    await insert_rows(work, item_versions, _VERSION, rows)
    work.reach("versions_written")


async def propose_changes(work: Work, proposals: Sequence[tuple[int, Record]], *, source: str) -> list[int]:
    """Store changes of items for a person to decide; return their keys."""
    ids = work.new_ids(len(proposals))
    rows = [
        (key, work.company_id, item_id, record, source, work.now)
        for key, (item_id, record) in zip(ids, proposals, strict=True)
    ]
    await insert_rows(work, item_changes, _CHANGE, rows)
    return ids


async def decide_changes(work: Work, ids: Sequence[int], *, outcome: str) -> int:
    """Close waiting changes with an outcome (accepted, dismissed, superseded); return how many were waiting."""
    count = 0
    for piece in in_pieces(ids):
        result = await work.session.execute(
            update(item_changes)
            .where(item_changes.c.company_id == work.company_id, item_changes.c.decided_at.is_(None))
            .where(among(work.session, item_changes.c.id, piece))
            .values(decided_at=work.now, decided_by=work.actor.name, outcome=outcome)
        )
        count += int(result.rowcount)  # type: ignore[attr-defined]
    return count


async def insert_outside_settlements(work: Work, settlements: Sequence[OutsideSettlement]) -> None:
    """Store what settles items from outside the bank. The counters of the items are the caller's."""
    rows = [
        (
            key, work.company_id, one.kind, one.reason, None, None, one.item_id, 0, one.currency, one.item_minor,
            one.currency, one.effective_date, work.now, "user", None, work.journal_id,
        )
        for key, one in zip(work.new_ids(len(settlements)), settlements, strict=True)
    ]  # fmt: skip
    await insert_rows(work, allocations, _OUTSIDE, rows)
    work.reach("settlements_written")


async def insert_openings(work: Work, items: Sequence[NewItem]) -> None:
    """Store for new items what was settled before we knew them, effective today."""
    today = work.now.date()
    openings = [
        OutsideSettlement(
            item.id, AllocationKind.OPENING, item.settled_minor, item.facts.currency, "opening balance", today
        )
        for item in items
        if item.settled_minor
    ]
    await insert_outside_settlements(work, openings)
