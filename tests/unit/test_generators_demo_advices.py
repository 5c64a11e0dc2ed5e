"""The remittance advices of the demo company: the same bytes each time, and each adds up to its transfer."""

import datetime as dt
from pathlib import Path

from generators.demo import make_demo
from generators.demo_advices import DemoAdvices, make_advices
from parsers.advice import read_advice
from schemas.advice import AdviceFormat

LAST_DATE, BOOKED_DATE = dt.date(2026, 11, 22), dt.date(2026, 11, 17)
DEMO = make_demo(seed=1, last_date=LAST_DATE)


def advised() -> DemoAdvices:
    return make_advices(seed=1, last_date=LAST_DATE, booked_date=BOOKED_DATE, customers=DEMO.customers)


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert advised() == advised()


def test_one_advice_is_of_the_transfer_that_came_and_one_of_the_next_days(tmp_path: Path) -> None:
    given = advised()
    found = []
    for number, data in enumerate(given.mails):
        (tmp_path / str(number)).write_bytes(data)
        found.append(read_advice(tmp_path / str(number), tmp_path))
    came, announced = found

    assert {one.format for one in found} == {AdviceFormat.CSV}
    assert (came.total_minor, came.lines_minor) == (given.credit.amount_minor, given.credit.amount_minor)
    assert (came.payment_date, announced.payment_date) == (BOOKED_DATE, dt.date(2026, 11, 25))
    assert [line.written for one in found for line in one.lines] == [one.number for one in given.invoices]
    assert sum(line.discount_minor for line in came.lines) > 0
    assert came.ibans == (given.credit.transactions[0].counterparty_iban,)


def test_its_numbers_are_no_others_of_the_demo() -> None:
    assert {one.number for one in advised().invoices}.isdisjoint({row.number for row in DEMO.invoices})
