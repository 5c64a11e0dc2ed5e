"""Parties: customers and suppliers, their versions, and the accounts that are known to pay for them."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, UniqueConstraint

from gateway.store import columns
from gateway.store.columns import Row
from gateway.store.keys import of_company, owned, points
from schemas.states import IbanSource, PaymentMethod


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
        of_company(),
        points("party_id", "party"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    party_id: int = columns.key(index=True)
    iban: str = columns.text()
    source: IbanSource = columns.enum(IbanSource)
    decisions: int = columns.number(default=0)
    last_actor: str = columns.text(default="")
    recorded_at: dt.datetime = columns.moment()
    forgotten_at: dt.datetime | None = columns.moment(nullable=True)
