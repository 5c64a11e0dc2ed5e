"""Lists of mandates with the customers who gave them, for pages, the API and exports."""

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.customer_lists import customers_meant
from gateway.store.fetch import streamed
from gateway.store.mandates import Mandate, mandates
from gateway.store.paging import Page, limited, read_cursor, write_cursor
from gateway.store.parties import parties
from schemas.states import MandateState

OPEN_STATES = (MandateState.DRAFT, MandateState.ACTIVE, MandateState.SUSPENDED)
EXPORT_COLUMNS = (
    "reference", "customer_number", "scheme", "type", "signature_date", "iban", "bic", "debtor_name",
    "last_collected_date", "creditor_identifier", "status", "b2b_confirmed_date", "debtor_street", "debtor_postcode",
    "debtor_town", "debtor_country", "ultimate_debtor", "signature_place",
)  # fmt: skip


class MandateFilter(NamedTuple):
    """Which mandates are listed; what is empty does not count."""

    states: Sequence[MandateState] = ()
    search: str = ""  # A part of the reference, the debtor's name, or the customer's number or name.
    customer_id: int | None = None
    unused_since_date: dt.date | None = None  # Last collected, or else signed, before this day.


class MandateLine(NamedTuple):
    """A mandate with the customer who gave it."""

    mandate: Mandate
    customer_number: str
    customer_name: str


async def list_mandate_lines(
    session: AsyncSession, *, company_id: int, wanted: MandateFilter, cursor: str = "", limit: int = 50
) -> Page[MandateLine]:
    """Return a page of mandates by reference. Raises InvalidCursor."""
    limit = limited(limit)
    t = mandates.c
    query = _filtered(select(Mandate, parties.c.number, parties.c.name), company_id, wanted)
    if cursor:
        query = query.where(tuple_(t.reference_key, t.id) > tuple_(*read_cursor(cursor, (str, int))))
    rows = (await session.execute(query.order_by(t.reference_key, t.id).limit(limit + 1))).all()
    lines = tuple(MandateLine(*row) for row in rows)
    last = lines[limit - 1].mandate if len(lines) > limit else None
    return Page(lines[:limit], write_cursor((last.reference_key, last.id)) if last else None)


async def export_mandate_rows(
    session: AsyncSession, *, company_id: int, wanted: MandateFilter
) -> AsyncIterator[tuple[Any, ...]]:
    """Yield one row per mandate in the columns of ``mandates.csv``, so that it can be imported elsewhere."""
    names = {"customer_number": parties.c.number, "status": mandates.c.state}
    columns = [names[name] if name in names else mandates.c[name] for name in EXPORT_COLUMNS]
    query = _filtered(select(*columns), company_id, wanted).order_by(mandates.c.reference_key, mandates.c.id)
    async for row in streamed(session, query):
        yield row


def _filtered(query: Select[Any], company_id: int, wanted: MandateFilter) -> Select[Any]:
    t = mandates.c
    query = query.join(parties, parties.c.id == t.party_id).where(t.company_id == company_id)
    if wanted.states:
        query = query.where(t.state.in_(wanted.states))
    if wanted.customer_id is not None:
        query = query.where(t.party_id == wanted.customer_id)
    if wanted.unused_since_date is not None:
        query = query.where(func.coalesce(t.last_collected_date, t.signature_date) < wanted.unused_since_date)
    if text := wanted.search.strip():
        query = query.where(
            or_(
                t.reference_key.contains(text.upper(), autoescape=True),
                t.debtor_name.icontains(text, autoescape=True),
                t.party_id.in_(customers_meant(company_id, text)),
            )
        )
    return query


async def stale_mandates(session: AsyncSession, *, company_id: int, before_date: dt.date, limit: int) -> list[Mandate]:
    """Return signed mandates that may have been unused too long: last collected, or else signed, before a day."""
    t = mandates.c
    query = select(Mandate).where(t.company_id == company_id)
    query = query.where(t.state.in_((MandateState.ACTIVE, MandateState.SUSPENDED)))
    query = query.where(func.coalesce(t.last_collected_date, t.signature_date) < before_date)
    return list((await session.execute(query.order_by(t.id).limit(limit))).scalars())
