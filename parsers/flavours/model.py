"""The values that the dialects of ``:86:`` take and give, and how a bank's peculiarity is added.

A dialect turns the text beside a booking into a `Details`; a `Flavour` amends the entries of one bank afterwards.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from schemas.statement import BankEntry, BankTransaction, Batch


class Booking(NamedTuple):
    """What a ``:61:`` says. The amount is signed: C and RD bring money, D and RC take it."""

    value_date: dt.date
    booking_date: dt.date | None
    mark: str
    amount_minor: int
    currency: str
    type: str | None
    customer_reference: str | None
    bank_reference: str | None
    details: str  # Supplementary details, or what one bank writes behind a padded customer reference.
    line: int

    @property
    def is_expected(self) -> bool:
        """Whether the bank only expects it (MT942)."""
        return self.mark in ("EC", "ED")

    @property
    def is_reversal(self) -> bool:
        """Whether the bank takes back a booking of its own."""
        return self.mark in ("RC", "RD")

    @property
    def is_returned_item(self) -> bool:
        """Whether the SWIFT type says that a payment came back."""
        return self.type in ("NRTI", "FRTI") and not self.is_reversal


class Details(NamedTuple):
    """What the text of a booking says: its payment, the bank's words for it, its code and its batch."""

    transaction: BankTransaction
    text: str
    code: str | None
    batch: Batch | None = None


@dataclass(frozen=True, slots=True)
class Flavour:
    """A bank's peculiarity: ``amend`` corrects its entries after they were read. BICs have 8 characters."""

    name: str
    bics: frozenset[str]
    amend: Callable[[BankEntry], BankEntry]


def amend_transaction(entry: BankEntry, *, text: str | None = None, **facts: str | None) -> BankEntry:
    """Return an entry whose only payment has other facts; facts that are already known stay as they are.

    ``remittance`` and ``text`` replace what there is.
    """
    (transaction,) = entry.transactions
    amended = entry._replace(transactions=(with_facts(transaction, facts),))
    return amended if text is None else amended._replace(text=text)


def with_facts(transaction: BankTransaction, facts: Mapping[str, str | None]) -> BankTransaction:
    """Return a payment with facts that were not known yet; the remittance is replaced."""
    known = transaction._asdict()
    news = {name: value for name, value in facts.items() if name == "remittance" or (value and known[name] is None)}
    return BankTransaction._make((known | news).values())
