"""Load what a replay needs of a period: what was decided, and all that moved since its first decision."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from gateway.domain.matching.bookings import Phase
from gateway.domain.matching.model import Policy, Rule
from gateway.domain.replay.past import Past, PastDecision, PastItem, PastQuestion, PastTransaction
from gateway.services.load_candidates import SETTLED
from gateway.services.match_transactions import in_phases
from gateway.store import companies, match_facts, open_items, past, past_lessons
from gateway.store.database import ReadSession
from schemas.errors import GatewayError

_VERSIONS_MAX = 1_000
TRANSACTIONS_MAX = 400_000  # What a worker has room for; each takes about five kilobytes.


class PeriodTooLong(GatewayError):
    """A period has more bank transactions than can be decided again at once."""

    code = "period_too_long"


class Period(NamedTuple):
    """The booking dates of a company that are decided again, inclusive."""

    company_id: int
    from_date: dt.date
    to_date: dt.date


class Loaded(NamedTuple):
    """What happened, and how many bank transactions of the period stand as they are: those of our own debits."""

    past: Past
    own_count: int


async def load_past(session: ReadSession, period: Period) -> Loaded | None:
    """Return what happened in a period and since; None where nothing of it was matched. Raises PeriodTooLong.

    Money of our debits and refunds, and what takes them back, is no matter of any rule that may be changed: it stands.
    """
    where = period._asdict()
    count = await past.count_of(session, **where)
    if count > TRANSACTIONS_MAX:
        raise PeriodTooLong(
            f"this period has {count:,} bank transactions, at most {TRANSACTIONS_MAX:,} fit; choose less"
        )
    transactions = await past.transactions_of(session, **where)
    decisions = await past.decisions_of(session, **where)
    own = await _own(session, period, transactions, decisions)
    transactions = {key: one for key, one in transactions.items() if key not in own}
    if not transactions:
        return None
    decisions = [one for one in decisions if one.bank_transaction_id in transactions]
    questions = {key: one for key, one in (await past.questions_of(session, **where)).items() if key in transactions}
    begin = _begin(transactions.values(), decisions, questions)
    company_id = period.company_id
    found = Past(
        begin=begin,
        transactions=transactions,
        decisions=decisions,
        questions=questions,
        moves=await past.moves_since(session, company_id=company_id, since=begin),
        items=await _items(session, period, begin),
        versions=await past.versions_since(session, company_id=company_id, since=begin),
        flights=await past.flights_since(session, company_id=company_id, since=begin),
        payers=await past_lessons.payers_of(session, company_id=company_id),
        taught=await past_lessons.taught(session, company_id=company_id),
        habits=await past_lessons.habits_of(session, company_id=company_id),
        lessons=await past_lessons.lessons_of(session, company_id=company_id),
        rules=await past_lessons.rules_of(session, company_id=company_id),
        advices=await past_lessons.advices_of(session, transactions),
        policies=await policies_of(session, company_id),
        waits=await past.waits_since(session, company_id=company_id, since=begin),
        draws=await past.draws_since(session, company_id=company_id, since=begin),
    )
    return Loaded(found, len(own))


async def _own(
    session: ReadSession, period: Period, transactions: Iterable[int], decisions: Iterable[PastDecision]
) -> set[int]:
    """Return the bank transactions that settle our debits or refunds, or take them back."""
    phases = await in_phases(session, period.company_id, list(transactions))
    refunds = {one.bank_transaction_id for one in decisions if one.rule == Rule.OWN_REFUND}
    return {*phases[Phase.COLLECTIONS], *phases[Phase.RETURNS], *refunds}


def _begin(
    transactions: Iterable[PastTransaction], decisions: Iterable[PastDecision], questions: dict[int, list[PastQuestion]]
) -> dt.datetime:
    """Return when the first of some bank transactions was looked at."""
    told = [one.recorded_at for one in decisions] + [first.asked_at for first, *_ in questions.values()]
    return min([*told, *(one.stored_at for one in transactions)])


async def _items(session: ReadSession, period: Period, begin: dt.datetime) -> list[PastItem]:
    since_date = period.from_date - SETTLED
    settled = await match_facts.settled_lately(session, company_id=period.company_id, since_date=since_date)
    dates = {one.item.id: one.settled_date for one in settled}
    rows = await open_items.load_items_since(session, period.company_id, since=begin, since_date=since_date)
    return [PastItem(item, created_at, cancelled_at, dates.get(item.id)) for item, created_at, cancelled_at in rows]


async def policies_of(session: ReadSession, company_id: int) -> list[tuple[dt.datetime, Policy]]:
    """Return the policies of a company with the moments from which on they held, the first one first."""
    versions = await companies.policy_versions(session, company_id, limit=_VERSIONS_MAX)
    return [(version.recorded_at, Policy(**version.record)) for version in reversed(versions)]
