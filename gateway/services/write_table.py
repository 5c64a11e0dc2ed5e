"""Write rows as a table: CSV, or XLSX in a thread, numbers and dates typed, texts like a formula only as texts."""

import asyncio
import datetime as dt
import io
from collections.abc import AsyncIterator, Sequence
from enum import StrEnum
from typing import Any

import xlsxwriter

from gateway.services.export_rows import csv_pieces


async def write_csv(columns: Sequence[str], rows: AsyncIterator[Sequence[Any]]) -> bytes:
    """Return a CSV, its header first."""
    return "".join([piece async for piece in csv_pieces(columns, rows)]).encode()


async def write_xlsx(columns: Sequence[str], rows: AsyncIterator[Sequence[Any]]) -> bytes:
    """Return a workbook with one sheet, its header first."""
    return await asyncio.to_thread(_write, columns, [row async for row in rows])


def _write(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    for place, name in enumerate(columns):
        sheet.write_string(0, place, name)
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            _put(sheet, line, place, value, day)
    book.close()
    return out.getvalue()


def _put(sheet: Any, line: int, place: int, value: Any, day: Any) -> None:
    if value is None or value == "":
        return  # An empty cell costs as much as a full one.
    if isinstance(value, bool):
        sheet.write_string(line, place, "yes" if value else "no")
    elif isinstance(value, int):
        sheet.write_number(line, place, value)
    elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        sheet.write_datetime(line, place, dt.datetime.combine(value, dt.time()), day)
    else:
        sheet.write_string(line, place, value.value if isinstance(value, StrEnum) else str(value))
