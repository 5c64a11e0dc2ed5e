"""The last five weeks of each account, a day each: which statement is there and which is missing."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gateway.domain.statement_days import DayState, KnownStatement, StatementDay, days_of
from gateway.store import statement_lists
from gateway.store.accounts import BankAccount
from gateway.store.database import ReadSession
from gateway.store.statements import Statement, facts_of
from schemas.states import StatementState

_WEEKS = 5
_WEEK = 7


class Strip(NamedTuple):
    """An account with its days, in weeks from Monday to Sunday; this week is the last."""

    account: BankAccount
    weeks: Sequence[Sequence[StatementDay]]

    @property
    def missing(self) -> list[StatementDay]:
        """The days whose statement is missing, oldest first."""
        return self._days(DayState.MISSING)

    @property
    def held(self) -> list[StatementDay]:
        """The days whose statement waits for a person."""
        return self._days(DayState.HELD)

    @property
    def has_any(self) -> bool:
        """Whether anything is known of its days."""
        return bool(self._days(DayState.THERE, DayState.HELD, DayState.MISSING))

    def _days(self, *states: DayState) -> list[StatementDay]:
        return [day for week in self.weeks for day in week if day.state in states]


async def load_strips(
    session: ReadSession, *, company_id: int, accounts: Iterable[BankAccount], today: dt.date
) -> list[Strip]:
    """Return the strips of the accounts that are not closed, by name."""
    first = today - dt.timedelta(days=today.weekday() + (_WEEKS - 1) * _WEEK)
    strips = []
    for account in sorted(accounts, key=lambda account: (account.name, account.id)):
        if account.closed_at is None:
            rows = await statement_lists.statements_since(
                session, company_id=company_id, account_id=account.id, since=first
            )
            days = days_of([_known(row) for row in rows], first=first, count=_WEEKS * _WEEK, today=today)
            weeks = [days[start : start + _WEEK] for start in range(0, len(days), _WEEK)]
            strips.append(Strip(account, weeks))
    return strips


def _known(row: Statement) -> KnownStatement:
    return KnownStatement(row.id, row.state is StatementState.HELD, facts_of(row))
