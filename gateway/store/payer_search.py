"""Who may have paid, when a clerk searches: customers by name, number or account, items by number."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.open_item import number_key
from gateway.domain.party import search_key
from gateway.store.columns import table_of
from gateway.store.open_items import OpenItem, is_live
from gateway.store.parties import Party, PayerIban

_parties, _ibans, _items = table_of(Party), table_of(PayerIban), table_of(OpenItem)


async def customer_of_iban(session: AsyncSession, *, company_id: int, iban: str) -> int | None:
    """Return the customer for whom an account pays, if it is known for exactly one."""
    query = (
        select(_ibans.c.party_id)
        .where(_ibans.c.company_id == company_id, _ibans.c.iban == iban, _ibans.c.forgotten_at.is_(None))
        .distinct()
        .order_by(_ibans.c.party_id)
        .limit(2)
    )
    found = (await session.execute(query)).scalars().all()
    return found[0] if len(found) == 1 else None


async def find_customers(session: AsyncSession, *, company_id: int, text: str, limit: int) -> Sequence[Party]:
    """Return customers whose number, or a word of whose name, begins like the text; by name."""
    wanted = search_key(text)
    if not wanted:
        return []
    name = _parties.c.name_folded
    query = (
        select(Party)
        .where(
            _parties.c.company_id == company_id,
            or_(
                name.startswith(wanted, autoescape=True),
                name.contains(" " + wanted, autoescape=True),
                _parties.c.number.startswith(text.strip(), autoescape=True),
            ),
        )
        .order_by(name, _parties.c.id)
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()


async def find_open_items(session: AsyncSession, *, company_id: int, text: str, limit: int) -> Sequence[OpenItem]:
    """Return open items whose number is the text, begins or ends like it; separators do not count."""
    key = number_key(text)
    if len(key) < 2:
        return []
    same = await _items_where(session, company_id, _items.c.number_key == key, limit)
    if same:
        return same
    near = or_(_items.c.number_key.startswith(key), _items.c.number_key.endswith(key))
    return await _items_where(session, company_id, near, limit)


async def _items_where(
    session: AsyncSession, company_id: int, wanted: ColumnElement[bool], limit: int
) -> Sequence[OpenItem]:
    query = (
        select(OpenItem)
        .where(_items.c.company_id == company_id, is_live(), wanted)
        .order_by(_items.c.number, _items.c.id)
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()
