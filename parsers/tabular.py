"""Tables that people bring, CSV or XLSX: guess how they are to be read, show it, read them row by row.

What the rows mean for what is stored is decided elsewhere; nothing is kept here. Run it in a worker: a spreadsheet is
somebody else's archive.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

from parsers.tabular_csv import guess_encoding
from parsers.tabular_fields import FIELDS
from parsers.tabular_guess import guess
from parsers.tabular_rows import RowReader, check_mapping
from parsers.tabular_source import LIMITS, RawRow, TableLimits, cell_text, is_spreadsheet
from parsers.tabular_table import find_header, mapped_header, rows_below
from schemas.errors import FileRefused
from schemas.tables import InvalidMapping, Preview, PreviewRow, Row, RowError, TableKind
from schemas.tables import Mapping as TableMapping

__all__ = [
    "LIMITS",
    "TableLimits",
    "field_names",
    "guess_mapping",
    "in_its_encoding",
    "preview",
    "read_rows",
    "standard_mapping",
]


def field_names(kind: TableKind) -> tuple[str, ...]:
    """Return what the columns of a table may be called in our own shape."""
    return tuple(field.name for field in FIELDS[kind])


def needed_names(kind: TableKind) -> frozenset[str]:
    """Return the columns that every row of a table must fill."""
    return frozenset(field.name for field in FIELDS[kind] if field.is_needed)


def standard_mapping(path: Path, kind: TableKind, *, limits: TableLimits = LIMITS) -> TableMapping:
    """Return the mapping of a table in our own shape: our column names, UTF-8, comma, ISO dates, decimal point.

    Raises FileRefused naming the columns that are missing, or where the whole file is not UTF-8.
    """
    if not is_spreadsheet(path, limits) and guess_encoding(path) != "utf-8":
        raise FileRefused(f"not our own table of {kind}: the file is not UTF-8", code="encoding")
    names = [field.name for field in FIELDS[kind]]
    empty = TableMapping(kind=kind, columns=())
    header = find_header(path, empty, limits, lambda labels: len(set(names) & set(labels)))
    mapping = TableMapping(kind=kind, columns=tuple((name, name) for name in names if name in header.labels))
    try:
        check_mapping(mapping)
    except InvalidMapping as incomplete:
        raise FileRefused(f"not our own table of {kind}: {incomplete}", code="column_missing") from incomplete
    return mapping


def in_its_encoding(path: Path, mapping: TableMapping, *, limits: TableLimits = LIMITS) -> TableMapping:
    """Return a saved mapping for a file of the same program that may be encoded otherwise this time.

    UTF-8 and UTF-16 are known by proof; among the 8-bit encodings the mapping remembers what a person may have chosen.
    """
    if is_spreadsheet(path, limits):
        return mapping
    found = guess_encoding(path)
    is_proven = found.startswith("utf") or mapping.encoding.startswith("utf")
    return replace(mapping, encoding=found) if is_proven else mapping


def guess_mapping(
    path: Path, kind: TableKind, *, decided: Mapping[str, str] | None = None, limits: TableLimits = LIMITS
) -> TableMapping:
    """Return how a table is to be read, from its bytes, its header and all its rows.

    ``decided`` answers questions of an earlier MappingUndecided, by what they are about: ``{"decimal_mark": ","}``.
    An empty answer to ``column:FIELD`` means that no column holds the field. Raises MappingUndecided, InvalidMapping,
    FileRefused.
    """
    return guess(path, kind, decided or {}, limits)


def read_rows(path: Path, mapping: TableMapping, *, limits: TableLimits = LIMITS) -> Iterator[Row | RowError]:
    """Yield each row, typed, or all that is wrong with it. Memory does not grow with the rows.

    Raises InvalidMapping, and FileRefused where the table is not as the mapping says or breaks off.
    """
    check_mapping(mapping)
    header = mapped_header(path, mapping, limits)
    reader = RowReader(mapping, header)
    with closing(rows_below(path, mapping, limits, header)) as raws:
        for raw in raws:
            read = raw if isinstance(raw, RowError) else reader.read(raw)
            if isinstance(read, list):
                yield from read
            else:
                yield read


def preview(path: Path, mapping: TableMapping, rows: int = 20, *, limits: TableLimits = LIMITS) -> Preview:
    """Return the first rows as they stand and as they are understood. Raises as `read_rows`."""
    check_mapping(mapping)
    header = mapped_header(path, mapping, limits)
    reader = RowReader(mapping, header)
    with closing(rows_below(path, mapping, limits, header)) as raws:
        shown = tuple(_preview_row(reader, raw) for raw in islice(raws, rows))
    mapped = {label for _, label in mapping.columns}
    ignored = tuple(label for label in header.labels if label not in mapped)
    return Preview(header.labels, ignored, shown)


def _preview_row(reader: RowReader, raw: RawRow | RowError) -> PreviewRow:
    if isinstance(raw, RowError):
        return PreviewRow(raw.row, (raw.found,), None, (raw,))
    read = reader.read(raw)
    cells = tuple(cell_text(cell) for cell in raw.cells)
    if isinstance(read, list):
        return PreviewRow(raw.number, cells, None, tuple(read))
    return PreviewRow(raw.number, cells, read, ())
