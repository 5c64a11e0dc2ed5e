"""Tables in a real browser: what was understood is seen first, a wrong row holds back all, the next file needs no word."""

import io
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from openpyxl import Workbook
from playwright.async_api import Browser, Page, expect

from support.chromium import page_of_clerk, whole_story
from support.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]  # The loop of the browser.
HEADINGS = "N° facture;N° client;Date de facture;Échéance;Montant TTC;Devise;Libellé"
FIRST = "FA-3001;C1;24/10/2026;24/11/2026;1 234,50;EUR;Pièces détachées"
SECOND = "FA-3002;C2;02/11/2026;02/12/2026;80,00;EUR;Réparation"
WRONG = "FA-3003;C3;03/11/2026;03/12/2026;12,3,4;EUR;Prêt"


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, quick_desk: Desk) -> AsyncIterator[Page]:
    async with page_of_clerk(browser, quick_desk) as opened:
        yield opened


def french(*lines: str) -> bytes:
    """Return a table as a French office writes it."""
    return "\r\n".join((HEADINGS, *lines, "")).encode("windows-1252")


async def look_at(page: Page, kind: str, name: str, data: bytes) -> None:
    """Choose a table and look at what is in it."""
    await page.goto(f"/imports/{kind}")
    await page.get_by_label("File").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    await page.get_by_role("button", name="Look at it").click()


async def test_an_invoice_list_as_a_french_office_writes_it(page: Page) -> None:
    await look_at(page, "invoices", "échéancier.csv", french(FIRST, SECOND, WRONG))

    # What was understood, what would change, and the row that cannot be read.
    await expect(page.get_by_text("Montant TTC → amount")).to_be_visible()
    await expect(page.get_by_text("Échéance → due date")).to_be_visible()
    await expect(page.get_by_role("region", name="How it was read")).to_contain_text("Pièces détachées")
    await expect(page.locator("#head")).to_contain_text("2 new · 1 row cannot be read")
    wrong = page.get_by_role("region", name="What cannot be read").locator("tbody tr")
    await expect(wrong).to_have_count(1)
    await expect(wrong).to_contain_text("4")
    await expect(wrong).to_contain_text("Montant TTC")
    await expect(wrong).to_contain_text("12,3,4")

    # Only without it when the person says so; then how it was read is kept.
    await page.get_by_label("Save how it was read as").fill("our ERP")
    await page.get_by_role("button", name="Import").click()
    await expect(page.get_by_role("alert")).to_contain_text("Nothing was imported: 1 row cannot be read.")
    await expect(page.get_by_label("Save how it was read as")).to_have_value("our ERP")
    await page.get_by_label("Import the rows that can be read, and leave out the others").check()
    await page.get_by_role("button", name="Import").click()
    await expect(page.locator("#toasts")).to_contain_text(
        "Imported: 2 new, 0 changed, 0 proposed, 0 unchanged. 1 row was left out."
    )
    await expect(page.get_by_role("row", name="FA-3001")).to_contain_text("1,234.50 EUR")

    # The next day: the mapping is chosen, and only what differs is named.
    await page.goto("/imports/invoices")
    await page.get_by_label("How its columns are read").select_option("our ERP")
    second = french(FIRST, SECOND.replace("02/12", "09/12"))
    await page.get_by_label("File").set_input_files({"name": "demain.csv", "mimeType": "text/csv", "buffer": second})
    await page.get_by_role("button", name="Look at it").click()
    await expect(page.locator("#head")).to_contain_text("1 changed, 1 unchanged")
    await expect(page.get_by_text("due date: 2026-12-02 → 2026-12-09")).to_be_visible()
    await page.get_by_role("button", name="Import").click()
    await expect(page.locator("#toasts")).to_contain_text("Imported: 0 new, 1 changed, 0 proposed, 1 unchanged.")


@whole_story
async def test_customers_come_as_a_workbook_and_mandates_follow(page: Page) -> None:
    workbook, data = Workbook(), io.BytesIO()
    sheet = workbook.active
    assert sheet is not None
    for row in (
        ("Code client", "Raison sociale", "CP", "Ville", "Pays"),
        ("C7", "Épicerie Müller", "75011", "Paris", "FR"),
    ):
        sheet.append(row)
    workbook.save(data)

    await look_at(page, "customers", "clients.xlsx", data.getvalue())
    await expect(page.get_by_role("region", name="How it was read")).to_contain_text("75011")
    await page.get_by_role("button", name="Import").click()
    await expect(page.locator("#toasts")).to_contain_text("Imported: 1 new")
    await expect(page.get_by_role("row", name="Épicerie Müller")).to_contain_text("FR Paris")

    mandates = (
        "RUM;N° client;Schéma;Type de mandat;Date de signature;IBAN;Titulaire\n"
        "M-7;C7;CORE;RCUR;24/10/2026;FR1420041010050500013M02606;Épicerie Müller\n"
    )
    await look_at(page, "mandates", "mandats.csv", mandates.encode("windows-1252"))
    await page.get_by_role("button", name="Import").click()
    await expect(page.locator("#toasts")).to_contain_text("Imported: 1 new")
    await page.goto("/search?q=M-7")
    await expect(page.get_by_role("heading", name="Épicerie Müller")).to_be_visible()
    await expect(page.get_by_text("FR14 **** **** 2606", exact=True)).to_be_visible()
    await expect(page.locator("#body")).to_contain_text("mandate · Person 1")
