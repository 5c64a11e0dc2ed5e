"""Decide on what is read while it is still being read, in a second process.

The import of a large file spools its first statement list by list. The second process follows the spool, with the index
of the open items at hand, and writes what it decided on each list beside it. Nothing of that counts before it is stored
together with the statement, and only if every item is then as it was seen; without it the statement is stored as new,
and matched afterwards.
"""

import asyncio
import datetime as dt
import multiprocessing
import time
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

import structlog

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.match import match_statement
from gateway.domain.matching.model import Book, Policy
from gateway.services.foresight import NOTHING, Foresight, foresee
from gateway.services.limit_process import limit_process
from gateway.services.load_candidates import SETTLED, load_index, load_policy
from gateway.services.spool_statements import ROW_NAMES
from gateway.store import advices
from gateway.store.bank_transactions import CREDIT_NAMES, Unexplained, unexplained_of
from gateway.store.database import Database
from gateway.store.spool import Rows, Spool, follow
from schemas.states import BankTransactionState

log = structlog.get_logger()
Amounts = frozenset[tuple[int, str]]  # Minor units with their currency.
CHUNK = 1_500  # Rows that are decided together, at least.
_NAP_S = 0.01
_PLACE = {name: place for place, name in enumerate(ROW_NAMES)}
_AMOUNT, _DAY, _BANK_REFERENCE = _PLACE["amount_minor"], _PLACE["booking_date"], _PLACE["bank_reference"]
_CURRENCY = _PLACE["currency"]
_REASON, _PROVISIONAL = _PLACE["return_reason"], _PLACE["is_provisional"]
_facts = itemgetter(*[_PLACE[name] for name in CREDIT_NAMES[4:]])


class Ahead:
    """The second process of an import, as the first one sees it."""

    def __init__(self, database_url: str, company_id: int, bank_account_id: int, rows: Path) -> None:
        """Start deciding on rows of an account that are being spooled; the spool has a first list already."""
        self._company_id = company_id
        self._rows = rows
        self._decided = rows.with_suffix(".decided")
        self._decided.touch()
        self._lists = follow(self._decided)
        arguments = (database_url, company_id, bank_account_id, rows, self._decided)
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=_decide_in_process, args=arguments, daemon=True)
        self._process.start()

    def is_for(self, company_id: int, spool: Spool) -> bool:
        """Tell whether it decides on these rows, for this company."""
        return (company_id, spool.path) == (self._company_id, self._rows)

    async def next(self) -> Foresight:
        """Return what was decided on the next list; nothing, once the process came to an end."""
        while True:
            is_over = not self._process.is_alive()  # Asked first: what it wrote last is read then.
            lists = next(self._lists, [])
            if lists is not None:
                return Foresight(*lists[0]) if lists else NOTHING
            if is_over:
                log.warning("decide_ahead_broke_off", exit_code=self._process.exitcode)
                self._lists = iter(())
                return NOTHING
            await asyncio.sleep(_NAP_S)

    def close(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.join()


def _decide_in_process(database_url: str, company_id: int, bank_account_id: int, rows: Path, decided: Path) -> None:
    limit_process()
    lists = _waited(rows)
    first = next(lists, None)
    if first is None:
        return
    index, policy, awaited = asyncio.run(_load(database_url, company_id, first))
    spool = Spool(decided)
    found = decide_lists(_with(first, lists), index, policy, bank_account_id=bank_account_id, awaited=awaited)
    for foresight in found:
        spool.write([foresight])
    spool.close()


async def _load(database_url: str, company_id: int, first: Rows) -> tuple[ItemIndex, Policy, Amounts]:
    database = Database(database_url)
    first_date = min([row[_DAY] for row in first if row[_DAY]], default=dt.date.min + SETTLED)
    try:
        async with database.read() as session:
            index = await load_index(session, company_id, since_date=first_date - SETTLED, debits=[])
            awaited = await advices.awaited_amounts(session, company_id=company_id)
            return index, await load_policy(session, company_id), awaited
    finally:
        await database.close()


def _waited(path: Path) -> Iterator[Rows]:
    for rows in follow(path):
        if rows is None:
            time.sleep(_NAP_S)
        else:
            yield rows


def _with(first: Rows, rest: Iterator[Rows]) -> Iterator[Rows]:
    yield first
    yield from rest


def decide_lists(
    lists: Iterator[Rows],
    index: ItemIndex,
    policy: Policy,
    *,
    bank_account_id: int,
    awaited: Amounts = frozenset(),
) -> Iterator[Foresight]:
    """Yield what is decided on each list, in their order; stop where a bank goes back in its dates or references.

    What it booked first is decided first, and that may still come. Amounts for which an advice is ``awaited`` are left
    for later.
    """
    last, count = (dt.date.min, ""), 0
    waiting: list[Rows] = []
    for rows in lists:
        booked = [(row[_DAY], row[_BANK_REFERENCE] or "") for row in rows if row[_DAY]]
        if booked and min(booked) < last:
            break
        last = max(booked, default=last)
        waiting.append(rows)
        if sum(map(len, waiting)) >= CHUNK:
            yield from _decide(waiting, count, index, policy, bank_account_id, awaited)
            count += sum(map(len, waiting))
            waiting = []
    yield from _decide(waiting, count, index, policy, bank_account_id, awaited)


def _decide(
    lists: list[Rows], count: int, index: ItemIndex, policy: Policy, bank_account_id: int, awaited: Amounts
) -> Iterator[Foresight]:
    given: list[list[tuple[int, Unexplained]]] = []
    for rows in lists:
        given.append(
            [
                (place, _unexplained(count + place, bank_account_id, row))
                for place, row in enumerate(rows)
                if _is_known(row, awaited)
            ]
        )
        count += len(rows)
    decisions = iter(match_statement([one.credit for some in given for _, one in some], index, policy))
    decided = [[(place, one, next(decisions)) for place, one in some] for some in given]
    items = {
        line.item_id
        for some in decided
        for _, _, decision in some
        if isinstance(decision, Book)
        for line in decision.explanation.lines
    }
    left_open = index.left_open(items)
    for some in decided:
        yield foresee(some, left_open)


def _is_known(row: tuple[object, ...], awaited: Amounts) -> bool:
    """Tell whether a row is booked and dated, and no return: those take back what only the store knows.

    Nor may an advice wait for its amount: linking is done in the store.
    """
    if awaited and (row[_AMOUNT], row[_CURRENCY]) in awaited:
        return False
    is_return = row[_REASON] is not None and row[_AMOUNT] < 0  # type: ignore[operator]
    return not row[_PROVISIONAL] and row[_DAY] is not None and not is_return


def _unexplained(key: int, bank_account_id: int, row: tuple[object, ...]) -> Unexplained:
    return unexplained_of((key, row[_AMOUNT], 0, bank_account_id, *_facts(row), BankTransactionState.NEW))
