"""The API of the journal: its rows in pages, the latest first, and checking that everything holds."""

from aiohttp import web

from gateway.domain.access import Right
from gateway.store import companies, journal_lists
from gateway.store.journal import Journal
from gateway.store.journal_lists import JournalFilter
from gateway.web.context import Call
from gateway.web.routing import api
from schemas.errors import NotAllowed
from schemas.payloads.audit import AuditFilter, JournalList, JournalRow, Verified


async def list_rows(call: Call) -> web.StreamResponse:
    """Answer with a page of the company's journal."""
    asked = call.query(AuditFilter)
    async with call.gateway.database.read() as session:
        trail = asked.about and await journal_lists.trail_of(session, company_id=call.company_id, subject=asked.about)
        wanted = JournalFilter(
            actor=asked.actor, verb=asked.verb, trail=trail or None, from_at=asked.from_at, until_at=asked.until_at
        )
        found = await journal_lists.list_journal(
            session, chain_id=call.company_id, wanted=wanted, cursor=asked.cursor or "", limit=asked.limit
        )
    return call.answer(JournalList(items=[_shape(row) for row in found.rows], next_cursor=found.next_cursor))


def _shape(row: Journal) -> JournalRow:
    return JournalRow(
        seq=row.seq, at=row.at, actor=row.actor, verb=row.verb, subject=row.subject, reason=row.reason,
        counts=row.counts, digest=row.digest, prev=row.prev, hash=row.hash,
    )  # fmt: skip


async def verify(call: Call) -> web.StreamResponse:
    """Check the chains, the digests and everything that must always hold; who asked is journaled.

    Raises NotAllowed where the installation has companies that the caller may not see: what is broken names their rows.
    """
    async with call.gateway.database.read() as session:
        all_companies = {company.id for company in await companies.all_companies(session)}
    if not all_companies <= {company.id for company in call.caller.companies}:
        raise NotAllowed("the check reads every company; you have no role in some of them")
    broken = await call.gateway.workers.check()
    async with call.begin(ids=10) as work:
        work.say("check", "journal", broken=len(broken))
    return call.answer(Verified(holds=not broken, broken=broken))


ROUTES = (
    api(
        "GET", "/audit", Right.SEE_AUDIT, list_rows, summary="List the journal, the latest first",
        query=AuditFilter, gives=JournalList,
    ),
    api(
        "POST", "/audit/verify", Right.SEE_AUDIT, verify, summary="Check that the journal is whole and all rules hold",
        gives=Verified,
    ),
)  # fmt: skip
