"""Let mandates expire that were not collected for 36 months: they may never be collected again."""

import datetime as dt

from gateway.domain.mandate import VALID_MONTHS, months_after
from gateway.store import companies, mandate_lists, mandates
from gateway.store.database import Database, ReadSession
from gateway.store.mandates import Mandate, MandateMove
from gateway.store.work import SYSTEM
from schemas.states import MandateState

_PIECE = 1_000


async def expire_mandates(database: Database, *, now: dt.datetime) -> int:
    """Expire what was unused too long, in all companies, and return how many; once expired, nothing happens again."""
    async with database.read() as session:
        company_ids = [company.id for company in await companies.all_companies(session)]
    return sum([await _of_company(database, company_id, now) for company_id in company_ids])


async def _of_company(database: Database, company_id: int, now: dt.datetime) -> int:
    count = 0
    while True:
        async with database.read() as session:
            if not await _stale(session, company_id, now.date()):
                return count
        async with database.begin(actor=SYSTEM, now=now, company_id=company_id, ids=2 * _PIECE) as work:
            rows = await _stale(work.session, company_id, now.date())
            moves = [MandateMove(row.id, row.state, MandateState.EXPIRED, "unused_too_long") for row in rows]
            await mandates.move_mandates(work, moves)
            await mandates.sync_mandate_ibans(work, {row.party_id for row in rows})
            if rows:
                work.say("expire_mandates", f"mandate:{rows[0].id}", changed=len(rows))
        count += len(rows)


async def _stale(session: ReadSession, company_id: int, today: dt.date) -> list[Mandate]:
    before = months_after(today, -VALID_MONTHS)
    return await mandate_lists.stale_mandates(session, company_id=company_id, before_date=before, limit=_PIECE)
