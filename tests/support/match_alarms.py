"""Weeks of statements of which matching books everything, and then a format that loses what payers wrote."""

import datetime as dt

from gateway.services.count_figures import count_figures
from gateway.store.accounts import BankAccount
from gateway.store.bulk import insert_rows
from gateway.store.companies import lock_company
from gateway.store.database import Database
from gateway.store.match_figures import figures
from gateway.store.work import SYSTEM
from schemas.states import MatchEvidence, MatchOutcome

TODAY = dt.date(2026, 11, 20)
OLD, NEW = "MT940", "camt.053.001.08"
_NAMES = (
    "id", "company_id", "bank_account_id", "booking_date", "format", "currency", "outcome", "why", "evidence",
    "is_payment", "line_count", "amount_minor",
)  # fmt: skip


async def write_days(
    database: Database, company_id: int, account_id: int, *, good: int = 30, bad: int = 2, count: int = 20
) -> None:
    """Write figures of days until today: good ones in the old format, bad ones in the new."""
    async with database.begin(actor=SYSTEM, now=_noon(TODAY), company_id=company_id) as work:
        await lock_company(work)
        rows = []
        for back in range(good + bad):
            is_bad = back < bad
            booked = count // 10 if is_bad else count - 1
            for outcome, why, lines in (
                (MatchOutcome.BOOKED, "exact_reference", booked),
                (MatchOutcome.ASKED, "no_known_reference", count - booked),
            ):
                rows.append((
                    work.new_id(), company_id, account_id, TODAY - dt.timedelta(days=back), NEW if is_bad else OLD, "EUR",
                    outcome, why, MatchEvidence.NONE, True, lines, 100 * lines,
                ))  # fmt: skip
        await insert_rows(work, figures, _NAMES, rows)


async def add_account_at(database: Database, company_id: int, name: str, bic: str) -> int:
    """Add an account at a bank, of which no statement comes."""
    async with database.begin(actor=SYSTEM, now=_noon(TODAY), company_id=company_id) as work:
        row = BankAccount(
            id=work.new_id(), company_id=company_id, name=name, account=name, bic=bic, also_written=[],
            created_at=work.now,
        )  # fmt: skip
        work.add(row)
    return row.id


async def count_at(database: Database, company_id: int, day: dt.date = TODAY) -> None:
    """Count, as in the night to a day."""
    await count_figures(database, company_id=company_id, now=_noon(day), actor=SYSTEM)


def _noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), dt.UTC)
