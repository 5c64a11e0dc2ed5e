"""The rules of importing one customer: is he new, does his record change, whose parent may he name.

What a row leaves empty stays as it is: an export rarely knows all that the desk knows.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gateway.domain.import_step import Difference, Outcome, differences
from schemas.identifiers import Bic, Iban, mask_account
from schemas.states import PaymentMethod
from schemas.tables import CustomerRow, RowError


class CustomerFacts(NamedTuple):
    """What a customer's record says, apart from his accounts."""

    name: str
    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    legal_id: str = ""
    vat_number: str = ""
    ledger_account: str = ""
    payment_method: PaymentMethod | None = None
    parent_number: str | None = None


CUSTOMER_FACT_NAMES = CustomerFacts._fields
_ROW_PLACES = tuple(CustomerRow._fields.index(name) for name in CUSTOMER_FACT_NAMES)


class KnownCustomer(NamedTuple):
    """A customer that is stored. ``ibans`` are those on his record."""

    id: int
    facts: CustomerFacts
    ibans: tuple[str, ...] = ()


class CustomerStep(NamedTuple):
    """What becomes of one row. ``iban`` is set if it takes the place of those on the record."""

    row: CustomerRow
    facts: CustomerFacts
    customer: KnownCustomer | None = None
    iban: Iban | None = None
    bic: Bic | None = None

    @property
    def outcome(self) -> Outcome:
        """What the import does with the row."""
        if self.customer is None:
            return Outcome.NEW
        is_same = self.facts == self.customer.facts and self.iban is None
        return Outcome.UNCHANGED if is_same else Outcome.CHANGED

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What would be other than it is; accounts are masked."""
        if self.customer is None:
            return ()
        found = differences(CUSTOMER_FACT_NAMES, self.customer.facts, self.facts)
        if self.iban is None:
            return found
        before = ", ".join(mask_account(iban) for iban in self.customer.ibans)
        return (*found, Difference("iban", before, self.iban.masked))


def plan_customer(row: CustomerRow, customer: KnownCustomer | None) -> CustomerStep:
    """Decide what becomes of a row."""
    before = customer.facts if customer else CustomerFacts(row.name)
    said = [row[place] for place in _ROW_PLACES]
    facts = CustomerFacts._make([old if new is None else new for old, new in zip(before, said, strict=True)])
    is_new_iban = row.iban is not None and (customer is None or row.iban not in customer.ibans)
    return CustomerStep(row, facts, customer, row.iban if is_new_iban else None, row.bic if is_new_iban else None)


def wrong_parents(rows: Sequence[CustomerRow], parents: Mapping[str, str | None]) -> list[RowError]:
    """Return an error for each row whose parent is nobody, or below the customer himself.

    ``parents`` names the parent of every stored customer by number.
    """
    merged = {**parents, **{row.number: row.parent_number or parents.get(row.number) for row in rows}}
    return [error for row in rows if row.parent_number and (error := _wrong_parent(row, merged))]


def _wrong_parent(row: CustomerRow, parents: Mapping[str, str | None]) -> RowError | None:
    above = row.parent_number
    if above not in parents:
        return RowError(row.row, "parent_number", str(above), "the number of a customer, stored or in this file")
    seen: set[str] = set()
    while above is not None and above not in seen:
        if above == row.number:
            return RowError(row.row, "parent_number", str(row.parent_number), "a customer who is not below this one")
        seen.add(above)
        above = parents.get(above)
    return None


def parents_first(rows: Sequence[CustomerRow]) -> list[CustomerRow]:
    """Return the rows in an order in which nobody comes before his parent. The parents make no circle."""
    by_number = {row.number: row for row in rows}
    ordered: dict[str, CustomerRow] = {}
    for row in rows:
        line: list[CustomerRow] = []
        here: CustomerRow | None = row
        while here is not None and here.number not in ordered:
            line.append(here)
            here = by_number.get(here.parent_number or "")
        ordered |= {one.number: one for one in reversed(line)}
    return list(ordered.values())
