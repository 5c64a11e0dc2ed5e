"""Bank accounts of ours, known by IBAN and by national forms. The account decides the company of a statement."""

import datetime as dt

from sqlalchemy import UniqueConstraint

from gateway.store import columns
from gateway.store.columns import Row
from gateway.store.keys import of_company, owned, points


class BankAccount(Row, table=True):
    """One account of ours."""

    __tablename__ = "bank_account"
    __table_args__ = (of_company(), owned())

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    name: str = columns.text()
    iban: str | None = columns.text(nullable=True)
    account: str = columns.text()
    bic: str | None = columns.text(nullable=True)
    currency: str = columns.text(default="EUR")
    notification_decides: bool = columns.flag(default=False)
    report_decides: bool = columns.flag(default=False)
    created_at: dt.datetime = columns.moment()
    closed_at: dt.datetime | None = columns.moment(nullable=True)


class BankAccountKey(Row, table=True):
    """One form in which banks write an account of ours: capital letters and digits."""

    __tablename__ = "bank_account_key"
    __table_args__ = (UniqueConstraint("account_key"), of_company(), points("bank_account_id", "bank_account"))

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    bank_account_id: int = columns.key(index=True)
    account_key: str = columns.text()
