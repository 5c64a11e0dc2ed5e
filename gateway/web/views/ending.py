"""The end of the queue: what was done today, how much explained itself, what sleeps until when."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from gateway.store import companies, match_rate, review_queue
from gateway.store.database import ReadSession
from gateway.store.match_rate import MatchRate
from gateway.store.review_queue import Asleep, Done, Line, Queue

_WINDOW = dt.timedelta(days=30)
_SHOWN = 5
_MINUTES_EACH = 2  # What a person needs to find and book one payment by hand; the page says so beside the figure.


class Ending(NamedTuple):
    """What is told when nothing waits."""

    done: Done
    rate: MatchRate
    asleep: Asleep
    sleepers: Sequence[Line]

    @property
    def saved_hours(self) -> int:
        """The hours that were not spent on payments which explained themselves."""
        return self.rate.by_rule * _MINUTES_EACH // 60


async def load_ending(session: ReadSession, queue: Queue, *, now: dt.datetime, name: str) -> Ending:
    """Read what is told at the end; ``name`` is that of the reader, whose own share is named."""
    company = await companies.company_by_id(session, queue.company_id)
    sleeping = Queue(queue.company_id, queue.today, is_asleep=True)
    return Ending(
        done=await review_queue.done_since(session, queue, since=_start_of_day(now), name=name),
        rate=await match_rate.match_rate(
            session,
            company_id=queue.company_id,
            currency=company.currency if company else "EUR",
            since=queue.today - _WINDOW,
        ),
        asleep=await review_queue.next_awake(session, queue),
        sleepers=(await review_queue.page_of(session, sleeping, limit=_SHOWN)).rows,
    )


def _start_of_day(now: dt.datetime) -> dt.datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
