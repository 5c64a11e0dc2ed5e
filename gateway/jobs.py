"""What happens by itself: imports that broke off are taken up again, remittance advices taken, unused mandates expire,
figures are counted.

The scheduler only wakes us; what is due stands in the database.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from gateway.services.count_figures import count_figures, due_tonight
from gateway.services.expire_mandates import expire_mandates
from gateway.services.take_advices import AdviceIntake
from gateway.store import statements
from gateway.store.database import Database
from gateway.store.work import SYSTEM
from schemas.errors import GatewayError

log = structlog.get_logger()
RESUME_S = 30
ADVICES_S = 60
EXPIRE_S = 6 * 3600  # A day begins at most so much earlier; what expired already is not expired again.
COUNT_S = 1800  # So soon after midnight (UTC) figures are counted; once a night.


class Jobs:
    """The jobs of one process."""

    def __init__(
        self,
        database: Database,
        import_file: Callable[[int], Awaitable[None]],
        clock: Callable[[], dt.datetime],
        advices: AdviceIntake | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._import_file = import_file
        self._advices = advices
        self._looking, self._taking, self._counting = asyncio.Lock(), asyncio.Lock(), asyncio.Lock()
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    def start(self) -> None:
        """Begin to wake up; the first time at once."""
        self._wake(self.resume_imports, RESUME_S)
        self._wake(self.expire_mandates, EXPIRE_S)
        self._wake(self.count_figures, COUNT_S)
        if self._advices is not None:
            self._wake(self.take_advices, ADVICES_S)
        self._scheduler.start()

    def _wake(self, job: Callable[[], Awaitable[None]], seconds: int) -> None:
        self._scheduler.add_job(
            job, "interval", seconds=seconds, next_run_time=dt.datetime.now(dt.UTC),
            misfire_grace_time=None, coalesce=True, max_instances=1,
        )  # fmt: skip

    async def stop(self) -> None:
        """Wake up no more; who looks into the store just now may end."""
        self._scheduler.remove_all_jobs()
        async with self._looking, self._taking, self._counting:
            self._scheduler.shutdown(wait=False)

    async def resume_imports(self) -> None:
        """Take up every received file that is not read yet; one that somebody reads is left to him."""
        async with self._looking, self._database.read() as session:
            waiting = await statements.unfinished_files(session)
        results = await asyncio.gather(*map(self._import_file, waiting), return_exceptions=True)
        for file_id, result in zip(waiting, results, strict=True):
            if isinstance(result, Exception):
                log.error("import_failed", file_id=file_id, error=type(result).__name__)

    async def take_advices(self) -> None:
        """Take the remittance advices that lie in the folder and in the mailbox."""
        if self._advices is None:
            return
        async with self._taking:
            try:
                count = await self._advices.take_files(now=dt.datetime.now(dt.UTC)) + await self._advices.take_mails()
            except (GatewayError, OSError) as error:
                log.error("advices_not_taken", error=type(error).__name__, what=str(error))
            else:
                if count:
                    log.info("advices_taken", count=count)

    async def expire_mandates(self) -> None:
        """Let mandates expire that were not collected for 36 months."""
        async with self._looking:
            if count := await expire_mandates(self._database, now=self._clock()):
                log.info("mandates_expired", count=count)

    async def count_figures(self) -> None:
        """Count how well matching did, in each company that was not counted this night yet."""
        async with self._counting:
            for company_id in await due_tonight(self._database, now=self._clock()):
                try:
                    await count_figures(self._database, company_id=company_id, now=self._clock(), actor=SYSTEM)
                except Exception as error:  # The others are counted all the same.
                    log.error("figures_not_counted", company_id=company_id, error=type(error).__name__)
