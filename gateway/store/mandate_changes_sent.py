"""Which collection tells a bank of a change of a mandate. One that is rejected or cancelled leaves it to the next."""

from collections.abc import Mapping

from sqlalchemy import or_, select, update

from gateway.store.collections import collections
from gateway.store.mandate_papers import amendments
from gateway.store.work import Work
from schemas.states import CollectionState


async def carry(work: Work, carriers: Mapping[int, int]) -> None:
    """Write down which collection carries what banks were not told yet of some mandates. There are few."""
    a = amendments.c
    gone = select(collections.c.id).where(
        collections.c.id == a.carried_by_id,
        collections.c.state.in_([CollectionState.REJECTED, CollectionState.CANCELLED]),
    )
    for mandate_id, collection_id in sorted(carriers.items()):
        statement = update(amendments).where(
            a.company_id == work.company_id,
            a.mandate_id == mandate_id,
            a.is_done.is_(False),
            or_(a.carried_by_id.is_(None), gone.exists()),
        )
        await work.session.execute(statement.values(carried_by_id=collection_id))
