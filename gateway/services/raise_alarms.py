"""Tell when matching books less of an account than in the weeks before, or of all accounts at a bank together.

What each account shows by itself is told of the account. Accounts with few payments show it together with the others
at their bank. A drop is told once: what was before it is not compared again.
"""

import datetime as dt
from collections import defaultdict
from typing import NamedTuple

from gateway.domain.match_drop import BEFORE_DAYS, DayCount, Drop, find_drop
from gateway.store import accounts, companies, match_alarms
from gateway.store.database import Database, ReadSession
from gateway.store.match_figures import MatchAlarm
from gateway.store.work import SYSTEM, Work
from schemas.errors import NotFound

_LOOKED_AT = dt.timedelta(days=2 * BEFORE_DAYS)
_BANK = 8  # Characters of a BIC that name the bank; the rest is a branch.


class Dropped(NamedTuple):
    """A drop of an account, or of all accounts at a bank."""

    bank_account_id: int | None
    bank: str
    drop: Drop


async def raise_alarms(database: Database, *, company_id: int, now: dt.datetime) -> int:
    """Raise an alarm for each drop that was not told yet; return how many there are."""
    async with database.read() as session:
        dropped = await find_drops(session, company_id=company_id, today=now.date())
    for one in dropped:
        async with database.begin(actor=SYSTEM, now=now, company_id=company_id, ids=10) as work:
            await companies.lock_company(work)
            await match_alarms.add_alarm(work, **one._asdict())
    return len(dropped)


async def find_drops(session: ReadSession, *, company_id: int, today: dt.date) -> list[Dropped]:
    """Return the drops that were not told yet."""
    days = await match_alarms.day_counts(session, company_id=company_id, since=today - _LOOKED_AT)
    told = await match_alarms.last_drops(session, company_id=company_id)
    rows = await accounts.list_accounts(session, company_id=company_id)
    banks: dict[str, list[int]] = defaultdict(list)
    found: list[Dropped] = []
    for row in rows:
        bank = (row.bic or "")[:_BANK]
        banks[bank].append(row.id)
        since = max([date for subject in ((row.id, bank), (None, bank)) if (date := told.get(subject))], default=None)
        if drop := find_drop(days.get(row.id, ()), today=today, since=since):
            found.append(Dropped(row.id, bank, drop))
    shown = {one.bank for one in found}
    for bank, ids in banks.items():
        if bank and bank not in shown and len(ids) > 1:
            since = max([date for (_, of), date in told.items() if of == bank], default=None)
            if drop := find_drop(_together([days.get(key, []) for key in ids]), today=today, since=since):
                found.append(Dropped(None, bank, drop))
    return found


def _together(series: list[list[DayCount]]) -> list[DayCount]:
    return [day for days in series for day in days]


async def see_alarm(work: Work, *, alarm_id: int) -> MatchAlarm:
    """Note that somebody saw an alarm; the first who did stays. Raises NotFound."""
    alarm = await match_alarms.get_alarm(work.session, company_id=work.company_id, alarm_id=alarm_id)
    if alarm is None:
        raise NotFound(f"there is no alarm {alarm_id}")
    if await match_alarms.mark_seen(work, alarm_id):
        await work.session.refresh(alarm)
        subject = f"bank_account:{alarm.bank_account_id}" if alarm.bank_account_id else f"bank:{alarm.bank}"
        work.say("see_alarm", subject)
    return alarm
