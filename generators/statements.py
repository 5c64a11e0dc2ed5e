"""What a statement writer is given: a whole statement whose entries may still be streaming.

Writers of camt and of MT940 take the same values that readers yield, so what one writes the other can read back.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from schemas.errors import GatewayError
from schemas.statement import BankEntry, EntryStatus, StatementEnd, StatementKind, StatementStart


class UnwritableStatement(GatewayError):
    """A statement holds what the format cannot say."""

    code = "unwritable_statement"


class Statement(NamedTuple):
    """One statement. Its end is known before its entries are written, because camt puts balances first."""

    start: StatementStart
    entries: Iterable[BankEntry]
    end: StatementEnd


def make_statement(
    *,
    account: str,
    number: str,
    statement_id: str,
    opening_minor: int,
    entries: Sequence[BankEntry],
    from_date: dt.date,
    to_date: dt.date,
    currency: str = "EUR",
    servicer_bic: str | None = None,
    kind: StatementKind = StatementKind.STATEMENT,
) -> Statement:
    """Return a statement of one page that adds up: closing is opening plus the booked entries."""
    booked_minor = sum(entry.amount_minor for entry in entries if entry.status == EntryStatus.BOOKED)
    start = StatementStart(
        kind=kind,
        account=account,
        currency=currency,
        id=statement_id,
        number=number,
        page=1,
        copy=False,
        message_id=None,
        servicer_bic=servicer_bic,
        line=None,
    )
    end = StatementEnd(
        last_page=True,
        currency=currency,
        from_date=from_date,
        to_date=to_date,
        opening_minor=opening_minor,
        closing_minor=opening_minor + booked_minor,
        booked_sum_minor=booked_minor,
        entry_count=len(entries),
        balanced=True,
        text="",
        warnings=(),
    )
    return Statement(start, entries, end)
