"""The rules of importing one invoice or credit note: is it new, does it change, must a person be asked.

What would change an item that has allocations is proposed. A lower open amount than ours is proposed as a settlement
outside the bank. Neither is applied in silence, and what a person dismissed is not proposed again (design section 5).
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from gateway.domain.import_step import Difference, Outcome, differences
from gateway.domain.item_facts import FACT_NAMES, ItemFacts, Record, change_record, changed_facts
from schemas.money import amount_text
from schemas.tables import InvoiceRow, RowError

SETTLE = "settle_minor"  # The one fact of a proposed settlement: minor units, signed as the item.
# Facts whose column has another name (design section 5).
_COLUMNS = {
    "party_id": "customer_number",
    "amount_minor": "amount",
    "discount_basis_points": "discount_percent",
    "discount_until_date": "discount_until",
    "discount2_basis_points": "discount2_percent",
    "discount2_until_date": "discount2_until",
    "tax_minor": "tax_amount",
}
FACT_COLUMNS = tuple(_COLUMNS.get(name, name) for name in FACT_NAMES)
_TEXT_PLACE = FACT_NAMES.index("text")
_ROW_PLACES = tuple(InvoiceRow._fields.index(name) for name in FACT_NAMES[1:])


class KnownChange(NamedTuple):
    """A change that was proposed before: it waits, or a person dismissed it."""

    id: int
    record: Record
    is_waiting: bool


class KnownItem(NamedTuple):
    """An item that is stored."""

    id: int
    facts: ItemFacts
    settled_minor: int
    disputed_minor: int = 0
    is_in_flight: bool = False
    is_cancelled: bool = False
    changes: Sequence[KnownChange] = ()

    @property
    def is_free(self) -> bool:
        """Whether nobody relies on its facts yet: no allocation, no dispute, no collection."""
        return not (self.settled_minor or self.disputed_minor or self.is_in_flight)


class ItemStep(NamedTuple):
    """What becomes of one row: the item as it is (None if new), its facts as they shall be, what a person is asked."""

    row: InvoiceRow
    facts: ItemFacts
    item: KnownItem | None = None
    opening_minor: int = 0  # Settled before we knew the item.
    proposals: tuple[Record, ...] = ()
    superseded: tuple[int, ...] = ()  # Waiting changes that the source does not ask for any more.

    @property
    def outcome(self) -> Outcome:
        """What the import does with the row."""
        if self.item is None:
            return Outcome.NEW
        if self.facts != self.item.facts:
            return Outcome.CHANGED
        return Outcome.PROPOSED if self.proposals else Outcome.UNCHANGED

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What would be other than it is, applied or proposed."""
        if self.item is None:
            return ()
        before = self.item.facts
        found = differences(FACT_NAMES, before, self.facts)
        for record in self.proposals:
            if SETTLE in record:
                found += (Difference(SETTLE, 0, record[SETTLE]),)
            else:
                found += differences(FACT_NAMES, before, changed_facts(before, record))
        return found


def plan_item(
    row: InvoiceRow, *, party_id: int | None, item: KnownItem | None, columns: Collection[str]
) -> ItemStep | RowError:
    """Decide what becomes of a row. ``columns`` are those that its table has; facts of others stay as they are."""
    if party_id is None:
        return RowError(row.row, "customer_number", row.customer_number, "the number of a customer that is stored")
    wrong = _wrong_open_amount(row)
    if wrong is not None:
        return wrong
    facts = _facts(row, party_id)
    if item is None:
        return ItemStep(row, facts, opening_minor=0 if row.open_minor is None else row.amount_minor - row.open_minor)
    if not all(column in columns for column in FACT_COLUMNS):
        facts = _of_columns(item.facts, facts, columns)
    if item.is_cancelled and facts != item.facts:
        return RowError(row.row, "number", row.number, "a number whose item is not cancelled")
    return _plan_known(row, item, facts)


def _facts(row: InvoiceRow, party_id: int) -> ItemFacts:
    values = [party_id, *[row[place] for place in _ROW_PLACES]]
    values[_TEXT_PLACE] = row.text or ""
    return ItemFacts._make(values)


def _of_columns(before: ItemFacts, after: ItemFacts, columns: Collection[str]) -> ItemFacts:
    values = zip(FACT_COLUMNS, before, after, strict=True)
    return ItemFacts._make([new if column in columns else old for column, old, new in values])


def _wrong_open_amount(row: InvoiceRow) -> RowError | None:
    low, high = sorted((0, row.amount_minor))
    if row.open_minor is None or low <= row.open_minor <= high:
        return None
    found, amount = (amount_text(minor, row.currency) for minor in (row.open_minor, row.amount_minor))
    return RowError(row.row, "open_amount", found, f"from 0 to the amount, {amount}")


def _plan_known(row: InvoiceRow, item: KnownItem, facts: ItemFacts) -> ItemStep:
    change = change_record(item.facts, facts)
    if not item.is_free:
        facts = item.facts
    settle = _settle(row, item, facts)
    wanted = [record for record in ({} if item.is_free else change, settle) if record]
    asked = [one.record for one in item.changes]
    return ItemStep(
        row,
        facts,
        item,
        proposals=tuple(record for record in wanted if record not in asked),
        superseded=tuple(one.id for one in item.changes if one.is_waiting and one.record not in wanted),
    )


def _settle(row: InvoiceRow, item: KnownItem, facts: ItemFacts) -> Record:
    ours = facts.amount_minor - item.settled_minor
    if item.is_cancelled or row.open_minor is None or abs(row.open_minor) >= abs(ours):
        return {}
    return {SETTLE: ours - row.open_minor} if row.currency == facts.currency else {}
