"""The raw rows of a table file, CSV or XLSX, with their numbers; and what they are not allowed to be.

Cells are text, or what a spreadsheet stores with a type. What they mean is decided in `parsers.tabular_fields`.
"""

import datetime as dt
from collections.abc import Generator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, TypeAlias

from schemas.errors import FileRefused
from schemas.tables import RowError


@dataclass(frozen=True, slots=True)
class TableLimits:
    """What a table file may cost at most. Bytes unless said otherwise."""

    file_max: int = 100_000_000
    rows_max: int = 1_048_576
    columns_max: int = 300
    line_characters_max: int = 1_000_000
    unpacked_max: int = 256_000_000
    row_max: int = 8_000_000  # Of a part of an archive, without the beginning of a row.
    row_elements_max: int = 200_000  # The same, in XML elements: each costs a hundred times its bytes.
    parts_max: int = 1_000
    ratio_max: int = 200


LIMITS = TableLimits()


class Percent(NamedTuple):
    """A number that a spreadsheet stores as a fraction and shows in per cent: 2 for 2 %."""

    value: Decimal


class Broken(NamedTuple):
    """A cell without a value: an error such as ``#REF!``, or a formula whose result was not saved."""

    text: str


Cell: TypeAlias = str | Decimal | dt.date | Percent | Broken


class RawRow(NamedTuple):
    """One row: its number in the file (CSV: the line where it starts), and its cells. Empty cells are ''."""

    number: int
    cells: tuple[Cell, ...]


RawRows: TypeAlias = Generator[RawRow | RowError, None, None]

_OTHERS = (
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old .xls file or one with a password; save it as .xlsx without password"),
    (b"{\\rtf", "a text document"),
    (b"\x1f\x8b", "a compressed file"),
    (b"<", "a web page or XML file; bank files are uploaded as statements"),
)


def is_spreadsheet(path: Path, limits: TableLimits) -> bool:
    """Return whether a file is an archive, as XLSX is; False means CSV.

    Raises FileRefused for what is neither, empty or too large.
    """
    size = path.stat().st_size
    if size > limits.file_max:
        raise FileRefused(f"the file has {size} bytes, more than {limits.file_max}", code="too_large")
    with path.open("rb") as file:
        start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise FileRefused("the file is empty", code="empty")
    for magic, name in _OTHERS:
        if start.startswith(magic):
            raise FileRefused(f"the file is no CSV or XLSX table but {name}", code="not_a_table")
    return start.startswith(b"PK\x03\x04")


def cell_text(cell: Cell) -> str:
    """Return a cell as a person reads it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, Percent):
        return f"{cell.value:f}%"
    return cell.text if isinstance(cell, Broken) else cell.isoformat()
