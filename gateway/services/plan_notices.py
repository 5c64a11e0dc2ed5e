"""Find what debtors are to be told: the debits that only their notice holds back. It only reads."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import NamedTuple

from gateway.domain.collecting.notices import NoticeDue, notices_due
from gateway.domain.collecting.plan import plan_collections
from gateway.services.plan_collections import due_facts
from gateway.store import creditor_terms
from gateway.store.database import Database
from schemas.bank_profile import BankProfile


class NoticesWanted(NamedTuple):
    """What is to be announced: all that is due until a day, or some of it, by mandate and due date."""

    company_id: int
    until_date: dt.date
    profiles: Mapping[str, BankProfile]
    chosen: frozenset[tuple[int, dt.date]] = frozenset()


async def plan_notices(database: Database, now: Callable[[], dt.datetime], wanted: NoticesWanted) -> list[NoticeDue]:
    """Return what is to be told of debits that only their notice holds back, one notice for each mandate.

    The period is what was agreed with the customer, else the company's rule. An instalment plan is told whole.
    """
    at = now()
    async with database.read() as session:
        rules = await creditor_terms.rules_of(session, wanted.company_id)
        facts = await due_facts(
            session, company_id=wanted.company_id, until_date=wanted.until_date, now=at, profiles=wanted.profiles
        )
    last = max((part.due_date for item in facts.items for part in item.parts), default=wanted.until_date)
    plan = plan_collections(facts, rules=rules, until_date=max(last, wanted.until_date), now=at)
    return notices_due(
        plan,
        until_date=wanted.until_date,
        today=at.date(),
        days=rules.notice_days,
        days_of={item.party_id: item.notice_days for item in facts.items if item.notice_days is not None},
        chosen=wanted.chosen,
    )
