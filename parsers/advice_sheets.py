"""A remittance advice in a spreadsheet: the sheet that lists invoices, and what a cover sheet says beside it."""

from pathlib import Path

from parsers.advice_table import LIMITS, filled_rows, has_header, head_of, read_rows
from parsers.advice_text import Head, only_advice
from parsers.tabular_source import RawRow
from schemas.advice import Advice, AdviceFormat
from schemas.errors import FileRefused

_SHEETS_MAX = 50


def read_xlsx(path: Path) -> Advice:
    """Return the advice in the visible sheets of a spreadsheet. Raises FileRefused, also for one with macros."""
    from parsers.tabular_xlsx import check_archive  # Here, because its library is large.

    if any(name.lower().endswith("vbaproject.bin") for name in check_archive(path, LIMITS)):
        raise FileRefused("the spreadsheet has macros; save it as .xlsx without them", code="macros")
    sheets = _sheets(path)
    lists = {name: rows for name, rows in sheets.items() if has_header(rows)}
    if len(lists) < 2:
        listing = next(iter(lists or sheets), "")
        return read_rows(sheets.get(listing, []), AdviceFormat.XLSX, _beside(sheets, lists))
    read = [_placed(name, rows, _beside(sheets, lists)) for name, rows in lists.items()]
    found = [one for one in read if one]
    if not found:
        raise FileRefused("no sheet lists invoices with amounts", code="no_lines")
    several = FileRefused(f"{len(found)} sheets list different payments; send one each", code="several_advices")
    return only_advice(found, several)


def _sheets(path: Path) -> dict[str, list[RawRow]]:
    from parsers.tabular_xlsx import xlsx_sheets

    sheets: dict[str, list[RawRow]] = {}
    for name, rows in xlsx_sheets(path, LIMITS):
        if len(sheets) == _SHEETS_MAX:
            raise FileRefused(f"the spreadsheet has more than {_SHEETS_MAX} sheets", code="too_large")
        if found := filled_rows(rows):
            sheets[name] = found
    return sheets


def _beside(sheets: dict[str, list[RawRow]], lists: dict[str, list[RawRow]]) -> Head:
    return head_of([row for name, rows in sheets.items() if name not in lists for row in rows])


def _placed(name: str, rows: list[RawRow], beside: Head) -> Advice | None:
    """Read one of several sheets; one with a header and nothing below it is a form that nobody filled."""
    try:
        return read_rows(rows, AdviceFormat.XLSX, beside)
    except FileRefused as fault:
        if fault.code == "no_lines":
            return None
        raise FileRefused(f"sheet {name}: {fault}", code=fault.code, line=fault.line) from fault
