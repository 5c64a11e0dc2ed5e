"""A clerk's desk for tests of pages: a company with customers, invoices, an account, and people who look at it."""

import datetime as dt
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from gateway.services.manage_accounts import add_account
from gateway.services.manage_customers import add_customer
from gateway.services.manage_invoices import add_item
from gateway.store.work import SYSTEM
from gateway.web import background
from schemas.states import OpenItemKind, Role
from schemas.tables import CustomerRow, InvoiceRow
from support.bank import OUR_IBAN, camt, payment
from support.databases import Databases
from support.in_process import HereWorkers
from support.web import Answer, Browser, Site, open_site

CUSTOMERS = (("C1", "Alpha Werke GmbH"), ("C2", "Beta Handel AG"), ("C3", "Gamma SARL"))
# number, customer, amount, due
INVOICES = (
    ("FA-1001", "C1", 10_000, dt.date(2026, 11, 10)), ("FA-1002", "C1", 20_000, dt.date(2026, 12, 10)),
    ("FA-1003", "C2", 30_000, dt.date(2026, 11, 1)), ("FA-1004", "C2", 15_000, dt.date(2026, 12, 1)),
    ("FA-1005", "C3", 7_500, dt.date(2026, 12, 15)), ("GS-0001", "C1", -2_500, dt.date(2026, 12, 10)),
)  # fmt: skip
KNOWN = payment(10_000, "FA-1001", name="Alpha Werke GmbH", reference="R1")
STRANGER = payment(25_000, "FA-1003 Teilzahlung", name="Holding X", iban="DE02500105170137075030", reference="R2")
UNKNOWN = payment(50_000, "Sammelzahlung", name="Niemand", iban="DE02701500000000594937", reference="R3")
FEE = payment(1_990, "Danke", name="Irgendwer", iban="DE02100500000054540402", reference="R4")


class Desk:
    """A site with data, and the browsers of those who work there."""

    def __init__(self, site: Site, clerk: Browser) -> None:
        self.site = site
        self.clerk = clerk

    async def upload(
        self, data: bytes, name: str = "statement.xml", *, browser: Browser | None = None, unpack: bool = False
    ) -> Answer:
        """Upload a file as the form of the page does."""
        who = browser or self.clerk
        form = aiohttp.FormData()
        form.add_field("csrf", who.token)
        if unpack:
            form.add_field("unpack", "on")
        form.add_field("file", data, filename=name, content_type="application/octet-stream")
        answer = await who.ask("POST", "/statements", data=form, headers=who.origin)
        await background.finished()
        return answer

    async def question(self, words: str) -> str:
        """Return the address of the question whose line in the queue holds these words."""
        page = (await self.clerk.get("/review")).text
        for path, line in re.findall(r'<a id="q-\d+" href="(/review/\d+)[^"]*"[^>]*>(.*?)</a>', page, re.DOTALL):
            if words in line:
                return str(path)
        raise AssertionError(f"no question says {words!r}")


async def open_desk(site: Site, *, with_processes: bool = False) -> Desk:
    """Give a site its customers, invoices and account, and workers that need no process unless they are asked for."""
    if not with_processes:
        site.gateway.workers = HereWorkers(site)
    company = await site.company()
    database = site.gateway.database
    async with database.begin(actor=SYSTEM, now=site.clock(), company_id=company.id) as work:
        await add_account(work, account=OUR_IBAN, name="Main account")
    async with database.begin(actor=SYSTEM, now=site.clock(), company_id=company.id) as work:
        for number, name in CUSTOMERS:
            await add_customer(work, row=CustomerRow(0, number, name))
    async with database.begin(actor=SYSTEM, now=site.clock(), company_id=company.id) as work:
        for number, customer, minor, due_date in INVOICES:
            kind = OpenItemKind.INVOICE if minor > 0 else OpenItemKind.CREDIT_NOTE
            row = InvoiceRow(0, number, customer, "EUR", minor, kind, dt.date(2026, 10, 1), due_date)
            await add_item(work, row=row)
    return Desk(site, await site.sign_in(Role.CLERK))


@dataclass(frozen=True)
class ClosedDesk:
    """A desk that nobody has open: its database, its folder and the cookie of its clerk."""

    url: str
    folder: Path
    cookie: str


class Desks:
    """Desks that are made once on each kind of database; each test opens a copy."""

    def __init__(self, new_folder: Callable[[], Path]) -> None:
        self._new_folder = new_folder
        self._closed: dict[tuple[type[Databases], tuple[bytes, ...]], ClosedDesk] = {}

    @asynccontextmanager
    async def open_copy(self, databases: Databases, folder: Path, *files: bytes) -> AsyncIterator[Desk]:
        """Open a desk to which these files were brought."""
        closed = await self._made(databases, files)
        shutil.copytree(closed.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("gateway.db", "here"))
        url = databases.copy_of(closed.url, folder)
        async with open_site(url, folder) as site:
            site.gateway.workers = HereWorkers(site)
            site.users_count = 1
            clerk = site.browser()
            clerk.cookie = closed.cookie
            yield Desk(site, clerk)
        databases.drop(url)

    async def _made(self, databases: Databases, files: tuple[bytes, ...]) -> ClosedDesk:
        made = (type(databases), files)
        if made not in self._closed:
            self._closed[made] = await self._make(databases, files)
        return self._closed[made]

    async def _make(self, databases: Databases, files: tuple[bytes, ...]) -> ClosedDesk:
        folder = self._new_folder()
        url = databases.fresh_database(folder)
        async with open_site(url, folder) as site:
            desk = await open_desk(site)
            for data in files:
                await desk.upload(data)
            return ClosedDesk(url, folder, desk.clerk.cookie)


def day_statement() -> bytes:
    """Return a statement with a payment that explains itself and three that ask."""
    return camt(KNOWN, STRANGER, UNKNOWN, FEE)


def words_of(html: str) -> str:
    """Return the text of a page as it is read, single-spaced."""
    text = re.sub(r"<[^>]+>", " ", re.sub(r"</?(a|b|small|strong|span)\b[^>]*>", "", html))
    return " ".join(text.split())
