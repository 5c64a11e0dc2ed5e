"""Small table files for tests."""

from pathlib import Path

from parsers.tabular import read_rows, standard_mapping
from schemas.tables import Row, RowError, TableKind

INVOICE_HEADER = "number,customer_number,issue_date,due_date,currency,amount"


def table_file(folder: Path, text: str, encoding: str = "utf-8", name: str = "table.csv") -> Path:
    """Write a file of this text and return its path."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def invoice_rows(folder: Path, *lines: str, header: str = INVOICE_HEADER) -> list[Row | RowError]:
    """Return what is read of a table of invoices in our own shape."""
    path = table_file(folder, "\n".join((header, *lines)) + "\n")
    return list(read_rows(path, standard_mapping(path, TableKind.INVOICES)))
