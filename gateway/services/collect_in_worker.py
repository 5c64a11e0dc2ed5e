"""Planning and freezing as a worker does them: plain values come in, an answer in the size of a page goes back."""

import datetime as dt
import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from gateway.domain.collecting.model import LeftOutReason
from gateway.services.discard_run import take_out
from gateway.services.freeze_run import CollectPlace, Frozen, Maker, freeze_runs, no_progress
from gateway.services.show_plan import PlanShown, show_plan
from gateway.store.database import Database
from gateway.store.originals import Originals
from gateway.store.progress import ProgressNote
from schemas.bank_profile import BankProfile

_LEFT_OUT_SHOWN = 25


class PlanWanted(NamedTuple):
    """Which plan is wanted."""

    company_id: int
    until_date: dt.date
    profiles: Mapping[str, BankProfile]
    reason: LeftOutReason | None = None


class FreezeWanted(NamedTuple):
    """What is to be frozen: all that is due until a day, or a run without some of its collections."""

    company_id: int
    maker: Maker
    profiles: Mapping[str, BankProfile]
    until_date: dt.date | None = None
    run_id: int = 0
    without_ids: tuple[int, ...] = ()
    reason: str = ""
    note: ProgressNote | None = None  # Where it is said how far freezing is.


async def show(
    database: Database, originals: Originals, now: Callable[[], dt.datetime], wanted: PlanWanted
) -> PlanShown:
    """Return a plan in the size of a page."""
    place = CollectPlace(database, originals, now, wanted.profiles)
    with without_gc():
        return await show_plan(
            place, company_id=wanted.company_id, until_date=wanted.until_date, reason=wanted.reason,
            limit=_LEFT_OUT_SHOWN,
        )  # fmt: skip


async def freeze(
    database: Database, originals: Originals, now: Callable[[], dt.datetime], wanted: FreezeWanted
) -> Frozen:
    """Freeze what is wanted. Raises what ``freeze_runs`` and ``take_out`` raise."""
    place = CollectPlace(database, originals, now, wanted.profiles)
    with without_gc():
        if wanted.until_date is None:
            return await take_out(
                place, company_id=wanted.company_id, run_id=wanted.run_id, collection_ids=wanted.without_ids,
                maker=wanted.maker, reason=wanted.reason,
            )  # fmt: skip
        frozen = await freeze_runs(
            place, company_id=wanted.company_id, until_date=wanted.until_date, maker=wanted.maker,
            progress=no_progress if wanted.note is None else wanted.note.write,
        )  # fmt: skip
        return frozen._replace(left_out=frozen.left_out[:_LEFT_OUT_SHOWN])


@contextmanager
def without_gc() -> Iterator[None]:
    """A hundred thousand values without cycles: looking through them again and again takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
