"""Remittance advices in spreadsheets of several sheets."""

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from parsers.advice import read_advice
from schemas.advice import Advice
from schemas.errors import FileRefused

Rows = list[tuple[object, ...]]
COVER: Rows = [
    ("Zahlungsavis",), ("Auftraggeber: Koch Bau GmbH",), ("Zahlungsdatum: 12.03.2026",), ("Gesamtbetrag 120,50 EUR",),
]  # fmt: skip
LIST: Rows = [("Rechnung", "Betrag"), ("FA-1", 100), ("FA-2", 20.5)]
OTHER: Rows = [("Rechnung", "Betrag"), ("FA-3", 7)]
FORM: Rows = [("Rechnung", "Betrag")]


def advice_of(tmp_path: Path, hidden: str = "", **sheets: Rows) -> Advice:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name == hidden else "visible"
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "advice.xlsx")
    (tmp_path / "parts").mkdir()
    return read_advice(tmp_path / "advice.xlsx", tmp_path / "parts")


def paid(advice: Advice) -> list[tuple[str, int]]:
    return [(line.written, line.paid_minor) for line in advice.lines]


@pytest.mark.parametrize("order", [("Cover", "List"), ("List", "Cover")])
def test_the_list_is_found_behind_a_cover_that_says_day_payer_and_total(tmp_path: Path, order: tuple[str, str]) -> None:
    sheets = {"Cover": COVER, "List": LIST}

    advice = advice_of(tmp_path, **{name: sheets[name] for name in order})

    assert paid(advice) == [("FA-1", 10_000), ("FA-2", 2_050)]
    assert (advice.stated_minor, advice.payment_date) == (12_050, dt.date(2026, 3, 12))
    assert advice.payer_name == "Koch Bau GmbH"


def test_what_the_list_itself_says_is_not_taken_from_another_sheet(tmp_path: Path) -> None:
    advice = advice_of(tmp_path, Cover=COVER, List=[*LIST, ("Summe", 999)])

    assert advice.stated_minor == 99_900


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param({"Form": FORM}, id="a form that nobody filled"),
        pytest.param({"Copy": LIST}, id="the same list again"),
        pytest.param({"Blank": []}, id="an empty sheet"),
        pytest.param({"Secret": OTHER, "hidden": "Secret"}, id="a hidden sheet"),
    ],
)
def test_a_sheet_that_says_nothing_else_changes_nothing(tmp_path: Path, beside: dict[str, Rows]) -> None:
    assert paid(advice_of(tmp_path, List=LIST, **beside)) == [("FA-1", 10_000), ("FA-2", 2_050)]


@pytest.mark.parametrize(
    ("sheets", "code", "says"),
    [
        pytest.param({"A": LIST, "B": OTHER}, "several_advices", "2 sheets list different payments", id="two lists"),
        pytest.param(
            {"A": LIST, "B": [*OTHER, ("FA-4", "ten")]}, None, "sheet B: row 3: 'ten' was found", id="a fault"
        ),
        pytest.param({"A": COVER, "B": [("Notes",)]}, "no_header", "no row heads", id="no list"),
        pytest.param({"A": FORM, "B": FORM}, "no_lines", "no sheet lists invoices", id="empty lists"),
        pytest.param({"A": []}, "empty", "no rows", id="nothing"),
        pytest.param({f"S{place}": LIST for place in range(51)}, "too_large", "more than 50 sheets", id="51 sheets"),
    ],
)
def test_what_cannot_be_read_for_certain_is_refused(
    tmp_path: Path, sheets: dict[str, Rows], code: str | None, says: str
) -> None:
    with pytest.raises(FileRefused, match=says) as refused:
        advice_of(tmp_path, **sheets)

    assert code is None or refused.value.code == code
