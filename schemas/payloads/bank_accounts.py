"""Shapes of the company's own bank accounts. Account numbers are masked."""

import datetime as dt

from pydantic import Field

from schemas.payloads.common import Body, Currency, Key, Number, Shape, Text, Word


class BankAccountFilter(Shape):
    """Which accounts to list."""

    with_closed: bool = True


class BankAccountShape(Shape):
    """One account. ``notification_decides`` and ``report_decides``: camt.054 and camt.052 are final, not announced."""

    id: Key
    name: str
    account: str
    bic: str | None
    currency: str
    also_written: list[str]
    notification_decides: bool
    report_decides: bool
    created_at: dt.datetime
    closed_at: dt.datetime | None


class BankAccountAdded(BankAccountShape):
    """An account with the statements that waited for it and are imported now."""

    waiting_statement_ids: list[Key]


class BankAccountList(Shape):
    """All accounts of the company, by name."""

    items: list[BankAccountShape]


class NewBankAccount(Body):
    """An account, by its IBAN or in the form that the bank writes (then with ``as_written`` if it looks like an IBAN).

    Without a currency it is the one of its country.
    """

    account: Number
    name: Text = ""
    currency: Currency | None = None
    bic: Word = ""
    as_written: bool = False


class BankAccountChange(Body):
    """What changes of an account; what is left out stays. Its number never changes: close it and add another."""

    name: Text = ""
    bic: Word = ""
    also_written: list[Number] = Field(default_factory=list, max_length=20)
    notification_decides: bool = False
    report_decides: bool = False
