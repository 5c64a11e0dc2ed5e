"""Load what matching compares a bank transaction with: everything that is open, or only what may concern a few."""

import datetime as dt
import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.model import Advised, Credit, OpenItem, Policy
from gateway.domain.matching.packed import PackedItems
from gateway.domain.matching.sent import SentDebits
from gateway.domain.matching.user_rules import UserRules
from gateway.store import (
    accounts,
    advices,
    bank_transactions,
    companies,
    habits,
    match_facts,
    matching_rules,
    open_items,
    parties,
    sent_debits,
    sent_refunds,
)
from gateway.store.database import ReadSession

PACKED_FROM = 250_000  # Open items; so many take a quarter of a gigabyte as they are.
SETTLED = dt.timedelta(90)  # What was settled so long ago may be paid a second time.


async def load_policy(session: ReadSession, company_id: int) -> Policy:
    """Return what the company lets matching book by itself; the careful defaults where it set nothing."""
    return Policy(**await companies.policy_of(session, company_id))


async def load_index_for(session: ReadSession, company_id: int, waiting: Sequence[int]) -> ItemIndex:
    """Return the index of all open items of a company, for some bank transactions that are to be matched."""
    last_date = await bank_transactions.last_booking_date(session, waiting)
    debits = await bank_transactions.returned_debits(session, waiting)
    signs = await sent_debits.signs_of(session, waiting)
    sent = await sent_debits.load_sent(session, company_id=company_id, signs=signs)
    linked = await advices.linked_to(session, waiting)
    since_date = last_date - SETTLED
    return await load_index(session, company_id, since_date=since_date, debits=debits, sent=sent, linked=linked)


async def load_index(
    session: ReadSession,
    company_id: int,
    *,
    since_date: dt.date,
    debits: Sequence[Credit],
    sent: SentDebits | None = None,
    linked: Mapping[int, Advised] | None = None,
) -> ItemIndex:
    """Return the index of all open items of a company and of those that were settled since a day.

    It knows our refunds, the rules of the company, what ``debits`` may take back, the advices that are ``linked`` to
    credits, and all that is to be known of the debits ``sent``; without these only which end-to-end ids are ours.
    """
    own_ids = [] if sent else await sent_debits.open_end_to_end_ids(session, company_id=company_id)
    with _no_garbage():
        return ItemIndex(
            await _open_items(session, company_id),
            await parties.load_customers(session, company_id),
            await parties.load_known_ibans(session, company_id),
            settled=await match_facts.settled_lately(session, company_id=company_id, since_date=since_date),
            booked=await match_facts.booked_credits(session, company_id=company_id, debits=debits),
            mandates=await match_facts.mandate_customers(session, company_id=company_id),
            own_ibans=await accounts.own_ibans(session, company_id=company_id),
            own_end_to_end_ids=own_ids,
            debits=sent,
            rules=UserRules(await matching_rules.load_rules(session, company_id)),
            habits=await habits.load_habits(session, company_id),
            refunds=await sent_refunds.load_refunds(session, company_id=company_id, since_date=since_date),
            waiting=await match_facts.waiting_credits(session, company_id=company_id),
            advices=linked,
        )


async def _open_items(session: ReadSession, company_id: int) -> Iterable[OpenItem]:
    """Return every item of which something is open: packed where they are very many."""
    if await open_items.count_open(session, company_id=company_id) < PACKED_FROM:
        return await open_items.load_open_items(session, company_id)
    packed = PackedItems()
    async for item in open_items.each_open_item(session, company_id):
        packed.append(item)
    return packed


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Make many values that stay, without looking through them for garbage again and again, then or later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
