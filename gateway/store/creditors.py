"""Who we are to the bank: creditor identifiers of a company with the name and address that go with each."""

import datetime as dt
from typing import Any

from sqlalchemy import UniqueConstraint

from gateway.store import columns
from gateway.store.columns import Row, table_of
from gateway.store.digest import cover_table
from gateway.store.keys import of_company, owned


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
