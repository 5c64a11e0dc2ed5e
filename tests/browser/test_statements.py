"""Bank files in a real browser: dropped on the page, each with its row and its sentence, from a day to the line of its file."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from schemas.states import Role
from support.bank import camt, mt940, payment
from support.chromium import page_of, page_of_clerk
from support.desk import Desk, day_statement

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]  # The loop of the browser.
TUESDAY, WEDNESDAY = (payment(0).booking_date.replace(day=day) for day in (17, 18))
PART = payment(5_000, "x", day=WEDNESDAY)
DROP = """(files) => {
  const transfer = new DataTransfer();
  for (const [name, text] of files)
    transfer.items.add(new File([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))], name));
  return transfer;
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, quick_desk: Desk) -> AsyncIterator[Page]:
    async with page_of_clerk(browser, quick_desk) as opened:
        yield opened


async def drop(page: Page, place: str, files: dict[str, bytes]) -> None:
    """Drop files on a part of the page."""
    named = [(name, base64.b64encode(data).decode()) for name, data in files.items()]
    transfer = await page.evaluate_handle(DROP, named)
    await page.dispatch_event(place, "dragover", {"dataTransfer": transfer})
    await page.dispatch_event(place, "drop", {"dataTransfer": transfer})


async def test_files_dropped_anywhere_have_a_row_at_once_and_end_as_one_sentence(
    page: Page, quick_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_read, workers = asyncio.Event(), quick_desk.site.gateway.workers
    read = workers.import_file

    async def import_file(file_id: int) -> None:
        await may_read.wait()
        await read(file_id)

    monkeypatch.setattr(workers, "import_file", import_file)
    after = payment(15_000, "FA-1004", name="Beta Handel AG", reference="R9", day=TUESDAY)
    may_send, row = asyncio.Event(), page.locator("#files tbody tr")

    async def hold(route: Route) -> None:
        await may_send.wait()
        await route.continue_()

    await page.goto("/statements")
    await page.route("**/statements", hold)

    await drop(
        page,
        "h1",
        {
            "monday.xml": day_statement(),
            "tuesday.sta": mt940(after, opening=96_990, number="42", day=TUESDAY),
            "wednesday.xml": camt(PART, opening=111_990, closing=99, number="43", day=WEDNESDAY),
            "broken.xml": day_statement().replace(b">250.00<", b">2.5.0<"),
            "holiday.pdf": b"%PDF-1.7 a photo of a beach",
        },
    )
    await expect(page.locator("#upload p").filter(has=page.locator("progress"))).to_have_count(5)
    may_send.set()
    await expect(row).to_have_count(5, timeout=20_000)
    await expect(row.filter(has_text="monday.xml").get_by_role("progressbar")).to_be_visible()
    await expect(row.filter(has_text="monday.xml")).to_contain_text("Received")
    may_read.set()

    await expect(row.filter(has_text="monday.xml")).to_contain_text("4 entries, 1 matched, 3 to review")
    await expect(row.filter(has_text="tuesday.sta")).to_contain_text("1 entry, 1 matched")
    await expect(row.filter(has_text="wednesday.xml")).to_contain_text(
        "Held: It does not add up. Opening 1119.90 plus entries 50.00 is 1169.90, the bank says 0.99"
    )
    await expect(row.filter(has_text="broken.xml")).to_contain_text(
        re.compile(r"Refused: line \d+: .*'2\.5\.0' is not a number")
    )
    await expect(row.filter(has_text="holiday.pdf")).to_contain_text("Refused:")
    await expect(page.locator("#head")).to_contain_text("1 is held and waits for a decision")

    # The same file once more.
    await drop(page, "#files", {"again.xml": day_statement()})
    await expect(page.locator("#files")).to_contain_text(re.compile(r"Known since .*, nothing changed"))


async def test_a_day_of_the_calendar_leads_to_its_statement_and_an_entry_to_its_line_in_the_file(
    page: Page, quick_desk: Desk
) -> None:
    await quick_desk.upload(day_statement(), name="monday.xml")
    await page.goto("/statements")

    await page.get_by_role("region", name="Which statement is missing?").get_by_role("link", name="16 Nov").click()
    await expect(page.get_by_role("heading", name="Statement 41")).to_be_visible()
    await page.get_by_role("link", name="Holding X").click()
    line = page.get_by_role("link", name=re.compile(r"line \d+ of monday.xml"))
    number = int(re.search(r"\d+", await line.inner_text())[0])  # type: ignore[index]
    await line.click()
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Original file").click()

    original = (await (await download.value).path()).read_bytes()
    assert original == day_statement()
    entry = b"\n".join(original.splitlines()[number - 1 :]).partition(b"</Ntry>")[0]
    assert entry.lstrip().startswith(b"<Ntry>")
    assert b"Holding X" in entry


async def test_a_held_statement_is_taken_with_a_reason_by_the_one_who_may(
    browser: Browser, page: Page, quick_desk: Desk
) -> None:
    await quick_desk.upload(camt(PART, closing=99, number="43", day=WEDNESDAY), name="wednesday.xml")

    # The clerk sees what speaks for and against it, and who can decide.
    await page.goto("/statements?state=held")
    await page.locator("#statements tbody th a").click()
    await expect(page.get_by_text("Opening balance and entries do not give the closing balance")).to_be_visible()
    await expect(page.get_by_text("An approver can take it with a reason, or reject it.")).to_be_visible()
    await expect(page.get_by_role("button", name="Take it in spite of this")).to_have_count(0)

    async with page_of(browser, quick_desk, await quick_desk.site.sign_in(Role.APPROVER)) as other:
        await other.goto(page.url)
        await other.get_by_label("Reason").fill("the bank corrects its balance tomorrow")
        await other.get_by_role("button", name="Take it in spite of this").click()
        await expect(other.locator("#toasts")).to_contain_text("Taken; your reason stays with it.")
        await expect(other.get_by_text("Reason: the bank corrects its balance tomorrow")).to_be_visible()
        await expect(other.locator("#entries tbody tr")).to_have_count(1)

    await page.reload()
    await expect(page.get_by_text("Taken by Person 2 in spite of")).to_be_visible()
