"""A refund from what is kept on account to the bank: proposed by one, approved by another, carried by a run."""

from pathlib import Path

import pytest

from gateway.services.discard_run import discard_run
from gateway.services.freeze_refunds import NoRefunds, freeze_refunds
from gateway.services.propose_refund import (
    NotRefundable,
    ProposerIsNotChecker,
    RefundWanted,
    approve_refund,
    cancel_refund,
    propose_refund,
)
from gateway.store.database import Database
from gateway.store.refunds import Refund
from schemas.errors import Conflict
from schemas.identifiers import Iban
from schemas.states import RefundState, RunState
from support.treasury import Treasury, make_treasury, told_invoice

TO = Iban("DE02120300000000202051")


@pytest.fixture
async def treasury(database: Database, tmp_path: Path) -> Treasury:
    """A company that owes a customer 50.00 by a credit note."""
    made = await make_treasury(database, tmp_path, customers=1)
    await made.add_invoices(told_invoice("GS-1", -5_000))
    return made


async def proposed(treasury: Treasury, amount_minor: int = 5_000) -> int:
    item = await treasury.item("GS-1")
    async with treasury.work("clara") as work:
        row = await propose_refund(work, RefundWanted(item.id, amount_minor, TO))
    return row.id


async def run_of_refund(treasury: Treasury) -> int:
    key = await proposed(treasury)
    async with treasury.work("anna") as work:
        await approve_refund(work, refund_id=key)
    return await freeze_refunds(treasury.place, company_id=treasury.company_id, maker=treasury.maker("clara"))


async def test_a_refund_goes_from_a_proposal_to_the_bank(treasury: Treasury) -> None:
    run_id = await run_of_refund(treasury)

    await treasury.approve("anna", run_id)
    run = await treasury.run(run_id)
    await treasury.begin(run_id)
    await treasury.end(run_id)

    data = treasury.place.originals.path_of(run.sha256).read_text()
    assert '<InstdAmt Ccy="EUR">50.00</InstdAmt>' in data
    assert [row.state for row in await treasury.rows(Refund)] == [RefundState.SUBMITTED]
    assert (await treasury.run(run_id)).state is RunState.SUBMITTED
    assert await treasury.broken() == []


async def test_no_more_goes_back_than_is_kept(treasury: Treasury) -> None:
    await proposed(treasury, 3_000)

    with pytest.raises(NotRefundable):
        await proposed(treasury, 3_000)

    assert (await treasury.item("GS-1")).collecting_minor == -3_000
    assert await treasury.broken() == []


async def test_an_invoice_is_no_money_of_the_customer(treasury: Treasury) -> None:
    item = await treasury.item("FA-1")

    with pytest.raises(NotRefundable):
        async with treasury.work("clara") as work:
            await propose_refund(work, RefundWanted(item.id, 100, TO))


async def test_whoever_proposed_it_does_not_approve_it(treasury: Treasury) -> None:
    key = await proposed(treasury)

    with pytest.raises(ProposerIsNotChecker):
        async with treasury.work("clara") as work:
            await approve_refund(work, refund_id=key)

    with pytest.raises(NoRefunds):
        await freeze_refunds(treasury.place, company_id=treasury.company_id, maker=treasury.maker("clara"))


async def test_a_debit_that_may_still_come_back_is_a_warning(treasury: Treasury) -> None:
    await treasury.freeze()
    await treasury.execute("UPDATE collection SET state = 'settled', refundable_until_date = '2027-02-11'")
    await treasury.execute("UPDATE open_item SET collecting_minor = 0")

    await proposed(treasury)

    (row,) = await treasury.rows(Refund)
    assert row.warning == "the debtor's bank may still take a debit back until 2027-02-11"


async def test_a_cancelled_refund_and_a_discarded_run_free_the_money(treasury: Treasury) -> None:
    key = await proposed(treasury)
    async with treasury.work("clara") as work:
        await cancel_refund(work, refund_id=key, reason="he wants it kept")
    assert (await treasury.item("GS-1")).collecting_minor == 0

    run_id = await run_of_refund(treasury)
    with pytest.raises(Conflict):
        async with treasury.work("clara") as work:
            await cancel_refund(work, refund_id=key, reason="once more")
    async with treasury.work("clara") as work:
        await discard_run(work, run_id=run_id, reason="wrong account")

    assert (await treasury.item("GS-1")).collecting_minor == 0
    assert [row.state for row in await treasury.rows(Refund)] == [RefundState.CANCELLED] * 2
    assert await treasury.broken() == []
