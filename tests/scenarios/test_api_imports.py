"""Tables over the API: customers, invoices and mandates from CSV and XLSX; and exports as CSV."""

import csv
import io
from typing import Any

import aiohttp
import pytest
from openpyxl import Workbook

from gateway.domain.access import Right
from support.api import Firm
from support.bank import payment
from support.web import Answer

pytestmark = pytest.mark.asyncio(loop_scope="session")

CUSTOMERS = "number,name,iban\nC1,Alpha Werke GmbH,DE02120300000000202051\nC2,Beta Handel AG,\n"
INVOICES = (
    "number,customer_number,issue_date,due_date,currency,amount\n"
    "FA-1,C1,2026-11-01,2026-11-30,EUR,119.00\nFA-2,C2,2026-11-01,2026-11-30,EUR,50.00\n"
)
BAD = INVOICES + "FA-3,C1,2026-11-01,2026-11-30,EUR,1e3\nFA-4,C9,2026-11-01,2026-11-30,EUR,7.00\n"
GERMAN = "Beleg;Kunde;Fällig;Währung;Betrag;Schuhgröße\nFA-1;C1;30.11.2026;EUR;1.119,00;43\n"
ANSWERS = [
    ("decided", "column:number=Beleg"), ("decided", "column:customer_number=Kunde"),
    ("decided", "column:due_date=Fällig"), ("decided", "column:amount=Betrag"), ("decided", "column:currency=Währung"),
    ("decided", "decimal_mark=,"), ("decided", "date_form=dmy"),
]  # fmt: skip


async def send(firm: Firm, kind: str, data: str | bytes, **query: Any) -> Answer:
    body = data.encode() if isinstance(data, str) else data
    params = query.pop("params", None) or {name: "true" if value is True else value for name, value in query.items()}
    headers = {"Content-Type": "text/csv", "X-File-Name": "../erp/table.csv"}
    return await firm.machine.ask("POST", f"/imports/{kind}", data=io.BytesIO(body), params=params, headers=headers)


async def numbers(firm: Firm, path: str = "/invoices") -> list[str]:
    return sorted(line["number"] for line in (await firm.get(path))["items"])


async def test_customers_and_invoices_are_imported_and_again_change_nothing(firm: Firm) -> None:
    customers = await send(firm, "customers", CUSTOMERS)
    first = await send(firm, "invoices", INVOICES)
    again = await send(firm, "invoices", INVOICES)
    changed = await send(firm, "invoices", INVOICES.replace("50.00", "60.00"))

    assert (customers.status, customers.json()["counts"]["new"]) == (200, 2)
    assert first.json()["imported"]
    assert first.json()["file_name"] == "table.csv"
    assert first.json()["counts"] == {"new": 2, "changed": 0, "proposed": 0, "unchanged": 0}
    assert again.json()["counts"] == {"new": 0, "changed": 0, "proposed": 0, "unchanged": 2}
    [row] = changed.json()["rows"]
    difference = {"name": "amount_minor", "before": 5_000, "after": 6_000}
    assert (row["row"], row["name"], row["outcome"], row["differences"]) == (3, "FA-2", "changed", [difference])
    assert await numbers(firm) == ["FA-1", "FA-2"]


async def test_rows_that_cannot_be_read_stop_the_import(firm: Firm) -> None:
    await send(firm, "customers", CUSTOMERS)

    answer = await send(firm, "invoices", BAD)

    problem = answer.json()
    assert answer.status == 422
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert (problem["code"], problem["imported"], problem["error_count"]) == ("rows_unreadable", False, 2)
    amount, customer = problem["errors"]
    assert (amount["row"], amount["column"], amount["found"]) == (4, "amount", "1e3")
    assert amount["expected"]
    assert (customer["row"], customer["column"], customer["found"]) == (5, "customer_number", "C9")
    assert await numbers(firm) == []


async def test_the_good_rows_are_kept_when_asked(firm: Firm) -> None:
    await send(firm, "customers", CUSTOMERS)

    answer = await send(firm, "invoices", BAD, keep_good_rows=True)

    assert (answer.status, answer.json()["counts"]["new"], answer.json()["error_count"]) == (200, 2, 2)
    assert await numbers(firm) == ["FA-1", "FA-2"]


async def test_a_dry_run_changes_nothing(firm: Firm) -> None:
    await send(firm, "customers", CUSTOMERS)

    answer = await send(firm, "invoices", BAD, dry_run=True)

    body = answer.json()
    assert (answer.status, body["imported"], body["counts"]["new"], body["error_count"]) == (200, False, 2, 2)
    assert await numbers(firm) == []


async def test_unknown_columns_are_named(firm: Firm) -> None:
    answer = await send(firm, "customers", "number,name,shoe size\nC1,Alpha,43\n")

    assert answer.json()["unknown_columns"] == ["shoe size"]


async def test_a_mapping_is_answered_saved_listed_and_used_by_its_name(firm: Firm) -> None:
    await send(firm, "customers", CUSTOMERS)

    saved = await send(firm, "invoices", GERMAN, params=[*ANSWERS, ("save_mapping", "Old ERP")])
    used = await send(firm, "invoices", GERMAN.replace("1.119,00", "1.200,00"), mapping="Old ERP")
    unknown = await send(firm, "invoices", GERMAN, mapping="Nobody")
    listed = (await firm.get("/imports/mappings?kind=invoices"))["items"]

    assert saved.json()["mapping"]["columns"]["number"] == "Beleg"
    assert saved.json()["unknown_columns"] == ["Schuhgröße"]
    assert (used.status, used.json()["counts"]["changed"]) == (200, 1)
    assert unknown.status == 404
    assert [one["name"] for one in listed] == ["Old ERP"]


async def test_what_the_table_does_not_say_is_asked(firm: Firm) -> None:
    answer = await send(firm, "invoices", "Nr;Kunde;Betrag\nFA-1;C1;1.234\n")

    assert (answer.status, answer.json()["code"]) == (422, "mapping_undecided")
    assert "decimal_mark" in answer.text


async def test_a_spreadsheet_in_a_form_is_imported(firm: Firm) -> None:
    workbook, out = Workbook(), io.BytesIO()
    for row in csv.reader(io.StringIO(CUSTOMERS)):
        workbook.active.append(row)
    workbook.save(out)
    form = aiohttp.FormData()
    form.add_field("file", out.getvalue(), filename="Kunden.xlsx")

    answer = await firm.machine.ask("POST", "/imports/customers", data=form)

    assert (answer.status, answer.json()["file_name"], answer.json()["counts"]["new"]) == (200, "Kunden.xlsx", 2)


async def test_mandates_are_imported(firm: Firm) -> None:
    await send(firm, "customers", CUSTOMERS)
    mandates = (
        "reference,customer_number,scheme,type,signature_date,iban\n"
        "M-1,C1,CORE,recurrent,2026-01-15,DE02120300000000202051\n"
    )

    answer = await send(firm, "mandates", mandates)

    assert (answer.status, answer.json()["counts"]["new"]) == (200, 1)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"%PDF-1.7", "not_a_table", id="PDF"),
        pytest.param(b"<html></html>", "not_a_table", id="web page"),
        pytest.param(b"PK\x03\x04 but no archive", None, id="broken archive"),
        pytest.param(bytes(range(256)) * 50, None, id="random bytes"),
        pytest.param(b"\xff\xfe" + b"a\x00", None, id="UTF-16 cut"),
        pytest.param(b"number,name\n" + b"x" * 2_000_000, None, id="endless line"),
    ],
)
async def test_what_is_no_table_is_refused(firm: Firm, data: bytes, code: str | None) -> None:
    answer = await send(firm, "customers", data)

    assert answer.status == 422
    assert answer.json()["code"] == code or code is None


async def test_importing_needs_its_right_and_a_known_kind(firm: Firm) -> None:
    reader = await firm.machine_with(Right.SEE, Right.WORK)

    closed = await reader.ask("POST", "/imports/customers", data=CUSTOMERS.encode())
    unknown = await send(firm, "orders", CUSTOMERS)

    assert (closed.status, unknown.status) == (403, 404)


async def test_imported_invoices_explain_payments_that_waited(firm: Firm) -> None:
    await firm.upload(firm.statement(payment(11_900, "FA-1", name="Alpha Werke GmbH", reference="R1")))
    before = [line["reason"] for line in (await firm.get("/review-items"))["items"]]
    await send(firm, "customers", CUSTOMERS)
    await send(firm, "invoices", INVOICES)

    after = await firm.until("/review-items", lambda page: page["items"] == [])

    assert (before, after["items"]) == (["no_known_reference"], [])
    assert [line["number"] for line in (await firm.get("/invoices?state=paid"))["items"]] == ["FA-1"]


async def test_exports_are_the_csv_of_the_command_line(firm: Firm) -> None:
    await send(firm, "customers", CUSTOMERS)
    await send(firm, "invoices", INVOICES)
    evil = payment(77, "=HYPERLINK(1)", name="@Niemand", reference="R2")
    await firm.upload(firm.statement(payment(11_900, "FA-1", reference="R1"), evil))

    rows = {what: await read_csv(firm, what) for what in ("allocations", "bank-transactions", "invoices")}

    paid = rows["allocations"][0]
    assert (paid["bank_reference"], paid["invoice_number"], paid["allocated_minor"]) == ("R1", "FA-1", "11900")
    assert (paid["kind"], paid["booked_by"], paid["state"]) == ("payment", "rule", "allocated")
    assert (rows["allocations"][1]["invoice_number"], rows["allocations"][1]["state"]) == ("", "in_review")
    assert rows["bank-transactions"][1]["remittance"] == "'=HYPERLINK(1)"
    assert rows["bank-transactions"][1]["payer_name"] == "'@Niemand"
    assert [(row["number"], row["open_minor"]) for row in rows["invoices"]] == [("FA-1", "0"), ("FA-2", "5000")]


async def read_csv(firm: Firm, what: str) -> list[dict[str, str]]:
    answer = await firm.machine.get(f"/exports/{what}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_the_history_has_what_was_taken_back(firm: Firm) -> None:
    await send(firm, "customers", CUSTOMERS)
    await send(firm, "invoices", INVOICES)
    await firm.upload(firm.statement(payment(11_900, "FA-1", reference="R1")))
    [booked] = (await firm.get("/bank-transactions"))["items"]
    await firm.post(f"/bank-transactions/{booked['id']}/undo", {"reason": "Was for another"})

    live = await firm.machine.get("/exports/allocations")
    history = await firm.machine.get("/exports/allocations?history=true")

    assert [row["allocated_minor"] for row in csv.DictReader(io.StringIO(live.text))] == [""]
    minors = sorted(row["allocated_minor"] for row in csv.DictReader(io.StringIO(history.text)))
    assert minors == ["-11900", "11900"]


async def test_whole_accounts_are_exported_only_to_those_who_may_see_them(firm: Firm) -> None:
    reader = await firm.machine_with(Right.SEE)

    statuses = [(await reader.get(f"/exports/{what}")).status for what in ("invoices", "bank-transactions", "nothing")]
    head = await firm.machine.ask("HEAD", "/exports/invoices")

    assert statuses == [200, 403, 404]
    assert (head.status, head.text) == (200, "")
