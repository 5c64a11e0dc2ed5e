"""A table with its header: which row it is, what its columns are called, and the rows below it."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from parsers.tabular_csv import csv_rows
from parsers.tabular_source import Cell, RawRow, RawRows, TableLimits, cell_text, is_spreadsheet
from schemas.errors import FileRefused
from schemas.tables import Mapping, RowError

_HEADER_ROWS_MAX = 50


@dataclass(frozen=True, slots=True)
class Header:
    """The header row: its number, a label for each column (never one twice), and how many columns a row must have."""

    number: int
    labels: tuple[str, ...]
    width: int


def raw_rows(path: Path, mapping: Mapping, limits: TableLimits) -> RawRows:
    """Yield all rows of the file that the mapping describes. Raises FileRefused."""
    if is_spreadsheet(path, limits):
        from parsers.tabular_xlsx import xlsx_rows  # Here, because few files are spreadsheets and its library is large.

        return xlsx_rows(path, mapping.sheet, limits)
    return csv_rows(path, encoding=mapping.encoding, delimiter=mapping.delimiter, limits=limits)


def is_blank(cell: Cell) -> bool:
    """Return whether a cell has no value."""
    return isinstance(cell, str) and (not cell or cell.isspace() or cell == '=""')


def labels_of(cells: tuple[Cell, ...]) -> tuple[str, ...]:
    """Return a name for each column: its header, ``Header [2]`` for the second of one name, ``(C)`` without one."""
    labels: dict[str, None] = {}
    for place, cell in enumerate(cells):
        label = name = " ".join(cell_text(cell).split()) or f"({_letters(place)})"
        times = 1
        while label in labels:
            times += 1
            label = f"{name} [{times}]"
        labels[label] = None
    return tuple(labels)


def _letters(place: int) -> str:
    high, low = divmod(place, 26)
    return (_letters(high - 1) if high else "") + chr(ord("A") + low)


def find_header(path: Path, mapping: Mapping, limits: TableLimits, score: Callable[[tuple[str, ...]], int]) -> Header:
    """Return the best header among the first rows: the one with the highest score, the first of equals.

    Raises FileRefused where the file has no rows.
    """
    with closing(raw_rows(path, mapping, limits)) as rows:
        filled = (row for row in rows if isinstance(row, RawRow) and not all(is_blank(cell) for cell in row.cells))
        candidates = [(row, labels_of(row.cells)) for row in islice(filled, _HEADER_ROWS_MAX)]
    if not candidates:
        raise FileRefused("the table has no rows", code="empty")
    row, labels = max(candidates, key=lambda candidate: score(candidate[1]))
    # A spreadsheet leaves out empty cells at the end of a row; a CSV file never does.
    width = 0 if is_spreadsheet(path, limits) else _named_width(row)
    return Header(row.number, labels, width)


def _named_width(row: RawRow) -> int:
    return max((place for place, cell in enumerate(row.cells, 1) if not is_blank(cell)), default=0)


def mapped_header(path: Path, mapping: Mapping, limits: TableLimits) -> Header:
    """Return the header row that has every mapped column. Raises FileRefused naming the columns that are missing."""
    wanted = [label for _, label in mapping.columns]
    header = find_header(path, mapping, limits, lambda labels: len(set(wanted) & set(labels)))
    missing = [label for label in wanted if label not in header.labels]
    if missing:
        names = ", ".join(repr(label) for label in missing)
        raise FileRefused(f"the table has no column {names}", code="column_missing", line=header.number)
    return header


def rows_below(path: Path, mapping: Mapping, limits: TableLimits, header: Header) -> RawRows:
    """Yield the rows below the header that have values. Of a CSV, one with more or fewer cells is an error."""
    with closing(raw_rows(path, mapping, limits)) as rows:
        for row in rows:
            if isinstance(row, RowError):
                yield row
            elif row.number > header.number and not all(is_blank(cell) for cell in row.cells):
                yield _check_width(row, header) if header.width else row


def _check_width(row: RawRow, header: Header) -> RawRow | RowError:
    # A missing cell may be a cut file, one too many an unquoted delimiter: both move amounts into other columns.
    extra = [cell for cell in row.cells[len(header.labels) :] if not is_blank(cell)]
    if len(row.cells) >= header.width and not extra:
        return row
    found = f"{len(row.cells)} cells"
    return RowError(row.number, "", found, f"{header.width} cells, as in the header in row {header.number}")
