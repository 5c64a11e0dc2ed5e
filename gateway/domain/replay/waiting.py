"""What waits for a person: matching asks about an equal payment of the same payer too, instead of booking it.

Each run of matching knows what waits when it begins, and what it asks itself.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.model import Ask, Credit
from gateway.domain.replay.past import Past
from gateway.domain.replay.steps import Step, Waits


class Waiting:
    """The questions of one course of things, as its index knows them."""

    def __init__(self, index: ItemIndex) -> None:
        """Take the index of this course."""
        self._index = index
        self._asked: dict[int, tuple[Ask, Credit]] = {}
        self._by_amount: dict[int, set[int]] = defaultdict(set)
        self._stale: set[int] = set()  # Amounts of which the index may know other questions than a new run would.

    def put(self, ask: Ask, credit: Credit) -> None:
        """Note that people are asked about a bank transaction; the index knows it now or when it is renewed."""
        if credit.id in self._asked and self._asked[credit.id][1].amount_minor != credit.amount_minor:
            self.drop(credit.id)
        self._asked[credit.id] = (ask, credit)
        self._by_amount[credit.amount_minor].add(credit.id)
        self._stale.add(credit.amount_minor)

    def drop(self, bank_transaction_id: int) -> None:
        """Note that people are not asked about a bank transaction any more."""
        if bank_transaction_id in self._asked:
            ask, credit = self._asked.pop(bank_transaction_id)
            self._index.undo(ask, credit)
            self._by_amount[credit.amount_minor].discard(bank_transaction_id)
            self._stale.add(credit.amount_minor)

    def renew(self) -> None:
        """Let the index know what a new run of matching finds: of equal ones the oldest, and only money that came."""
        for amount in self._stale:
            group = [self._asked[key] for key in self._by_amount[amount]]
            for ask, credit in group:
                self._index.undo(ask, credit)
            for ask, credit in sorted(group, key=_age) if amount > 0 else ():
                self._index.apply(ask, credit)
        self._stale.clear()


def _age(question: tuple[Ask, Credit]) -> tuple[dt.date, int]:
    return question[1].booking_date, question[1].id


def wait_steps(past: Past) -> Iterator[Step]:
    """Yield when people were asked about how much of each payment, and when no more."""
    turns: dict[int, list[tuple[dt.datetime, int, int, bool | None]]] = defaultdict(list)
    left: dict[int, int] = {}
    for one in past.waits:
        left[one.credit.id] = one.credit.amount_minor
        turns[one.credit.id].append((one.opened_at, one.key, 0, True))
        if one.closed_at is not None:
            turns[one.credit.id].append((one.closed_at, one.key, 0, False))
    for draw in past.draws:
        if draw.bank_transaction_id in left:
            left[draw.bank_transaction_id] += draw.minor
            turns[draw.bank_transaction_id].append((draw.at, draw.key, draw.minor, None))
    credits_ = {one.credit.id: one.credit for one in past.waits}
    for key, credit in credits_.items():
        is_open = False
        for at, row, minor, opens in sorted(turns[key], key=lambda turn: turn[:2]):
            left[key] -= minor
            is_open = is_open if opens is None else opens
            asks = is_open and left[key] > 0
            yield Step(at, row, Waits(key, credit._replace(amount_minor=left[key]) if asks else None))
