"""Plan collections: what can be collected until a day, and what cannot. It only reads."""

import datetime as dt

from gateway.domain.collecting.model import CreditorTerms, Plan
from gateway.domain.collecting.plan import DueFacts
from gateway.domain.collecting.plan import plan_collections as planned
from gateway.store import creditor_terms, due_items, notices
from gateway.store.creditor_terms import Profiles
from gateway.store.database import ReadSession
from schemas.bank_profile import FirstSequence
from schemas.tables import MandateType

_NOTICES_KEPT = dt.timedelta(days=60)  # A notice may speak of a day that has passed: the debit may come later.


async def plan_collections(
    session: ReadSession,
    *,
    company_id: int,
    until_date: dt.date,
    now: dt.datetime,
    profiles: Profiles,
    party_id: int | None = None,
) -> Plan:
    """Return the plan for what is due until a day, of all customers or of one."""
    rules = await creditor_terms.rules_of(session, company_id)
    facts = await due_facts(
        session, company_id=company_id, until_date=until_date, now=now, profiles=profiles, party_id=party_id
    )
    return planned(facts, rules=rules, until_date=until_date, now=now)


async def due_facts(
    session: ReadSession,
    *,
    company_id: int,
    until_date: dt.date,
    now: dt.datetime,
    profiles: Profiles,
    party_id: int | None = None,
) -> DueFacts:
    """Return what planning reads."""
    creditors = await creditor_terms.creditor_terms(session, company_id=company_id, profiles=profiles)
    items = await due_items.due_items(session, company_id=company_id, until_date=until_date, party_id=party_id)
    stored = await due_items.stored_collections(session, company_id=company_id)
    if party_id is not None:
        stored = [one for one in stored if one.party_id == party_id]
    mandates = await due_items.mandates_of(
        session,
        company_id=company_id,
        party_ids=[*(item.party_id for item in items), *(one.party_id for one in stored)],
        default_identifier=creditors[""].identifier if "" in creditors else "",
        with_use=any(_wants_first(terms) for terms in creditors.values()),
    )
    announced = await notices.announced_by_mandate(session, company_id=company_id, from_date=now.date() - _NOTICES_KEPT)
    one_offs = [one.id for several in mandates.values() for one in several if one.type == MandateType.ONE_OFF]
    spoken_for = await due_items.asked_mandates(session, company_id=company_id, ids=one_offs)
    return DueFacts(items, mandates, creditors, announced, stored, spoken_for)


def _wants_first(terms: CreditorTerms) -> bool:
    return terms.profile.first_sequence is not FirstSequence.RECURRENT
