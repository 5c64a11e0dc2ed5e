"""The unpaid register as services write it: rows of debits that came back, and what they need to know of customers."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, delete, exists, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.allocations import allocations
from gateway.store.bank_transactions import bank_transactions
from gateway.store.bulk import insert_rows
from gateway.store.collections import lines
from gateway.store.fetch import among, in_pieces
from gateway.store.mandates import mandates
from gateway.store.open_items import is_live, open_items
from gateway.store.unpaid import Unpaid, unpaid
from gateway.store.work import Work
from schemas.states import AllocationKind, MandateState, UnpaidState
from schemas.tables import MandateType

NAMES = (
    "id", "company_id", "party_id", "collection_id", "bank_transaction_id", "report_id", "kind", "reason", "words",
    "amount_minor", "fee_minor", "compensation_minor", "currency", "occurred_date", "retry", "mandate_action",
    "next_action", "retry_date", "fee_item_id", "recorded_at",
)  # fmt: skip
_PAYMENTS_MAX = 12
_ENDED = (UnpaidState.OPEN, UnpaidState.RETRIED)


class MandateNow(NamedTuple):
    """A mandate as a return finds it."""

    id: int
    party_id: int
    state: MandateState
    type: str
    scheme: str


async def insert_unpaid(work: Work, rows: Sequence[Sequence[Any]]) -> None:
    """Store rows, each with one value for each of NAMES."""
    await insert_rows(work, unpaid, NAMES, rows)


async def paid_dates_of(session: AsyncSession, party_ids: Iterable[int]) -> dict[int, list[dt.date]]:
    """Return the booking days of what customers paid and what did not come back, the latest first, each once."""
    found: dict[int, list[dt.date]] = defaultdict(list)
    a = allocations.c
    returned = allocations.alias("returned")
    came_back = exists().where(returned.c.target_item_id == a.target_item_id, returned.c.kind == AllocationKind.RETURN)
    for piece in in_pieces(party_ids):
        query = (
            select(open_items.c.party_id, a.effective_date)
            .join(allocations, a.target_item_id == open_items.c.id)
            .where(
                among(session, open_items.c.party_id, piece),
                a.kind == AllocationKind.PAYMENT,
                a.source_bank_transaction_id.is_not(None),
                a.reverses_id.is_(None),
                ~came_back,
            )
            .distinct()
            .order_by(open_items.c.party_id, a.effective_date.desc())
        )
        for party_id, date in await session.execute(query):
            if len(found[party_id]) < _PAYMENTS_MAX:
                found[party_id].append(date)
    return found


async def lock_mandates(work: Work, ids: Iterable[int], *, type_: MandateType | None = None) -> dict[int, MandateNow]:
    """Lock mandates of the company, or those of a type, and return them by key."""
    found: dict[int, MandateNow] = {}
    names = ("id", "party_id", "state", "type", "scheme")
    for piece in in_pieces(ids):
        query = (
            select(*[mandates.c[name] for name in names])
            .where(mandates.c.company_id == work.company_id, among(work.session, mandates.c.id, piece))
            .where(mandates.c.type == type_ if type_ else true())
            .order_by(mandates.c.id)
            .with_for_update()
        )
        found |= {row[0]: MandateNow(*row) for row in await work.session.execute(query)}
    return found


async def rows_of_transactions(session: AsyncSession, ids: Sequence[int], *, lock: bool = False) -> list[Unpaid]:
    """Return the rows that some bank transactions made."""
    found: list[Unpaid] = []
    for piece in in_pieces(ids):
        query = select(Unpaid).where(among(session, unpaid.c.bank_transaction_id, piece)).order_by(unpaid.c.id)
        found += (await session.execute(query.with_for_update() if lock else query)).scalars()
    return found


async def rows_by_id(session: AsyncSession, ids: Iterable[int]) -> list[Unpaid]:
    """Return rows by key, as they are now."""
    found: list[Unpaid] = []
    for piece in in_pieces(ids):
        query = select(Unpaid).where(among(session, unpaid.c.id, piece)).order_by(unpaid.c.id)
        found += (await session.execute(query.execution_options(populate_existing=True))).scalars()
    return found


async def rows_of_collections(session: AsyncSession, ids: Sequence[int]) -> dict[int, Unpaid]:
    """Return the last row of each of some collections."""
    found: dict[int, Unpaid] = {}
    for piece in in_pieces(ids):
        query = select(Unpaid).where(among(session, unpaid.c.collection_id, piece)).order_by(unpaid.c.id)
        found |= {row.collection_id or 0: row for row in (await session.execute(query)).scalars()}
    return found


async def forget_rows(work: Work, ids: Sequence[int]) -> None:
    """Delete rows whose debit turned out not to be one: the decision that made them was taken back."""
    mine = (unpaid.c.company_id == work.company_id, among(work.session, unpaid.c.id, ids))
    await work.session.execute(delete(unpaid).where(*mine).execution_options(synchronize_session=False))


async def change_row(work: Work, *, row_id: int, version: int | None, **values: Any) -> bool:
    """Change a row as it was seen (with ``version``); tell whether it was such."""
    statement = update(unpaid).where(unpaid.c.company_id == work.company_id, unpaid.c.id == row_id)
    if version is not None:
        statement = statement.where(unpaid.c.version == version)
    result = await work.session.execute(statement.values(version=unpaid.c.version + 1, **values))
    return int(result.rowcount) == 1  # type: ignore[attr-defined]


async def refresh_outcomes(work: Work, item_ids: Iterable[int]) -> None:
    """Let rows say whether what came back was paid since, by whatever way; a person's word stays."""
    is_open = exists().where(
        lines.c.collection_id == unpaid.c.collection_id, open_items.c.id == lines.c.open_item_id, is_live()
    )
    any_row = select(unpaid.c.id).where(unpaid.c.company_id == work.company_id).limit(1)
    if (await work.session.execute(any_row)).first() is None:
        return
    for piece in in_pieces(item_ids):
        concerned = select(lines.c.collection_id).where(among(work.session, lines.c.open_item_id, piece))
        mine = and_(unpaid.c.company_id == work.company_id, unpaid.c.collection_id.in_(concerned))
        paid = update(unpaid).where(mine, unpaid.c.state.in_(_ENDED), ~is_open)
        await work.session.execute(
            paid.values(state=UnpaidState.PAID, closed_at=work.now, closed_by="", version=unpaid.c.version + 1)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        again = update(unpaid).where(mine, unpaid.c.state == UnpaidState.PAID, unpaid.c.closed_by == "", is_open)
        before = func.coalesce(unpaid.c.retry_id, 0) > 0
        for was_retried, state in ((True, UnpaidState.RETRIED), (False, UnpaidState.OPEN)):
            statement = again.where(before if was_retried else ~before)
            await work.session.execute(
                statement.values(state=state, closed_at=None, version=unpaid.c.version + 1)
                .execution_options(synchronize_session=False)
            )  # fmt: skip


async def booked_by_bank(session: AsyncSession, ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """Return what the bank said of some debits: reason, texts, booking date, its code, currency, amounts."""
    t = bank_transactions.c
    names = (
        "id", "return_reason", "remittance", "entry_text", "booking_date", "bank_transaction_code", "currency",
        "amount_minor", "charges_minor", "original_amount_minor",
    )  # fmt: skip
    found: dict[int, tuple[Any, ...]] = {}
    for piece in in_pieces(ids):
        query = select(*[t[name] for name in names]).where(among(session, t.id, piece))
        found |= {row[0]: tuple(row) for row in await session.execute(query)}
    return found


async def lock_row(work: Work, row_id: int) -> Unpaid | None:
    """Lock a row of the company and return it as it is now."""
    query = select(Unpaid).where(unpaid.c.company_id == work.company_id, unpaid.c.id == row_id).with_for_update()
    return (await work.session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()


async def room_of_lines(work: Work, collection_id: int) -> list[tuple[int, int, int]]:
    """Return (item, what a collection asked of it, what of it may be asked for now), signed as the item; locked."""
    i = open_items.c
    query = (
        select(
            i.id, lines.c.amount_minor, i.amount_minor, i.settled_minor, i.collecting_minor, i.disputed_minor,
            i.cancelled_at,
        )
        .join(open_items, i.id == lines.c.open_item_id)
        .where(lines.c.collection_id == collection_id)
        .order_by(i.id)
        .with_for_update(of=open_items)
    )  # fmt: skip
    found = []
    for key, asked, amount, settled, collecting, disputed, cancelled_at in await work.session.execute(query):
        free = 0 if cancelled_at else amount - settled - collecting
        free = max(free - abs(disputed), 0) if amount > 0 else min(free + abs(disputed), 0)
        found.append((key, asked, free))
    return found
