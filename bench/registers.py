"""A company of 100 000 mandates that collects, on both databases: its pages, a run that is credited, what comes back.

``python -m bench.registers [MANDATES]``. CPU time counts, of the gateway and of what the database's own processes
spend for it; pages are asked for one at a time, each after something was written, so that nothing counted before
holds. The register of what came back has as many rows as there are mandates, and so has the run that waits.
"""

import asyncio
import datetime as dt
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import aiohttp

from bench import registers_data as data
from bench.server import Spending, databases, ready, serving, timed_run
from bench.sign_in import sign_in
from gateway.domain.calendar import bank_days_after
from gateway.store.database import Database, sqlite_url

MANDATES = 100_000
_PART = 20  # One in so many comes back first, and has a changed account that waits.
_PORT = 8972
_BASE = f"http://127.0.0.1:{_PORT}"
_PAGE_MS = 200
_ROUNDS = 5
_PAGES = (
    "/mandates", "/mandates?which=all", "/mandates?which=ending", "/mandates?which=ended", "/mandates?q=Kunde+99",
    "/mandates?which=all&q=M-777", "/mandates?q=nobody", "/unpaid", "/unpaid?which=all", "/unpaid?which=paid",
    "/unpaid?which=all&mine=1", "/unpaid?reason=AM04", "/unpaid?reason=MD01", "/unpaid?kind=reject", "/unpaid?q=K777",
    "/unpaid?q=M-777", "/unpaid?q=Kunde", "/unpaid?q=nobody", "/collections/runs", "/changes", "/refunds",
    "/refunds?which=all", "/settings/collections",
)  # fmt: skip
# A page, and the pattern of the first address on it that is asked for too.
_FIRST = (
    ("/mandates", r'href="(/mandates/\d+)'),
    ("/mandates", r'href="(/mandates\?[^"]*cursor=[^"]+)'),
    ("/unpaid", r'href="(/unpaid/\d+)'),
    ("/unpaid", r'href="(/unpaid\?[^"]*cursor=[^"]+)'),
)
_EXPORTS = ("/mandates/export.csv", "/mandates/export.xlsx", "/unpaid/export.csv", "/unpaid/export.xlsx")


class Runs(NamedTuple):
    """The run that was credited and came back, and the one that waits."""

    credited: int
    waiting: int


def main(mandates: int = MANDATES) -> None:
    """Print what settling and taking back cost, against freezing the same debits, and the CPU time of each page."""
    for kind, url in databases():
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            runs = _fill(place, kind, url, mandates)
            with serving(place, url, port=_PORT) as server:
                asyncio.run(_ask(kind, Spending(url, server.pid), url or sqlite_url(place), runs))


def _fill(place: Path, kind: str, url: str, mandates: int) -> Runs:
    now = dt.datetime.now(dt.UTC)
    today, stored = now.date(), url or sqlite_url(place)
    data.add_company(place, url, mandates, today)
    spending = Spending(url)
    [credited] = asyncio.run(data.freeze(stored, place, now - data.AGO, today - data.AHEAD))
    frozen = spending.seconds()
    asyncio.run(data.send(stored, place, now - data.AGO, credited))
    sent = spending.seconds() - frozen
    _print(f"{kind}: {mandates} debits frozen in {frozen:.1f} s of CPU; approved and sent", sent / frozen, 1)
    _come_back(place, kind, url, credited, frozen)
    data.add_invoices(place, url, mandates, "NEU", today, today + data.AHEAD)
    [waiting] = asyncio.run(data.freeze(stored, place, dt.datetime.now(dt.UTC), today + 2 * data.AHEAD))
    data.change_accounts(place, url, mandates // _PART, today)
    return Runs(credited, waiting)


def _come_back(place: Path, kind: str, url: str, run_id: int, frozen: float) -> None:
    """Let the bank credit a run in one sum, and take all of it back in two statements."""
    block, debits = asyncio.run(data.sent(url or sqlite_url(place), run_id))
    day, total = data.credited_on(dt.datetime.now(dt.UTC).date()), sum(debit.amount_minor for debit in debits)
    few, many = debits[: len(debits) // _PART], debits[len(debits) // _PART :]
    left = total - sum(debit.amount_minor for debit in few)
    data.write_credit(place / "credit.xml", block, debits, day)
    data.write_returns(place / "few.xml", 2, total, few, bank_days_after(day, 2))
    data.write_returns(place / "many.xml", 3, left, many, bank_days_after(day, 3))
    for name, what in (
        ("credit", f"{len(debits)} debits settled by one credit"),
        ("few", f"{len(few)} returns imported"),
        ("many", f"{len(many)} returns imported"),
    ):
        used = timed_run(place, url, "import", str(place / f"{name}.xml"))
        most = {"credit": 1.0, "few": 0.5, "many": 4.0}[name]
        _print(f"{kind}: {what} in {used.seconds:.1f} s of CPU, {used.peak_mb} MB", used.seconds / frozen, most)


def _print(what: str, ratio: float, most: float) -> None:
    mark = "" if ratio <= most else "  TOO SLOW"
    print(f"  {what}: {ratio:.2f} times freezing them (at most {most:.1f}){mark}", flush=True)


async def _ask(kind: str, spending: Spending, stored: str, runs: Runs) -> None:
    database = Database(stored)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:  # The host is an address.
        await ready(session, _BASE)
        await sign_in(session, _BASE, "bench", data.PASSWORD)
        credit = await _credit(session)
        addresses = [*_PAGES, *[await _first(session, *one) for one in _FIRST], *_of_runs(runs), credit]
        for address in addresses:
            await _get(session, address)  # What is prepared once, the first time.
            seconds = await _spent(session, spending, database, address)
            mark = "" if seconds * 1000 <= _PAGE_MS else "  TOO SLOW"
            print(f"  {kind}: {address}: {seconds * 1000:.0f} ms of CPU (at most {_PAGE_MS}){mark}", flush=True)
        for address in _EXPORTS:
            before = spending.seconds()
            await _get(session, address)
            print(f"  {kind}: {address}: {spending.seconds() - before:.1f} s of CPU", flush=True)
    await database.close()


async def _credit(session: aiohttp.ClientSession) -> str:
    """Return the page of the credit that settled the run: its statement is the first."""
    statements = re.findall(r'href="(/statements/\d+)"', await _get(session, "/statements"))
    return await _first(session, statements[-1], r'href="(/bank-transactions/\d+)')


def _of_runs(runs: Runs) -> Iterator[str]:
    yield f"/collections/runs/{runs.credited}"
    yield f"/collections/runs/{runs.waiting}"
    yield f"/collections/runs/{runs.waiting}/approve"


async def _first(session: aiohttp.ClientSession, page: str, pattern: str) -> str:
    found = re.search(pattern, await _get(session, page))
    if not found:
        raise SystemExit(f"{page} shows nothing to open")
    return found[1].replace("&amp;", "&")


async def _spent(session: aiohttp.ClientSession, spending: Spending, database: Database, address: str) -> float:
    """Return the CPU time of one answer."""
    spent = 0.0
    for _ in range(_ROUNDS):
        await data.write_something(database)
        before = spending.seconds()
        await _get(session, address)
        spent += spending.seconds() - before
    return spent / _ROUNDS


async def _get(session: aiohttp.ClientSession, address: str) -> str:
    async with session.get(_BASE + address) as answer:
        if answer.status != 200:
            raise SystemExit(f"{address}: HTTP {answer.status}")
        return (await answer.read()).decode("utf-8", "replace")


if __name__ == "__main__":
    started = time.monotonic()
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MANDATES)
    print(f"{time.monotonic() - started:.0f} s in all")
