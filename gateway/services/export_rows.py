"""Export what is stored as CSV: allocations, bank transactions, invoices, mandates.

A text that a spreadsheet would take for a formula gets an apostrophe in front (reliability section 7).
"""

import csv
import datetime as dt
import io
from collections.abc import AsyncIterator, Sequence
from enum import StrEnum
from typing import Any

from gateway.store import exports, mandate_lists
from gateway.store.database import ReadSession
from gateway.store.mandate_lists import MandateFilter

_PIECE = 64 * 1024  # Characters.
_FORMULA = tuple("=+-@\t\r\0＝＋－＠")


class Exportable(StrEnum):
    """What can be exported."""

    ALLOCATIONS = "allocations"
    BANK_TRANSACTIONS = "bank-transactions"
    INVOICES = "invoices"
    MANDATES = "mandates"


async def export_rows(
    session: ReadSession, *, what: Exportable, company_id: int, history: bool = False
) -> AsyncIterator[str]:
    """Yield CSV text, the header first; amounts in minor units, dates in ISO form."""
    names, rows = _source(session, what, company_id, history=history)
    async for piece in csv_pieces(names, rows):
        yield piece


def _source(
    session: ReadSession, what: Exportable, company_id: int, *, history: bool
) -> tuple[Sequence[str], AsyncIterator[tuple[Any, ...]]]:
    if what is Exportable.ALLOCATIONS:
        rows = exports.allocation_rows(session, company_id=company_id, history=history)
        return exports.ALLOCATION_COLUMNS, rows
    if what is Exportable.BANK_TRANSACTIONS:
        return exports.BANK_TRANSACTION_COLUMNS, exports.bank_transaction_rows(session, company_id=company_id)
    if what is Exportable.MANDATES:
        rows = mandate_lists.export_mandate_rows(session, company_id=company_id, wanted=MandateFilter())
        return mandate_lists.EXPORT_COLUMNS, rows
    return exports.INVOICE_COLUMNS, exports.invoice_rows(session, company_id=company_id)


async def csv_pieces(columns: Sequence[str], rows: AsyncIterator[Sequence[Any]]) -> AsyncIterator[str]:
    """Yield CSV text, the header first, many rows at once."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    async for row in rows:
        writer.writerow([cell(value) for value in row])
        if out.tell() >= _PIECE:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def cell(value: Any) -> Any:
    """Return a value as a cell of a CSV, in which no text is a formula."""
    if type(value) is str:
        return "'" + value if value.startswith(_FORMULA) else value
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return value
