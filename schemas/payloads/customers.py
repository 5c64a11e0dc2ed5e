"""Shapes of customers: their records, what is open of each, and the accounts that are known to pay for them."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.payloads.common import Body, Key, KeyNumber, Name, Number, Page, Shape, Text, Word
from schemas.payloads.invoices import InvoiceLine
from schemas.states import IbanSource, PaymentMethod

Country = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")]
Language = Annotated[str, StringConstraints(pattern=r"^([a-z]{2})?$")]


class CustomerFilter(Page):
    """Which customers to list. ``search`` is a part of the name, number, town or mail address."""

    search: Text = ""
    parent_id: KeyNumber | None = None
    only_with_open_items: bool = False
    sort: Literal["name", "number"] = "name"
    descending: bool = False


class CustomerFacts(Body):
    """What a customer's record may say. In a change, what is left out stays; null or an empty text clears."""

    street: Text | None = None
    postcode: Word | None = None
    town: Text | None = None
    country: Country | None = Field(default=None, description="ISO 3166, two letters")
    email: Text | None = None
    phone: Word | None = None
    language: Language | None = Field(default=None, description="ISO 639, two letters")
    legal_id: Word | None = None
    vat_number: Word | None = None
    ledger_account: Word | None = None
    payment_method: PaymentMethod | None = None
    parent_number: Number | None = None


class NewCustomer(CustomerFacts):
    """A customer to store. The IBAN counts as his in matching; nothing is collected from it."""

    number: Number
    name: Name
    iban: Word | None = None
    bic: Word | None = None


class CustomerChange(CustomerFacts):
    """What a customer's record says from now on."""

    name: Name | None = None


class CustomerIban(Body):
    """The account on a customer's record, in place of the one that is there; none, when null."""

    iban: Word | None
    bic: Word | None = None


class BalanceShape(Shape):
    """What is open of a customer in one currency: in all, overdue, and how many items. Minor units."""

    currency: str
    open_minor: int
    overdue_minor: int
    item_count: int


class CustomerShape(Shape):
    """One customer with what is open of him."""

    id: Key
    number: str
    name: str
    street: str
    postcode: str
    town: str
    country: str
    email: str
    phone: str
    language: str
    legal_id: str
    vat_number: str
    ledger_account: str
    payment_method: PaymentMethod | None
    parent_id: Key | None
    version: int
    created_at: dt.datetime
    balances: list[BalanceShape]


class PayerIbanShape(Shape):
    """An account that is known to pay for a customer, masked, and where we know it from."""

    iban: str
    bic: str
    source: IbanSource
    decisions: int
    recorded_at: dt.datetime


class CustomerDetails(CustomerShape):
    """One customer with the accounts that pay for him and his open items: the first hundred, by due date."""

    ibans: list[PayerIbanShape]
    open_items: list[InvoiceLine]


class CustomerList(Shape):
    """A page of customers."""

    items: list[CustomerShape]
    next_cursor: str | None
