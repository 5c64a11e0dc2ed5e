"""Whether a debtor was told of a debit in time (EPC016-06 4.3.2; sepa-rules 1.2).

By the invoice itself, which names the day and the amount; by a schedule; or by a mail or letter of ours. What was
announced covers the same amount or less on the day announced or the bank day after it. An amount or a date beyond that
needs a new notice, a late one a person.
"""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from gateway.domain.calendar import next_bank_day
from gateway.domain.collecting.model import Announced, DueItem, LeftOutReason
from schemas.states import NoticeKind


class Told(NamedTuple):
    """How a debtor was told and when; or why that does not do, and from when on it would."""

    kind: NoticeKind | None
    sent_date: dt.date | None
    obstacle: LeftOutReason | None = None
    until_date: dt.date | None = None


def was_told(
    *,
    items: Sequence[DueItem],
    announced: Sequence[Announced],
    due_date: dt.date,
    collection_date: dt.date,
    amount_minor: int,
    days: int,
    later_days: int = 0,
) -> Told:
    """Return how the debtor was told of a debit, the best way first; the obstacle if none was in time."""
    ways = [*_by_invoice(items, due_date), *announced]
    right = [way for way in ways if way.amount_minor >= amount_minor and _covers(way, collection_date, later_days)]
    if not right:
        reason = LeftOutReason.NOTICE_DIFFERS if ways else LeftOutReason.NOTICE_MISSING
        return Told(None, None, reason)
    best = min(right, key=lambda way: (way.sent_date, way.kind))
    from_date = best.sent_date + dt.timedelta(days=days)
    if collection_date < from_date:
        return Told(best.kind, best.sent_date, LeftOutReason.NOTICE_LATE, from_date)
    return Told(best.kind, best.sent_date)


def _by_invoice(items: Sequence[DueItem], due_date: dt.date) -> list[Announced]:
    """Return what invoices told by themselves: that what is open of them will be taken when they are due."""
    told = [item.notified_date for item in items]
    if not told or None in told:
        return []
    last = max(date for date in told if date is not None)
    return [Announced(last, due_date, sum(item.amount_minor for item in items), NoticeKind.INVOICE)]


def _covers(way: Announced, collection_date: dt.date, later_days: int) -> bool:
    last = next_bank_day(way.collection_date + dt.timedelta(days=later_days))
    return next_bank_day(way.collection_date) <= collection_date <= last
