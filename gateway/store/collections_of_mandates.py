"""The collections of one mandate, for its page and its evidence."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.collections import Collection, Notice, collections, notices


async def list_collections_of(
    session: AsyncSession, *, company_id: int, mandate_id: int, limit: int = 500
) -> list[Collection]:
    """Return the collections of a mandate, the latest first."""
    t = collections.c
    query = select(Collection).where(t.company_id == company_id, t.mandate_id == mandate_id)
    return list((await session.execute(query.order_by(t.collection_date.desc(), t.id.desc()).limit(limit))).scalars())


async def list_notices_of(session: AsyncSession, *, company_id: int, mandate_id: int, limit: int = 500) -> list[Notice]:
    """Return what a debtor was told of debits of a mandate, the latest first."""
    t = notices.c
    query = select(Notice).where(t.company_id == company_id, t.mandate_id == mandate_id)
    return list((await session.execute(query.order_by(t.collection_date.desc(), t.id.desc()).limit(limit))).scalars())
