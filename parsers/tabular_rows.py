"""Typed rows out of raw ones: each field read, what contradicts itself refused, all errors of a row named."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from parsers.tabular_cells import Amount, Forms, Unreadable, to_minor
from parsers.tabular_fields import FIELDS, Field
from parsers.tabular_source import Cell, RawRow, cell_text
from parsers.tabular_table import Header, is_blank
from schemas.errors import GatewayError
from schemas.identifiers import mask_account
from schemas.states import OpenItemKind
from schemas.tables import CollectionRow, CustomerRow, InvalidMapping, InvoiceRow, MandateRow, Row, RowError, TableKind
from schemas.tables import Mapping as TableMapping

_FOUND_MAX = 80
# The table of fields gives each value its type; a type checker cannot see through it.
Values: TypeAlias = dict[str, Any]


class Contradiction(GatewayError):
    """A value does not fit another one of its row."""

    code = "contradiction"

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(expected)
        self.field = field


def check_mapping(mapping: TableMapping) -> None:
    """Raise InvalidMapping where a mapping names a field that its table has not, or leaves out one that it needs."""
    given = {field for field, _ in (*mapping.columns, *mapping.constants)}
    unknown = sorted(given - {field.name for field in FIELDS[mapping.kind]})
    missing = [field.name for field in FIELDS[mapping.kind] if field.is_needed and field.name not in given]
    if unknown or missing:
        parts = [f"{mapping.kind} have no field {', '.join(unknown)}"] * bool(unknown)
        parts += [f"no column is mapped to {', '.join(missing)}"] * bool(missing)
        raise InvalidMapping("; ".join(parts))


class RowReader:
    """Reads the rows of one table by one mapping."""

    def __init__(self, mapping: TableMapping, header: Header) -> None:
        check_mapping(mapping)
        self._kind = mapping.kind
        self._forms = Forms(mapping.decimal_mark, mapping.date_form)
        self._places = {field: header.labels.index(label) for field, label in mapping.columns}
        self._labels = dict(mapping.columns)
        self._constants = dict(mapping.constants)
        fields = FIELDS[mapping.kind]
        self._fields = [field for field in fields if field.name in self._places or field.name in self._constants]
        self._empty: Values = {field.name: None for field in fields}

    def read(self, raw: RawRow) -> Row | list[RowError]:
        """Return the typed row, or all that is wrong with it."""
        values = dict(self._empty)
        errors: list[RowError] = []
        for field in self._fields:
            try:
                values[field.name] = self._value(field, self._cell(raw, field.name))
            except Unreadable as unreadable:
                errors.append(self._error(raw, field.name, str(unreadable)))
        if errors:
            return errors
        try:
            return _BUILDERS[self._kind](raw.number, values)
        except Contradiction as contradiction:
            return [self._error(raw, contradiction.field, str(contradiction))]

    def _value(self, field: Field, cell: Cell) -> object:
        value = None if is_blank(cell) else field.read(cell, self._forms)
        if value in (None, "") and field.is_needed:
            raise Unreadable("a value")
        return None if value == "" else value

    def _cell(self, raw: RawRow, field: str) -> Cell:
        place = self._places.get(field)
        if place is None:
            return self._constants.get(field, "")
        return raw.cells[place] if place < len(raw.cells) else ""

    def _error(self, raw: RawRow, field: str, expected: str) -> RowError:
        return RowError(raw.number, self._labels.get(field, field), _found(self._cell(raw, field)), expected)


def _found(cell: Cell) -> str:
    text = " ".join(cell_text(cell).split())
    masked = mask_account(text)
    # Only what has the form of an IBAN is masked with its country; other texts are shown.
    return masked if masked[:1] != "*" else text[:_FOUND_MAX]


def _minor(values: Values, field: str) -> int | None:
    amount: Amount | None = values.pop(field)
    if amount is None:
        return None
    currency = values["currency"]
    if amount.currency not in (None, currency):
        raise Contradiction(field, f"an amount in {currency}, the currency of the row")
    try:
        return to_minor(amount.value, currency)
    except Unreadable as unreadable:
        raise Contradiction(field, str(unreadable)) from unreadable


def _customer(row: int, values: Values) -> Row:
    return CustomerRow(row, **values)


def _mandate(row: int, values: Values) -> Row:
    return MandateRow(row, **values)


def _collection(row: int, values: Values) -> Row:
    amount_minor = _minor(values, "amount")
    if not amount_minor:
        raise Contradiction("amount", "an amount other than zero")
    return CollectionRow(row, amount_minor=amount_minor, **values)


def _invoice(row: int, values: Values) -> Row:
    kind, amount_minor = _sign(values.pop("kind"), _minor(values, "amount") or 0)
    open_minor = _part(values, "open_amount", amount_minor)
    tax_minor = _part(values, "tax_amount", amount_minor)
    if values["issue_date"] is None and values["due_date"] is None:
        raise Contradiction("due_date", "a due date or an issue date")
    discounts = {**_discount(values, "discount"), **_discount(values, "discount2")}
    return InvoiceRow(
        row, kind=kind, amount_minor=amount_minor, open_minor=open_minor, tax_minor=tax_minor, **discounts, **values
    )


def _sign(kind: OpenItemKind | None, amount_minor: int) -> tuple[OpenItemKind, int]:
    """Return what an item is, and its amount: positive for an invoice, negative for a credit note."""
    if kind is OpenItemKind.CREDIT_NOTE:
        return kind, -abs(amount_minor)
    if kind is OpenItemKind.INVOICE and amount_minor < 0:
        raise Contradiction("amount", "a positive amount for an invoice; a negative one is a credit note")
    return (OpenItemKind.CREDIT_NOTE if amount_minor < 0 else OpenItemKind.INVOICE), amount_minor


def _part(values: Values, field: str, amount_minor: int) -> int | None:
    """Return a part of the amount, signed like it."""
    part = _minor(values, field)
    if part is None:
        return None
    if abs(part) > abs(amount_minor) or (part < 0 <= amount_minor):
        raise Contradiction(field, "a part of the amount of this row")
    return -abs(part) if amount_minor < 0 else part


def _discount(values: Values, name: str) -> Values:
    points, until_date = values.pop(f"{name}_percent"), values.pop(f"{name}_until")
    if points is not None and until_date is None:
        raise Contradiction(f"{name}_until", "the last day of the discount")
    return {f"{name}_basis_points": points, f"{name}_until_date": until_date if points is not None else None}


_BUILDERS: Mapping[TableKind, Callable[[int, Values], Row]] = {
    TableKind.CUSTOMERS: _customer,
    TableKind.INVOICES: _invoice,
    TableKind.MANDATES: _mandate,
    TableKind.COLLECTIONS: _collection,
}
