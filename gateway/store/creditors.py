"""Who we are to the bank: creditor identifiers of a company with the name and address that go with each."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import UniqueConstraint, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.digest import cover_table
from gateway.store.keys import of_company, owned
from gateway.store.work import Work
from schemas.identifiers import CreditorIdentifier


class Creditor(Row, table=True):
    """One creditor identifier. ``identifier_key`` is without the business code, which is not part of identity."""

    __tablename__ = "creditor"
    __table_args__ = (UniqueConstraint("company_id", "identifier_key"), of_company(), owned())

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    identifier: str = columns.text()
    identifier_key: str = columns.text()
    name: str = columns.text()
    street: str = columns.text(default="")
    postcode: str = columns.text(default="")
    town: str = columns.text(default="")
    country: str = columns.text(default="")
    bank_account_id: int | None = columns.key(nullable=True)  # Where its collections are credited; None: asked for.
    is_default: bool = columns.flag(default=False)
    version: int = columns.number(default=1)
    created_at: dt.datetime = columns.moment()


class CollectionPolicy(Row, table=True):
    """How a company collects, from a moment on: notice days, limits, retries, fees; rules by reason code."""

    __tablename__ = "collection_policy"
    __table_args__ = (UniqueConstraint("company_id", "position"), of_company())

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    position: int = columns.number()
    record: dict[str, Any] = columns.facts()
    recorded_at: dt.datetime = columns.moment()
    actor: str = columns.text()
    reason: str = columns.text()
    journal_id: int = columns.key()


creditors, collection_policies = table_of(Creditor), table_of(CollectionPolicy)
cover_table("collection_policy", "id", "company_id", "position", "record")


async def list_creditors(session: AsyncSession, *, company_id: int) -> list[Creditor]:
    """Return the company's creditor identifiers, the one for new mandates first."""
    query = select(Creditor).where(creditors.c.company_id == company_id)
    query = query.order_by(creditors.c.is_default.desc(), creditors.c.identifier_key, creditors.c.id)
    return list((await session.execute(query)).scalars())


async def get_creditor(
    session: AsyncSession, *, company_id: int, creditor_id: int, lock: bool = False
) -> Creditor | None:
    """Return a creditor identifier of the company by its key."""
    query = select(Creditor).where(creditors.c.company_id == company_id, creditors.c.id == creditor_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def find_creditor(session: AsyncSession, *, company_id: int, identifier: CreditorIdentifier) -> Creditor | None:
    """Return the creditor of an identifier, whatever its business code."""
    query = select(Creditor).where(creditors.c.company_id == company_id, creditors.c.identifier_key == identifier.key)
    return (await session.execute(query)).scalar_one_or_none()


async def default_creditor(session: AsyncSession, *, company_id: int) -> Creditor | None:
    """Return the creditor identifier that new mandates carry."""
    query = select(Creditor).where(creditors.c.company_id == company_id, creditors.c.is_default.is_(True))
    return (await session.execute(query.order_by(creditors.c.id).limit(1))).scalar_one_or_none()


async def only_default(work: Work, *, creditor_id: int) -> None:
    """Let one creditor be the one for new mandates, and no other."""
    others = update(creditors).where(creditors.c.company_id == work.company_id, creditors.c.id != creditor_id)
    await work.session.execute(others.values(is_default=False))


async def collection_policy_of(session: AsyncSession, company_id: int) -> dict[str, Any]:
    """Return what the company set of how it collects, by field; fields that nobody set are not there."""
    last = await collection_policy_versions(session, company_id, limit=1)
    return last[0].record if last else {}


async def collection_policy_versions(
    session: AsyncSession, company_id: int, *, limit: int
) -> Sequence[CollectionPolicy]:
    """Return the last versions of how the company collects, the latest first."""
    query = select(CollectionPolicy).where(collection_policies.c.company_id == company_id)
    query = query.order_by(collection_policies.c.position.desc()).limit(limit)
    return (await session.execute(query)).scalars().all()
