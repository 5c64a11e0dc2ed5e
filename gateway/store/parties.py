"""Parties: customers and suppliers, their versions, and the accounts that are known to pay for them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Index, UniqueConstraint, case, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.matching.model import Customer, KnownIban
from gateway.domain.party import PayerFact, family_ids, known_ibans
from gateway.store import columns
from gateway.store.bank_transactions import BankTransaction
from gateway.store.columns import Row, moment_text, table_of
from gateway.store.fetch import among, fetch_tuples, in_pieces
from gateway.store.keys import index_where, of_company, owned, points
from gateway.store.work import Work
from schemas.identifiers import Iban, InvalidIban
from schemas.states import IbanSource, PaymentMethod

IS_LEARNED = "source IN ('decision', 'collector') AND forgotten_at IS NULL"  # What people taught, not records.


class Party(Row, table=True):
    """A customer, a supplier or both."""

    __tablename__ = "party"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        Index("ix_party_search", "company_id", "name_folded", "id"),
        of_company(),
        owned(),
        points("parent_id", "party"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    number: str = columns.text()
    name: str = columns.text()
    name_folded: str = columns.text()
    street: str = columns.text(default="")
    postcode: str = columns.text(default="")
    town: str = columns.text(default="")
    country: str = columns.text(default="")
    email: str = columns.text(default="")
    phone: str = columns.text(default="")
    language: str = columns.text(default="")
    legal_id: str = columns.text(default="")
    vat_number: str = columns.text(default="")
    ledger_account: str = columns.text(default="")
    payment_method: PaymentMethod | None = columns.enum(PaymentMethod, nullable=True)
    notice_days: int | None = columns.number(nullable=True)  # Agreed before a debit; None: the company's.
    parent_id: int | None = columns.key(nullable=True, index=True)
    is_supplier: bool = columns.flag(default=False)
    version: int = columns.number(default=1)
    created_at: dt.datetime = columns.moment()


class PartyVersion(Row, table=True):
    """What a party's record said from a moment on."""

    __tablename__ = "party_version"
    __table_args__ = (UniqueConstraint("party_id", "position"), of_company(), points("party_id", "party"))

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    party_id: int = columns.key()
    position: int = columns.number()
    record: dict[str, Any] = columns.facts()
    recorded_at: dt.datetime = columns.moment()
    actor: str = columns.text()
    journal_id: int = columns.key()


class PayerIban(Row, table=True):
    """An account that pays for a customer, and where we know that from."""

    __tablename__ = "payer_iban"
    __table_args__ = (
        UniqueConstraint("company_id", "iban", "party_id", "source"),
        index_where("ix_payer_iban_learned", "company_id", "id", where=IS_LEARNED),
        of_company(),
        points("party_id", "party"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    party_id: int = columns.key(index=True)
    iban: str = columns.text()
    bic: str = columns.text(default="")
    source: IbanSource = columns.enum(IbanSource)
    decisions: int = columns.number(default=0)
    wrongs: int = columns.number(default=0)  # Decisions and bookings that were taken back as wrong.
    last_actor: str = columns.text(default="")
    recorded_at: dt.datetime = columns.moment()
    forgotten_at: dt.datetime | None = columns.moment(nullable=True)


parties, payer_ibans, party_versions = table_of(Party), table_of(PayerIban), table_of(PartyVersion)
_transactions = table_of(BankTransaction)
_FACT_NAMES = ("iban", "party_id", "source", "decisions", "recorded_at", "last_actor")


async def get_customer(session: AsyncSession, *, company_id: int, customer_id: int) -> Party | None:
    """Return a customer of the company."""
    query = select(Party).where(parties.c.company_id == company_id, parties.c.id == customer_id)
    return (await session.execute(query)).scalar_one_or_none()


async def customer_by_number(session: AsyncSession, *, company_id: int, number: str) -> Party | None:
    """Return the customer with this number."""
    query = select(Party).where(parties.c.company_id == company_id, parties.c.number == number)
    return (await session.execute(query)).scalar_one_or_none()


async def ids_by_number(session: AsyncSession, *, company_id: int, numbers: Iterable[str]) -> dict[str, int]:
    """Return the keys of the customers with these numbers."""
    found: dict[str, int] = {}
    for piece in in_pieces(numbers):
        query = select(parties.c.number, parties.c.id)
        query = query.where(parties.c.company_id == company_id, among(session, parties.c.number, piece))
        found |= {row.number: row.id for row in await session.execute(query)}
    return found


async def names_of(session: AsyncSession, *, company_id: int, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of some customers by their keys."""
    found: dict[int, str] = {}
    for piece in in_pieces(ids):
        query = select(parties.c.id, parties.c.name)
        query = query.where(parties.c.company_id == company_id, among(session, parties.c.id, piece))
        found |= {row.id: row.name for row in await session.execute(query)}
    return found


async def versions_of_customer(session: AsyncSession, *, company_id: int, customer_id: int) -> list[PartyVersion]:
    """Return what a customer's record said from when on, oldest first."""
    table = party_versions
    query = (
        select(PartyVersion)
        .where(table.c.company_id == company_id, table.c.party_id == customer_id)
        .order_by(table.c.position)
    )
    return list((await session.execute(query)).scalars())


async def ibans_of_customers(
    session: AsyncSession, *, company_id: int, customer_ids: Sequence[int]
) -> dict[int, list[PayerIban]]:
    """Return the payer accounts of some customers that were not forgotten, oldest first."""
    found: dict[int, list[PayerIban]] = {customer_id: [] for customer_id in customer_ids}
    for piece in in_pieces(found):
        query = (
            select(PayerIban)
            .where(payer_ibans.c.company_id == company_id, payer_ibans.c.forgotten_at.is_(None))
            .where(among(session, payer_ibans.c.party_id, piece))
            .order_by(payer_ibans.c.id)
        )
        for row in (await session.execute(query)).scalars():
            found[row.party_id].append(row)
    return found


async def load_customers(session: AsyncSession, company_id: int) -> list[Customer]:
    """Return all customers of the company as matching sees them."""
    table = parties.c
    query = select(table.id, table.number, table.name, table.parent_id).where(table.company_id == company_id)
    rows = await fetch_tuples(session, query.order_by(table.id))
    families = family_ids({row[0]: row[3] for row in rows})
    return [Customer(row[0], row[1], row[2], families[row[0]]) for row in rows]


async def load_known_ibans(session: AsyncSession, company_id: int) -> list[KnownIban]:
    """Return what is known of all payer accounts of the company."""
    query = select(*[payer_ibans.c[name] for name in _FACT_NAMES])
    query = query.where(payer_ibans.c.company_id == company_id, payer_ibans.c.forgotten_at.is_(None))
    rows = await fetch_tuples(session, query.order_by(payer_ibans.c.id))
    return known_ibans(_fact(row) for row in rows)


async def known_ibans_of(session: AsyncSession, *, company_id: int, ibans: Iterable[str]) -> list[KnownIban]:
    """Return what is known of some payer accounts."""
    facts: list[PayerFact] = []
    for piece in in_pieces(ibans):
        query = (
            select(*[payer_ibans.c[name] for name in _FACT_NAMES])
            .where(payer_ibans.c.company_id == company_id, payer_ibans.c.forgotten_at.is_(None))
            .where(among(session, payer_ibans.c.iban, piece))
            .order_by(payer_ibans.c.id)
        )
        for row in await session.execute(query):
            facts.append(_fact(row))
    return known_ibans(facts)


def _fact(row: Sequence[Any]) -> PayerFact:
    iban, customer_id, source, decisions, recorded_at, by = row
    moment = recorded_at if isinstance(recorded_at, str) else moment_text(recorded_at)
    return PayerFact(iban, customer_id, IbanSource(source), decisions, dt.date.fromisoformat(moment[:10]), by)


async def add_payer_iban(
    work: Work, *, customer_id: int, iban: Iban, source: IbanSource, bic: str = "", decisions: int = 0
) -> None:
    """Remember that an account pays for a customer; known already, its decisions are added up. Names nothing twice."""
    values = {
        "id": work.new_id(),
        "company_id": work.company_id,
        "party_id": customer_id,
        "iban": iban,
        "bic": bic,
        "source": source,
        "decisions": decisions,
        "last_actor": work.actor.name,
        "recorded_at": work.now,
    }
    insert = (sqlite.insert if work.is_sqlite else postgresql.insert)(payer_ibans).values(**values)
    # What was forgotten begins again: its old decisions count no more.
    counted = case((payer_ibans.c.forgotten_at.is_(None), payer_ibans.c.decisions), else_=0) + decisions
    changed = {"decisions": counted, "last_actor": work.actor.name, "forgotten_at": None}
    if bic:
        changed["bic"] = bic
    names = ["company_id", "iban", "party_id", "source"]
    await work.session.execute(insert.on_conflict_do_update(index_elements=names, set_=changed))


async def forget_payer_ibans(
    work: Work, *, customer_id: int, source: IbanSource, ibans: Sequence[str] | None = None
) -> int:
    """Forget accounts of a customer from one source (all, or those named); return how many there were."""
    table = payer_ibans.c
    where: list[ColumnElement[bool]] = [
        table.company_id == work.company_id,
        table.party_id == customer_id,
        table.source == source,
        table.forgotten_at.is_(None),
    ]
    if ibans is not None:
        where.append(table.iban.in_(ibans))
    result = await work.session.execute(update(payer_ibans).where(*where).values(forgotten_at=work.now))
    return int(result.rowcount)  # type: ignore[attr-defined]


async def remember_payer(work: Work, *, bank_transaction_id: int, party_id: int) -> None:
    """Learn from a person's decision whose account paid. Rules teach nothing; nor does an account that is no IBAN."""
    iban = await _payer(work, bank_transaction_id)
    if iban is not None and work.actor.kind == "user":
        await add_payer_iban(work, customer_id=party_id, iban=iban, source=IbanSource.DECISION, decisions=1)


async def unlearn_payer(work: Work, *, bank_transaction_id: int, party_id: int, is_wrong: bool = False) -> None:
    """Take back what a person's decision taught, because it is taken back; a wrong one forgets the others, too."""
    iban = await _payer(work, bank_transaction_id)
    table = payer_ibans.c
    known = (
        table.company_id == work.company_id,
        table.party_id == party_id,
        table.iban == iban,
        table.source == IbanSource.DECISION,
        table.decisions > 0,
    )
    now = literal(work.now, table.forgotten_at.type)
    left = literal(0) if is_wrong else table.decisions - 1
    forgotten_at = case((left == 0, now), else_=table.forgotten_at)
    values = {"decisions": left, "forgotten_at": forgotten_at, "wrongs": table.wrongs + int(is_wrong)}
    await work.session.execute(update(payer_ibans).where(*known).values(**values))


async def _payer(work: Work, bank_transaction_id: int) -> Iban | None:
    table = _transactions.c
    query = select(table.counterparty_iban).where(
        table.company_id == work.company_id, table.id == bank_transaction_id, table.amount_minor > 0
    )
    text = (await work.session.execute(query)).scalar_one_or_none()
    try:
        return Iban.parse(text) if text else None
    except InvalidIban:
        return None
