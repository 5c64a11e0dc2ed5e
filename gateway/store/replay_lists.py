"""What the page of a replay shows beside what it found: who paid, and which accounts were learned."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.bank_transactions import bank_transactions
from gateway.store.fetch import among
from gateway.store.parties import IS_LEARNED, parties, payer_ibans
from schemas.states import IbanSource


class PayerAccount(NamedTuple):
    """An account that pays, or paid, for a customer."""

    id: int
    iban: str
    customer_id: int
    customer: str
    source: IbanSource
    decisions: int
    recorded_at: dt.datetime


def _known(company_id: int) -> Select[Any]:
    p = payer_ibans.c
    names = (p.id, p.iban, p.party_id, parties.c.name, p.source, p.decisions, p.recorded_at)
    return select(*names).join(parties, parties.c.id == p.party_id).where(p.company_id == company_id)


async def names_of_payers(session: AsyncSession, *, company_id: int, ids: Sequence[int]) -> dict[int, str]:
    """Return who paid some bank transactions, by their keys."""
    t = bank_transactions.c
    query = select(t.id, t.counterparty_name).where(t.company_id == company_id, among(session, t.id, sorted(set(ids))))
    return {key: name or "" for key, name in await session.execute(query)} if ids else {}


async def lately_learned(session: AsyncSession, *, company_id: int, limit: int) -> list[PayerAccount]:
    """Return the accounts that people taught last."""
    query = _known(company_id).where(text(IS_LEARNED)).order_by(payer_ibans.c.id.desc()).limit(limit)
    return [PayerAccount(*row) for row in await session.execute(query)]


async def known_accounts(session: AsyncSession, *, company_id: int, ids: Sequence[int]) -> list[PayerAccount]:
    """Return some accounts by their keys, forgotten ones too."""
    query = _known(company_id).where(among(session, payer_ibans.c.id, sorted(set(ids)))).order_by(payer_ibans.c.id)
    return [PayerAccount(*row) for row in await session.execute(query)] if ids else []
