"""Which rows the journal's digest covers, and how each is written for it.

A line has the table, the key, amounts, states and keys of other rows; never names, texts or IBANs.
"""

from collections.abc import Iterable, Sequence
from typing import Any

_covered: dict[str, tuple[str, ...]] = {}


def cover_table(table: str, *columns: str) -> None:
    """Put a table of immutable rows under the digest: its key first. The table has a ``journal_id``."""
    _covered[table] = columns


def covered_tables() -> dict[str, tuple[str, ...]]:
    """Return the tables under the digest with their columns, in order."""
    return dict(sorted(_covered.items()))


def covered_columns(table: str) -> tuple[str, ...]:
    """Return the columns of a table under the digest; none when it is not covered."""
    return _covered.get(table, ())


def canonical(table: str, values: Sequence[Any]) -> str:
    """Return the line of one row."""
    return "|".join([table, *["" if value is None else str(value) for value in values]]) + "\n"


def canonical_lines(table: str, rows: Iterable[tuple[Any, ...]], width: int) -> str:
    """Return the lines of many rows with so many values each, as ``canonical`` gives them."""
    line = "|".join([table, *["%s"] * width]) + "\n"
    return "".join([canonical(table, row) if None in row else line % row for row in rows])
