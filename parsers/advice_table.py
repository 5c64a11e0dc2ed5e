"""A remittance advice in a table: its columns are found by their headers, wherever the table begins."""

import csv
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from parsers.advice_text import NO_HEAD, WRITTEN_MAX, Head, check_count, find_currency, make_advice, read_head
from parsers.advice_words import COLUMNS, IS_CREDIT, TOTAL
from parsers.tabular_cells import Forms, Unreadable, read_amount, text_of, to_minor
from parsers.tabular_csv import csv_rows, guess_encoding, sample_text, separator_hint
from parsers.tabular_source import Broken, Cell, Percent, RawRow, RawRows, TableLimits, cell_text
from parsers.tabular_table import is_blank
from parsers.tabular_words import header_currency, header_key
from schemas.advice import Advice, AdviceFormat, AdviceLine
from schemas.errors import FileRefused
from schemas.money import InvalidCurrency, parse_currency
from schemas.tables import DateForm, RowError

LIMITS = TableLimits(
    file_max=20_000_000, rows_max=6_000, columns_max=100, line_characters_max=100_000,
    unpacked_max=64_000_000, row_max=2_000_000, row_elements_max=50_000,
)  # fmt: skip
_HEADER_ROWS_MAX = 60
_DELIMITERS = ";\t,|"
_AMOUNTS = ("paid", "gross", "amount", "discount", "deducted")
_MARKS = (",", ".")


class _Table(NamedTuple):
    """Rows with the place of each column that was recognized; ``start`` is the first row below the header."""

    rows: list[RawRow]
    start: int
    places: dict[str, int]
    currency: str | None  # That a header names.


def read_csv(path: Path) -> Advice:
    """Return the advice in a CSV file. Raises FileRefused."""
    encoding = guess_encoding(path)
    sample = sample_text(path, encoding)
    delimiter = separator_hint(sample) or max(_DELIMITERS, key=lambda mark: _known(sample, mark))
    with closing(csv_rows(path, encoding=encoding, delimiter=delimiter, limits=LIMITS)) as rows:
        return read_rows(filled_rows(rows), AdviceFormat.CSV)


def is_table(path: Path) -> bool:
    """Return whether a text file has a row that heads a table of invoices and amounts."""
    sample = sample_text(path, guess_encoding(path))
    return any(_known(sample, mark) >= 2 for mark in _DELIMITERS)


def filled_rows(rows: RawRows) -> list[RawRow]:
    """Return the rows that are not blank. Raises FileRefused for one that is broken."""
    found: list[RawRow] = []
    for row in rows:
        if isinstance(row, RowError):
            raise FileRefused(f"row {row.row}: {row.found!r} was found, {row.expected} expected", line=row.row)
        if not all(is_blank(cell) for cell in row.cells):
            found.append(row)
    return found


def _known(sample: str, delimiter: str) -> int:
    lines = sample.splitlines()[:_HEADER_ROWS_MAX]
    try:
        return max((len(_places(tuple(cells))) for cells in csv.reader(lines, delimiter=delimiter)), default=0)
    except csv.Error:
        return 0


def _places(cells: tuple[Cell, ...]) -> dict[str, int]:
    """Return where the columns of a header are: the first of each meaning. Not a header: nothing."""
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        field = COLUMNS.get(header_key(cell_text(cell))) if isinstance(cell, str) and len(cell) < 60 else None
        if field:
            places.setdefault(field, place)
    return places if "number" in places and not {"paid", "gross", "amount"}.isdisjoint(places) else {}


def has_header(rows: list[RawRow]) -> bool:
    """Return whether a row heads a list of invoices with amounts."""
    return any(_places(row.cells) for row in rows[:_HEADER_ROWS_MAX])


def read_rows(rows: list[RawRow], format_: AdviceFormat, beside: Head = NO_HEAD) -> Advice:
    """Return the advice in the rows of a table; what they don't say is taken from ``beside``. Raises FileRefused."""
    if not rows:
        raise FileRefused("the table has no rows", code="empty")
    table = _table(rows)
    items, others = _sorted(table)
    head = head_of(others).completed(beside)
    check_count(len(items))
    currencies = _currencies(table, items) or head.currencies
    currency = min(currencies, default="EUR")
    stated = _stated(table, others, currency)
    head = head._replace(stated_minor=head.stated_minor if stated is None else stated)
    return make_advice(format_, head, _lines(table, items, currency, head), currencies)


def head_of(rows: list[RawRow]) -> Head:
    """Return what rows say that are no items."""
    return read_head([" ".join(cell_text(cell) for cell in row.cells if not is_blank(cell)) for row in rows])


def _table(rows: list[RawRow]) -> _Table:
    for start, row in enumerate(rows[:_HEADER_ROWS_MAX], 1):
        if places := _places(row.cells):
            named = [
                header_currency(cell_text(row.cells[place])) for field, place in places.items() if field in _AMOUNTS
            ]
            return _Table(rows, start, places, next((one for one in named if one), None))
    raise FileRefused(
        "no row heads a column of invoice numbers and one of amounts, such as 'Invoice' and 'Amount'", code="no_header"
    )


def _sorted(table: _Table) -> tuple[list[RawRow], list[RawRow]]:
    """Return the rows that are items, and all others: above the table, totals, notes below."""
    items: list[RawRow] = []
    others = table.rows[: table.start - 1]
    for row in table.rows[table.start :]:
        number = _cell(table, row, "number")
        text = cell_text(number)
        is_item = not is_blank(number) and not TOTAL.match(text) and _is_number(number) and _has_amount(table, row)
        (items if is_item else others).append(row)
    return items, others


def _is_number(cell: Cell) -> bool:
    """Return whether a cell may name an item; one without a value does, to be refused by its row."""
    return isinstance(cell, Broken) or any(map(str.isdigit, cell_text(cell)))


def _has_amount(table: _Table, row: RawRow) -> bool:
    return any(not is_blank(_cell(table, row, field)) for field in _AMOUNTS)


def _cell(table: _Table, row: RawRow, field: str) -> Cell:
    place = table.places.get(field, len(row.cells))
    return row.cells[place] if place < len(row.cells) else ""


def _currencies(table: _Table, items: list[RawRow]) -> frozenset[str]:
    """Return the currencies of a column of them, else of a header, else of the amounts. Raises FileRefused."""
    named = {_currency(table, row) for row in items} - {""}
    beside = {
        code for row in items for field in _AMOUNTS if (code := find_currency(cell_text(_cell(table, row, field))))
    }
    return frozenset(named or ({table.currency} if table.currency else beside))


def _currency(table: _Table, row: RawRow) -> str:
    text = cell_text(_cell(table, row, "currency")).strip().upper()
    try:
        return parse_currency(text) if text else ""
    except InvalidCurrency as fault:
        raise FileRefused(f"row {row.number}: {text[:40]!r} was found, a code such as EUR expected") from fault


def _stated(table: _Table, others: list[RawRow], currency: str) -> int | None:
    """Return the total in the row that says so, in the column of what is paid."""
    for row in reversed(others):
        is_total = any(isinstance(cell, str) and TOTAL.match(cell) for cell in row.cells)
        cell = _cell(table, row, next(field for field in ("paid", "amount", "gross") if field in table.places))
        if is_total and row.number > table.rows[table.start - 1].number and not is_blank(cell):
            for mark in _MARKS:
                if (minor := _minor_or_none(cell, currency, mark)) is not None:
                    return minor
    return None


def _minor_or_none(cell: Cell, currency: str, mark: str) -> int | None:
    try:
        return to_minor(read_amount(cell, Forms(mark, DateForm.DAY_FIRST)).value, currency)
    except Unreadable:
        return None


def _lines(table: _Table, items: list[RawRow], currency: str, head: Head) -> tuple[AdviceLine, ...]:
    """Read the items with the decimal mark that suits all of them; where both do, the total decides."""
    readable: list[tuple[AdviceLine, ...]] = []
    faults: list[FileRefused] = []
    for mark in _MARKS:
        try:
            readable.append(tuple(_line(table, row, currency, mark) for row in items))
        except FileRefused as fault:
            faults.append(fault)
    if not readable:
        raise max(faults, key=lambda fault: fault.line or 0)
    different = list(dict.fromkeys(readable))
    if len(different) > 1:
        different = [one for one in different if sum(line.paid_minor for line in one) == head.stated_minor]
    if len(different) != 1:
        raise FileRefused(
            "amounts such as 1.234 may mean thousands or decimals; write them with two decimals",
            code="ambiguous_amounts",
        )
    return different[0]


def _line(table: _Table, row: RawRow, currency: str, mark: str) -> AdviceLine:
    values = {field: _value(table, row, field, currency, mark) for field in _AMOUNTS}
    less = [abs(values[field] or 0) for field in ("discount", "deducted")]
    paid, gross = values["paid"], values["gross"]
    if paid is None:
        paid, gross = (values["amount"], gross) if gross is not None else (gross, values["amount"])
    elif gross is None:
        gross = values["amount"]
    if paid is None:
        paid = _less(gross or 0, sum(less))
    text = " ".join(cell_text(_cell(table, row, field)) for field in ("number", "kind"))
    sign = -1 if min(paid, gross or 0) < 0 or IS_CREDIT.search(text) else 1
    amounts = (sign * abs(paid), sign * less[0], sign * less[1])
    return AdviceLine(row.number, _number(table, row), *amounts)


def _less(gross: int, taken: int) -> int:
    return gross - taken if gross >= 0 else gross + taken


def _value(table: _Table, row: RawRow, field: str, currency: str, mark: str) -> int | None:
    cell = _cell(table, row, field)
    if is_blank(cell):
        return None
    try:
        if isinstance(cell, Percent):
            raise Unreadable("an amount, not a per cent")
        amount = read_amount(cell, Forms(mark, DateForm.DAY_FIRST))
        if amount.currency not in (None, currency):
            raise Unreadable(f"an amount in {currency}")
        return to_minor(amount.value, currency)
    except Unreadable as fault:
        raise FileRefused(
            f"row {row.number}: {cell_text(cell)[:40]!r} was found, {fault} expected", line=row.number
        ) from fault


def _number(table: _Table, row: RawRow) -> str:
    try:
        return text_of(_cell(table, row, "number"))[:WRITTEN_MAX]
    except Unreadable as fault:
        raise FileRefused(f"row {row.number}: the invoice number: {fault} expected", line=row.number) from fault
