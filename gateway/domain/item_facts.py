"""What a document says of an open item: the facts that may change, their versions, and how two of them differ.

As a record the facts are plain values (dates in ISO form, words by value), for versions and proposals.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from schemas.states import PaymentMethod

Record = dict[str, Any]


class ItemFacts(NamedTuple):
    """The facts of one item. Amounts are minor units, signed: a credit note is negative."""

    party_id: int
    currency: str
    amount_minor: int
    due_date: dt.date | None = None
    issue_date: dt.date | None = None
    creditor_reference: str | None = None
    order_reference: str | None = None
    original_number: str | None = None
    discount_basis_points: int | None = None
    discount_until_date: dt.date | None = None
    discount2_basis_points: int | None = None
    discount2_until_date: dt.date | None = None
    tax_minor: int | None = None
    text: str = ""
    payment_method: PaymentMethod | None = None
    notified_date: dt.date | None = None


FACT_NAMES = ItemFacts._fields
_COLUMNS_OF_VERSIONS = ("party_id", "amount_minor", "due_date")
_IN_RECORDS = [(place, name) for place, name in enumerate(FACT_NAMES) if name not in _COLUMNS_OF_VERSIONS]


def plain(value: Any) -> Any:
    """Return a fact as a plain value."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.value if isinstance(value, PaymentMethod) else value


def version_record(facts: ItemFacts) -> Record:
    """Return what a version keeps beside its own columns: the facts that say something."""
    return {name: plain(facts[place]) for place, name in _IN_RECORDS if facts[place] not in (None, "")}


def change_record(before: ItemFacts, after: ItemFacts) -> Record:
    """Return the facts that differ, with their new values; empty when nothing does."""
    if before == after:
        return {}
    return {name: plain(new) for name, old, new in zip(FACT_NAMES, before, after, strict=True) if old != new}


def changed_facts(facts: ItemFacts, record: Mapping[str, Any]) -> ItemFacts:
    """Return the facts with those of a record in their place."""
    return facts._replace(**{name: _typed(name, value) for name, value in record.items() if name in FACT_NAMES})


def _typed(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name.endswith("_date"):
        return dt.date.fromisoformat(value)
    return PaymentMethod(value) if name == "payment_method" else value
