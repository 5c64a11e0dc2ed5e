"""A payment that waits for a person is remembered: an equal one of the same payer, days later, may be for the same."""

import datetime as dt

from gateway.store.reviews import ReviewItem
from schemas.statement import BankEntry
from schemas.states import BankTransactionState
from support.bank import DAY, camt, payment
from support.gateways import Bench
from support.master_data import customer, imported, invoice

PAYER = "DE10430609678107465405"
ONE_DAY = dt.timedelta(1)


async def asked_about_two(bench: Bench) -> None:
    """Two invoices of one amount are open, and a payment of it that names neither."""
    await imported(bench.database, bench.company_id, customer("C1", iban=PAYER))
    rows = [invoice("FA-2026-0001", 2_990), invoice("FA-2026-0002", 2_990, row=3)]
    await imported(bench.database, bench.company_id, *rows)
    await bench.upload(camt(payment(2_990, "Danke", iban=PAYER, reference="R1")))


def next_day(entry: BankEntry) -> bytes:
    """The statement of the day after."""
    moved = entry._replace(booking_date=DAY + ONE_DAY, value_date=DAY + ONE_DAY)
    return camt(moved, opening=12_990, number="42", day=DAY + ONE_DAY, message_id="MSG-2")


async def test_an_equal_payment_of_the_next_statement_is_asked_too(bench: Bench) -> None:
    await asked_about_two(bench)
    await bench.upload(next_day(payment(2_990, "FA-2026-0001", iban=PAYER, reference="R2")))

    assert [row.state for row in await bench.transactions()] == [BankTransactionState.IN_REVIEW] * 2
    signs = [sign[0] for review in await bench.rows(ReviewItem) for found in review.explanations for sign in found[4]]
    assert "twin_waits" in signs


async def test_a_payment_of_another_amount_is_not_held_up(bench: Bench) -> None:
    await asked_about_two(bench)
    await imported(bench.database, bench.company_id, invoice("FA-2026-0003", 3_990))
    await bench.upload(next_day(payment(3_990, "FA-2026-0003", iban=PAYER, reference="R2")))

    states = [row.state for row in await bench.transactions()]
    assert states == [BankTransactionState.IN_REVIEW, BankTransactionState.ALLOCATED]
