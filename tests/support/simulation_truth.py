"""Compare a simulated year with what must be true: the model's sums, the bank's books, and the rules of ``check``."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator

from gateway.domain.replay.change import ReplayChange
from gateway.fake_bank import Outcome
from gateway.services.load_past import Period
from gateway.services.replay_matching import replay_matching
from gateway.store.accounts import BankAccount
from gateway.store.bank_transactions import BankTransaction
from gateway.store.collections import Collection
from gateway.store.open_items import OpenItem
from gateway.store.unpaid import Unpaid
from schemas.states import BankTransactionState, CollectionState
from support.simulation_world import START, World

_C, _O = CollectionState, Outcome
STATES = {
    _O.ACCEPTED: _C.SUBMITTED, _O.REJECTED: _C.REJECTED, _O.REFUSED: _C.REJECTED, _O.CANCELLED: _C.CANCELLED,
    _O.SETTLED: _C.SETTLED, _O.RETURNED: _C.RETURNED, _O.REFUNDED: _C.RETURNED, _O.REVERSED: _C.RETURNED,
}  # fmt: skip
_NOT_SENT = frozenset({_C.PLANNED, _C.NOTIFIED, _C.BATCHED, _C.CANCELLED})


def broken_at_the_bank(world: World) -> Iterator[str]:
    """Yield what a strict bank found wrong in our files, and what it was asked for twice."""
    fated_together = ("FF01", "FF05") if world.bank.habits.seed is None else ()  # By another one in its file or block.
    for held in world.bank.state.held.values():
        is_fated = held.reason == held.fate.reason or (held.reason in fated_together and held.is_untouched)
        if held.outcome in (_O.REJECTED, _O.REFUSED) and not is_fated:
            yield f"the bank refused {held.end_to_end_id} of {held.mandate_reference} ({held.date}): {held.reason}"
        if held.amount_minor != sum(world.model.debits.get(held.end_to_end_id, {}).values()):
            yield f"{held.end_to_end_id}: the bank was asked for {held.amount_minor} cents, not for what its lines say"
    yield from world.model.collected_twice(world.bank.state.outcomes())


async def broken_at_the_end(world: World) -> list[str]:
    """Return what differs after everything arrived and was answered."""
    return [
        *broken_at_the_bank(world),
        *[line async for line in _collections(world)],
        *await _debts(world),
        *await _cents(world),
        *await _fees(world),
        *await world.treasury.broken(),
        *await _decided_again(world),
    ]


async def _decided_again(world: World) -> list[str]:
    """Return what a replay of the whole year decides otherwise than it was, although nothing is changed."""
    period = Period(world.treasury.company_id, START, world.today)
    found = await replay_matching(world.treasury.database, period, ReplayChange())
    return [f"decided otherwise in a replay: {one}" for one in found.unlike]


async def _collections(world: World) -> AsyncIterator[str]:
    """Yield each collection that does not stand where the bank says."""
    outcomes = world.bank.state.outcomes()
    rows = {row.end_to_end_id: row for row in await world.treasury.rows(Collection)}
    for end_to_end_id in sorted(set(outcomes) - set(rows)):
        yield f"{end_to_end_id} is at the bank and not in the database"
    for end_to_end_id, row in sorted(rows.items()):
        if end_to_end_id not in outcomes:
            if row.state not in _NOT_SENT:
                yield f"{end_to_end_id} is {row.state}, but the bank never saw it"
        elif row.state is not STATES[outcomes[end_to_end_id][0]]:
            yield f"{end_to_end_id} is {row.state}, the bank says {' '.join(outcomes[end_to_end_id])}"


async def _debts(world: World) -> list[str]:
    """Return each debt whose settled amount is not what the bank's books say."""
    wanted = world.model.settled(world.bank.state.outcomes())
    found = []
    for row in await world.treasury.rows(OpenItem):
        is_ours = row.number in world.model.debts
        if is_ours and row.settled_minor != wanted[row.number]:
            found.append(f"{row.number}: {row.settled_minor} of {row.amount_minor} settled, not {wanted[row.number]}")
    return found


async def _fees(world: World) -> list[str]:
    """Return each debit whose fee in the register is not what the bank took for it."""
    found: Counter[str] = Counter()
    names = {row.id: row.end_to_end_id for row in await world.treasury.rows(Collection)}
    for row in await world.treasury.rows(Unpaid):
        found[names[row.collection_id or 0]] += row.fee_minor
    return [
        f"{held.end_to_end_id}: the register has fees of {found[held.end_to_end_id]}, the bank took {held.fee_minor}"
        for held in world.bank.state.held.values()
        if found[held.end_to_end_id] != held.fee_minor
    ]


async def _cents(world: World) -> list[str]:
    """Return each account whose balance is not the sum of its bookings, and each booking that is not explained whole."""
    accounts = {row.id: row.account for row in await world.treasury.rows(BankAccount)}
    found: list[str] = []
    total: Counter[str] = Counter()
    for row in await world.treasury.rows(BankTransaction):
        if row.state in (BankTransactionState.SPLIT, BankTransactionState.CANCELLED_BY_BANK):
            continue
        total[accounts[row.bank_account_id]] += row.amount_minor
        if row.state not in (BankTransactionState.ALLOCATED, BankTransactionState.IGNORED):
            text = f"{row.booking_date} {row.amount_minor} {row.end_to_end_id} {row.remittance or row.entry_text}"
            found.append(f"{text}: {row.state}")
    for iban, balance in world.bank.state.balances().items():
        if total[iban] != balance:
            found.append(f"account {iban}: bookings make {total[iban]}, the bank says {balance}")
    return found
