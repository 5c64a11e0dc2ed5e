"""Matching alone: as many entries as open invoices, against a bare lxml walk over the statement they come from.

``python -m bench.matching [ENTRIES]``. Everything is in memory; CPU time counts. Also how it grows, how long the
slowest entries take, and sums among two hundred open items of one customer.
"""

import asyncio
import datetime as dt
import math
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from bench import camt
from bench.server import fill, run
from bench.upload_data import write_data
from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.decide import decide
from gateway.domain.matching.match import match_statement
from gateway.domain.matching.model import Credit, Customer, KnownIban, OpenItem, Policy
from gateway.services.collect_in_worker import without_gc
from gateway.store import open_items, parties
from gateway.store.bank_transactions import CREDIT_NAMES, unexplained_of
from gateway.store.bank_transactions import bank_transactions as table
from gateway.store.companies import all_companies
from gateway.store.database import Database, sqlite_url
from schemas.states import IbanSource, OpenItemKind

_DATA = Path(__file__).parent / "data"
_LARGE = 100_000
_DAY = dt.date(2026, 3, 2)


class Given(NamedTuple):
    """What an index is made from, and the credits to match."""

    items: Sequence[OpenItem]
    customers: Sequence[Customer]
    ibans: Sequence[KnownIban]
    credits: Sequence[Credit]


def main(entries: int = _LARGE) -> None:
    """Print the ratios."""
    small, large = _measured(entries // 10), _measured(entries)
    print(f"matching: index {large.build / large.walk:.2f} walks (at most 0.4, aim 0.15), "
          f"match {large.match / large.walk:.2f} walks (at most 1, aim 0.5)")  # fmt: skip
    print(f"matching: growth exponent {math.log10(large.match / small.match):.2f} from {entries // 10} (at most 1.15)")
    _fifty()
    _hard()


class _Times(NamedTuple):
    """CPU seconds."""

    walk: float
    build: float
    match: float


def _measured(entries: int) -> _Times:
    folder = _DATA / f"upload-{entries}"
    write_data(folder, entries)
    given = _given(folder)
    with without_gc():
        began = time.process_time()
        index = ItemIndex(given.items, given.customers, given.ibans)
        built = time.process_time()
        match_statement(given.credits, index, Policy())
        done = time.process_time()
    camt.walk(folder / "statement.xml")
    return _Times(time.process_time() - done, built - began, done - built)


def _given(folder: Path) -> Given:
    """Let the gateway import the customers and invoices of a folder, read them, then let it read the statement."""
    with tempfile.TemporaryDirectory() as place:
        fill(Path(place), "", folder)
        before = asyncio.run(_open(place))
        run(Path(place), "", "import", str(folder / "statement.xml"))
        return before._replace(credits=asyncio.run(_credits(place)))


async def _open(place: str) -> Given:
    database = Database(sqlite_url(Path(place)))
    async with database.read() as session:
        company_id = (await all_companies(session))[0].id
        given = Given(
            await open_items.load_open_items(session, company_id),
            await parties.load_customers(session, company_id),
            await parties.load_known_ibans(session, company_id),
            (),
        )
    await database.close()
    return given


async def _credits(place: str) -> list[Credit]:
    """Return the entries as they were before anything of them was booked."""
    database = Database(sqlite_url(Path(place)))
    names = [table.c[name] for name in CREDIT_NAMES]
    async with database.read() as session:
        rows = await session.execute(select(*names, table.c.state).order_by(table.c.id))
        found = [unexplained_of((*row[:2], 0, *row[3:])).credit for row in rows]
    await database.close()
    return found


def _fifty() -> None:
    """Entries without a reference, each of a payer with fifty open items: the single one, a pair, or nothing fits."""
    chance = random.Random(50)
    items = [_item(key, key // 50, chance.randint(500, 90_000)) for key in range(50_000)]
    index = _index(items, 1_000)
    credits_ = []
    for key in range(1_000):
        own = [item.open_minor for item in items[key * 50 : key * 50 + 50]]
        amount = chance.choice([own[0], own[1] + own[2], sum(own[:4]), chance.randint(500, 90_000)])
        credits_.append(_credit(key, key, amount))
    print(f"matching: payers with 50 open items, {_told(_each(credits_, index), 99)} (at most 10 ms)")


def _hard() -> None:
    """Entries of a customer with two hundred open items whose sum needs a combination."""
    chance = random.Random(200)
    items = [_item(key, 0, chance.randint(500, 90_000)) for key in range(200)]
    amounts = [item.open_minor for item in items]
    credits_ = [_credit(key, 0, sum(chance.sample(amounts, chance.randint(2, 12)))) for key in range(1_000)]
    took = _each(credits_, _index(items, 1))
    print(
        f"matching: 200 open items, {_told(took, 50)} (at most 5 ms), longest {max(took) * 1000:.1f} ms (at most 250)"
    )


def _each(credits_: Sequence[Credit], index: ItemIndex) -> list[float]:
    took = []
    for credit in credits_:
        began = time.process_time()
        decide(credit, index, Policy())
        took.append(time.process_time() - began)
    return took


def _told(took: Sequence[float], per_cent: int) -> str:
    place = min(len(took) - 1, len(took) * per_cent // 100)
    return f"p{per_cent} {sorted(took)[place] * 1000:.2f} ms"


def _item(key: int, customer: int, minor: int) -> OpenItem:
    kind, number = OpenItemKind.INVOICE, f"FA-2026-{key:06d}"
    return OpenItem(key, customer, kind, number, "EUR", minor, minor, _DAY, _DAY + dt.timedelta(key % 90))


def _index(items: Sequence[OpenItem], customers: int) -> ItemIndex:
    known = [KnownIban(_iban(key), key, IbanSource.CUSTOMER_RECORD, True) for key in range(customers)]
    return ItemIndex(items, [Customer(key, f"K{key}", f"Kunde {key}", key) for key in range(customers)], known)


def _credit(key: int, customer: int, minor: int) -> Credit:
    return Credit(key, minor, "EUR", _DAY, "Danke", iban=_iban(customer), name=f"Kunde {customer}")


def _iban(customer: int) -> str:
    return f"DE00{customer:018d}"  # Its check digits are wrong on purpose: it is nobody's.


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
