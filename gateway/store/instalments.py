"""Instalments: the parts in which an item is paid, each due on a day of its own."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.collecting.model import Part
from gateway.store.collections import Instalment, instalments
from gateway.store.work import Work


async def parts_of(session: AsyncSession, *, company_id: int, item_id: int) -> list[Part]:
    """Return the parts of an item, the earliest first; none when it is due as a whole."""
    i = instalments.c
    query = select(i.due_date, i.amount_minor).where(i.company_id == company_id, i.open_item_id == item_id)
    return [Part(*row) for row in await session.execute(query.order_by(i.due_date, i.position))]


async def replace_parts(work: Work, *, item_id: int, parts: Sequence[Part]) -> None:
    """Let an item be paid in these parts; none makes it due as a whole again."""
    i = instalments.c
    await work.session.execute(delete(instalments).where(i.company_id == work.company_id, i.open_item_id == item_id))
    for position, part in enumerate(parts, start=1):
        work.add(
            Instalment(
                id=work.new_id(), company_id=work.company_id, open_item_id=item_id, position=position,
                due_date=part.due_date, amount_minor=part.amount_minor,
            )
        )  # fmt: skip
