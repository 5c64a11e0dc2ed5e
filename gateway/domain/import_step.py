"""What importing a table has in common for customers, invoices and mandates: outcomes of rows, rows that repeat."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from schemas.tables import CustomerRow, InvoiceRow, MandateRow, RowError

TableRow = TypeVar("TableRow", CustomerRow, InvoiceRow, MandateRow)


class Outcome(StrEnum):
    """What an import does with a row."""

    NEW = "new"
    CHANGED = "changed"
    PROPOSED = "proposed"  # A person decides.
    UNCHANGED = "unchanged"


class Difference(NamedTuple):
    """A fact that would be other than it is."""

    name: str
    before: Any
    after: Any


def differences(names: Iterable[str], before: Sequence[Any], after: Sequence[Any]) -> tuple[Difference, ...]:
    """Return the facts that differ."""
    return tuple(Difference(*fact) for fact in zip(names, before, after, strict=True) if fact[1] != fact[2])


def once_each(
    rows: Iterable[TableRow], *, key: Callable[[TableRow], Hashable], column: str
) -> tuple[list[TableRow], list[RowError]]:
    """Return the rows without repetitions, and an error for each of those that contradict each other.

    ``key`` is what a thing is known by, ``column`` the name of the column that holds it.
    """
    by_key: dict[Hashable, list[TableRow]] = {}
    for row in rows:
        by_key.setdefault(key(row), []).append(row)
    kept: list[TableRow] = []
    errors: list[RowError] = []
    for same in by_key.values():
        if all(row[1:] == same[0][1:] for row in same[1:]):
            kept.append(same[0])
            continue
        lines = ", ".join(str(row.row) for row in same[:5])
        errors += [
            RowError(row.row, column, str(getattr(row, column)), f"one row for it; rows {lines} differ") for row in same
        ]
    return kept, errors
