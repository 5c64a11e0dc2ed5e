"""Freeze due invoices into runs, committed, on each kind of database, against writing the same files alone.

``python -m bench.freeze [INVOICES]``. Each invoice is a debit of its own. CPU time counts, of our process and of what
the database's own processes spend for it.
"""

import asyncio
import csv
import datetime as dt
import sys
import tempfile
import time
from pathlib import Path

import psutil
from sqlalchemy import text

from bench.pain008 import _iban
from bench.server import databases, run
from gateway.domain.collecting.grouping import files_of
from gateway.services.collect_in_worker import without_gc
from gateway.services.freeze_run import CollectPlace, Maker, freeze_runs
from gateway.services.plan_collections import plan_collections
from gateway.services.prepare_run import new_message_id, prepare_file, write_file
from gateway.store.companies import all_companies
from gateway.store.database import Database, sqlite_url
from gateway.store.originals import Originals
from gateway.store.work import SYSTEM

INVOICES = 100_000
_EACH = 5  # Invoices of a customer, each due on another day.
_CREDITOR, _OWN = "DE98ZZZ09999999999", "DE89370400440532013000"


def main(invoices: int = INVOICES) -> None:
    """Print the ratios for both databases."""
    for name, url in databases():
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            today = dt.datetime.now(dt.UTC).date()
            _fill(place, url, invoices, today)
            asyncio.run(_measure(name, url or sqlite_url(place), place, today + dt.timedelta(days=60)))


def _fill(place: Path, url: str, invoices: int, today: dt.date) -> None:
    customers = range(invoices // _EACH)
    _table(place / "c.csv", "number name payment_method", ([f"K{n}", f"Kunde {n}", "direct_debit"] for n in customers))
    _table(
        place / "m.csv",
        "reference customer_number scheme type signature_date iban debtor_name creditor_identifier",
        ([f"M-{n}", f"K{n}", "CORE", "recurrent", today, _iban(n), f"Kunde {n}", _CREDITOR] for n in customers),
    )
    due = [today + dt.timedelta(days=20 + 7 * place) for place in range(_EACH)]
    _table(
        place / "i.csv",
        "number customer_number issue_date due_date currency amount notified_date",
        (
            [f"FA-{n}", f"K{n // _EACH}", today, due[n % _EACH], "EUR", f"{1 + n % 900}.{n % 100:02}", today]
            for n in range(invoices)
        ),
    )
    run(place, url, "accounts", "add", _OWN)
    for command, name in (("customers", "c"), ("mandates", "m"), ("invoices", "i")):
        run(place, url, f"import-{command}", str(place / f"{name}.csv"))


def _table(path: Path, head: str, rows: object) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(head.split())
        out.writerows(rows)  # type: ignore[arg-type]


async def _measure(name: str, url: str, place: Path, until: dt.date) -> None:
    database = Database(url)
    collecting = CollectPlace(
        database, Originals(place / "originals", size_max=10**10), lambda: dt.datetime.now(dt.UTC)
    )
    async with database.begin(actor=SYSTEM, now=collecting.now()) as work:
        company = (await all_companies(work.session))[0]
        company.creditor_identifier = _CREDITOR
        work.session.add(company)
    alone = await _alone(collecting, company.id, until, place)
    folder = await _folder_of(database)
    began, cpu = time.monotonic(), _cpu(folder)
    with without_gc():
        frozen = await freeze_runs(collecting, company_id=company.id, until_date=until, maker=Maker(SYSTEM, None))
    spent, took = _cpu(folder) - cpu, time.monotonic() - began
    await database.close()
    print(
        f"freeze {name}: {spent:.2f} s of CPU ({took:.2f} s), the files alone {alone:.2f} s, ratio {spent / alone:.2f}"
        f" (at most 6); {len(frozen.run_ids)} runs"
    )


async def _alone(collecting: CollectPlace, company_id: int, until: dt.date, place: Path) -> float:
    now = collecting.now()
    async with collecting.database.read() as session:
        plan = await plan_collections(session, company_id=company_id, until_date=until, now=now, profiles={})
    files = [prepare_file(file, new_message_id(), today=now.date()) for file in files_of(plan.collections)]
    began = time.process_time()
    for number, file in enumerate(files):
        with (place / f"{number}.xml").open("wb") as out:
            write_file(file, now, out)
    return time.process_time() - began


async def _folder_of(database: Database) -> str:
    """Return the folder of the server, which tells its processes from those of others; SQLite has none."""
    if database.is_sqlite:
        return ""
    async with database.read() as session:
        return str((await session.execute(text("SHOW data_directory"))).scalar_one())


def _cpu(folder: str) -> float:
    """Return the CPU time of our process and of the processes of a server on this machine."""
    spent = time.process_time()
    for process in psutil.process_iter(["name", "cwd"]):
        if folder and process.info["name"] == "postgres" and process.info["cwd"] == folder:
            times = process.cpu_times()
            spent += times.user + times.system
    return spent


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else INVOICES)
