"""Every page of the gateway, with data on it and somebody who may see it."""

import datetime as dt
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

import aiohttp
from playwright.async_api import Browser, Page

from gateway.services.invite_user import make_link
from gateway.services.log_in import renew_session
from gateway.store.work import SYSTEM
from schemas.states import Role
from support.bank import camt, payment
from support.debits import answered_run, bring_debtors, discarded_run, frozen_run, run_being_sent
from support.desk import Desk, day_statement
from support.master_data import german_iban, imported, mandate
from support.match_alarms import add_account_at, count_at, write_days
from support.treasury import told_invoice
from support.web import Site

_LATER = payment(5_000, "x").booking_date.replace(day=19)
_WEEK = dt.timedelta(days=7)
_TABLE = "number,customer_number,issue_date,due_date,currency,amount\n"
_ASKING = "Rechnungsnummer;Kundennummer;Rechnungsdatum;Fällig am;Betrag\nFA-3003;C1;03/04/2026;05/06/2026;1.234\n"
_ADVICE = "Rechnung;Brutto;Skonto;Abzug;Betrag\nFA-1003;300,00;6,00;;294,00\nFA-9999;7,00;;2,00;5,00\nSumme;;;;300,00\n"
_GOOD = _TABLE + "FA-3001,C1,2026-11-01,2026-12-01,EUR,119.00\nFA-1005,C3,2026-10-01,2026-12-31,EUR,75.00\n"
_MIXED = _TABLE + "FA-3001,C1,2026-11-01,2026-12-01,EUR,119.00\nFA-3002,C1,2026-11-01,2026-12-01,EUR,1e3\n"
# Of a replay: nothing is booked by reference, small rests are let go.
_RULES = (
    "rules=1&book_partial=on&ignore_outgoing=on&tolerance_minor=9.00&fee_limit_minor=0.00&discount_rounding_minor=0.01"
    "&discount_grace_days=0&combination_items_max=12&combination_steps_max=20000"
    "&habit_right_min=3"
)


class Who(Enum):
    """Somebody who looks at pages."""

    STRANGER = auto()
    HALF = auto()  # The password was right, the second factor is missing.
    NEW = auto()  # Has to set the second factor up.
    EVERYBODY = auto()  # Clerk, auditor and administrator in one: the longest pages.
    APPROVER = auto()  # Approves what others made.
    BEGINNER = auto()  # The same where nothing was done yet.


class Stop(NamedTuple):
    """A page of the tour: its path, in which the names of ``addresses`` stand for what was found, and who looks."""

    path: str
    who: Who = Who.EVERYBODY
    status: int = 200


STOPS = (
    Stop("/log-in", Who.STRANGER), Stop("/welcome/{link}", Who.STRANGER), Stop("/log-in/second-factor", Who.HALF),
    Stop("/second-factor", Who.NEW), Stop("/api/docs", Who.STRANGER), Stop("/dashboard", Who.BEGINNER),
    Stop("/dashboard"), Stop("{question}"), Stop("{question}/split"), Stop("{question}/remember"),
    Stop("/review?mine=1"), Stop("/review/strong"), Stop("/statements"), Stop("{statement}"), Stop("{held}"),
    Stop("{file}"), Stop("{file}/undo"), Stop("/advices"), Stop("{advice}"), Stop("{transaction}"), Stop("{transaction}/undo"),
    Stop("/invoices"), Stop("/invoices/new"), Stop("{invoice}"), Stop("{invoice}/change"),
    Stop("/customers"), Stop("/customers/new"), Stop("{customer}"), Stop("{customer}/change"),
    Stop("/mandates"), Stop("/mandates/new"), Stop("{mandate}"), Stop("{mandate}/change"), Stop("/changes"),
    Stop("{signing}", Who.STRANGER), Stop("/settings/creditors"), Stop("/settings/collections"),
    Stop("/settings/rules"), Stop("{rule}", Who.APPROVER), Stop("/settings/rules/new", Who.APPROVER),
    Stop("/settings/collections/reason?code=AM04"), Stop("/settings/learned"), Stop("{habit}"), Stop("{payer}"),
    Stop("/collections?until=2026-12-31"),
    Stop("/collections/runs"), Stop("{run}"), Stop("{run}/approve", Who.APPROVER), Stop("/refunds"),
    Stop("{credit}/refund"), Stop("/unpaid"), Stop("{unpaid}"),
    Stop("/imports/invoices"), Stop("{good}"), Stop("{mixed}"), Stop("{asking}"), Stop("/search?q=FA"),
    Stop("/reports/matching"), Stop("/account"), Stop("/settings"), Stop("/settings/replay"), Stop("/banks"),
    Stop("/users"), Stop("/users/invite"),
    Stop("/users/tokens/new"), Stop("{user}"), Stop("/audit"), Stop("/parts"), Stop("/invoices/123456", status=404),
)  # fmt: skip
# The same pages with other rows on them, or with none.
MORE_STOPS = (
    Stop("/welcome/used-up", Who.STRANGER, 404), Stop("/statements", Who.BEGINNER), Stop("/invoices", Who.BEGINNER),
    Stop("/customers", Who.BEGINNER), Stop("/mandates", Who.BEGINNER), Stop("/mandates?which=all"), Stop("{active}"),
    Stop("{active}/change"), Stop("/sign/nothing", Who.STRANGER, 404), Stop("{signing_with_code}", Who.STRANGER),
    Stop("/changes", Who.BEGINNER), Stop("/changes", Who.APPROVER), Stop("/settings/creditors", Who.BEGINNER),
    Stop("/settings/learned", Who.BEGINNER), Stop("/settings/learned?which=habits"),
    Stop("/collections", Who.BEGINNER), Stop("/collections/runs", Who.BEGINNER), Stop("{run}", Who.APPROVER),
    Stop("/collections?until=2026-12-31&letters=1"), Stop("{sending}"), Stop("{returned}"), Stop("{discarded}"), Stop("/unpaid", Who.BEGINNER),
    Stop("/refunds?which=all", Who.APPROVER), Stop("/refunds", Who.BEGINNER),
    Stop("/unpaid?which=retried"), Stop("{retried}"),
    Stop("/settings/rules", Who.APPROVER), Stop("/settings/rules", Who.BEGINNER), Stop("{rule}"),
    Stop("/settings/rules/new?question={question_key}", Who.APPROVER), Stop("{question}", Who.APPROVER),
    Stop("/advices", Who.BEGINNER), Stop("{refused_advice}"),
    Stop("/review", Who.BEGINNER), Stop("/review"), Stop("/review/chosen"),
    Stop("{question}/split?other=1"), Stop("/statements?state=held"), Stop("/invoices?which=overdue"),
    Stop("/invoices?which=cancelled"), Stop("/imports/customers"), Stop("/imports/mandates"), Stop("/imports/collections"), Stop("{refused}"),
    Stop("/settings/replay?from_date=2026-11-01&to_date=2026-12-31&" + _RULES),
    Stop("/settings/replay?from_date=2020-01-01&to_date=2020-01-31"),
    Stop("/reports/matching", Who.BEGINNER), Stop("/search?q=nothing-like-it"), Stop("/audit?about={subject}"),
)  # fmt: skip


@dataclass
class Tour:
    """Two gateways, one with a day's work and one empty, and a browser that goes from page to page of both."""

    sites: dict[Who, Site]
    cookies: dict[Who, str]
    page: Page
    addresses: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)  # On the console.
    asked: list[str] = field(default_factory=list)  # Of others than the gateway.
    who: Who | None = None

    async def go(self, stop: Stop, *, language: str = "en") -> None:
        """Open a page."""
        site = self.sites[stop.who]
        if stop.who is not self.who:
            await self.page.context.clear_cookies()
            if cookie := self.cookies.get(stop.who):
                await self.page.context.add_cookies([{"name": "gateway", "value": cookie, "url": site.url}])
            self.who = stop.who
        await self.page.set_extra_http_headers({"Accept-Language": language})
        answer = await self.page.goto(site.url + stop.path.format_map(self.addresses))
        assert answer is not None
        assert (answer.status, answer.request.redirected_from) == (stop.status, None), stop.path

    def path_of(self, stop: Stop) -> str:
        """Return the path of a page, without what is asked of it."""
        return stop.path.format_map(self.addresses).partition("?")[0]

    def listen(self) -> None:
        """Note what pages say on the console and whom else they ask."""
        ours = tuple(site.url for site in self.sites.values())
        self.page.on("console", lambda message: self._note(message.text, message.location["url"]))
        self.page.on("pageerror", lambda error: self.said.append(f"{self.page.url}: {error}"))
        self.page.on("request", lambda sent: None if sent.url.startswith(ours) else self.asked.append(sent.url))

    def _note(self, text: str, address: str) -> None:
        """Note what was said, but that a page which is not there is not there."""
        if not (text.startswith("Failed to load resource") and address == self.page.url):
            self.said.append(f"{self.page.url}: {text}")


@asynccontextmanager
async def open_tour(browser: Browser, desk: Desk, empty: Site) -> AsyncIterator[Tour]:
    """Do a day's work at a desk, so that there is something on each page, and open a browser."""
    context = await browser.new_context(bypass_csp=True, reduced_motion="reduce")
    sites = {who: empty if who is Who.BEGINNER else desk.site for who in Who}
    addresses = await _work(desk)
    tour = Tour(sites, await _cookies(desk.site, empty), await context.new_page(), addresses)
    tour.page.set_default_timeout(10_000)
    tour.listen()
    await context.add_init_script(path=Path(__file__).with_name("page_checks.js"))
    yield tour
    await context.close()


async def _cookies(site: Site, empty: Site) -> dict[Who, str]:
    all_roles = (Role.CLERK, Role.AUDITOR, Role.ADMINISTRATOR)
    return {
        Who.HALF: await _half_cookie(site, is_enrolled=True),
        Who.NEW: await _half_cookie(site, is_enrolled=False),
        Who.EVERYBODY: (await site.sign_in(*all_roles)).cookie,
        Who.APPROVER: (await site.sign_in(Role.APPROVER)).cookie,
        Who.BEGINNER: (await empty.sign_in(*all_roles)).cookie,
    }


async def _half_cookie(site: Site, *, is_enrolled: bool) -> str:
    """Return the cookie of an administrator whose password was right."""
    user = await site.add_user(Role.ADMINISTRATOR, is_enrolled=is_enrolled)
    async with site.gateway.database.begin(actor=SYSTEM, now=site.clock(), ids=10) as work:
        return await renew_session(work, user_id=user.id, old_session="", is_verified=False)


async def _work(desk: Desk) -> dict[str, str]:
    """Bring files in, some with faults, and return an address of each kind, followed from the lists."""
    collected = await _collect(desk)
    await desk.upload(day_statement())
    await desk.upload(camt(payment(5_000, "x"), closing=99, number="50", day=_LATER))
    paid = await _first(desk, "/invoices?which=paid", r"/invoices/\d+")
    invoice = await _first(desk, "/invoices", r"/invoices/\d+")
    auditor = await desk.site.add_user(Role.AUDITOR)
    await _teach(desk)
    draft, signing = await _mandate(desk, "D1")
    _, asked = await _mandate(desk, "D2")
    await desk.site.browser().post(f"{asked}/code")
    credit = await _first(desk, "/invoices?kind=credit_note", r"/invoices/\d+")
    refund = {"amount": "1.00", "account": "other", "iban": german_iban(8), "reason": "he asked for it"}
    assert (await desk.clerk.post(f"{credit}/refund", refund)).status == 303
    await _alarm(desk)
    return collected | {
        "mandate": draft,
        "credit": credit,
        "signing": signing,
        "signing_with_code": asked,
        "link": await _link(desk.site),
        "question": (question := await _first(desk, "/review", r"/review/\d+")),
        "question_key": question.rsplit("/", 1)[1],
        "rule": await _rule(desk),
        "transaction": await _first(desk, paid, r"/bank-transactions/\d+"),
        "habit": await _first(desk, "/settings/learned?which=habits", r"/settings/learned/habits/\d+"),
        "payer": await _first(desk, "/settings/learned", r"/settings/learned/accounts/\d+"),
        "statement": await _first(desk, "/statements?state=imported", r"/statements/\d+"),
        "held": await _first(desk, "/statements?state=held", r"/statements/\d+"),
        "file": await _first(desk, "/statements", r"/statements/files/\d+"),
        "advice": await _advice(desk, _ADVICE),
        "refused_advice": await _advice(desk, "nothing"),
        "invoice": invoice,
        "subject": "open_item:" + invoice.rsplit("/", 1)[1],
        "customer": await _first(desk, "/customers", r"/customers/\d+"),
        "good": await _table(desk, _GOOD),
        "mixed": await _table(desk, _MIXED),
        "asking": await _table(desk, _ASKING),
        "refused": await _table(desk, "colour,size\nred,3\n"),
        "user": f"/users/{auditor.id}",
    }


async def _advice(desk: Desk, text: str) -> str:
    form = aiohttp.FormData([("csrf", desk.clerk.token)])
    form.add_field("file", text.encode(), filename="avis.csv")
    return (await desk.clerk.ask("POST", "/advices", data=form, headers=desk.clerk.origin)).location


async def _teach(desk: Desk) -> None:
    """Give silent money of a customer to his oldest invoices, so that his account and his habit are learned."""
    entry = payment(1_001, "a conto", name="Gamma SARL", iban=german_iban(7), reference="G1", day=_LATER)
    await desk.upload(camt(entry, number="51", message_id="G1", day=_LATER))
    question = await desk.question("10.01")
    card = re.search(
        r'name="place" value="(\d+)"(?:(?!name="place").)*oldest items first',
        (await desk.clerk.get(question)).text,
        re.DOTALL,
    )
    assert card is not None
    assert (await desk.clerk.post(f"{question}/accept", {"place": card[1]})).status == 303


async def _alarm(desk: Desk) -> None:
    """Count how well matching does, of an account of which it books less than before."""
    company = await desk.site.company()
    database = desk.site.gateway.database
    await write_days(database, company.id, await add_account_at(database, company.id, "Konto", "COBADEFFXXX"))
    await count_at(database, company.id)


async def _collect(desk: Desk) -> dict[str, str]:
    """Collect: a run in each state, a mandate whose account changes, and days that go by in between."""
    due, back, later = dt.date(2026, 12, 1), dt.date(2026, 12, 3), dt.date(2026, 12, 15)
    minors = (20_000, 12_027, 8_021, 30_037)  # The last three come back.
    invoices = [
        told_invoice(f"DD-{place}", minor, customer=f"D{place}", due_date=due) for place, minor in enumerate(minors, 1)
    ]
    for place, day in ((1, later), (2, later + _WEEK), (5, later), (1, later + 2 * _WEEK)):
        invoices.append(told_invoice(f"DD-{place}-{day:%d}", 4_500, customer=f"D{place}", due_date=day))
    invoices.append(told_invoice("DD-2-29", 4_500, customer="D2", due_date=later + 2 * _WEEK, notified_date=None))
    await bring_debtors(desk, ("Delta Bau GmbH", "Dora Muster", "Drei Eichen KG", "Dupont SARL", "Ohne AG"), invoices)
    signed = [mandate(f"M-{place}", customer=f"D{place}", iban=german_iban(place)) for place in range(1, 5)]
    await imported(desk.site.gateway.database, (await desk.site.company()).id, *signed)
    returned = await answered_run(desk, due, back=back)
    active = await _first(desk, "/mandates?q=M-1", r"/mandates/\d+")
    await desk.clerk.post(f"{active}/account", {"iban": german_iban(9), "reason": "another bank"})
    retried = await _first(desk, "/unpaid?reason=AM04", r"/unpaid/\d+")
    answer = await desk.clerk.post(retried, {"what": "retry"})
    assert answer.status == 303, answer.text
    return {
        "retried": retried,
        "unpaid": await _first(desk, "/unpaid", r"/unpaid/\d+"),
        "active": active,
        "returned": returned,
        "discarded": await discarded_run(desk, later),
        "sending": await run_being_sent(desk, later),
        "run": await frozen_run(desk, later + _WEEK),
    }


async def _rule(desk: Desk) -> str:
    """Let an approver write rules; return the page of the first."""
    approver = await desk.site.sign_in(Role.APPROVER)
    asked = {
        "text1": "zinsen",
        "least": "1.00",
        "most": "99.00",
        "currency": "EUR",
        "direction": "in",
        "reason": "year",
    }
    rules = (
        asked | {"name": "Zinsen", "action": "set_aside", "category": "interest", "account_word": "7100"},
        {"name": "Abschlag", "payer": "Delta Bau", "action": "customer", "customer": "D1", "books_exact": "on"},
    )
    for fields in rules:
        answer = await approver.post("/settings/rules", fields)
        assert answer.status == 303, answer.text
    found = re.search(r"/settings/rules/\d+", (await approver.get("/settings/rules")).text)
    assert found is not None
    return found[0]


async def _mandate(desk: Desk, number: str) -> tuple[str, str]:
    """Enter a mandate that is to be signed, and return its page and the one on which the debtor signs."""
    entry = {"customer": number, "iban": "DE02120300000000202051", "scheme": "CORE", "type": "recurrent"}
    page = (await desk.clerk.post("/mandates/new", entry)).location
    made = await desk.clerk.post(f"{page}/link", {"email": "debtor@example.org", "language": "en"})
    found = re.search(r"/sign/[\w-]+", made.text)
    assert found is not None
    return page, found[0]


async def _link(site: Site) -> str:
    """Return the link with which somebody sets his password."""
    user = await site.add_user(Role.VIEWER)
    async with site.gateway.database.begin(actor=SYSTEM, now=site.clock(), ids=10) as work:
        return await make_link(work, user_id=user.id)


async def _first(desk: Desk, path: str, pattern: str) -> str:
    """Return the first address on a page that fits."""
    page = (await desk.clerk.get(path)).text
    found = re.search(rf'<main.*?href="({pattern})["?]', page, re.DOTALL)
    assert found is not None, (path, pattern)
    return found[1]


async def _table(desk: Desk, text: str) -> str:
    """Bring a table of invoices in and return where it is shown."""
    form = aiohttp.FormData()
    form.add_field("csrf", desk.clerk.token)
    form.add_field("file", text.encode(), filename="open items.csv", content_type="text/csv")
    answer = await desk.clerk.ask("POST", "/imports/invoices", data=form, headers=desk.clerk.origin)
    return answer.location
