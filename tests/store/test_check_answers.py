"""Every rule about the bank's answers finds the row that breaks it, and says nothing of rows that do not."""

from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.store.database import Database
from support.gateways import Bench
from support.sent import answer, bank_statement, block_answer, booked, pain002, three_sent
from support.templates import CopyOf

RETURNED, REJECTED = "(SELECT id FROM collection WHERE state = 'returned')", "state = 'rejected'"
BREAKS = {
    "nothing": ([], []),
    "settled without money": (
        ["UPDATE collection SET settled_by_id = NULL WHERE end_to_end_id = 'E2E-2'"],
        ["nothing brought its money", "settles debits of 15050, but 35050"],
    ),
    "settled by less than it is": (
        ["UPDATE bank_transaction SET allocated_minor = 1, state = 'partly_allocated' WHERE amount_minor > 0"],
        ["settles debits of 35050, but 1 of it", "says 1 are allocated"],
    ),
    "returned, but not in the register": (
        ["DELETE FROM unpaid_fee", "DELETE FROM unpaid WHERE reason = 'AM04'"], ["not in the unpaid register"]
    ),
    "a return of another amount": (["UPDATE unpaid SET amount_minor = 5 WHERE reason = 'AM04'"], ["but 15050 were opened"]),
    "a row of a debit that did not come back": (
        ["UPDATE unpaid SET collection_id = (SELECT id FROM collection WHERE state = 'settled') WHERE reason = 'AC04'"],
        ["which is settled", "not in the unpaid register"],
    ),
    "a row that nobody reported": (["UPDATE unpaid SET report_id = NULL"], ["neither a report nor"]),
    "a fee that no booking says": (["UPDATE unpaid SET fee_minor = 300 WHERE reason = 'AC04'"], ["the banks kept 300, its bookings say 0"]),
    "less than the fees of its bookings": (["UPDATE unpaid SET fee_minor = 50 WHERE reason = 'AM04'"], ["the banks kept 50, its bookings say 350"]),
    "a fee that was taken back": (
        ["UPDATE bank_transaction SET category = 'other' WHERE category = 'bank_fee'"], ["is no fee of 350, but as much"]
    ),
    "a fee of another amount": (
        ["UPDATE unpaid_fee SET amount_minor = 50", "UPDATE unpaid SET fee_minor = 50 WHERE reason = 'AM04'"],
        ["is a fee of 350, but 50 of it"],
    ),
    "a retry that is none": (["UPDATE unpaid SET state = 'retried' WHERE reason = 'AC04'"], ["no collection says so"]),
}  # fmt: skip


async def with_answers(database: Database, folder: Path) -> Bench:
    """Make a company whose bank rejected a debit, and credited the others of which one came back with a fee."""
    bench = await three_sent(database, folder)
    await bench.upload(pain002(block_answer(answer("E2E-3", code="AC04"))))
    fee = booked(-350, end_to_end_id="E2E-1", code="PMNT-MDOP-CHRG")
    back = booked(-15_050, end_to_end_id="E2E-1", reason="AM04")
    await bench.upload(bank_statement(booked(35_050, block="PMT-1"), back, fee))
    return bench


@pytest.mark.parametrize(("changes", "words"), [pytest.param(*case, id=name) for name, case in BREAKS.items()])
async def test_the_rule_finds_it(copy_of: CopyOf, changes: list[str], words: list[str]) -> None:
    bench = await copy_of(with_answers)

    async with bench.begin() as work:
        for change in changes:
            await work.session.execute(text(change))

    found = await bench.broken()
    assert len(found) == len(words), found
    for word in words:
        assert any(word in sentence for sentence in found), found
