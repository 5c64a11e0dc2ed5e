"""Ask the bank about a file that it has: not to collect (camt.055), or to give back what was collected (pain.007).

The requests are made from the file as it was sent, and kept among the originals. Asking changes nothing: a debit is
cancelled once the bank confirms it, and reversed once the statement says so. A reversal pays money out, so another
person than the one who made it hands it out, with his second factor.
"""

import asyncio
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from gateway.domain.access import Right
from gateway.domain.calendar import bank_days_after
from gateway.domain.collecting.profiles import profile_from
from gateway.services.discard_run import said
from gateway.services.freeze_run import CollectPlace
from gateway.services.identify_caller import Caller
from gateway.services.prepare_run import new_message_id
from gateway.services.read_run import BytesDiffer, check_bytes, run_of
from gateway.services.use_second_factor import SecondFactor, count_code_attempt, use_code
from gateway.store import collection_answers, collection_runs, run_requests
from gateway.store.collection_runs import CollectionRun
from gateway.store.run_requests import CANCELLATION, REVERSAL, RunRequest, Sent
from gateway.store.work import Actor, Work
from generators.camt055 import save_cancellations
from generators.orders import WrittenOrder
from generators.pain007 import save_reversals
from parsers.orders import read_collections
from schemas.bank_profile import DirectDebitVersion
from schemas.cancellation import Cancellation, CancellationBlock, CancellationMessage, CancellationReason
from schemas.direct_debit import DirectDebit, DirectDebitMessage, PaymentBlock
from schemas.errors import Conflict, NotAllowed, NotFound
from schemas.identifiers import OwnId
from schemas.reversal import Reversal, ReversalBlock, ReversalMessage, ReversalReason
from schemas.states import CollectionState, RunKind

# EPC016-06 4.4: a reversal leaves from the day of settlement to five bank days after it.
_REVERSAL_BANK_DAYS = 5
_STATES = {CANCELLATION: CollectionState.SUBMITTED, REVERSAL: CollectionState.SETTLED}


class NothingToAsk(Conflict):
    """None of the debits waits for the bank (to cancel) or came within the last five bank days (to reverse)."""

    code = "nothing_to_ask"


class AnotherPerson(NotAllowed):
    """A reversal pays money out: another person than the one who made it hands its file out."""

    code = "another_person"


class Wanted(NamedTuple):
    """What the bank is asked: about which debits of a run (none: all that can be), and why."""

    run_id: int
    collection_ids: Sequence[int]
    reason: CancellationReason | ReversalReason

    @property
    def kind(self) -> str:
        """Whether not to collect, or to give back."""
        return CANCELLATION if isinstance(self.reason, CancellationReason) else REVERSAL


async def ask_bank(place: CollectPlace, *, company_id: int, wanted: Wanted, actor: Actor) -> str:
    """Write a request and keep it; return the hash of its file. Raises NotFound, NothingToAsk or BytesDiffer."""
    run = await run_of(place, company_id=company_id, run_id=wanted.run_id)
    chosen = await _chosen(place, run, wanted)
    path = await check_bytes(place, run, actor)
    written = await asyncio.to_thread(_write, place, run, path, {one.end_to_end_id for one in chosen}, wanted.reason)
    async with place.database.begin(actor=actor, now=place.now(), company_id=company_id, ids=10) as work:
        counts = {"collections": written.order_count, "cents": written.sum_minor}
        work.say(wanted.kind, f"run:{run.id}", reason=written.sha256, **counts)
    return written.sha256


async def _chosen(place: CollectPlace, run: CollectionRun, wanted: Wanted) -> list[Sent]:
    if run.kind is not RunKind.DIRECT_DEBIT:
        raise NothingToAsk
    async with place.database.read() as session:
        found = await run_requests.sent_of_run(
            session, company_id=run.company_id, run_id=run.id, states=[_STATES[wanted.kind]],
            ids=wanted.collection_ids,
        )  # fmt: skip
    if wanted.kind == REVERSAL:
        today = place.now().date()
        found = [one for one in found if _may_reverse(one, today)]
    if not found or (wanted.collection_ids and len(found) < len(set(wanted.collection_ids))):
        raise NothingToAsk
    return found


def _may_reverse(one: Sent, today: dt.date) -> bool:
    return one.settled_date is not None and bank_days_after(one.settled_date, _REVERSAL_BANK_DAYS) >= today


def _write(
    place: CollectPlace, run: CollectionRun, path: Path, ids: set[str], reason: CancellationReason | ReversalReason
) -> WrittenOrder:
    original, profile = read_collections(path), profile_from(run.profile)
    blocks = [(block, debits) for block in original.blocks if (debits := _of(block, ids))]
    if isinstance(reason, ReversalReason):
        reversal = _reversals(place, run, original, blocks, reason)
        return place.originals.keep_made(lambda out: save_reversals(reversal, profile, out))
    cancellation = _cancellations(place, run, original, blocks, reason)
    return place.originals.keep_made(lambda out: save_cancellations(cancellation, profile, out))


def _of(block: PaymentBlock, ids: set[str]) -> list[DirectDebit]:
    return [debit for debit in block.collections if debit.end_to_end_id in ids]


_Blocks = Sequence[tuple[PaymentBlock, list[DirectDebit]]]


def _cancellations(
    place: CollectPlace, run: CollectionRun, original: DirectDebitMessage, blocks: _Blocks, reason: CancellationReason
) -> CancellationMessage:
    message_id = new_message_id()
    numbers = _numbers(message_id)
    parts = [
        CancellationBlock(
            block.payment_information_id, len(debits), _sum(debits),
            [
                Cancellation(
                    next(numbers), debit.end_to_end_id, debit.amount_minor, block.key.collection_date, reason,
                    debit.instruction_id,
                )
                for debit in debits
            ],
        )
        for block, debits in blocks
    ]  # fmt: skip
    return CancellationMessage(
        message_id, place.now(), original.initiating_party, blocks[0][0].key.creditor_bic, original.message_id,
        DirectDebitVersion(run.format), sum(part.cancellation_count for part in parts),
        sum(part.sum_minor for part in parts), parts, None, original.initiating_party_id,
    )  # fmt: skip


def _reversals(
    place: CollectPlace, run: CollectionRun, original: DirectDebitMessage, blocks: _Blocks, reason: ReversalReason
) -> ReversalMessage:
    message_id = new_message_id()
    numbers = _numbers(message_id)
    parts = [
        ReversalBlock(
            block.payment_information_id, block.key, len(debits), _sum(debits),
            [Reversal(next(numbers), debit, reason) for debit in debits],
        )
        for block, debits in blocks
    ]  # fmt: skip
    return ReversalMessage(
        message_id, place.now(), original.initiating_party, original.message_id, DirectDebitVersion(run.format), parts,
        sum(part.reversal_count for part in parts), sum(part.sum_minor for part in parts),
        original.initiating_party_id,
    )  # fmt: skip


def _numbers(message_id: str) -> Iterator[OwnId]:
    number = 0
    while True:
        number += 1
        yield OwnId(f"{message_id}-{number}")


def _sum(debits: Sequence[DirectDebit]) -> int:
    return sum(debit.amount_minor for debit in debits)


async def find_request(place: CollectPlace, *, company_id: int, run_id: int, sha256: str) -> RunRequest:
    """Return a request about a run. Raises NotFound."""
    async with place.database.read() as session:
        known = await run_requests.requests_of_run(session, company_id=company_id, run_id=run_id)
    found = next((one for one in known if one.sha256 == sha256), None)
    if found is None:
        raise NotFound("there is no such request about this run")
    return found


async def hand_out_request(
    place: CollectPlace, factor: SecondFactor, *, caller: Caller, run_id: int, sha256: str, code: str
) -> Path:
    """Return where the file of a request lies. A reversal is handed out by an approver who did not make it.

    Raises NotFound, AnotherPerson, WrongCode, TooManyAttempts or BytesDiffer.
    """
    if caller.company is None:
        raise NotFound("there is no such request about this run")
    company_id = caller.company.id
    request = await find_request(place, company_id=company_id, run_id=run_id, sha256=sha256)
    needs_other = request.kind == REVERSAL
    may = caller.actor.kind == "user" and Right.APPROVE in caller.rights and caller.actor.word != request.actor
    if needs_other and not may:
        raise AnotherPerson
    if await asyncio.to_thread(place.originals.hash_of_kept, sha256) != sha256:
        raise BytesDiffer(f"the file {sha256[:16]} is not there as it was written")
    if needs_other:
        await count_code_attempt(place.database, caller.user_id, now=place.now(), rules=factor.rules)
    async with place.database.begin(actor=caller.actor, now=place.now(), company_id=company_id, ids=10) as work:
        if needs_other:
            await use_code(work, factor.key, user_id=caller.user_id, code=code)
        work.say("hand_out_request", f"run:{run_id}", reason=sha256)
    return place.originals.path_of(sha256)


async def confirm_cancelled(work: Work, *, run_id: int, collection_ids: Sequence[int], proof: str) -> int:
    """Note that the bank cancelled debits before they were made; what they asked for is free again. Return how many.

    Raises ReasonMissing, NotFound, or NothingToAsk when one of them does not wait for the bank.
    """
    why = said(proof)
    await collection_runs.lock_run(work, run_id)
    found = await run_requests.sent_of_run(
        work.session, company_id=work.company_id, run_id=run_id, states=[CollectionState.SUBMITTED],
        ids=collection_ids,
    )  # fmt: skip
    ids = [one.id for one in found]
    if not ids or not collection_ids or len(ids) < len(set(collection_ids)):
        raise NothingToAsk
    await collection_answers.lock_items_of(work, ids)
    moved = await collection_answers.move_collections(
        work, ids, from_states=[CollectionState.SUBMITTED], to_state=CollectionState.CANCELLED, reason=why
    )
    await collection_answers.free_items(work, moved)
    await collection_answers.release_amendments(work, moved)
    await collection_answers.free_one_offs(work, moved)
    await collection_answers.close_ended_runs(work, moved)
    work.say("confirm_cancelled", f"run:{run_id}", reason=why, collections=len(moved))
    return len(moved)
