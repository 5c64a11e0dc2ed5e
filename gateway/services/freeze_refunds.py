"""Freeze approved refunds into a file (pain.001), which needs the approval of a run like every other file."""

import asyncio
import datetime as dt
from collections.abc import Sequence

from gateway.domain.calendar import first_reachable
from gateway.domain.collecting.model import CreditorTerms
from gateway.domain.collecting.profiles import file_name, profile_record
from gateway.services.freeze_run import CollectPlace, Maker
from gateway.services.prepare_run import new_message_id
from gateway.store import collection_runs, creditor_terms, refunds, refunds_in_runs
from gateway.store.collection_runs import CollectionBatch, CollectionRun
from gateway.store.refunds import Refund
from gateway.store.work import Work
from generators.orders import WrittenOrder
from generators.pain001 import save_credit_transfers
from schemas.credit_transfer import CreditTransfer, CreditTransferMessage, TransferBlock
from schemas.errors import Conflict, GatewayError
from schemas.identifiers import Bic, EndToEndId, Iban, MessageId, PaymentInformationId
from schemas.parties import PaymentParty
from schemas.states import RefundState, RunKind, RunState


class NoRefunds(GatewayError):
    """No approved refund waits."""

    code = "no_refunds"


class NoPayingAccount(GatewayError):
    """No euro account of the company is named for collections and refunds; the settings name it."""

    code = "no_paying_account"


async def freeze_refunds(place: CollectPlace, *, company_id: int, maker: Maker) -> int:
    """Freeze all approved refunds that still hold into one run; return its key.

    Raises NoRefunds, NoPayingAccount or Conflict.
    """
    async with place.database.read() as session:
        creditors = await creditor_terms.creditor_terms(session, company_id=company_id, profiles=place.profiles)
        rows = await refunds.list_refunds(session, company_id=company_id, states=[RefundState.APPROVED], limit=10_000)
        shaken = await refunds.shaken_refunds(session, company_id=company_id, state=RefundState.APPROVED)
    rows = [row for row in rows if row.id not in shaken]
    if not rows:
        raise NoRefunds
    ours = creditors.get("")
    if ours is None or not ours.account_id:
        raise NoPayingAccount
    message = _message(new_message_id(), sorted(rows, key=lambda row: row.id), ours, place.now())
    written = await asyncio.to_thread(
        place.originals.keep_made, lambda out: save_credit_transfers(message, ours.profile, out)
    )
    begun = place.database.begin(actor=maker.actor, now=place.now(), company_id=company_id, ids=2 * len(rows) + 100)
    async with begun as work:
        return await _store(work, message, ours, written, maker)


def _message(
    message_id: MessageId, rows: Sequence[Refund], ours: CreditorTerms, now: dt.datetime
) -> CreditTransferMessage:
    transfers = [
        CreditTransfer(
            EndToEndId(row.end_to_end_id), row.amount_minor, PaymentParty(row.creditor_name),
            Iban(row.creditor_iban), Bic(row.creditor_bic) if row.creditor_bic else None, row.remittance,
        )
        for row in rows
    ]  # fmt: skip
    total = sum(row.amount_minor for row in rows)
    profile = ours.profile
    date = first_reachable(now=now, lead_days=0, cut_off=profile.cut_off, zone=profile.zone)
    block = TransferBlock(
        PaymentInformationId(f"{message_id}-B1"), date, PaymentParty(ours.name), ours.iban, ours.bic, len(rows),
        total, transfers, profile.is_batch_booked,
    )  # fmt: skip
    return CreditTransferMessage(message_id, now, ours.name, (block,), len(rows), total, profile.initiating_party_id)


async def _store(
    work: Work, message: CreditTransferMessage, ours: CreditorTerms, written: WrittenOrder, maker: Maker
) -> int:
    """Store the run, if the refunds are still those that were written."""
    (block,) = message.blocks
    ids = {one.end_to_end_id for one in block.transfers}
    rows = [row for row in await refunds.lock_refunds(work, state=RefundState.APPROVED) if row.end_to_end_id in ids]
    written_ones = [(one.end_to_end_id, one.creditor_iban) for one in block.transfers]
    if [(row.end_to_end_id, row.creditor_iban) for row in rows] != written_ones:
        raise Conflict("refunds were approved or cancelled meanwhile; try again")
    run = CollectionRun(
        id=work.new_id(), company_id=work.company_id, bank_account_id=ours.account_id, kind=RunKind.REFUND,
        message_id=message.message_id, format=ours.profile.credit_transfer_version.value,
        profile=profile_record(ours.profile), sha256=written.sha256, byte_count=written.size_bytes,
        collection_count=written.order_count, sum_minor=written.sum_minor, first_date=block.execution_date,
        last_date=block.execution_date, left_out=[], made_by_id=maker.user_id, made_by=maker.actor.name,
        file_name=file_name(
            ours.profile.file_name, message_id=message.message_id, date=work.now.date(), scheme="REFUND"
        ),
        frozen_at=work.now, created_at=work.now,
    )  # fmt: skip
    work.add(run)
    await work.flush()
    batch = CollectionBatch(
        id=work.new_id(), company_id=work.company_id, run_id=run.id, bank_account_id=run.bank_account_id,
        payment_information_id=block.payment_information_id, collection_date=block.execution_date,
        local_instrument=None, sequence_type=None, is_batch_booked=block.is_batch_booked,
        collection_count=block.transfer_count, sum_minor=block.sum_minor, journal_id=work.journal_id,
    )  # fmt: skip
    work.add(batch)
    await work.flush()
    await refunds_in_runs.move_refunds(work, rows, from_state=RefundState.APPROVED, to_state=RefundState.BATCHED)
    await refunds_in_runs.put_into_batch(work, ids=[row.id for row in rows], batch_id=batch.id)
    await collection_runs.move_run(work, run, RunState.FROZEN)
    work.say("freeze_refunds", f"run:{run.id}", refunds=len(rows), cents=run.sum_minor)
    return run.id
