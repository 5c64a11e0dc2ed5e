"""XLSX, read with openpyxl row by row: typed cells, saved results of formulas, within limits.

A spreadsheet is an archive of XML that anyone may have made, so its parts are looked at before openpyxl sees them.
"""

import datetime as dt
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import islice
from pathlib import Path
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from parsers.tabular_source import Broken, Cell, Percent, RawRow, RawRows, TableLimits
from schemas.errors import FileRefused

_CHUNK = 1 << 20
_OVERLAP = 1 << 15
_BATCH = 500
_ROW = re.compile(rb"<(?:\w+:)?(?:row|si)\b")
# A formula whose result was not saved looks like an empty cell to openpyxl.
_UNSAVED_FORMULA = re.compile(
    rb"""<(?:\w+:)?c\b[^>]{0,300}?\br=["']([A-Z]{1,3}[0-9]{1,7})["'][^>]{0,300}>\s*"""
    rb"<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
# All that openpyxl and the libraries below it were seen to raise, or may, for parts that are not what they claim.
_DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    InvalidFileException,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    expat.ExpatError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
# Excel itself keeps fifteen digits; what a double has behind them is noise of the conversion, not of the amount.
_DIGITS = ".15g"
_UNSAVED = Broken("formula without a saved result")


@contextmanager
def _door() -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _DAMAGE as damage:
        raise FileRefused(
            f"the spreadsheet cannot be read: {damage or type(damage).__name__}", code="damaged"
        ) from damage


def sheet_names(path: Path, limits: TableLimits) -> tuple[str, ...]:
    """Return the names of the visible sheets. Raises FileRefused."""
    check_archive(path, limits)
    with _door(), _workbook(path) as workbook:
        return tuple(sheet.title for sheet in _visible_sheets(workbook))


def xlsx_rows(path: Path, sheet_name: str | None, limits: TableLimits) -> RawRows:
    """Yield the rows of one sheet (None: the first visible one). Raises FileRefused."""
    unsaved = check_archive(path, limits)
    with _workbook(path) as workbook:
        with _door():
            sheet = _choose_sheet(workbook, sheet_name)
        yield from _rows_of(sheet, unsaved, limits)


def xlsx_sheets(path: Path, limits: TableLimits) -> Iterator[tuple[str, RawRows]]:
    """Yield the name and the rows of each visible sheet; they are read before the next sheet. Raises FileRefused."""
    unsaved = check_archive(path, limits)
    with _workbook(path) as workbook:
        with _door():
            sheets = _visible_sheets(workbook)
        for sheet in sheets:
            yield sheet.title, _rows_of(sheet, unsaved, limits)


def _rows_of(sheet: ReadOnlyWorksheet, unsaved: dict[str, set[str]], limits: TableLimits) -> RawRows:
    with _door():
        # The size that a file claims of itself may be wrong, and would cut rows off.
        sheet.reset_dimensions()
        rows = enumerate(sheet.iter_rows(), 1)
        missing = {coordinate_to_tuple(cell) for cell in unsaved.get(_part_name(sheet), ())}
    is_percent = _PercentStyles()
    while True:
        with _door():
            batch = [_raw_row(number, row, missing, is_percent) for number, row in islice(rows, _BATCH)]
        if not batch:
            return
        _check_batch(batch, limits)
        # What is cut off here is blank: cells of a far column that once had a value.
        yield from (RawRow(row.number, row.cells[: limits.columns_max]) for row in batch)


def check_archive(path: Path, limits: TableLimits) -> dict[str, set[str]]:
    """Return the cells of each part whose formula has no saved result. Raises FileRefused for what is no XLSX."""
    unsaved = {}
    with _door(), zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if len(parts) > limits.parts_max:
            raise FileRefused(f"the archive has {len(parts)} parts", code="too_large")
        if "[Content_Types].xml" not in archive.namelist() or not any(
            part.filename.startswith("xl/") for part in parts
        ):
            raise FileRefused("the archive is no .xlsx spreadsheet; save the table as .xlsx or CSV", code="not_a_table")
        budget = min(limits.unpacked_max, limits.ratio_max * path.stat().st_size)
        for part in parts:
            size, unsaved[part.filename] = _check_part(archive, part, limits, budget)
            budget -= size
    return unsaved


def _check_part(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, limits: TableLimits, budget: int
) -> tuple[int, set[str]]:
    size, tail, unsaved = 0, b"", set[str]()
    row_size, row_elements = 0, 0
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            if not size:
                _check_prolog(chunk)
            has_row = _ROW.search(chunk) is not None
            size += len(chunk)
            row_size = 0 if has_row else row_size + len(chunk)
            row_elements = 0 if has_row else row_elements + chunk.count(b"<")
            if size > budget or row_size > limits.row_max or row_elements > limits.row_elements_max:
                raise FileRefused("the spreadsheet unpacks to more than a table needs", code="too_large")
            window = tail + chunk
            unsaved |= {match[1].decode() for match in _UNSAVED_FORMULA.finditer(window)}
            tail = window[-_OVERLAP:]
    return size, unsaved


def _check_prolog(start: bytes) -> None:
    """Refuse a part that declares a document type, or hides what it is behind another encoding."""
    if start[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"):
        raise FileRefused("the spreadsheet is not encoded in UTF-8", code="encoding")
    if not start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.Parse(start, False)


def _refuse_doctype(*_: object) -> None:
    raise FileRefused("the spreadsheet declares a document type; no program writes that", code="doctype")


@contextmanager
def _workbook(path: Path) -> Iterator[Workbook]:
    # The file is opened here because openpyxl leaves it open when it fails.
    with path.open("rb") as file:
        with _door():
            workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        yield workbook


def _visible_sheets(workbook: Workbook) -> list[ReadOnlyWorksheet]:
    return [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]


def _choose_sheet(workbook: Workbook, name: str | None) -> ReadOnlyWorksheet:
    for sheet in _visible_sheets(workbook):
        if name in (None, sheet.title):
            return sheet
    raise FileRefused(f"the spreadsheet has no visible sheet {name or ''}".rstrip(), code="sheet_missing")


def _part_name(sheet: ReadOnlyWorksheet) -> str:
    return str(sheet._worksheet_path)


def _check_batch(batch: list[RawRow], limits: TableLimits) -> None:
    if batch[-1].number > limits.rows_max:
        raise FileRefused(f"the table has more than {limits.rows_max} rows", code="too_many_rows")
    widest = max(batch, key=lambda row: len(row.cells))
    if len(widest.cells) > limits.columns_max and any(cell != "" for cell in widest.cells[limits.columns_max :]):
        raise FileRefused(f"row {widest.number} has {len(widest.cells)} columns", code="too_many_columns")


class _PercentStyles(dict[int, bool]):
    """Which cell styles show a number in per cent, found out once per style."""

    def of(self, cell: ReadOnlyCell) -> bool:
        style = cell._style_id
        if style not in self:
            self[style] = "%" in cell.number_format
        return self[style]


def _raw_row(
    number: int, row: tuple[ReadOnlyCell, ...], missing: set[tuple[int, int]], styles: _PercentStyles
) -> RawRow:
    if not row:
        return RawRow(number, ())
    cells = tuple(_cell(cell, styles) for cell in row)
    if missing:
        cells = tuple(_UNSAVED if (number, place) in missing else cell for place, cell in enumerate(cells, 1))
    return RawRow(number, cells)


def _cell(cell: ReadOnlyCell, styles: _PercentStyles) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return Broken(value) if cell.data_type == "e" else value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        number = Decimal(value) if isinstance(value, int) else Decimal(format(value, _DIGITS))
        return Percent(number * 100) if styles.of(cell) else number
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else str(value)
