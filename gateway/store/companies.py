"""Companies and what is set for each: the unit of isolation and of rights."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.digest import cover_table
from gateway.store.work import Work
from schemas.states import Language


class Company(Row, table=True):
    """A legal entity."""

    __tablename__ = "company"
    __table_args__ = (UniqueConstraint("code"),)

    id: int = columns.key(primary=True)
    code: str = columns.text()
    name: str = columns.text()
    language: Language = columns.enum(Language, default=Language.EN)
    currency: str = columns.text(default="EUR")
    creditor_identifier: str = columns.text(default="")
    closed_until_date: dt.date | None = columns.day(nullable=True)
    created_at: dt.datetime = columns.moment()


class PolicyVersion(Row, table=True):
    """What matching may book by itself, from a moment on."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("company_id", "position"), ForeignKeyConstraint(["company_id"], ["company.id"]))

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    position: int = columns.number()
    record: dict[str, Any] = columns.facts()
    recorded_at: dt.datetime = columns.moment()
    actor: str = columns.text()
    reason: str = columns.text()
    journal_id: int = columns.key()


_companies, _policies = table_of(Company), table_of(PolicyVersion)
cover_table("policy_version", "id", "company_id", "position", "record")


async def all_companies(session: AsyncSession) -> Sequence[Company]:
    """Return the companies in order of their codes."""
    return (await session.execute(select(Company).order_by(_companies.c.code))).scalars().all()


async def company_by_code(session: AsyncSession, code: str) -> Company | None:
    """Return the company with this code."""
    return (await session.execute(select(Company).where(_companies.c.code == code))).scalar_one_or_none()


async def company_by_id(session: AsyncSession, company_id: int) -> Company | None:
    """Return a company."""
    return (await session.execute(select(Company).where(_companies.c.id == company_id))).scalar_one_or_none()


async def policy_of(session: AsyncSession, company_id: int) -> dict[str, Any]:
    """Return what was set of the company's matching policy, by field."""
    last = await policy_versions(session, company_id, limit=1)
    return last[0].record if last else {}


async def policy_versions(session: AsyncSession, company_id: int, *, limit: int) -> Sequence[PolicyVersion]:
    """Return the last versions of the company's matching policy, the latest first."""
    query = select(PolicyVersion).where(_policies.c.company_id == company_id)
    return (await session.execute(query.order_by(_policies.c.position.desc()).limit(limit))).scalars().all()


async def lock_company(work: Work) -> Company:
    """Lock the company for whoever adds master data to it, so that two do not add the same; others go on."""
    query = select(Company).where(_companies.c.id == work.company_id).with_for_update(key_share=True)
    return (await work.session.execute(query)).scalar_one()
