"""Importing a table over HTTP: what was understood and would change is seen first, then applied."""

import aiohttp
import pytest

from support.desk import Desk, words_of
from support.web import Answer

HEADER = "number,customer_number,issue_date,due_date,currency,amount\n"
GOOD = HEADER + "FA-3001,C1,2026-11-01,2026-12-01,EUR,119.00\nFA-1005,C3,2026-10-01,2026-12-31,EUR,75.00\n"
MIXED = HEADER + "FA-3001,C1,2026-11-01,2026-12-01,EUR,119.00\nFA-3002,C1,2026-11-01,2026-12-01,EUR,1e3\n"
GERMAN = "Rechnungsnummer;Kundennummer;Rechnungsdatum;Fällig am;Betrag\nFA-3003;C1;21.10.2026;30.12.2026;1.234,50\n"


@pytest.fixture
def desk(light_desk: Desk) -> Desk:
    return light_desk


async def bring(desk: Desk, text: str, kind: str = "invoices") -> str:
    """Upload a table and return where it is shown."""
    form = aiohttp.FormData()
    form.add_field("csrf", desk.clerk.token)
    form.add_field("file", text.encode(), filename="open items.csv", content_type="text/csv")
    answer = await desk.clerk.ask("POST", f"/imports/{kind}", data=form, headers=desk.clerk.origin)
    assert answer.status == 303
    return answer.location


async def apply(desk: Desk, path: str, **fields: str) -> Answer:
    """Apply what is shown."""
    return await desk.clerk.post(path.split("?")[0], {"name": "open items.csv", **fields})


async def test_the_preview_says_what_would_change_and_changes_nothing(desk: Desk) -> None:
    path = await bring(desk, GOOD)

    page = words_of((await desk.clerk.get(path)).text)

    assert "New 1 Changed 1" in page
    assert "FA-1005 changed due date: 2026-12-15 → 2026-12-31" in page
    assert "FA-3001" not in (await desk.clerk.get("/invoices?which=all")).text


async def test_what_was_seen_is_applied(desk: Desk) -> None:
    path = await bring(desk, GOOD)

    answer = await apply(desk, path)
    page = (await desk.clerk.get(answer.location)).text

    assert answer.location == "/invoices"
    assert "Imported: 1 new, 1 changed, 0 proposed, 0 unchanged." in page
    assert "FA-3001" in page


async def test_rows_that_cannot_be_read_are_named_and_hold_back_all_until_the_person_says_so(desk: Desk) -> None:
    path = await bring(desk, MIXED)

    page = words_of((await desk.clerk.get(path)).text)
    refused = await apply(desk, path)
    kept = await apply(desk, path, keep_good_rows="on")

    assert "3 amount 1e3" in page
    assert refused.status == 422
    assert "Nothing was imported" in refused.text
    assert kept.location == "/invoices"
    assert "FA-3001" in (await desk.clerk.get("/invoices?which=all")).text


async def test_rows_left_out_are_counted_once_each_and_told(desk: Desk) -> None:
    path = await bring(desk, HEADER + "FA-3001,C1,2026-11-01,,EUR,1\nFA-3002,C1,2026-99-01,,EUR,1e3\n")

    page = words_of((await desk.clerk.get(path)).text)
    kept = await apply(desk, path, keep_good_rows="on")

    assert "1 new · 1 row cannot be read" in page
    assert "1 row was left out." in (await desk.clerk.get(kept.location)).text


async def test_how_a_table_was_read_can_be_said_otherwise(desk: Desk) -> None:
    french = "Type;N° pièce;Code client;Échéance;Montant TTC;Devise;Affaire\nAV;AV-9;C1;30/12/2026;-1 234,50;EUR;D-7\n"
    path = await bring(desk, french)

    first = words_of((await desk.clerk.get(path)).text)
    again = words_of((await desk.clerk.get(f"{path}&about-column:order_reference=Affaire")).text)

    assert "1 new" in first
    assert "not used: Affaire" in first
    assert "Affaire → order reference" in again
    assert "not used" not in again


async def test_other_columns_are_understood_or_asked_and_the_mapping_is_saved(desk: Desk) -> None:
    path = await bring(desk, GERMAN)
    page = (await desk.clerk.get(path)).text
    answers: dict[str, str] = {}
    if "How is this table to be read?" in page:
        answers = {"about-constant:currency": "EUR"}
        path += "&about-constant:currency=EUR"
        page = (await desk.clerk.get(path)).text

    applied = await apply(desk, path, save_as="our ERP", **answers)

    assert "Betrag → amount" in words_of(page)
    assert applied.location == "/invoices"
    assert "our ERP" in (await desk.clerk.get("/imports/invoices")).text
    assert "1,234.50" in (await desk.clerk.get("/invoices?q=FA-3003")).text


@pytest.mark.parametrize(
    "text",
    [pytest.param("", id="empty"), pytest.param("%PDF-1.7 \x00\x01", id="pdf"), pytest.param("a\nb\n", id="nonsense")],
)
async def test_what_is_no_table_is_refused_or_asked_about_calmly(desk: Desk, text: str) -> None:
    path = await bring(desk, text)

    answer = await desk.clerk.get(path)

    assert answer.status in {200, 422}
    assert "Apply it" not in answer.text


async def test_customers_are_imported_in_the_same_way(desk: Desk) -> None:
    path = await bring(desk, "number,name\nC50,Zeta AG\nC1,Alpha Werke GmbH\n", kind="customers")

    answer = await apply(desk, path.replace("invoices", "customers"))

    assert answer.location == "/customers"
    assert "Zeta AG" in (await desk.clerk.get("/customers")).text


async def test_debits_of_another_system_are_imported(desk: Desk) -> None:
    mandate = "reference,customer_number,scheme,type,signature_date,iban\n"
    mandate += "M-1,C3,CORE,recurrent,2026-01-05,DE89370400440532013000\n"
    sent = "end_to_end_id,invoice_number,mandate_reference,amount,currency,collection_date\n"
    sent += "OLD-1,FA-1005,M-1,75.00,EUR,2026-12-21\n"
    first = await apply(desk, await bring(desk, mandate, kind="mandates"))
    assert "M-1" in (await desk.clerk.get(first.location)).text

    second = await apply(desk, await bring(desk, sent, kind="collections"))
    page = words_of((await desk.clerk.get(second.location)).text)

    assert (first.location, second.location) == ("/mandates", "/collections/runs")
    assert "Imported: 1 new, 0 changed, 0 proposed, 0 unchanged." in page


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_the_columns_of_a_table_are_told_in_words_those_that_are_needed_first(desk: Desk, language: str) -> None:
    page = words_of((await desk.clerk.ask("GET", "/imports/invoices", headers={"Accept-Language": language})).text)

    told = {"en": "Customer number customer_number yes", "fr": "Numéro de client customer_number oui"}
    assert told[language] in page
    assert page.index("customer_number") < page.index("issue_date")


@pytest.mark.parametrize("path", ["/imports/statements", "/imports/invoices/zz", "/imports/invoices/" + "0" * 64])
async def test_a_table_that_is_not_there_is_not_found(desk: Desk, path: str) -> None:
    assert (await desk.clerk.get(path)).status in {404, 422}
