"""Store a run whose bytes are written: its blocks, collections and lines, in the one transaction that freezes it.

Under lock it is checked that nothing changed since it was planned; whoever calls begins again without what did.
"""

from collections.abc import Mapping
from typing import Any

from gateway.domain.collecting.model import Seen
from gateway.services.prepare_run import Prepared, PreparedBlock, PreparedFile, asked_by_item
from gateway.store import collection_writes, mandate_changes_sent
from gateway.store.collection_runs import CollectionBatch, CollectionRun
from gateway.store.collection_writes import Asked
from gateway.store.work import Work
from schemas.errors import GatewayError
from schemas.states import CollectionState

_FIRST = CollectionState.PLANNED.value
_BATCHED_VERSION = 2  # Planned is the first version, batched the second.


class ChangedMeanwhile(GatewayError):
    """Items were paid or changed, or mandates changed, since they were planned."""

    code = "changed_meanwhile"

    def __init__(self, *, item_ids: frozenset[int] = frozenset(), mandate_ids: frozenset[int] = frozenset()) -> None:
        super().__init__()
        self.item_ids, self.mandate_ids = item_ids, mandate_ids


async def store_run(work: Work, run: CollectionRun, prepared: PreparedFile, seen: Mapping[int, Seen]) -> None:
    """Store what is in a file. Raises ChangedMeanwhile, and AskedTwice; then the work is to be undone."""
    await _ask(work, prepared, seen)
    work.reach("items_asked")
    batch_ids = _add_batches(work, run, prepared)
    await work.flush()
    work.reach("batches_written")
    fresh = [(block, one) for block, one in prepared.collections() if one.planned.stored_id is None]
    keys = work.new_ids(len(fresh))
    numbered = list(zip(keys, fresh, strict=True))
    rows = [_row(work, run, batch_ids, key, block, one) for key, (block, one) in numbered]
    await collection_writes.insert_collections(work, rows)
    work.reach("collections_written")
    asked = [(key, *line) for key, (_, one) in numbered for line in one.planned.lines]
    await collection_writes.insert_lines(work, asked)
    work.reach("lines_written")
    moved = [(key, _BATCHED_VERSION) for key in keys]
    await collection_writes.write_moves(work, "collection", moved, _FIRST, CollectionState.BATCHED.value)
    await _batch_stored(work, run, batch_ids, prepared)
    carriers = {one.planned.mandate.id: key for key, (_, one) in numbered if any(one.planned.mandate.amendment)}
    carriers |= _stored_carriers(prepared)
    await mandate_changes_sent.carry(work, carriers)
    work.reach("moves_written")


async def _ask(work: Work, prepared: PreparedFile, seen: Mapping[int, Seen]) -> None:
    """Ask for the items, and check that they and the mandates are as they were planned."""
    amounts = asked_by_item(prepared)
    dates = {
        line.item_id: block.key.collection_date for block, one in prepared.collections() for line in one.planned.lines
    }
    asked = [Asked(key, amount, dates[key], *seen[key]) for key, amount in sorted(amounts.items())]
    changed = await collection_writes.ask_for_items(work, asked) if asked else frozenset()
    versions = {one.planned.mandate.id: one.planned.mandate.version for _, one in prepared.collections()}
    ended = await collection_writes.changed_mandates(work, versions)
    if changed or ended:
        raise ChangedMeanwhile(item_ids=changed, mandate_ids=ended)


def _add_batches(work: Work, run: CollectionRun, prepared: PreparedFile) -> dict[str, int]:
    found: dict[str, int] = {}
    for block in prepared.blocks:
        key = block.key
        batch = CollectionBatch(
            id=work.new_id(), company_id=work.company_id, run_id=run.id, bank_account_id=run.bank_account_id,
            payment_information_id=block.payment_information_id, collection_date=key.collection_date,
            local_instrument=key.local_instrument, sequence_type=key.sequence_type,
            creditor_identifier=key.creditor_identifier, creditor_name=key.creditor.name,
            ultimate_creditor=key.ultimate_creditor, category_purpose=key.category_purpose,
            is_batch_booked=key.is_batch_booked, collection_count=len(block.collections), sum_minor=block.sum_minor,
            journal_id=work.journal_id,
        )  # fmt: skip
        work.add(batch)
        found[block.payment_information_id] = batch.id
    return found


def _row(
    work: Work, run: CollectionRun, batch_ids: Mapping[str, int], key: int, block: PreparedBlock, one: Prepared
) -> tuple[Any, ...]:
    """Return a new collection as it is stored: what was written, word for word."""
    planned, debit, facts = one.planned, one.debit, one.planned.mandate
    return (
        key, work.company_id, planned.party_id, facts.id, run.bank_account_id,
        batch_ids[block.payment_information_id], CollectionState.BATCHED, debit.end_to_end_id, debit.amount_minor,
        planned.due_date, block.key.collection_date, block.key.local_instrument, block.key.sequence_type,
        facts.reference, facts.version, facts.debtor_name, facts.iban, planned.remittance, planned.notice,
        planned.notified_date, _BATCHED_VERSION, work.now,
    )  # fmt: skip


async def _batch_stored(work: Work, run: CollectionRun, batch_ids: Mapping[str, int], prepared: PreparedFile) -> None:
    """Put what people planned before into the run: there are few of them."""
    for block, one in prepared.collections():
        planned, facts = one.planned, one.planned.mandate
        if planned.stored_id is None:
            continue
        values = {
            "batch_id": batch_ids[block.payment_information_id], "bank_account_id": run.bank_account_id,
            "end_to_end_id": one.debit.end_to_end_id, "collection_date": block.key.collection_date,
            "local_instrument": block.key.local_instrument, "sequence_type": block.key.sequence_type,
            "mandate_reference": facts.reference, "mandate_version": facts.version,
            "debtor_name": facts.debtor_name, "debtor_iban": facts.iban,
        }  # fmt: skip
        await collection_writes.batch_collection(work, planned.stored_id, values)


def _stored_carriers(prepared: PreparedFile) -> dict[int, int]:
    return {
        one.planned.mandate.id: one.planned.stored_id
        for _, one in prepared.collections()
        if one.planned.stored_id is not None and any(one.planned.mandate.amendment)
    }
