"""Store a run whose bytes are written: its blocks, collections and lines, in the one transaction that freezes it.

Under lock it is checked that nothing changed since it was planned; whoever calls begins again without what did.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from gateway.domain.collecting.model import Seen
from gateway.services.prepare_run import Prepared, PreparedBlock, PreparedFile, asked_by_item
from gateway.store import collection_writes, mandate_changes_sent
from gateway.store.collection_runs import CollectionBatch, CollectionRun
from gateway.store.collection_writes import Asked
from gateway.store.work import Work
from schemas.errors import GatewayError
from schemas.states import CollectionState

_BATCHED = CollectionState.BATCHED.value
_PARTS = 4  # Items asked, collections, lines; the last is the end of the transaction.


class ChangedMeanwhile(GatewayError):
    """Items were paid or changed, or mandates changed, since they were planned."""

    code = "changed_meanwhile"

    def __init__(self, *, item_ids: frozenset[int] = frozenset(), mandate_ids: frozenset[int] = frozenset()) -> None:
        super().__init__()
        self.item_ids, self.mandate_ids = item_ids, mandate_ids


async def store_run(
    work: Work,
    run: CollectionRun,
    prepared: PreparedFile,
    seen: Mapping[int, Seen],
    told: Callable[[int], None] = lambda _: None,
) -> None:
    """Store what is in a file; ``told`` hears of how many collections that is the work of.

    Raises ChangedMeanwhile, and AskedTwice; then the work is to be undone.
    """
    part = prepared.collection_count / _PARTS
    await _ask(work, prepared, seen)
    work.reach("items_asked")
    told(int(part))
    batch_ids = _add_batches(work, run, prepared)
    await work.flush()
    work.reach("batches_written")
    stored = [(key, *at) for at in prepared.collections() if (key := at[1].planned.stored_id) is not None]
    fresh = _fresh(prepared) if stored else [block.collections for block in prepared.blocks]
    keys = work.new_ids(sum(map(len, fresh)))
    await collection_writes.insert_collections(work, _rows(work, run, batch_ids, prepared, fresh, keys))
    work.reach("collections_written")
    told(int(2 * part))
    numbered = list(zip(keys, chain.from_iterable(fresh), strict=True))
    asked = [(key, *line) for key, one in numbered for line in one.planned.lines]
    await collection_writes.insert_lines(work, asked)
    work.reach("lines_written")
    told(int(3 * part))
    await _batch_stored(work, run, batch_ids, stored)
    carriers = {one.planned.mandate.id: key for key, one in numbered if any(one.planned.mandate.amendment)}
    carriers |= {one.planned.mandate.id: key for key, _, one in stored if any(one.planned.mandate.amendment)}
    await mandate_changes_sent.carry(work, carriers)
    work.reach("moves_written")


def _fresh(prepared: PreparedFile) -> list[Sequence[Prepared]]:
    return [[one for one in block.collections if one.planned.stored_id is None] for block in prepared.blocks]


async def _ask(work: Work, prepared: PreparedFile, seen: Mapping[int, Seen]) -> None:
    """Ask for the items, and check that they and the mandates are as they were planned."""
    asked = [Asked(key, amount, date, *seen[key]) for key, (amount, date) in sorted(asked_by_item(prepared).items())]
    changed = await collection_writes.ask_for_items(work, asked) if asked else frozenset()
    seen_mandates = (one.planned.mandate for block in prepared.blocks for one in block.collections)
    ended = await collection_writes.changed_mandates(work, {one.id: one.version for one in seen_mandates})
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


def _rows(
    work: Work,
    run: CollectionRun,
    batch_ids: Mapping[str, int],
    prepared: PreparedFile,
    fresh: Sequence[Sequence[Prepared]],
    keys: Iterable[int],
) -> list[tuple[Any, ...]]:
    """Return new collections as they are stored: what was written, word for word. They begin in their file."""
    next_key, found = iter(keys), []
    for block, collections in zip(prepared.blocks, fresh, strict=True):
        shared = block.key
        place = _Place(
            work.company_id, run.bank_account_id, batch_ids[block.payment_information_id], shared.collection_date,
            shared.local_instrument.value, shared.sequence_type.value, work.now,
        )  # fmt: skip
        found += [_row(next(next_key), one, place) for one in collections]
    return found


class _Place(NamedTuple):
    """Where the collections of a block are stored, and when."""

    company_id: int
    bank_account_id: int
    batch_id: int
    collection_date: dt.date
    local_instrument: str
    sequence_type: str
    now: dt.datetime


def _row(key: int, one: Prepared, place: _Place) -> tuple[Any, ...]:
    (planned, debit), facts = one, one.planned.mandate
    company_id, account_id, batch_id, date, instrument, sequence, now = place
    return (
        key, company_id, planned.party_id, facts.id, account_id, batch_id, _BATCHED, debit.end_to_end_id,
        debit.amount_minor, planned.due_date, date, instrument, sequence, facts.reference, facts.version,
        facts.debtor_name, facts.iban, planned.remittance, planned.notice, planned.notified_date, 1, now,
    )  # fmt: skip


async def _batch_stored(
    work: Work, run: CollectionRun, batch_ids: Mapping[str, int], stored: Sequence[tuple[int, PreparedBlock, Prepared]]
) -> None:
    """Put what people planned before into the run: there are few of them."""
    for key, block, one in stored:
        facts = one.planned.mandate
        values = {
            "batch_id": batch_ids[block.payment_information_id], "bank_account_id": run.bank_account_id,
            "end_to_end_id": one.debit.end_to_end_id, "collection_date": block.key.collection_date,
            "local_instrument": block.key.local_instrument, "sequence_type": block.key.sequence_type,
            "mandate_reference": facts.reference, "mandate_version": facts.version,
            "debtor_name": facts.debtor_name, "debtor_iban": facts.iban,
        }  # fmt: skip
        await collection_writes.batch_collection(work, key, values)
