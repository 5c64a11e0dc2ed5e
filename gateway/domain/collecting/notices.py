"""Whether a debtor was told of a debit in time (EPC016-06 4.3.2; sepa-rules 1.2), and what a notice of ours announces.

By the invoice itself, which names the day and the amount; by a schedule; or by a mail or letter of ours. What was
announced covers one debit: of the same amount or less, on the day announced or the bank day after it. An amount or a
date beyond that needs a new notice, a late one a person. A debit waits for the day that was announced for it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gateway.domain.calendar import next_bank_day
from gateway.domain.collecting.model import NOTICE_REASONS, Announced, DueItem, LeftOut, LeftOutReason, Plan
from schemas.states import NoticeKind


class Told(NamedTuple):
    """How a debtor was told and when; or why that does not do, and from when on it would.

    ``way`` is what of the announced the debit uses up; ``collection_date`` is set when it has to wait for that.
    """

    kind: NoticeKind | None
    sent_date: dt.date | None
    obstacle: LeftOutReason | None = None
    until_date: dt.date | None = None
    way: Announced | None = None
    collection_date: dt.date | None = None


class Used(NamedTuple):
    """What a debit of a mandate was told by."""

    mandate_id: int
    kind: NoticeKind
    sent_date: dt.date
    collection_date: dt.date
    amount_minor: int


class HeldDebit(NamedTuple):
    """A debit that only its notice holds back, on the day on which a notice of today lets it be made."""

    due_date: dt.date
    collection_date: dt.date
    amount_minor: int
    item_ids: tuple[int, ...]


class NoticeDue(NamedTuple):
    """What a debtor is to be told: the debits of one mandate, the earliest first; several are a series."""

    party_id: int
    mandate_id: int
    debits: tuple[HeldDebit, ...]


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
    """Return how the debtor was told of a debit, the best way first; the obstacle if none was in time.

    Where nothing covers the day itself, a later day that was announced in time does.
    """
    period = dt.timedelta(days=days)

    def does(way: Announced) -> bool:
        is_in_time = way.amount_minor >= amount_minor and way.sent_date + period <= collection_date
        return is_in_time and _covers(way, collection_date, later_days)

    own = _by_invoice(items, due_date)
    if own is not None and does(own):
        return Told(own.kind, own.sent_date)  # It speaks of this debit only, so it leaves the others.
    ways = [own, *announced] if own is not None else announced
    in_time = [way for way in announced if does(way)]
    if in_time:
        best = min(in_time, key=_rank)
        return Told(best.kind, best.sent_date, way=best)
    enough = [way for way in ways if way.amount_minor >= amount_minor]
    later = [(day, way) for way in enough if (day := next_bank_day(way.collection_date)) > collection_date]
    later = [(day, way) for day, way in later if way.sent_date + period <= day]
    if later:
        day, best = min(later, key=lambda pair: (pair[0], _rank(pair[1])))
        return Told(best.kind, best.sent_date, way=best, collection_date=day)
    right = [way for way in enough if _covers(way, collection_date, later_days)]
    if not right:
        return Told(None, None, LeftOutReason.NOTICE_DIFFERS if ways else LeftOutReason.NOTICE_MISSING)
    first = min(right, key=lambda way: (way.sent_date, way.kind))
    return Told(first.kind, first.sent_date, LeftOutReason.NOTICE_LATE, first.sent_date + period)


def _rank(way: Announced) -> tuple[bool, int, dt.date, NoticeKind]:
    """An invoice speaks of its own debit only; of the others the smallest that is enough, to leave the rest."""
    return way.kind is not NoticeKind.INVOICE, way.amount_minor, way.sent_date, way.kind


def _by_invoice(items: Sequence[DueItem], due_date: dt.date) -> Announced | None:
    """Return what invoices told by themselves: that what is open of them will be taken when they are due."""
    told = [item.notified_date for item in items]
    if not told or None in told:
        return None
    return Announced(max(told), due_date, sum([item.amount_minor for item in items]), NoticeKind.INVOICE)  # type: ignore[type-var, arg-type]  # None is no part of it.


def _covers(way: Announced, collection_date: dt.date, later_days: int) -> bool:
    if next_bank_day(way.collection_date) == collection_date:
        return True
    last = next_bank_day(way.collection_date + dt.timedelta(days=later_days))
    return next_bank_day(way.collection_date) <= collection_date <= last


def without_used(announced: Mapping[int, Sequence[Announced]], used: Iterable[Used]) -> dict[int, list[Announced]]:
    """Return what was announced and no debit took: each notice is for one debit, also if that one came back."""
    left = {mandate_id: list(ways) for mandate_id, ways in announced.items()}
    for debit in sorted(used, key=lambda one: (one.collection_date, -one.amount_minor)):
        ways = left.get(debit.mandate_id, [])
        its = [
            way
            for way in ways
            if (way.kind, way.sent_date) == (debit.kind, debit.sent_date)
            and way.amount_minor >= debit.amount_minor
            and next_bank_day(way.collection_date) <= debit.collection_date
        ]
        if its:
            ways.remove(max(its, key=lambda way: (way.collection_date, -way.amount_minor)))
    return left


def announced_date(possible_date: dt.date, *, today: dt.date, days: int) -> dt.date:
    """Return the bank day that a notice of today announces: it keeps the period, and the debit can be made by then."""
    return max(next_bank_day(possible_date), next_bank_day(today + dt.timedelta(days=days)))


def notices_due(
    plan: Plan,
    *,
    until_date: dt.date,
    today: dt.date,
    days: int,
    days_of: Mapping[int, int],
    chosen: frozenset[tuple[int, dt.date]] = frozenset(),
) -> list[NoticeDue]:
    """Return what debtors are to be told of what only its notice holds back, one notice for each mandate.

    ``chosen`` names debits by mandate and due date; nothing chosen means all that is due until ``until_date``. What
    the plan knows of later parts of such a mandate belongs to the same notice, as a series.
    """
    held = [one for one in plan.left_out if one.reason in NOTICE_REASONS and one.mandate_id is not None]
    wanted = {one.mandate_id for one in held if _is_wanted(one, until_date, chosen)}
    found: defaultdict[tuple[int, int], list[HeldDebit]] = defaultdict(list)
    for one in held:
        if one.mandate_id in wanted and (_is_wanted(one, until_date, chosen) or one.due_date > until_date):
            date = announced_date(
                one.collection_date or one.due_date, today=today, days=days_of.get(one.party_id, days)
            )
            lines = tuple(line.item_id for line in one.lines)
            found[one.party_id, one.mandate_id or 0].append(HeldDebit(one.due_date, date, one.amount_minor, lines))
    return [NoticeDue(*key, tuple(sorted(debits))) for key, debits in sorted(found.items())]


def _is_wanted(one: LeftOut, until_date: dt.date, chosen: frozenset[tuple[int, dt.date]]) -> bool:
    if chosen:
        return (one.mandate_id, one.due_date) in chosen
    return one.due_date <= until_date
