"""What an installation already has, so that a first-time user is shown the next step and not an empty page."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.accounts import BankAccount
from gateway.store.columns import table_of
from gateway.store.companies import company_by_id
from gateway.store.open_items import OpenItem
from gateway.store.parties import Party
from gateway.store.statements import StatementFile

UNNAMED = "My company"  # As the settings call it until somebody says otherwise.


class FirstSteps(NamedTuple):
    """Which steps were taken."""

    has_name: bool
    has_account: bool
    has_customers: bool
    has_items: bool
    has_files: bool

    @property
    def are_done(self) -> bool:
        """Whether work can begin."""
        return self.has_account and self.has_items and self.has_files


async def first_steps(session: AsyncSession, *, company_id: int) -> FirstSteps:
    """Return which steps a company has taken."""
    found = [
        (await session.execute(select(table.c.id).where(table.c.company_id == company_id).limit(1))).first() is not None
        for table in (table_of(BankAccount), table_of(Party), table_of(OpenItem), table_of(StatementFile))
    ]
    company = await company_by_id(session, company_id)
    return FirstSteps(company is not None and company.name != UNNAMED, *found)
