"""A replay as a worker does it: plain values come in, an answer in the size of a page goes back."""

import time
from typing import NamedTuple

from gateway.domain.replay.change import ReplayChange
from gateway.domain.replay.result import Replayed
from gateway.services.collect_in_worker import without_gc
from gateway.services.load_past import Period
from gateway.services.match_transactions import no_progress
from gateway.services.replay_matching import Progress, replay_matching
from gateway.store.database import Database
from gateway.store.progress import ProgressNote
from schemas.errors import GatewayError

_TOLD_S = 0.5


class ReplayBrokeOff(GatewayError):
    """The replay broke off, perhaps for want of memory; choose a shorter period."""

    code = "replay_broke_off"


class ReplayWanted(NamedTuple):
    """Which period is decided again, under which change."""

    period: Period
    change: ReplayChange
    note: ProgressNote | None = None  # Where it is said how far it is.


async def replay(database: Database, wanted: ReplayWanted) -> Replayed:
    """Replay what is wanted. Raises PeriodTooLong."""
    told = no_progress if wanted.note is None else _telling(wanted.note)
    with without_gc():
        return await replay_matching(database, wanted.period, wanted.change, progress=told)


def _telling(note: ProgressNote) -> Progress:
    last = 0.0

    async def told(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > _TOLD_S:
            last = time.monotonic()
            note.write("replaying", done, total)

    return told
