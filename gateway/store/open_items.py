"""Open items: invoices, credit notes and what else is owed, with the versions of what may change in them."""

import datetime as dt
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from sys import intern
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, Index, Select, UniqueConstraint, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.matching import model
from gateway.store import columns
from gateway.store.allocations import allocations
from gateway.store.columns import Row, table_of
from gateway.store.digest import cover_table
from gateway.store.fetch import Days, Moments, among, in_pieces, tuples_in_pieces
from gateway.store.keys import index_where, of_company, owned, points
from schemas.states import OpenItemKind, PaymentMethod

WITHIN = (
    "(amount_minor >= 0 AND {0} BETWEEN 0 AND amount_minor) OR (amount_minor < 0 AND {0} BETWEEN amount_minor AND 0)"
)


_UNSETTLED = "cancelled_at IS NULL AND settled_minor <> amount_minor"
_BY_DUE = ("company_id", "due_date", "id")


class OpenItem(Row, table=True):
    """One item. ``settled_minor`` is a guard beside the allocations: their sum, never beyond the amount (INV-2, 3)."""

    __tablename__ = "open_item"
    __table_args__ = (
        UniqueConstraint("company_id", "kind", "number"),
        CheckConstraint(WITHIN.format("settled_minor"), name="settled_within_amount"),
        CheckConstraint(WITHIN.format("collecting_minor"), name="collecting_within_amount"),
        Index("ix_open_item_due", "company_id", "due_date", "id"),
        Index("ix_open_item_number", "company_id", "number_key"),
        Index("ix_open_item_reference", "company_id", "reference_key"),
        Index("ix_open_item_amount", "company_id", "amount_minor", "id"),
        index_where("ix_open_item_live", *_BY_DUE, where=_UNSETTLED),
        # Few items are in these, and new ones are not, so they cost imports nothing.
        index_where("ix_open_item_partly_paid", *_BY_DUE, where=f"{_UNSETTLED} AND settled_minor <> 0"),
        index_where("ix_open_item_disputed", *_BY_DUE, where=f"{_UNSETTLED} AND disputed_minor <> 0"),
        index_where("ix_open_item_paid", *_BY_DUE, where="cancelled_at IS NULL AND settled_minor = amount_minor"),
        index_where("ix_open_item_cancelled", *_BY_DUE, where="cancelled_at IS NOT NULL"),
        of_company(),
        owned(),
        points("party_id", "party"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    kind: OpenItemKind = columns.enum(OpenItemKind)
    number: str = columns.text()
    number_key: str = columns.text()
    party_id: int = columns.key(index=True)
    currency: str = columns.text()
    amount_minor: int = columns.minor()
    settled_minor: int = columns.minor(default=0)
    disputed_minor: int = columns.minor(default=0)
    collecting_minor: int = columns.minor(default=0)  # What live collections ask for: a guard beside their lines.
    issue_date: dt.date | None = columns.day(nullable=True)
    due_date: dt.date | None = columns.day(nullable=True)
    creditor_reference: str | None = columns.text(nullable=True)
    reference_key: str | None = columns.text(nullable=True)
    order_reference: str | None = columns.text(nullable=True)
    original_number: str | None = columns.text(nullable=True)
    discount_basis_points: int | None = columns.number(nullable=True)
    discount_until_date: dt.date | None = columns.day(nullable=True)
    discount2_basis_points: int | None = columns.number(nullable=True)
    discount2_until_date: dt.date | None = columns.day(nullable=True)
    tax_minor: int | None = columns.minor(nullable=True)
    text: str = columns.text(default="")
    payment_method: PaymentMethod | None = columns.enum(PaymentMethod, nullable=True)
    notified_date: dt.date | None = columns.day(nullable=True)
    in_flight_date: dt.date | None = columns.day(nullable=True)
    cancelled_at: dt.datetime | None = columns.moment(nullable=True)
    version: int = columns.number(default=1)
    created_at: dt.datetime = columns.moment()


class OpenItemVersion(Row, table=True):
    """What an item said from a moment on; ``record`` holds what is not a column here."""

    __tablename__ = "open_item_version"
    __table_args__ = (UniqueConstraint("open_item_id", "position"), of_company(), points("open_item_id", "open_item"))

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    open_item_id: int = columns.key()
    position: int = columns.number()
    amount_minor: int = columns.minor()
    disputed_minor: int = columns.minor(default=0)
    due_date: dt.date | None = columns.day(nullable=True)
    party_id: int = columns.key()
    record: dict[str, Any] = columns.facts()
    recorded_at: dt.datetime = columns.moment()
    actor: str = columns.text()
    journal_id: int = columns.key()


class ItemChange(Row, table=True):
    """A change of an item that has allocations: proposed by an import, decided by a person."""

    __tablename__ = "item_change"
    __table_args__ = (
        index_where("ix_item_change_waiting", "company_id", "id", where="decided_at IS NULL"),
        of_company(),
        points("open_item_id", "open_item"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    open_item_id: int = columns.key(index=True)
    record: dict[str, Any] = columns.facts()
    source: str = columns.text()
    proposed_at: dt.datetime = columns.moment()
    decided_at: dt.datetime | None = columns.moment(nullable=True)
    decided_by: str = columns.text(default="")
    outcome: str = columns.text(default="")


cover_table(
    "open_item_version", "id", "open_item_id", "position", "amount_minor", "disputed_minor", "due_date", "party_id"
)

open_items, item_versions, item_changes = table_of(OpenItem), table_of(OpenItemVersion), table_of(ItemChange)
_MATCHED = (
    "id", "party_id", "kind", "number", "currency", "amount_minor", "settled_minor", "issue_date", "due_date",
    "creditor_reference", "order_reference", "discount_basis_points", "discount_until_date", "discount2_basis_points",
    "discount2_until_date", "disputed_minor", "in_flight_date",
)  # fmt: skip
_KINDS = {kind.value: kind for kind in OpenItemKind}


def is_live() -> ColumnElement[bool]:
    """Return the condition that something of an item is open."""
    return and_(open_items.c.cancelled_at.is_(None), open_items.c.settled_minor != open_items.c.amount_minor)


async def load_open_items(session: AsyncSession, company_id: int) -> list[model.OpenItem]:
    """Return every item of the company of which something is open, as matching sees it."""
    return [item async for item in each_open_item(session, company_id)]


async def each_open_item(session: AsyncSession, company_id: int) -> AsyncIterator[model.OpenItem]:
    """Yield every item of the company of which something is open, as it is read."""
    query = _matched().where(open_items.c.company_id == company_id, is_live()).order_by(open_items.c.id)
    reader = _Reader()
    async for piece in tuples_in_pieces(session, query):
        for item in reader.read(piece):
            yield item


async def count_open(session: AsyncSession, *, company_id: int) -> int:
    """Return of how many items something is open."""
    query = select(func.count()).where(open_items.c.company_id == company_id, is_live())
    return int((await session.execute(query)).scalar_one())


async def load_items_since(
    session: AsyncSession, company_id: int, *, since: dt.datetime, since_date: dt.date
) -> list[tuple[model.OpenItem, dt.datetime, dt.datetime | None]]:
    """Return the items of which something is open, was open at a moment or since, or was settled since a day.

    Each is as it is now, with when it was created and cancelled.
    """
    moved = select(allocations.c.target_item_id).where(
        allocations.c.company_id == company_id,
        or_(allocations.c.recorded_at >= since, allocations.c.effective_date >= since_date),
    )
    touched = or_(is_live(), open_items.c.cancelled_at >= since, open_items.c.id.in_(moved))
    there = or_(open_items.c.cancelled_at.is_(None), open_items.c.cancelled_at >= since)
    query = _matched().add_columns(open_items.c.created_at, open_items.c.cancelled_at)
    query = query.where(open_items.c.company_id == company_id, there, touched).order_by(open_items.c.id)
    reader, moments = _Reader(), Moments()
    found: list[tuple[model.OpenItem, dt.datetime, dt.datetime | None]] = []
    async for piece in tuples_in_pieces(session, query):
        rows = list(piece)
        for item, (*_, created_at, cancelled_at) in zip(reader.read(rows), rows, strict=True):
            found.append((item, moments[created_at], moments[cancelled_at] if cancelled_at else None))
    return found


async def find_open_items(
    session: AsyncSession,
    *,
    company_id: int,
    item_ids: Iterable[int] = (),
    customer_ids: Iterable[int] = (),
    reference_keys: Iterable[str] = (),
    number_keys: Iterable[str] = (),
    open_amounts: Iterable[int] = (),
) -> list[model.OpenItem]:
    """Return the open items that answer any of the questions, each once, by key. Amounts are minor units, signed."""
    table = open_items.c
    found: dict[int, model.OpenItem] = {}
    for key, keys in ((table.id, item_ids), (table.party_id, customer_ids)):
        for piece in in_pieces(keys):
            await _add_found(session, company_id, among(session, key, piece), found)
    for text, texts in ((table.reference_key, reference_keys), (table.number_key, number_keys)):
        for words in in_pieces(texts):
            await _add_found(session, company_id, among(session, text, words), found)
    for piece in in_pieces(open_amounts):
        # A partly paid item is found by what is left; there are few of them, with an index of their own.
        untouched = and_(table.settled_minor == 0, among(session, table.amount_minor, piece))
        touched = and_(table.settled_minor != 0, among(session, table.amount_minor - table.settled_minor, piece))
        for condition in (untouched, touched):
            await _add_found(session, company_id, condition, found)
    return [found[key] for key in sorted(found)]


async def _add_found(
    session: AsyncSession,
    company_id: int,
    condition: ColumnElement[bool],
    found: dict[int, model.OpenItem],
) -> None:
    query = _matched().where(open_items.c.company_id == company_id, is_live(), condition)
    found |= {item.id: item for item in _Reader().read(list(await session.execute(query)))}


def _matched() -> Select[Any]:
    return select(*[open_items.c[name] for name in _MATCHED])


class _Reader:
    """Makes rows into what matching sees. Few dates and discounts come again and again."""

    def __init__(self) -> None:
        self._days = Days()
        self._discounts: dict[tuple[Any, ...], tuple[model.Discount, ...]] = {(None,) * 4: ()}

    def read(self, rows: Iterable[Sequence[Any]]) -> Iterator[model.OpenItem]:
        """Yield the items of rows."""
        days, known = self._days, self._discounts
        for row in rows:
            agreed = tuple(row[11:15])
            discounts = known.get(agreed)
            if discounts is None:
                discounts = known[agreed] = self._agreed(agreed)
            key, party_id, kind, number, currency, amount, settled, issued, due, reference, order = row[:11]
            left = amount - settled if settled else amount  # One number, not two.
            yield model.OpenItem(
                key, party_id, _KINDS[kind], number, intern(currency), amount, left, days[issued],
                days[due], reference, order, discounts, row[15], days[row[16]],
            )  # fmt: skip

    def _agreed(self, agreed: tuple[Any, ...]) -> tuple[model.Discount, ...]:
        pairs = ((agreed[0], self._days[agreed[1]]), (agreed[2], self._days[agreed[3]]))
        return tuple(model.Discount(basis_points, until) for basis_points, until in pairs if basis_points and until)


async def get_item(session: AsyncSession, *, company_id: int, item_id: int) -> OpenItem | None:
    """Return an item of the company."""
    query = select(OpenItem).where(open_items.c.company_id == company_id, open_items.c.id == item_id)
    return (await session.execute(query)).scalar_one_or_none()


async def items_by_number(session: AsyncSession, *, company_id: int, numbers: Collection[str]) -> list[OpenItem]:
    """Return the items of any kind with these numbers, by number and kind."""
    query = (
        select(OpenItem)
        .where(open_items.c.company_id == company_id, open_items.c.kind.in_(list(OpenItemKind)))
        .where(open_items.c.number.in_(sorted(set(numbers))))
        .order_by(open_items.c.number, open_items.c.kind)
    )
    return list((await session.execute(query)).scalars())


async def versions_of_item(session: AsyncSession, *, company_id: int, item_id: int) -> list[OpenItemVersion]:
    """Return what an item said from when on, oldest first."""
    table = item_versions.c
    query = select(OpenItemVersion).where(table.company_id == company_id, table.open_item_id == item_id)
    return list((await session.execute(query.order_by(table.position))).scalars())


async def waiting_changes(
    session: AsyncSession, *, company_id: int, item_id: int | None = None, after_id: int = 0, limit: int = 500
) -> list[ItemChange]:
    """Return the changes that wait for a person, oldest first, beyond a key: of one item, or of all."""
    table = item_changes.c
    waits = (table.company_id == company_id, table.decided_at.is_(None), table.id > after_id)
    query = select(ItemChange).where(*waits)
    if item_id is not None:
        query = query.where(table.open_item_id == item_id)
    return list((await session.execute(query.order_by(table.id).limit(limit))).scalars())


async def get_change(session: AsyncSession, *, company_id: int, change_id: int) -> ItemChange | None:
    """Return a proposed change of the company, decided or not."""
    query = select(ItemChange).where(item_changes.c.company_id == company_id, item_changes.c.id == change_id)
    return (await session.execute(query)).scalar_one_or_none()
