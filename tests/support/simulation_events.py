"""What happened in a simulated year and how often: by the bank's books, by the database, and by what people noted."""

from collections import Counter

from gateway.fake_bank import Outcome
from gateway.fake_bank.fates import Event, FeeMode, FeeTime
from gateway.store.collections import Collection
from gateway.store.mandate_papers import MandateAmendment
from gateway.store.mandates import Mandate
from schemas.states import CollectionState, MandateState
from schemas.tables import MandateType
from support.simulation_world import World

_LATE = {Event.REJECT_LATE, Event.REFUSE}
# Without these a year is not one of a company that collects. Each has to occur in the years that are proved.
EVENTS = (
    "settled", "settled a day later", "rejected at once", "rejected late", "refused", "whole block or file rejected",
    "returned", "refunded within eight weeks", "refunded as unauthorised", "returned with a fee",
    "fee booked apart", "fee on another day than its return",
    "reversed by us", "retried", "retry cancelled", "cancelled before it left", "taken out of a run", "one-off collected", "amendment told",
    "mandate expired", "mandate revoked", "batch credit", "report lost", "letter repeated", "letter late",
    "rejection told on the telephone", "unknown submission", "explanation accepted",
    "transfer kept on account",
)  # fmt: skip


async def events_of(world: World) -> Counter[str]:
    """Return how often what happened in a year."""
    return world.events + _at_the_bank(world) + await _in_the_database(world)


def _at_the_bank(world: World) -> Counter[str]:
    seen: Counter[str] = Counter()
    for held in world.bank.state.held.values():
        seen["settled"] += held.settled_on is not None
        seen["settled a day later"] += held.settled_on is not None and held.fate.event is Event.MOVE
        seen["whole block or file rejected"] += held.is_untouched
        if held.outcome is Outcome.REJECTED and not held.is_untouched:
            seen["rejected late" if held.fate.event in _LATE else "rejected at once"] += 1
        seen["refused"] += held.outcome is Outcome.REFUSED
        seen["returned"] += held.outcome is Outcome.RETURNED
        if held.outcome is Outcome.REFUNDED:
            seen["refunded within eight weeks" if held.reason == "MD06" else "refunded as unauthorised"] += 1
        seen["reversed by us"] += held.outcome is Outcome.REVERSED
        seen["returned with a fee"] += held.fee_minor > 0
        is_apart = held.fee_minor > 0 and held.fate.fee is FeeMode.APART
        seen["fee booked apart"] += is_apart
        is_other_day = held.fate.fee_time in (FeeTime.EARLIER, FeeTime.LATER) or world.bank.habits.sums_fees
        seen["fee on another day than its return"] += is_apart and is_other_day
    for block in world.bank.state.blocks.values():
        days = Counter(world.bank.state.held[key].settled_on for key in block.end_to_end_ids)
        seen["batch credit"] += block.is_batch_booked and any(day and count > 1 for day, count in days.items())
    seen["report lost"] += len(world.bank.state.lost_letters)
    return +seen


async def _in_the_database(world: World) -> Counter[str]:
    seen: Counter[str] = Counter()
    sent = set(world.bank.state.held)
    for row in await world.treasury.rows(Collection):
        is_sent = row.end_to_end_id in sent
        seen["retried"] += is_sent and row.retry_of_id is not None
        seen["cancelled before it left"] += row.state is CollectionState.CANCELLED
    for row in await world.treasury.rows(Mandate):
        seen["one-off collected"] += row.type == MandateType.ONE_OFF and row.last_collected_date is not None
        seen["mandate expired"] += row.state is MandateState.EXPIRED
        seen["mandate revoked"] += row.state is MandateState.REVOKED
    for row in await world.treasury.rows(MandateAmendment):
        seen["amendment told"] += row.is_done and row.carried_by_id is not None
    return +seen
