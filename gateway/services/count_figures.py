"""Count how well matching did, once a night and whenever a person asks, and raise an alarm where it does less well.

Only months in which something changed are counted. They are read without a transaction, one after the other, and then
written in one. A month that changed meanwhile shows itself in the next night. That it was counted is noted last: what a
crash broke off is done again.
"""

import datetime as dt

from gateway.services.raise_alarms import raise_alarms
from gateway.store import companies, match_counting, match_figures
from gateway.store.database import Database
from gateway.store.match_counting import Counted, Month
from gateway.store.work import Actor


async def due_tonight(database: Database, *, now: dt.datetime) -> list[int]:
    """Return the companies that were not counted this night yet (days of UTC)."""
    async with database.read() as session:
        company_ids = [company.id for company in await companies.all_companies(session)]
        return [one for one in company_ids if not await match_figures.was_counted(session, one, now.date())]


async def count_figures(database: Database, *, company_id: int, now: dt.datetime, actor: Actor) -> int:
    """Count what changed in a company since it was counted last, and tell drops; return how many months changed."""
    async with database.read() as session:
        before = await match_counting.stands_counted(session, company_id)
        stands = await match_counting.stands_now(session, company_id)
    changed = sorted(month for month in before.keys() | stands.keys() if before.get(month) != stands.get(month))
    counted: dict[Month, Counted] = {}
    for month in changed:  # Each is a session of its own: the first count of a year may take a while.
        async with database.read() as session:
            counted[month] = Counted(stands.get(month), await match_counting.count_month(session, month))
    ids = match_counting.ids_needed(counted.values()) + 100
    async with database.begin(actor=actor, now=now, company_id=company_id, ids=ids) as work:
        await companies.lock_company(work)
        if count := await match_counting.replace_months(work, counted, before):
            work.say("count_figures", "match_figures", months=count)
    await raise_alarms(database, company_id=company_id, now=now)
    async with database.begin(actor=actor, now=now, company_id=company_id, ids=10) as work:
        await companies.lock_company(work)
        await match_figures.note_night(work)
    return count
