"""The rules of importing a collection that another system sent before the gateway was used.

Only what the bank may still send back is of interest: to which items a return belongs. Rows with one end-to-end id are
lines of one collection.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gateway.domain.import_step import Difference, Outcome
from schemas.states import CollectionState
from schemas.tables import CollectionRow, RowError


class ForeignCollection(NamedTuple):
    """The rows of one end-to-end id. ``row`` is the first line of the file."""

    row: int
    end_to_end_id: str
    lines: tuple[CollectionRow, ...]

    @property
    def amount_minor(self) -> int:
        """What was asked for, in minor units."""
        return sum(line.amount_minor for line in self.lines)


class KnownCollection(NamedTuple):
    """A collection that is stored under an end-to-end id, of whatever company."""

    company_id: int
    amount_minor: int
    collection_date: dt.date
    is_foreign: bool


class CollectedItem(NamedTuple):
    """An item that a line names; ``left_minor`` is what no debit asks for yet and nobody paid, signed like it."""

    id: int
    party_id: int
    left_minor: int
    version: int
    collecting_minor: int


class MandateOfCollection(NamedTuple):
    """A mandate by its reference; None where several creditors have mandates of one reference."""

    id: int
    party_id: int
    scheme: str
    iban: str
    debtor_name: str


class Facts(NamedTuple):
    """What is stored of the things that collections name."""

    company_id: int
    customers: Mapping[str, int]
    items: Mapping[str, CollectedItem]
    mandates: Mapping[str, MandateOfCollection]
    known: Mapping[str, KnownCollection]


class CollectionStep(NamedTuple):
    """What becomes of one collection: the amount of each item, whose it is, and whether it was settled."""

    collection: ForeignCollection
    party_id: int
    state: CollectionState
    lines: tuple[tuple[CollectedItem, int], ...]
    mandate: MandateOfCollection | None
    outcome: Outcome = Outcome.NEW
    differences: tuple[Difference, ...] = ()


def together(rows: Iterable[CollectionRow]) -> tuple[list[ForeignCollection], list[RowError]]:
    """Return the rows by end-to-end id, and an error for each row that contradicts the first of its collection."""
    found: dict[str, list[CollectionRow]] = defaultdict(list)
    errors: list[RowError] = []
    for row in rows:
        lines = found[row.end_to_end_id]
        wrong = next((name for name in _SHARED if lines and getattr(lines[0], name) != getattr(row, name)), None)
        if wrong is None:
            lines.append(row)
        else:
            expected = f"what row {lines[0].row} of the same collection says"
            errors.append(RowError(row.row, wrong, str(getattr(row, wrong)), expected))
    bad = {row.end_to_end_id for row in rows if row.row in {error.row for error in errors}} if errors else set()
    good = [ForeignCollection(lines[0].row, key, tuple(lines)) for key, lines in found.items() if key not in bad]
    return good, errors


_SHARED = ("collection_date", "currency", "mandate_reference", "customer_number")


def plan_collection(one: ForeignCollection, facts: Facts, *, today: dt.date) -> CollectionStep | RowError:
    """Decide what becomes of a collection: settled when its day is over, else on its way."""
    first = one.lines[0]
    wrong = _wrong(one, facts)
    if wrong is not None:
        return wrong
    items = _amounts(one.lines, facts.items)
    state = CollectionState.SETTLED if first.collection_date <= today else CollectionState.SUBMITTED
    mandate = facts.mandates.get(first.mandate_reference.key)
    customer = facts.customers.get(first.customer_number or "")
    party_id = customer or (mandate.party_id if mandate else items[0][0].party_id)
    known = facts.known.get(one.end_to_end_id)
    if known is not None:
        return CollectionStep(one, party_id, state, items, mandate, Outcome.UNCHANGED)
    if state is CollectionState.SUBMITTED:
        for item, amount in items:
            if abs(amount) > abs(item.left_minor):
                line = next(line for line in one.lines if facts.items[line.invoice_number] == item)
                return RowError(line.row, "amount", str(amount), "at most what is open of the invoice")
    return CollectionStep(one, party_id, state, items, mandate)


def _wrong(one: ForeignCollection, facts: Facts) -> RowError | None:
    first = one.lines[0]
    if first.currency != "EUR":
        return RowError(first.row, "currency", first.currency, "EUR: SEPA collects nothing else")
    for line in one.lines:
        if line.invoice_number not in facts.items:
            return RowError(line.row, "invoice_number", line.invoice_number, "the number of an invoice that is stored")
    if first.customer_number and first.customer_number not in facts.customers:
        return RowError(first.row, "customer_number", first.customer_number, "the number of a customer that is stored")
    if one.amount_minor <= 0:
        return RowError(first.row, "amount", str(one.amount_minor), "lines that come to more than zero")
    known = facts.known.get(one.end_to_end_id)
    same = (facts.company_id, one.amount_minor, first.collection_date, True)
    if known is not None and known != same:
        expected = "an id that no other collection has"
        return RowError(first.row, "end_to_end_id", one.end_to_end_id, expected)
    return None


def _amounts(
    lines: Sequence[CollectionRow], items: Mapping[str, CollectedItem]
) -> tuple[tuple[CollectedItem, int], ...]:
    sums: dict[CollectedItem, int] = {}
    for line in lines:
        item = items[line.invoice_number]
        sums[item] = sums.get(item, 0) + line.amount_minor
    return tuple(sums.items())
