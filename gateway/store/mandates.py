"""Mandates: the shelf of all of them."""

import datetime as dt

from sqlalchemy import UniqueConstraint

from gateway.store import columns
from gateway.store.columns import Row
from gateway.store.keys import of_company, owned, points
from schemas.states import MandateState


class Mandate(Row, table=True):
    """A debtor's permission to collect. ``reference_key`` is the reference in capitals (compared without case)."""

    __tablename__ = "mandate"
    __table_args__ = (
        UniqueConstraint("company_id", "creditor_identifier", "reference_key"),
        of_company(),
        owned(),
        points("party_id", "party"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    party_id: int = columns.key(index=True)
    reference: str = columns.text()
    reference_key: str = columns.text()
    creditor_identifier: str = columns.text(default="")
    scheme: str = columns.text(default="CORE")
    type: str = columns.text(default="recurrent")
    state: MandateState = columns.enum(MandateState)
    signature_date: dt.date | None = columns.day(nullable=True)
    signature_place: str = columns.text(default="")
    iban: str = columns.text()
    bic: str = columns.text(default="")
    debtor_name: str = columns.text()
    debtor_street: str = columns.text(default="")
    debtor_postcode: str = columns.text(default="")
    debtor_town: str = columns.text(default="")
    debtor_country: str = columns.text(default="")
    ultimate_debtor: str = columns.text(default="")
    b2b_confirmed_date: dt.date | None = columns.day(nullable=True)
    last_collected_date: dt.date | None = columns.day(nullable=True)
    version: int = columns.number(default=1)
    created_at: dt.datetime = columns.moment()
