"""A refund from what is kept on account to the bank: proposed by one, approved by another, carried by a run."""

import hashlib
from pathlib import Path

import pytest

from gateway.services.apply_bank_report import apply_bank_report, find_meant
from gateway.services.approve_run import MakerIsNotChecker, RunHasTrouble
from gateway.services.decide_changes import OwnProposal, accept_changes
from gateway.services.discard_run import discard_run
from gateway.services.freeze_refunds import NoRefunds, freeze_refunds
from gateway.services.propose_refund import (
    NotRefundable,
    ProposerIsNotChecker,
    RefundShaken,
    RefundWanted,
    approve_refund,
    cancel_refund,
    propose_account,
    propose_refund,
)
from gateway.store import refunds
from gateway.store.database import Database
from gateway.store.protected_changes import ProtectedChange
from gateway.store.refunds import Refund
from parsers.detect import open_file
from schemas.errors import Conflict
from schemas.identifiers import Iban
from schemas.states import RefundState, Role, RunState
from schemas.status_report import StatusReport
from support.sent import answer, block_answer, pain002
from support.templates import CopyOf
from support.treasury import Treasury, make_treasury, told_invoice

TO, OTHER = Iban("DE02120300000000202051"), Iban("DE89370400440532013000")


async def with_a_credit_note(database: Database, folder: Path) -> Treasury:
    made = await make_treasury(database, folder, customers=1)
    await made.add_invoices(told_invoice("GS-1", -5_000))
    return made


@pytest.fixture
async def treasury(copy_of: CopyOf) -> Treasury:
    """A company that owes a customer 50.00 by a credit note."""
    return await copy_of(with_a_credit_note)


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


async def sent_run(treasury: Treasury) -> int:
    run_id = await run_of_refund(treasury)
    await treasury.approve("anna", run_id)
    await treasury.begin(run_id)
    await treasury.end(run_id)
    return run_id


@pytest.mark.parametrize("level", ["the refund", "the file"])
async def test_a_refund_that_the_bank_rejects_is_kept_for_the_customer_again(treasury: Treasury, level: str) -> None:
    run = await treasury.run(await sent_run(treasury))
    (row,) = await treasury.rows(Refund)
    block = block_answer(answer(row.end_to_end_id, code="AC04"), block=f"{run.message_id}-B1")
    data = {
        "the refund": pain002(block, original=run.message_id),
        "the file": pain002(original=run.message_id, status="RJCT", code="AC04"),
    }[level]

    for report in (data, data.replace(b"R-1", b"R-2")):  # The same again changes nothing more.
        await said_by_bank(treasury, report)

    (row,) = await treasury.rows(Refund)
    assert (row.state, (await treasury.item("GS-1")).collecting_minor) == (RefundState.FAILED, 0)
    assert (await treasury.run(run.id)).state is RunState.CLOSED
    async with treasury.database.read() as session:
        assert (await refunds.ends_of(session, [row.id]))[row.id].startswith("AC04")
    assert await treasury.broken() == []
    await proposed(treasury)  # It may be tried again.


async def said_by_bank(treasury: Treasury, data: bytes) -> None:
    report = read_pain002(treasury, data)
    async with treasury.database.read() as session:
        meant = await find_meant(session, report, companies=[treasury.company_id])
    assert meant is not None
    async with treasury.work("clara") as work:
        sha256 = hashlib.sha256(data).hexdigest()
        await apply_bank_report(work, report=report, meant=meant, sha256=sha256, file_id=None)


def read_pain002(treasury: Treasury, data: bytes) -> StatusReport:
    path = treasury.place.originals.folder / "answer.xml"
    path.write_bytes(data)
    opened = open_file(path)
    assert isinstance(opened, StatusReport)
    return opened


async def test_a_refund_whose_money_was_used_meanwhile_cannot_leave(treasury: Treasury) -> None:
    run_id = await run_of_refund(treasury)
    await treasury.approve("anna", run_id)
    await treasury.execute("UPDATE open_item SET settled_minor = -2000 WHERE number = 'GS-1'")

    with pytest.raises(RunHasTrouble) as caught:
        await treasury.begin(run_id)

    assert [trouble.reason for trouble in caught.value.troubles] == ["refund_shaken"]


async def test_a_refund_whose_money_was_used_meanwhile_is_neither_approved_nor_frozen(treasury: Treasury) -> None:
    key = await proposed(treasury)
    await treasury.execute("UPDATE open_item SET settled_minor = -2000 WHERE number = 'GS-1'")

    with pytest.raises(RefundShaken):
        async with treasury.work("anna") as work:
            await approve_refund(work, refund_id=key)
    await treasury.execute("UPDATE refund SET state = 'approved'")
    with pytest.raises(NoRefunds):
        await freeze_refunds(treasury.place, company_id=treasury.company_id, maker=treasury.maker("clara"))


async def test_another_account_waits_for_a_second_person_and_holds_the_refund(treasury: Treasury) -> None:
    key = await proposed(treasury)
    async with treasury.work("clara") as work:
        await propose_account(work, refund_id=key, iban=OTHER, bic=None, reason="he wrote us")

    with pytest.raises(RefundShaken):
        async with treasury.work("anna") as work:
            await approve_refund(work, refund_id=key)
    (change,) = await treasury.rows(ProtectedChange)
    with pytest.raises(OwnProposal):
        async with treasury.work("clara") as work:
            await accept_changes(work, ids=[change.id])
    (before,) = await treasury.rows(Refund)
    async with treasury.work("anna") as work:
        await accept_changes(work, ids=[change.id])
        await approve_refund(work, refund_id=key)

    (after,) = await treasury.rows(Refund)
    assert (before.creditor_iban, after.creditor_iban) == (TO, OTHER)
    assert after.state is RefundState.APPROVED
    assert await treasury.broken() == []


async def test_whoever_proposed_a_refund_does_not_approve_its_run(treasury: Treasury) -> None:
    await treasury.hire("bert", Role.CLERK, Role.APPROVER)
    item = await treasury.item("GS-1")
    async with treasury.work("bert") as work:
        key = (await propose_refund(work, RefundWanted(item.id, 5_000, TO))).id
    async with treasury.work("anna") as work:
        await approve_refund(work, refund_id=key)
    run_id = await freeze_refunds(treasury.place, company_id=treasury.company_id, maker=treasury.maker("clara"))

    with pytest.raises(MakerIsNotChecker):
        await treasury.approve("bert", run_id)
