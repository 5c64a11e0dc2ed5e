"""From a signature to the money and back: mandates, a run by two persons, the bank's answers, an invoice open again."""

import datetime as dt
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from gateway.fake_bank.bank import FakeBank
from gateway.store.check import broken_invariants
from gateway.store.users import User
from schemas.states import Role
from support.chromium import page_of, page_of_clerk, whole_story
from support.debits import bring_debtors, saved, wait_until
from support.desk import Desk
from support.master_data import german_iban
from support.treasury import told_invoice

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]  # The loop of the browser.
DUE = dt.date(2026, 12, 1)
BACK = dt.date(2026, 12, 3)
PAID, NO_FUNDS = 20_000, 12_027  # The pretended bank returns amounts with 27 cents after two bank days (AM04).


async def enter_mandate(page: Page, number: str, iban: str, *, signed_on: str = "") -> None:
    """Enter a mandate, signed on paper or still to be signed."""
    await page.goto("/mandates")
    await page.locator("#head").get_by_role("link", name="New mandate").click()
    await page.get_by_label("Customer number").fill(number)
    await page.get_by_label("IBAN").fill(iban)
    await page.get_by_label("Signed on").fill(signed_on)
    await page.get_by_role("button", name="Save").click()


async def sign_by_link(clerk: Page, debtor: Page) -> None:
    """Make a link on the open page of a mandate; the debtor signs with the code that the clerk reads to him."""
    mandate = clerk.url
    await clerk.get_by_text("Let the debtor sign by a link").click()
    await clerk.get_by_label("Mail of the debtor").fill("dora@example.org")
    await clerk.get_by_role("button", name="Make the link").click()
    link = await clerk.locator(".secret").inner_text()

    await debtor.goto("/sign/" + link.rpartition("/")[2])
    await expect(debtor.get_by_text("Beispiel GmbH asks you to sign this mandate")).to_be_visible()
    await debtor.get_by_role("button", name="Ask for the code").click()
    await clerk.goto(mandate)
    await clerk.get_by_role("button", name="Show the code").click()
    told = await clerk.get_by_text("The code for the debtor").inner_text()
    await debtor.get_by_label("Code").fill(told[-6:])
    await debtor.get_by_label("I have read the text above and agree.").check()
    await debtor.get_by_role("button", name="Sign the mandate").click()
    await expect(debtor.get_by_text("is signed")).to_be_visible()
    await clerk.goto(mandate)


async def freeze(page: Page) -> str:
    """Freeze what the plan shows; return the address of the run."""
    await page.goto("/collections")
    await expect(page.get_by_role("table", name="What will be collected").locator("tbody")).to_contain_text("320.27")
    await page.get_by_role("button", name="Freeze run").click()
    await expect(page.get_by_text("waits for the approval of another person than")).to_be_visible()
    await expect(page.get_by_role("link", name="Look and approve")).to_have_count(0)
    return page.url


async def approve(page: Page, desk: Desk, user: User, run: str) -> None:
    """Look at a run and approve it with a code of the second factor."""
    await page.goto(run)
    await page.get_by_role("link", name="Look and approve").click()
    await expect(page.get_by_text("2 that were never collected from")).to_be_visible()
    await page.get_by_label("Code").fill(desk.site.code(user))
    await page.get_by_role("button", name="Approve 320.27 EUR").click()
    await expect(page.get_by_text("Approved. The file may go to the bank.")).to_be_visible()


async def send(page: Page, run: str) -> bytes:
    """Download the file of an approved run and say that the bank has it."""
    await page.goto(run)
    await page.get_by_role("button", name="Send to the bank").click()
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download the file").click()
    data = (await (await download.value).path()).read_bytes()
    await page.get_by_label("What the bank says").fill("order 4711")
    await page.get_by_role("button", name="The bank has it").click()
    await expect(page.get_by_text("The bank has the file")).to_be_visible()
    return data


async def take_answers(page: Page, bank: FakeBank, folder: Path) -> None:
    """Bring everything in that the bank sent, in both formats."""
    paths = saved(bank.letters(), folder)
    await page.goto("/statements")
    await page.get_by_label("Bring bank files in").set_input_files(paths)
    await page.get_by_role("button", name="Upload").click()
    await expect(page.locator("#files tbody tr")).to_have_count(len(paths), timeout=20_000)
    await expect(page.locator("#files progress")).to_have_count(0, timeout=20_000)


async def see_invoice(page: Page, number: str, state: str) -> None:
    """Find an invoice and see how it stands."""
    await page.goto(f"/invoices?which=all&q={number}")
    await page.get_by_role("link", name=number).click()
    await expect(page.locator("#head")).to_contain_text(state)


async def present_again(page: Page) -> None:
    """Accept the day that is proposed for the debit that came back."""
    await page.get_by_role("link", name="Unpaid").click()
    row = page.get_by_role("row").filter(has_text="Dora Muster")
    await expect(row).to_contain_text("DD-2")
    await expect(row).to_contain_text("120.27")
    await row.get_by_role("link", name="Dora Muster").click()
    day = await page.get_by_label("Present again on").input_value()
    await page.get_by_role("button", name="Present again").click()
    await expect(page.get_by_text("The debit is planned again; the next run takes it.")).to_be_visible()
    await expect(page.locator("#head")).to_contain_text("presented again")
    await page.goto(f"/collections?until={day}")
    await expect(page.get_by_role("table", name="What will be collected").locator("tfoot")).to_contain_text("120.27")


async def broken(desk: Desk) -> list[str]:
    """Return what must always hold and does not."""
    async with desk.site.gateway.database.read() as session:
        return [sentence async for sentence in broken_invariants(session)]


@whole_story
async def test_from_a_signature_to_the_money_and_back(browser: Browser, quick_desk: Desk, tmp_path: Path) -> None:
    desk, bank = quick_desk, FakeBank()
    invoices = [
        told_invoice("DD-1", PAID, customer="D1", due_date=DUE),
        told_invoice("DD-2", NO_FUNDS, customer="D2", due_date=DUE),
    ]
    await bring_debtors(desk, ["Delta Bau GmbH", "Dora Muster"], invoices)
    anna = await desk.site.add_user(Role.APPROVER)
    approver = await desk.site.sign_in(user=anna)

    async with (
        page_of_clerk(browser, desk) as clerk,
        page_of(browser, desk, approver) as other,
        page_of(browser, desk, desk.site.browser()) as debtor,
    ):
        # One debtor signed on paper, the other signs by a link.
        await enter_mandate(clerk, "D1", german_iban(1), signed_on="2026-11-02")
        await expect(clerk.locator("#head")).to_contain_text("active")
        await enter_mandate(clerk, "D2", german_iban(2))
        await expect(clerk.locator("#head")).to_contain_text("draft")
        await sign_by_link(clerk, debtor)
        await expect(clerk.locator("#head")).to_contain_text("active")

        # Planned and frozen by the clerk, approved by another person, sent.
        run = await freeze(clerk)
        await desk.site.clock.pass_time(minutes=1)
        await approve(other, desk, anna, run)
        file = await send(clerk, run)

    # The bank takes the file, settles, and gives one debit back.
    bank.take_order(file, desk.site.clock())
    bank.close_day(BACK)
    async with page_of(browser, desk, await wait_until(desk, BACK)) as clerk:
        await take_answers(clerk, bank, tmp_path)
        await clerk.goto(run)
        await expect(clerk.get_by_role("row").filter(has_text="DD-1")).to_contain_text("credited")
        await expect(clerk.get_by_role("row").filter(has_text="DD-2")).to_contain_text("returned")

        # One invoice is paid, the other is open again.
        await see_invoice(clerk, "DD-1", "paid")
        await see_invoice(clerk, "DD-2", "open")
        await expect(clerk.get_by_role("region", name="What settled it")).to_contain_text(
            re.compile(r"Still open\s*120\.27")
        )

        # What came back stands in the register; its retry is accepted and will be in the next run.
        await present_again(clerk)
    assert await broken(desk) == []
