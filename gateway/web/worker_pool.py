"""What handlers know of the worker processes."""

from collections.abc import Sequence
from typing import Protocol

from gateway.domain.collecting.notices import NoticeDue
from gateway.domain.replay.result import Replayed
from gateway.services.collect_in_worker import FreezeWanted, PlanWanted
from gateway.services.freeze_run import Frozen
from gateway.services.import_table_file import TableFile, TableTold
from gateway.services.plan_notices import NoticesWanted
from gateway.services.receive_advice import AdviceFile, AdviceReceipt
from gateway.services.receive_archive import Archive
from gateway.services.receive_file import Receipt
from gateway.services.replay_in_worker import ReplayWanted
from gateway.services.show_plan import PlanShown
from gateway.services.try_rule import Tried, TryWanted
from gateway.store.work import Actor


class WorkerPool(Protocol):
    """The worker processes, as handlers use them: heavy work leaves the event loop."""

    async def import_file(self, file_id: int) -> None:
        """Import a received file."""

    async def take_statement(self, statement_id: int, actor: Actor, reason: str) -> None:
        """Take a held statement."""

    async def match(self, company_id: int) -> None:
        """Match what is new or waits in a company."""

    async def explain_again(self, company_id: int, bank_transaction_ids: Sequence[int]) -> None:
        """Give open questions their explanations anew."""

    async def receive_advice(self, file: AdviceFile, actor: Actor) -> AdviceReceipt:
        """Read, store and link a remittance advice."""

    async def receive_archive(self, archive: Archive, actor: Actor) -> list[Receipt]:
        """Receive the members of an archive."""

    async def look_at_table(self, file: TableFile) -> TableTold:
        """Say what a table file would change."""

    async def import_table(self, file: TableFile, actor: Actor, *, keep_good_rows: bool) -> TableTold:
        """Import a table file."""

    async def show_plan(self, wanted: PlanWanted) -> PlanShown:
        """Return a plan of collections in the size of a page."""

    async def plan_notices(self, wanted: NoticesWanted) -> list[NoticeDue]:
        """Return what debtors are to be told of debits to come."""

    async def freeze(self, wanted: FreezeWanted) -> Frozen:
        """Freeze what is due into runs."""

    async def try_rule(self, wanted: TryWanted) -> Tried:
        """Say what a rule would have taken of what is stored."""

    async def replay(self, wanted: ReplayWanted) -> Replayed:
        """Decide a period again under a change."""

    async def check(self) -> list[str]:
        """Check the journal and everything that must always hold."""
