"""The debits that some bank transactions may be the money of, or take back: what matching needs to know of each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.matching.sent import SentBatch, SentDebit, SentDebits
from gateway.store.allocations import allocations
from gateway.store.bank_transactions import bank_transactions
from gateway.store.collection_runs import batches, runs
from gateway.store.collections import collections, lines
from gateway.store.collections_found import lines_of
from gateway.store.fetch import among, in_pieces
from gateway.store.mandates import mandates
from gateway.store.open_items import open_items
from gateway.store.refunds import refunds
from schemas.states import AllocationKind, CollectionState, RunKind, RunState

_NAMES = (
    "id", "party_id", "state", "end_to_end_id", "mandate_reference", "amount_minor", "currency", "collection_date",
    "batch_id", "settled_by_id", "settled_date", "is_foreign",
)  # fmt: skip
_WITH_BANK = (CollectionState.SUBMITTED, CollectionState.SETTLED, CollectionState.REJECTED, CollectionState.RETURNED)


class Signs(NamedTuple):
    """A bank transaction by what it repeats of our debits, and what tells when it is to be decided."""

    id: int
    amount_minor: int
    code: str | None
    return_reason: str | None
    end_to_end_id: str | None
    mandate_reference: str | None
    payment_information_id: str | None
    message_id: str | None
    is_batch: bool


async def is_used(session: AsyncSession, company_id: int) -> bool:
    """Tell whether a company sent any debit."""
    query = select(collections.c.id).where(collections.c.company_id == company_id).limit(1)
    return (await session.execute(query)).first() is not None


async def signs_of(session: AsyncSession, ids: Sequence[int]) -> list[Signs]:
    """Return some bank transactions by what they repeat of our debits, in the order of their keys."""
    t = bank_transactions.c
    names = (
        "id", "amount_minor", "bank_transaction_code", "return_reason", "end_to_end_id", "mandate_reference",
        "payment_information_id", "message_id", "batch_count", "part",
    )  # fmt: skip
    found: list[Signs] = []
    for piece in in_pieces(ids):
        query = select(*[t[name] for name in names]).where(among(session, t.id, piece)).order_by(t.id)
        for row in await session.execute(query):
            *facts, count, part = row
            found.append(Signs._make((*facts, (count or 0) > 1 and part == 0)))
    return found


async def ours_among(session: AsyncSession, *, company_id: int, signs: Sequence[Signs]) -> frozenset[int]:
    """Return which bank transactions repeat an end-to-end id or the id of a block or file of our debits.

    Money in that repeats the id of a refund is among them: it came back.
    """
    c, b, r, z = collections.c, batches.c, runs.c, refunds.c
    ids = {one.end_to_end_id for one in signs if one.end_to_end_id}
    words = {word for one in signs for word in (one.payment_information_id, one.message_id) if word}
    known = await _known(session, select(c.end_to_end_id).where(c.company_id == company_id), c.end_to_end_id, ids)
    back = {one.end_to_end_id for one in signs if one.end_to_end_id and one.amount_minor > 0}
    paid_back = await _known(
        session, select(z.end_to_end_id).where(z.company_id == company_id), z.end_to_end_id, back - known
    )
    of_debits = (r.company_id == company_id, r.kind == RunKind.DIRECT_DEBIT)
    blocks = select(b.payment_information_id).join(runs, r.id == b.run_id).where(*of_debits)
    named = await _known(session, blocks, b.payment_information_id, words)
    named |= await _known(session, select(r.message_id).where(*of_debits), r.message_id, words)
    return frozenset(
        one.id
        for one in signs
        if one.end_to_end_id in known
        or (one.end_to_end_id in paid_back and one.amount_minor > 0)
        or one.payment_information_id in named
        or one.message_id in named
    )


async def _known(session: AsyncSession, query: Any, column: ColumnElement[Any], words: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for piece in in_pieces(words):
        found |= set((await session.execute(query.where(among(session, column, piece)))).scalars())
    return found


async def open_end_to_end_ids(session: AsyncSession, *, company_id: int) -> list[str]:
    """Return the end-to-end ids of the debits whose money is awaited."""
    c = collections.c
    query = select(c.end_to_end_id).where(c.company_id == company_id, c.state == CollectionState.SUBMITTED)
    return list((await session.execute(query.order_by(c.id))).scalars())


async def load_sent(session: AsyncSession, *, company_id: int, signs: Sequence[Signs]) -> SentDebits:
    """Return the debits and blocks that some bank transactions may mean."""
    if not await is_used(session, company_id):
        return SentDebits()
    blocks = await _blocks(session, company_id, signs)
    keys = await _keys(session, company_id, signs, [block.id for block in blocks])
    rows = await _rows(session, keys)
    asked = await lines_of(session, [row[0] for row in rows])
    paid = await _paid(session, rows, asked) if any(one.amount_minor < 0 for one in signs) else {}
    return SentDebits([_debit(row, asked, paid) for row in rows], blocks, is_used=True)


async def _blocks(session: AsyncSession, company_id: int, signs: Sequence[Signs]) -> list[SentBatch]:
    """Return the blocks that are named, and those that wait where a sum is not named."""
    words = sorted({word for one in signs for word in (one.payment_information_id, one.message_id) if word})
    wanted: list[ColumnElement[bool]] = []
    if words:
        wanted = [among(session, batches.c.payment_information_id, words), among(session, runs.c.message_id, words)]
    if any(one.is_batch and one.amount_minor > 0 for one in signs):
        wanted.append(and_(runs.c.state == RunState.SUBMITTED))
    if not wanted:
        return []
    b = batches.c
    query = (
        select(b.id, b.payment_information_id, runs.c.message_id, b.collection_date, b.collection_count)
        .join(runs, runs.c.id == b.run_id)
        .where(b.company_id == company_id, runs.c.kind == RunKind.DIRECT_DEBIT, or_(*wanted))
        .order_by(b.id)
    )
    return [SentBatch(*row) for row in await session.execute(query)]


async def _keys(session: AsyncSession, company_id: int, signs: Sequence[Signs], block_ids: Sequence[int]) -> list[int]:
    c = collections.c
    mine = select(c.id).where(c.company_id == company_id, c.state.in_(_WITH_BANK))
    references = {one.mandate_reference.upper() for one in signs if one.mandate_reference}
    found: set[int] = set()
    for piece in in_pieces(one.end_to_end_id for one in signs if one.end_to_end_id):
        found |= set((await session.execute(mine.where(among(session, c.end_to_end_id, piece)))).scalars())
    for blocks in in_pieces(block_ids):
        found |= set((await session.execute(mine.where(among(session, c.batch_id, blocks)))).scalars())
    for piece in in_pieces(references):
        of_mandate = select(mandates.c.id).where(
            mandates.c.company_id == company_id, among(session, mandates.c.reference_key, piece)
        )
        found |= set((await session.execute(mine.where(c.mandate_id.in_(of_mandate)))).scalars())
    return sorted(found)


async def _rows(session: AsyncSession, keys: Sequence[int]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for piece in in_pieces(keys):
        query = select(*[collections.c[name] for name in _NAMES]).where(among(session, collections.c.id, piece))
        found += [tuple(row) for row in await session.execute(query.order_by(collections.c.id))]
    return found


def _debit(
    row: tuple[Any, ...], asked: dict[int, list[tuple[int, int]]], paid: dict[int, tuple[tuple[int, int], ...]]
) -> SentDebit:
    key, party_id, state, end_to_end_id, reference, amount, currency, day, batch_id, settled_by, settled_date, *_ = row
    own = paid.get(key, ())
    was_settled_before = _was_settled_before(row)
    return SentDebit(
        id=key,
        customer_id=party_id,
        state=state,
        end_to_end_id=end_to_end_id,
        mandate_reference=reference,
        amount_minor=amount,
        currency=currency,
        collection_date=day,
        batch_id=batch_id,
        asked=tuple(asked.get(key, ())),
        has_money=settled_by is not None or was_settled_before,
        settled_date=settled_date,
        paid=own,
        kept_minor=amount - sum(minor for _, minor in own) if key in paid and not was_settled_before else 0,
    )


def _was_settled_before(row: tuple[Any, ...]) -> bool:
    """Tell whether another system's statement settled a debit before the gateway was used."""
    return bool(row[11]) and row[2] is CollectionState.SETTLED and row[9] is None


async def _paid(
    session: AsyncSession, rows: Sequence[tuple[Any, ...]], asked: dict[int, list[tuple[int, int]]]
) -> dict[int, tuple[tuple[int, int], ...]]:
    """Return what the money of each debit settled of its items.

    Of a block's sum each item got one amount; where several debits of the block ask for one item, the first got its
    share first, as it was booked.
    """
    settled_by = {row[0]: row[9] for row in rows if row[9] is not None}
    items = {item_id for key in settled_by for item_id, _ in asked.get(key, ())}
    left = await _paid_by(session, set(settled_by.values()), items)
    paid: dict[int, dict[int, int]] = defaultdict(dict)
    for transaction_id, key, item_id, minor in await _asking(session, set(settled_by.values()), items):
        now = left.get((transaction_id, item_id), 0)
        taken = min(minor, now) if minor > 0 else max(minor, now)
        left[transaction_id, item_id] = now - taken
        if taken:
            paid[key][item_id] = taken
    before = [row[0] for row in rows if _was_settled_before(row)]
    return {key: tuple(paid[key].items()) for key in settled_by} | await _paid_before(session, before, asked)


async def _paid_before(
    session: AsyncSession, keys: Sequence[int], asked: dict[int, list[tuple[int, int]]]
) -> dict[int, tuple[tuple[int, int], ...]]:
    """Return what of the items of another system's debits is settled: as much of it may be opened again."""
    settled: dict[int, int] = {}
    for piece in in_pieces(item_id for key in keys for item_id, _ in asked.get(key, ())):
        query = select(open_items.c.id, open_items.c.settled_minor).where(among(session, open_items.c.id, piece))
        settled |= {row[0]: row[1] for row in await session.execute(query)}
    return {
        key: tuple((item_id, min(minor, settled[item_id], key=abs)) for item_id, minor in asked.get(key, ()))
        for key in keys
    }


async def _paid_by(session: AsyncSession, transactions: set[int], items: set[int]) -> dict[tuple[int, int], int]:
    a = allocations.c
    found: dict[tuple[int, int], int] = defaultdict(int)
    for keys in in_pieces(transactions):
        for piece in in_pieces(items):
            # A reversing row takes itself off.
            query = select(a.source_bank_transaction_id, a.target_item_id, a.item_minor).where(
                among(session, a.source_bank_transaction_id, keys),
                among(session, a.target_item_id, piece),
                a.kind == AllocationKind.PAYMENT,
            )
            for transaction_id, item_id, minor in await session.execute(query):
                found[transaction_id, item_id] += minor
    return found


async def _asking(session: AsyncSession, transactions: set[int], items: set[int]) -> list[tuple[int, int, int, int]]:
    """Return (bank transaction, debit, item, amount) of all debits that some money settled, in their order."""
    found: list[tuple[int, int, int, int]] = []
    for keys in in_pieces(transactions):
        for piece in in_pieces(items):
            query = (
                select(collections.c.settled_by_id, collections.c.id, lines.c.open_item_id, lines.c.amount_minor)
                .join(lines, lines.c.collection_id == collections.c.id)
                .where(among(session, lines.c.open_item_id, piece), among(session, collections.c.settled_by_id, keys))
            )
            found += [(row[0], row[1], row[2], row[3]) for row in await session.execute(query)]
    return sorted(found, key=lambda one: (one[1], one[2]))
