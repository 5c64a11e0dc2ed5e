"""What planning collections reads: due items and the mandates of their customers."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from sys import intern
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.collecting.model import (
    DueItem,
    Line,
    MandateTerms,
    Part,
    StoredCollection,
)
from gateway.domain.mandate_amendment import amendments_to_carry
from gateway.store.collections import collections, instalments, lines
from gateway.store.columns import table_of
from gateway.store.fetch import PIECE, Days, among, fetch_tuples, in_pieces
from gateway.store.mandate_papers import amendments
from gateway.store.mandates import mandates
from gateway.store.open_items import is_live, open_items
from gateway.store.parties import Party
from schemas.direct_debit import NO_AMENDMENT, Amendment
from schemas.identifiers import Bic, Iban
from schemas.parties import NO_ADDRESS, PostalAddress
from schemas.states import (
    AmendmentKind,
    CollectionState,
    MandateState,
    OpenItemKind,
    PaymentMethod,
)

_parties = table_of(Party)
_KINDS = {kind.value: kind for kind in OpenItemKind}
_STATES = {state.value: state for state in MandateState}
_ITEM = (
    "id", "party_id", "kind", "number", "currency", "amount_minor", "settled_minor", "collecting_minor",
    "disputed_minor", "due_date", "notified_date", "creditor_reference", "version",
)  # fmt: skip
_MANDATE = (
    "id", "party_id", "reference", "creditor_identifier", "scheme", "type", "state", "signature_date", "iban", "bic",
    "debtor_name", "debtor_country", "debtor_town", "debtor_postcode", "debtor_street", "ultimate_debtor",
    "b2b_confirmed_date", "last_collected_date", "not_before_date", "version",
)  # fmt: skip
ASKED = (CollectionState.PLANNED, CollectionState.NOTIFIED, CollectionState.BATCHED, CollectionState.SUBMITTED)
CAME_BACK = (CollectionState.REJECTED, CollectionState.RETURNED)
_USED = (CollectionState.BATCHED, CollectionState.SUBMITTED, CollectionState.SETTLED, CollectionState.RETURNED)


async def due_items(
    session: AsyncSession, *, company_id: int, until_date: dt.date, party_id: int | None = None
) -> list[DueItem]:
    """Return what is due until a day and to be paid by direct debit, and the credit notes of customers who pay so."""
    is_planned = open_items.c.id.in_(select(instalments.c.open_item_id).where(instalments.c.company_id == company_id))
    i = open_items.c
    is_debit = and_(i.amount_minor > 0, i.kind.in_([OpenItemKind.INVOICE, OpenItemKind.FEE_CLAIM]))
    is_credit = and_(i.amount_minor < 0, i.kind == OpenItemKind.CREDIT_NOTE)
    query = (
        select(*[i[name] for name in _ITEM], _parties.c.notice_days)
        .join(_parties, _parties.c.id == i.party_id)
        .where(i.company_id == company_id, is_live(), i.due_date.is_not(None), _is_by_debit())
        .where(i.collecting_minor != i.amount_minor - i.settled_minor)
        .where(or_(and_(is_debit, or_(i.due_date <= until_date, is_planned)), is_credit))
        .order_by(i.id)
    )
    if party_id is not None:
        query = query.where(i.party_id == party_id)
    back = await _came_back(session, company_id)
    parts = await _parts(session, company_id)
    days = Days()
    return [_due_item(row, days, back, parts) for row in await fetch_tuples(session, query)]


def _is_by_debit() -> ColumnElement[bool]:
    return func.coalesce(open_items.c.payment_method, _parties.c.payment_method) == PaymentMethod.DIRECT_DEBIT.value


def _due_item(row: tuple[Any, ...], days: Days, back: frozenset[int], parts: Mapping[int, tuple[Part, ...]]) -> DueItem:
    key, party_id, kind, number, currency, amount, settled, collecting, disputed, due, told, reference, version = row[
        :13
    ]
    due_date = days[due]
    if due_date is None:
        raise RuntimeError(f"open item {key} has no due date")
    return DueItem(
        key, party_id, _KINDS[kind], number, intern(currency), amount, amount - settled, collecting, disputed,
        due_date, days[told], reference or "", version, row[13], key in back, parts.get(key, ()),
    )  # fmt: skip


async def _came_back(session: AsyncSession, company_id: int) -> frozenset[int]:
    query = (
        select(lines.c.open_item_id)
        .join(collections, collections.c.id == lines.c.collection_id)
        .join(open_items, open_items.c.id == lines.c.open_item_id)
        .where(collections.c.company_id == company_id, collections.c.state.in_(CAME_BACK), is_live())
    )
    return frozenset((await session.execute(query)).scalars())


async def _parts(session: AsyncSession, company_id: int) -> dict[int, tuple[Part, ...]]:
    names = ("open_item_id", "due_date", "amount_minor")
    query = select(*[instalments.c[name] for name in names]).where(instalments.c.company_id == company_id)
    found: defaultdict[int, list[Part]] = defaultdict(list)
    for key, due_date, amount in await session.execute(query.order_by(instalments.c.due_date, instalments.c.position)):
        found[key].append(Part(due_date, amount))
    return {key: tuple(parts) for key, parts in found.items()}


async def mandates_of(
    session: AsyncSession, *, company_id: int, party_ids: Iterable[int], default_identifier: str, with_use: bool
) -> dict[int, list[MandateTerms]]:
    """Return the mandates of some customers, the oldest first; ``with_use`` tells whether each was ever used."""
    pending = await _pending_amendments(session, company_id)
    used = await _used(session, company_id) if with_use else frozenset()
    found: defaultdict[int, list[MandateTerms]] = defaultdict(list)
    days = Days()
    for row in await _mandate_rows(session, company_id, frozenset(party_ids)):
        key = row[0]
        is_used = key in used or (with_use and row[17] is not None)
        found[row[1]].append(_terms(row, default_identifier, days, is_used, pending.get(key, NO_AMENDMENT)))
    return found


async def _mandate_rows(session: AsyncSession, company_id: int, party_ids: frozenset[int]) -> list[tuple[Any, ...]]:
    """Return the mandates of some customers, the oldest first; of many, all are read and looked through."""
    names = [mandates.c[name] for name in _MANDATE]
    query = select(*names).where(mandates.c.company_id == company_id).order_by(mandates.c.id)
    if len(party_ids) > PIECE:
        return [row for row in await fetch_tuples(session, query) if row[1] in party_ids]
    return [
        tuple(row) for row in await session.execute(query.where(among(session, mandates.c.party_id, sorted(party_ids))))
    ]


def _terms(
    row: tuple[Any, ...], default_identifier: str, days: Days, is_used: bool, amendment: Amendment
) -> MandateTerms:
    key, party_id, reference, creditor, scheme, kind, state, signed, iban, bic, name = row[:11]
    country, town, postcode, street, ultimate, confirmed, last, not_before, version = row[11:]
    address = PostalAddress(country, town, postcode, street) if town else NO_ADDRESS
    return MandateTerms(
        key, party_id, reference, creditor or default_identifier, intern(scheme), intern(kind),
        state if isinstance(state, MandateState) else _STATES[state], days[signed], Iban(iban),
        Bic(bic) if bic else None, name, address, ultimate, days[confirmed], days[last], days[not_before], version,
        is_used, amendment,
    )  # fmt: skip


class _Amendment(NamedTuple):
    """A change of a mandate that is not done; carried by nobody when its carrier never reached the debtor."""

    kind: AmendmentKind
    original: str
    changed_to: str
    carried_by_id: int | None
    is_done: bool = False


async def _pending_amendments(session: AsyncSession, company_id: int) -> dict[int, Amendment]:
    """Return what banks were not told yet of mandates."""
    a, c = amendments.c, collections.c
    is_gone = c.state.in_([CollectionState.REJECTED, CollectionState.CANCELLED])
    query = (
        select(a.mandate_id, a.kind, a.original, a.changed_to, a.carried_by_id, is_gone)
        .outerjoin(collections, c.id == a.carried_by_id)
        .where(a.company_id == company_id, a.is_done.is_(False))
        .order_by(a.mandate_id, a.position)
    )
    found: defaultdict[int, list[_Amendment]] = defaultdict(list)
    for mandate_id, kind, original, changed_to, carrier, gone in await session.execute(query):
        found[mandate_id].append(_Amendment(kind, original, changed_to, None if gone else carrier))
    return {key: amendments_to_carry(rows) for key, rows in found.items()}


async def _used(session: AsyncSession, company_id: int) -> frozenset[int]:
    query = select(collections.c.mandate_id).where(
        collections.c.company_id == company_id, collections.c.state.in_(_USED), collections.c.mandate_id.is_not(None)
    )
    return frozenset((await session.execute(query.distinct())).scalars())


async def asked_mandates(session: AsyncSession, *, company_id: int, ids: Iterable[int]) -> frozenset[int]:
    """Return which of some mandates a live debit uses: one that is planned, in a run, or with the bank."""
    c = collections.c
    found: set[int] = set()
    for piece in in_pieces(ids):
        query = select(c.mandate_id).where(
            c.company_id == company_id, among(session, c.mandate_id, piece), c.state.in_(ASKED)
        )
        found.update((await session.execute(query.distinct())).scalars())
    return frozenset(found)


async def stored_collections(session: AsyncSession, *, company_id: int) -> list[StoredCollection]:
    """Return what people planned and no run has yet: retries, and debits whose notice came late."""
    c, i = collections.c, open_items.c
    wanted = (c.company_id == company_id, c.state.in_([CollectionState.PLANNED, CollectionState.NOTIFIED]))
    is_open = and_(
        i.cancelled_at.is_(None),
        func.abs(i.collecting_minor) <= func.abs(i.amount_minor - i.settled_minor) - func.abs(i.disputed_minor),
    )
    asked = (
        select(lines.c.collection_id, lines.c.open_item_id, lines.c.amount_minor, is_open)
        .join(collections, c.id == lines.c.collection_id)
        .join(open_items, i.id == lines.c.open_item_id)
        .where(*wanted)
        .order_by(lines.c.id)
    )
    found: defaultdict[int, list[Line]] = defaultdict(list)
    closed: set[int] = set()
    for key, item_id, amount, still_open in await session.execute(asked):
        found[key].append(Line(item_id, amount))
        if not still_open:
            closed.add(key)
    names = ("id", "party_id", "mandate_id", "due_date", "collection_date", "amount_minor", "remittance")
    query = select(*[c[name] for name in names]).where(*wanted, c.mandate_id.is_not(None)).order_by(c.id)
    return [
        StoredCollection(
            row[0], row[1], row[2], row[3], row[4], row[5], tuple(found[row[0]]), row[6], row[0] not in closed
        )
        for row in await session.execute(query)
    ]
