"""When a debit that came back is best presented again, and the sentence that says why.

The first day is a limit of sepa-rules 4.3; after it the day on which the customer's money usually comes is taken.
"""

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

from gateway.domain.calendar import bank_days_after, next_bank_day
from gateway.domain.returns import ReasonRule, ReturnPolicy
from schemas.codes.reason_actions import Retry
from schemas.codes.words import read_words
from schemas.states import Language

_PAYMENTS_MIN = 3  # Fewer show no habit.
_PAYMENTS_MAX = 12
_NEAR_DAYS = 2


class RetryReason(StrEnum):
    """Why a day is proposed, or none."""

    EARLIEST = "earliest"
    USUAL_DAY = "usual_day"
    AFTER_CORRECTION = "after_correction"
    NOT_AGAIN = "not_again"
    TRIED_ENOUGH = "tried_enough"


class RetryPlan(NamedTuple):
    """The day proposed for a new attempt, if any, with what the sentence names."""

    retry_date: dt.date | None
    reason: RetryReason
    first_date: dt.date
    bank_days: int
    usual_day: int = 0  # Day of the month around which so many of the last payments came.
    near_count: int = 0
    of_count: int = 0


_SENTENCES = read_words("""
earliest          {retry_date}: the first day allowed, {bank_days} bank days after it came back
                  {retry_date} : premier jour permis, {bank_days} jours ouvrés après l’impayé
                  {retry_date}: der erste erlaubte Tag, {bank_days} Bankarbeitstage nach der Rückgabe
usual_day         {retry_date}: {near_count} of the last {of_count} payments came around day {usual_day} of a month
                  {retry_date} : {near_count} des {of_count} derniers paiements sont venus vers le {usual_day}
                  {retry_date}: {near_count} der letzten {of_count} Zahlungen kamen um den {usual_day}.
after_correction  {retry_date}, once what was wrong is corrected; not before {first_date}
                  {retry_date}, une fois l’erreur corrigée ; pas avant le {first_date}
                  {retry_date}, sobald der Fehler behoben ist; nicht vor dem {first_date}
not_again         a debit that came back for this reason is not presented again
                  un prélèvement rejeté pour ce motif n’est pas représenté
                  eine Lastschrift, die aus diesem Grund zurückkam, wird nicht erneut vorgelegt
tried_enough      this debt was presented as often as is allowed
                  cette créance a été présentée autant de fois que permis
                  diese Forderung wurde so oft vorgelegt wie erlaubt
""")


def propose_retry(
    rule: ReasonRule,
    policy: ReturnPolicy,
    *,
    tries: int,
    occurred_date: dt.date,
    paid_dates: Sequence[dt.date] = (),
    not_before_date: dt.date | None = None,
) -> RetryPlan:
    """Return the day for a new attempt, or why there is none.

    ``tries`` counts earlier retries of the debt, ``paid_dates`` are booking days of the customer's money, the latest
    first; ``not_before_date`` is the first day that can still be reached.
    """
    first = bank_days_after(occurred_date, policy.retry_after_bank_days)
    if not_before_date is not None:
        first = max(first, next_bank_day(not_before_date))
    days = policy.retry_after_bank_days
    if tries >= policy.retries_max:
        return RetryPlan(None, RetryReason.TRIED_ENOUGH, first, days)
    if rule.retry is Retry.NO:
        return RetryPlan(None, RetryReason.NOT_AGAIN, first, days)
    if rule.retry is Retry.FIX:
        return RetryPlan(first, RetryReason.AFTER_CORRECTION, first, days)
    lately = paid_dates[:_PAYMENTS_MAX]
    usual_day, count = _usual_day(lately)
    if count < _PAYMENTS_MIN or 2 * count < len(lately):
        return RetryPlan(first, RetryReason.EARLIEST, first, days)
    return RetryPlan(
        _next_with_day(first, usual_day), RetryReason.USUAL_DAY, first, days, usual_day, count, len(lately)
    )


def _usual_day(dates: Sequence[dt.date]) -> tuple[int, int]:
    """Return the day of the month near which most payments came, and how many; of equal ones the most frequent."""
    exact = Counter(date.day for date in dates)
    near = {day: sum(exact[other] for other in exact if _apart(day, other) <= _NEAR_DAYS) for day in exact}
    return max(near.items(), key=lambda one: (one[1], exact[one[0]], -one[0]), default=(0, 0))


def _apart(day: int, other: int) -> int:
    """Return how many days two days of the month lie apart; the 31st is near the 1st."""
    apart = abs(day - other)
    return min(apart, 31 - apart)


def _next_with_day(first: dt.date, day: int) -> dt.date:
    """Return the first bank day from a date on that stands for a day of the month."""
    year, month = first.year, first.month
    while True:
        last = calendar.monthrange(year, month)[1]
        date = next_bank_day(dt.date(year, month, min(day, last)))
        if date >= first:
            return date
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def explain_retry(plan: RetryPlan, language: Language, *, day: Callable[[dt.date], str]) -> str:
    """Return the sentence that says why a day is proposed; ``day`` writes a date as the reader does."""
    return (
        _SENTENCES[plan.reason]
        .in_language(language)
        .format(
            retry_date=day(plan.retry_date) if plan.retry_date else "",
            first_date=day(plan.first_date),
            bank_days=plan.bank_days,
            usual_day=plan.usual_day,
            near_count=plan.near_count,
            of_count=plan.of_count,
        )
    )
