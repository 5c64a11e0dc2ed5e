"""Remittance advices: what customers sent, the lines of each, and the credit that it belongs to."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Index, UniqueConstraint, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.matching.advice_links import Fitting, Link, Sender
from gateway.domain.matching.model import Advised
from gateway.domain.open_item import number_key
from gateway.store import columns
from gateway.store.bank_transactions import bank_transactions
from gateway.store.bulk import insert_rows
from gateway.store.columns import Row, table_of
from gateway.store.fetch import among, in_pieces
from gateway.store.keys import index_where, of_company, owned, points
from gateway.store.open_items import OpenItem
from gateway.store.paging import Page, limited, read_cursor, write_cursor
from gateway.store.parties import parties, payer_ibans
from gateway.store.reviews import review_items
from gateway.store.work import Work
from schemas.advice import Advice, AdviceFormat, AdviceLine
from schemas.states import AdviceSign, AdviceState, AdviceWait, BankTransactionState, ReviewState


class RemittanceAdvice(Row, table=True):
    """One advice as it came. Its bytes lie under its hash; the same bytes or the same content again are no second one.

    A credit fits it from ``from_date`` to ``until_date``. ``content_key`` is empty where it was refused.
    """

    __tablename__ = "remittance_advice"
    __table_args__ = (
        UniqueConstraint("company_id", "sha256"),
        UniqueConstraint("company_id", "content_key"),
        Index("ix_remittance_advice_state", "company_id", "state", "id"),
        index_where("ix_remittance_advice_transaction", "bank_transaction_id", where="bank_transaction_id IS NOT NULL"),
        of_company(),
        owned(),
        points("bank_transaction_id", "bank_transaction"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    sha256: str = columns.text()
    content_key: str | None = columns.text(nullable=True)
    name: str = columns.text()
    size: int = columns.key()
    channel: str = columns.text()  # page, api, folder, mail
    state: AdviceState = columns.enum(AdviceState)
    wait: AdviceWait | None = columns.enum(AdviceWait, nullable=True)
    sign: AdviceSign | None = columns.enum(AdviceSign, nullable=True)
    bank_transaction_id: int | None = columns.key(nullable=True)
    error_code: str = columns.text(default="")
    error_message: str = columns.text(default="")
    format: AdviceFormat | None = columns.enum(AdviceFormat, nullable=True)
    currency: str = columns.text(default="EUR")
    total_minor: int = columns.minor(default=0)
    stated_minor: int | None = columns.minor(nullable=True)
    payment_date: dt.date | None = columns.day(nullable=True)
    from_date: dt.date | None = columns.day(nullable=True)
    until_date: dt.date | None = columns.day(nullable=True)
    payer_name: str = columns.text(default="")
    customer_number: str = columns.text(default="")
    ibans: list[str] = columns.facts()
    line_count: int = columns.number(default=0)
    received_at: dt.datetime = columns.moment()
    received_by: str = columns.text()
    journal_id: int = columns.key()


class RemittanceAdviceLine(Row, table=True):
    """What an advice pays of one item. ``position`` is its place, from 1; ``row`` that in the file."""

    __tablename__ = "remittance_advice_line"
    __table_args__ = (UniqueConstraint("advice_id", "position"), of_company(), points("advice_id", "remittance_advice"))

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    advice_id: int = columns.key()
    position: int = columns.number()
    row: int = columns.number()
    written: str = columns.text()
    currency: str = columns.text()
    paid_minor: int = columns.minor()
    discount_minor: int = columns.minor(default=0)
    deducted_minor: int = columns.minor(default=0)


advices, advice_lines = table_of(RemittanceAdvice), table_of(RemittanceAdviceLine)
_items = table_of(OpenItem)
_LINE_NAMES = (
    "id", "company_id", "advice_id", "position", "row", "written", "currency", "paid_minor", "discount_minor",
    "deducted_minor",
)  # fmt: skip
_UNDECIDED = (BankTransactionState.NEW, BankTransactionState.IN_REVIEW)


async def known(session: AsyncSession, *, company_id: int, sha256: str) -> RemittanceAdvice | None:
    """Return the advice with these bytes, if it came before."""
    query = select(RemittanceAdvice).where(advices.c.company_id == company_id, advices.c.sha256 == sha256)
    return (await session.execute(query)).scalar_one_or_none()


async def same_content(session: AsyncSession, *, company_id: int, content_key: str) -> RemittanceAdvice | None:
    """Return the advice that says the same, if there is one."""
    query = select(RemittanceAdvice).where(advices.c.company_id == company_id, advices.c.content_key == content_key)
    return (await session.execute(query)).scalar_one_or_none()


async def get(session: AsyncSession, *, company_id: int, advice_id: int) -> RemittanceAdvice | None:
    """Return an advice of the company."""
    query = select(RemittanceAdvice).where(advices.c.company_id == company_id, advices.c.id == advice_id)
    return (await session.execute(query)).scalar_one_or_none()


async def of_transaction(session: AsyncSession, bank_transaction_id: int) -> RemittanceAdvice | None:
    """Return the advice that is linked to a bank transaction."""
    query = select(RemittanceAdvice).where(advices.c.bank_transaction_id == bank_transaction_id)
    return (await session.execute(query.order_by(advices.c.id).limit(1))).scalar_one_or_none()


async def advices_page(
    session: AsyncSession, *, company_id: int, state: AdviceState | None = None, cursor: str = "", limit: int = 50
) -> Page[RemittanceAdvice]:
    """Return the advices of a company, the newest first. Raises InvalidCursor."""
    query = select(RemittanceAdvice).where(advices.c.company_id == company_id).order_by(advices.c.id.desc())
    if state:
        query = query.where(advices.c.state == state)
    if cursor:
        query = query.where(advices.c.id < read_cursor(cursor, (int,))[0])
    rows = list((await session.execute(query.limit(limited(limit) + 1))).scalars())
    more = write_cursor((rows[limit - 1].id,)) if len(rows) > limit else None
    return Page(tuple(rows[:limit]), more)


async def waiting_count(session: AsyncSession, *, company_id: int) -> int:
    """Return how many advices wait for their credit."""
    query = select(func.count()).where(advices.c.company_id == company_id, advices.c.state == AdviceState.WAITING)
    return int((await session.execute(query)).scalar_one())


async def open_question(session: AsyncSession, bank_transaction_id: int | None) -> int | None:
    """Return the question that is open about a bank transaction, if there is one."""
    if bank_transaction_id is None:
        return None
    query = select(review_items.c.id).where(
        review_items.c.bank_transaction_id == bank_transaction_id, review_items.c.state == ReviewState.OPEN
    )
    return (await session.execute(query.order_by(review_items.c.id.desc()).limit(1))).scalar_one_or_none()


async def lines_of(session: AsyncSession, advice_ids: Sequence[int]) -> dict[int, list[AdviceLine]]:
    """Return the lines of some advices in their order."""
    lines, found = advice_lines.c, {key: list[AdviceLine]() for key in advice_ids}
    query = select(
        lines.advice_id, lines.row, lines.written, lines.paid_minor, lines.discount_minor, lines.deducted_minor
    ).order_by(lines.advice_id, lines.position)
    for piece in in_pieces(advice_ids):
        for advice_id, *line in await session.execute(query.where(among(session, lines.advice_id, piece))):
            found[advice_id].append(AdviceLine(*line))
    return found


async def add_lines(work: Work, *, advice_id: int, advice: Advice) -> None:
    """Store the lines of an advice."""
    keys = work.new_ids(len(advice.lines))
    rows = [
        (key, work.company_id, advice_id, position, line.row, line.written, advice.currency, *line[2:])
        for position, (key, line) in enumerate(zip(keys, advice.lines, strict=True), 1)
    ]
    await work.flush()
    await insert_rows(work, advice_lines, _LINE_NAMES, rows)


async def linked_to(session: AsyncSession, bank_transaction_ids: Sequence[int]) -> dict[int, Advised]:
    """Return the advices that are linked to some bank transactions, by these."""
    rows: list[RemittanceAdvice] = []
    for piece in in_pieces(bank_transaction_ids):
        query = select(RemittanceAdvice).where(among(session, advices.c.bank_transaction_id, piece))
        rows += (await session.execute(query.order_by(advices.c.id))).scalars()
    lines = await lines_of(session, [row.id for row in rows])
    return {row.bank_transaction_id: _advised(row, lines[row.id]) for row in rows if row.bank_transaction_id}


def _advised(row: RemittanceAdvice, lines: Sequence[AdviceLine]) -> Advised:
    advice = Advice(
        row.format or AdviceFormat.CSV, row.currency, tuple(lines), row.stated_minor, row.payment_date,
        row.payer_name, row.customer_number, tuple(row.ibans),
    )  # fmt: skip
    return Advised(row.id, advice, row.received_at.date())


async def awaited_amounts(session: AsyncSession, *, company_id: int) -> frozenset[tuple[int, str]]:
    """Return amount (minor units) and currency of the credits that advices wait for."""
    query = select(advices.c.total_minor, advices.c.currency).where(advices.c.company_id == company_id, _movable())
    return frozenset((minor, currency) for minor, currency in await session.execute(query.distinct()))


def _movable() -> ColumnElement[bool]:
    """An advice that waits, or that nothing but its amount linked: a better credit may come."""
    linked = and_(advices.c.state == AdviceState.LINKED, advices.c.sign == AdviceSign.AMOUNT)
    return or_(advices.c.state == AdviceState.WAITING, linked)


async def fitting(session: AsyncSession, *, company_id: int) -> list[Fitting]:
    """Return the undecided credits that have amount and date of an advice that is not linked for certain."""
    t, other = bank_transactions.c, advices.alias()
    is_taken = exists().where(
        other.c.bank_transaction_id == t.id, other.c.id != advices.c.id, other.c.sign != AdviceSign.AMOUNT
    )
    query = (
        select(advices.c.id, t.id, t.counterparty_iban, t.counterparty_name)
        .join(
            bank_transactions,
            and_(
                t.company_id == advices.c.company_id,
                t.amount_minor == advices.c.total_minor,
                t.currency == advices.c.currency,
                t.booking_date.between(advices.c.from_date, advices.c.until_date),
                t.state.in_(_UNDECIDED),
                t.is_provisional.is_(False),
            ),
        )
        .where(advices.c.company_id == company_id, _movable(), ~is_taken)
        .order_by(advices.c.id, t.id)
    )
    return [Fitting(*row) for row in await session.execute(query)]


async def standing(session: AsyncSession, advice_ids: Sequence[int]) -> dict[int, RemittanceAdvice]:
    """Return some advices by their keys."""
    query = select(RemittanceAdvice).where(among(session, advices.c.id, list(advice_ids))).order_by(advices.c.id)
    return {row.id: row for row in (await session.execute(query)).scalars()}


async def senders(session: AsyncSession, rows: Mapping[int, RemittanceAdvice]) -> dict[int, Sender]:
    """Return who may have sent some advices: what they print, and what is known of the customers they point at."""
    lines = await lines_of(session, list(rows))
    found: dict[int, Sender] = {}
    for key, row in rows.items():
        customers = await _customers(session, row, lines[key])
        ibans = select(payer_ibans.c.iban).where(
            among(session, payer_ibans.c.party_id, customers), payer_ibans.c.forgotten_at.is_(None)
        )
        names = select(parties.c.name).where(among(session, parties.c.id, customers))
        found[key] = Sender(
            frozenset([*row.ibans, *(await session.execute(ibans)).scalars()]),
            frozenset([row.payer_name, *(await session.execute(names)).scalars()]) - {""},
        )
    return found


async def _customers(session: AsyncSession, row: RemittanceAdvice, lines: Iterable[AdviceLine]) -> list[int]:
    words = {number_key(word) for line in lines for word in (line.written, *line.written.split())} - {""}
    query = select(_items.c.party_id).where(
        _items.c.company_id == row.company_id, among(session, _items.c.number_key, sorted(words))
    )
    numbered = select(parties.c.id).where(
        parties.c.company_id == row.company_id, parties.c.number == row.customer_number
    )
    found = {*(await session.execute(query.distinct())).scalars(), *(await session.execute(numbered)).scalars()}
    return sorted(key for key in found if key is not None)


async def set_link(work: Work, *, advice_id: int, link: Link) -> None:
    """Link an advice to a credit, or let it wait."""
    state = AdviceState.WAITING if link.credit_id is None else AdviceState.LINKED
    values = {"state": state, "wait": link.wait, "sign": link.sign, "bank_transaction_id": link.credit_id}
    await work.session.execute(update(advices).where(advices.c.id == advice_id).values(**values))
