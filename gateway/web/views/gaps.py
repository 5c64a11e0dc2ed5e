"""What is missing between two statements of an account: days, and the amount by which their balances differ."""

import datetime as dt
from typing import NamedTuple

from gateway.domain.statement import gap_before
from gateway.store.statements import Statement, facts_of
from schemas.states import StatementState

_DAY = dt.timedelta(days=1)


class Gap(NamedTuple):
    """What is missing before a statement."""

    amount_minor: int
    currency: str
    from_date: dt.date | None  # The days between, where there are any.
    to_date: dt.date | None


def gap_of(statement: Statement, previous: Statement | None) -> Gap | None:
    """Return what is missing before a statement, or None where it meets the one before it.

    A weekend without movements is no gap: balances that meet say that nothing is missing.
    """
    if statement.state is not StatementState.IMPORTED or statement.same_as_id is not None or previous is None:
        return None
    missing = gap_before(facts_of(statement), facts_of(previous))
    if missing is None:
        return None
    first, last = _between(previous.to_date, statement.from_date)
    return Gap(missing, statement.currency, first, last)


def _between(end: dt.date | None, start: dt.date | None) -> tuple[dt.date | None, dt.date | None]:
    if end is None or start is None or start - end <= _DAY:
        return None, None
    return end + _DAY, start - _DAY
