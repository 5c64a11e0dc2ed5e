"""What callers send is read strictly: whole numbers, whole dates, texts without control characters, keys as texts."""

import datetime as dt
import json
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.payloads import common
from schemas.payloads.customers import CustomerChange, NewCustomer
from schemas.payloads.imports import ImportOptions
from schemas.payloads.invoices import InvoiceChange, NewInvoice
from schemas.payloads.reviews import AllocateBody

INVOICE = {"number": "FA-1", "customer_number": "C1", "currency": "EUR", "amount_minor": 100, "due_date": "2026-11-30"}


def fault_of(shape: Any, text: str) -> str:
    """Return where and why a body is refused; nothing, when it is right."""
    try:
        shape.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return ""


@pytest.mark.parametrize(
    ("value", "is_right"),
    [
        ("0", True), ("-100", True), ("999999999999999", True), ("1000000000000000", False), ("100.0", False),
        ("1e3", False), ('"100"', False), ("true", False), (str(2**64), False), ("9" * 5000, False),
    ],
)  # fmt: skip
def test_an_amount_is_a_whole_number_and_nothing_else(value: str, is_right: bool) -> None:
    body = f'{{"on_account_minor": {value}}}'

    assert (fault_of(AllocateBody, body) == "") is is_right


@pytest.mark.parametrize(
    ("value", "read"),
    [
        pytest.param("17", "17", id="text"),
        pytest.param(17, "17", id="number"),
        pytest.param(True, None, id="truth value"),
        pytest.param(-1, None, id="below zero"),
        pytest.param("1" * 19, None, id="beyond 64 bits"),
        pytest.param("١", None, id="digits of another script"),
        pytest.param("1\n", None, id="line end"),
        pytest.param(1.0, None, id="float"),
    ],
)
def test_a_key_is_a_text_of_digits(value: Any, read: str | None) -> None:
    assert _read(common.Key, value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        pytest.param("2026-11-30", dt.date(2026, 11, 30), id="text"),
        pytest.param(dt.date(2026, 11, 30), dt.date(2026, 11, 30), id="date"),
        pytest.param("2026-02-30", None, id="no such day"),
        pytest.param("30.11.2026", None, id="another order"),
        pytest.param("2026-11-30T00:00:00", None, id="with a time"),
        pytest.param(20261130, None, id="number"),
        pytest.param("٢٠٢٦-11-30", None, id="digits of another script"),
    ],
)
def test_a_day_is_written_in_full(value: Any, read: dt.date | None) -> None:
    assert _read(common.Day, value) == read


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        pytest.param(common.Text, "  a \t b\r\n c ", "a b c", id="blanks and line ends"),
        pytest.param(common.Text, "Mu\u0308ller", "Müller", id="composed"),
        pytest.param(common.Text, "", "", id="empty text"),
        pytest.param(common.Text, "a\0b", None, id="NUL"),
        pytest.param(common.Text, "a\x1bb", None, id="escape"),
        pytest.param(common.Text, "x" * 2001, None, id="too long"),
        pytest.param(common.Word, "x" * 65, None, id="word too long"),
        pytest.param(common.Name, " \n ", None, id="blank name"),
        pytest.param(common.Number, "", None, id="empty number"),
        pytest.param(common.Sentence, "ok", None, id="reason too short"),
        pytest.param(common.Note, "a\nb\tc", "a\nb\tc", id="note of two lines"),
        pytest.param(common.Note, "a\0", None, id="note with NUL"),
    ],
)
def test_texts_are_tidied_or_refused(kind: Any, value: str, read: str | None) -> None:
    assert _read(kind, value) == read


def _read(kind: Any, value: Any) -> Any:
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return None


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        pytest.param({}, "", id="right"),
        pytest.param({"kind": "credit_note", "amount_minor": -100, "tax_minor": -19}, "", id="credit note"),
        pytest.param({"amount_minor": -1}, "amount_minor is above 0 for kind invoice", id="an invoice below zero"),
        pytest.param({"amount_minor": 0}, "amount_minor is above 0 for kind invoice", id="an invoice of nothing"),
        pytest.param({"kind": "credit_note"}, "amount_minor is below 0 for kind credit_note", id="a credit note above"),
        pytest.param({"kind": "on_account"}, "kind", id="a kind that only payments make"),
        pytest.param({"currency": "eur"}, "currency", id="small letters"),
        pytest.param({"due_date": None}, "a due_date or an issue_date is needed", id="no date"),
        pytest.param({"due_date": None, "issue_date": "2026-11-01"}, "", id="issue date only"),
        pytest.param({"discount_basis_points": 200}, "a discount has a last day", id="a discount for ever"),
        pytest.param({"discount2_basis_points": 200, "discount2_until_date": "2026-11-15"}, "", id="second discount"),
        pytest.param({"discount_basis_points": 10_001}, "discount_basis_points", id="more than all off"),
        pytest.param({"tax_minor": 101}, "tax_minor is a part of amount_minor", id="more tax than amount"),
        pytest.param({"tax_minor": -1}, "tax_minor is a part of amount_minor", id="tax of the other sign"),
        pytest.param({"colour": "red"}, "colour", id="unknown field"),
    ],
)
def test_an_invoice_does_not_contradict_itself(changes: dict[str, Any], fault: str) -> None:
    found = fault_of(NewInvoice, json.dumps(INVOICE | changes))

    assert found.startswith(fault) if fault and fault in NewInvoice.model_fields else fault in found
    assert bool(found) is bool(fault)


@pytest.mark.parametrize("name", ["customer_id", "currency", "amount_minor"])
def test_what_every_item_has_cannot_be_cleared(name: str) -> None:
    assert f"{name} cannot be cleared" in fault_of(InvoiceChange, json.dumps({name: None}))
    assert fault_of(InvoiceChange, '{"text": null, "due_date": null}') == ""


@pytest.mark.parametrize(
    ("field", "value", "is_right"),
    [
        ("country", "DE", True), ("country", "", True), ("country", "Germany", False), ("country", "de", False),
        ("language", "de", True), ("language", "DE", False), ("payment_method", "transfer", True),
        ("payment_method", "barter", False), ("parent_number", " ", False),
    ],
)  # fmt: skip
def test_a_customer_says_what_can_be(field: str, value: str, is_right: bool) -> None:
    new = json.dumps({"number": "C1", "name": "A", field: value})

    assert (fault_of(NewCustomer, new) == "") is is_right
    assert (fault_of(CustomerChange, json.dumps({field: value})) == "") is is_right


def test_one_answer_is_a_list_of_one() -> None:
    assert ImportOptions.model_validate({"decided": "decimal_mark=,"}).decided == ["decimal_mark=,"]
    assert ImportOptions.model_validate({"decided": ["a=1", "b=2"]}).decided == ["a=1", "b=2"]
    assert ImportOptions.model_validate({}).decided == []
