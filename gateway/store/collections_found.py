"""Collections found by what a bank repeats of them, with what they ask for and how often they were presented."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.bank_report import Sent
from gateway.store.collection_runs import CollectionRun, batches, runs
from gateway.store.collections import Collection, collections, lines
from gateway.store.fetch import among, in_pieces
from schemas.states import CollectionState


async def run_by_message(session: AsyncSession, *, companies: Sequence[int], message_id: str) -> CollectionRun | None:
    """Return the run of some companies that was sent under a message id."""
    query = select(CollectionRun).where(runs.c.message_id == message_id, runs.c.company_id.in_(companies))
    return (await session.execute(query)).scalar_one_or_none()


async def sent_in_run(session: AsyncSession, *, run_id: int) -> list[Sent]:
    """Return the debits of a run, by what a bank repeats of them."""
    query = (
        select(collections.c.id, collections.c.end_to_end_id, batches.c.payment_information_id)
        .join(batches, batches.c.id == collections.c.batch_id)
        .where(batches.c.run_id == run_id)
        .order_by(collections.c.id)
    )
    return [Sent(*row) for row in await session.execute(query)]


async def sent_with_ids(
    session: AsyncSession, *, companies: Sequence[int], end_to_end_ids: Iterable[str]
) -> list[tuple[int, Sent]]:
    """Return (company, debit) of the debits with some end-to-end ids, whatever the file."""
    found: list[tuple[int, Sent]] = []
    for piece in in_pieces(end_to_end_ids):
        query = (
            select(collections.c.company_id, collections.c.id, collections.c.end_to_end_id)
            .where(collections.c.company_id.in_(companies), among(session, collections.c.end_to_end_id, piece))
            .order_by(collections.c.id)
        )
        found += [(row[0], Sent(row[1], row[2], "")) for row in await session.execute(query)]
    return found


async def collections_by_id(session: AsyncSession, ids: Iterable[int]) -> dict[int, Collection]:
    """Return collections by key."""
    found: dict[int, Collection] = {}
    for piece in in_pieces(ids):
        query = select(Collection).where(among(session, collections.c.id, piece)).order_by(collections.c.id)
        rows = (await session.execute(query.execution_options(populate_existing=True))).scalars()
        found |= {row.id: row for row in rows}
    return found


async def lines_of(session: AsyncSession, ids: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """Return (item, amount signed as the item) of what some collections ask for."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for piece in in_pieces(ids):
        query = (
            select(lines.c.collection_id, lines.c.open_item_id, lines.c.amount_minor)
            .where(among(session, lines.c.collection_id, piece))
            .order_by(lines.c.id)
        )
        for collection_id, item_id, amount in await session.execute(query):
            found[collection_id].append((item_id, amount))
    return found


async def bank_statuses(session: AsyncSession, ids: Iterable[int]) -> dict[int, str]:
    """Return the last status that the bank reported of each of some collections."""
    found: dict[int, str] = {}
    for piece in in_pieces(ids):
        query = select(collections.c.id, collections.c.bank_status).where(among(session, collections.c.id, piece))
        found |= {row[0]: row[1] for row in await session.execute(query)}
    return found


async def tries_of(session: AsyncSession, ids: Sequence[int], *, rounds: int = 5) -> dict[int, int]:
    """Return how often the debt of each collection was presented before: the length of its chain of retries."""
    tries = dict.fromkeys(ids, 0)
    cancelled: set[int] = set()
    ahead = {key: key for key in ids}  # The collection asked for, and where in its chain we are.
    for _ in range(rounds):
        earlier: dict[int, int] = {}
        for piece in in_pieces(ahead.values()):
            old = collections.alias("old")
            query = (
                select(collections.c.id, old.c.id, old.c.state)
                .join(old, old.c.id == collections.c.retry_of_id)
                .where(among(session, collections.c.id, piece))
            )
            for key, before, state in await session.execute(query):
                earlier[key] = before
                if state is CollectionState.CANCELLED:
                    cancelled.add(before)  # It never reached the bank.
        ahead = {key: earlier[at] for key, at in ahead.items() if at in earlier}
        for key, at in ahead.items():
            tries[key] += at not in cancelled
        if not ahead:
            break
    return tries
