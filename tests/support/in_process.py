"""Worker processes that are none: the same entries, run here, so that a test does not wait for processes to start."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.domain.collecting.notices import NoticeDue
from gateway.domain.replay.result import Replayed
from gateway.services import collect_in_worker, import_statement, import_table_file, replay_in_worker
from gateway.services.collect_in_worker import FreezeWanted, PlanWanted
from gateway.services.freeze_run import Frozen
from gateway.services.import_table_file import TableFile, TableTold
from gateway.services.match_transactions import match_transactions
from gateway.services.plan_notices import NoticesWanted, plan_notices
from gateway.services.receive_advice import AdviceFile, AdviceReceipt, receive_advice
from gateway.services.receive_archive import Archive, receive_archive
from gateway.services.receive_file import Receipt
from gateway.services.replay_in_worker import ReplayWanted
from gateway.services.show_plan import PlanShown
from gateway.services.try_rule import Tried, TryWanted, try_rule
from gateway.store import check
from gateway.store.work import SYSTEM, Actor
from schemas.states import BankTransactionState
from support.gateways import make_gate
from support.web import Site


class HereWorkers:
    """What handlers ask of workers, done at once."""

    def __init__(self, site: Site) -> None:
        folder = site.gateway.data_dir / "here"
        folder.mkdir(exist_ok=True)
        gate = make_gate(site.gateway.database, folder)
        self._gate = replace(gate, originals=site.gateway.originals, now=site.clock)
        self._count = 0

    async def import_file(self, file_id: int) -> None:
        """Import a received file."""
        self._count += 1
        await import_statement.import_file(self._gate, file_id=file_id, token=f"here-{self._count}")

    async def take_statement(self, statement_id: int, actor: Actor, reason: str) -> None:
        """Take a held statement."""
        await import_statement.take_statement(self._gate, statement_id=statement_id, actor=actor, reason=reason)

    async def match(self, company_id: int) -> None:
        """Match what is new or waits."""
        await self._match(company_id, None)

    async def explain_again(self, company_id: int, bank_transaction_ids: Sequence[int]) -> None:
        """Give open questions their explanations anew."""
        if bank_transaction_ids:
            await self._match(company_id, list(bank_transaction_ids))

    async def _match(self, company_id: int, ids: list[int] | None) -> None:
        await match_transactions(
            self._gate.database, company_id=company_id, actor=SYSTEM, now=self._gate.now, ids=ids,
            states=(BankTransactionState.NEW, BankTransactionState.IN_REVIEW), may_book=ids is None,
        )  # fmt: skip

    async def receive_advice(self, file: AdviceFile, actor: Actor) -> AdviceReceipt:
        """Read, store and link a remittance advice."""
        return await receive_advice(self._gate, file, actor=actor)

    async def receive_archive(self, archive: Archive, actor: Actor) -> list[Receipt]:
        """Receive the members of an archive."""
        return await receive_archive(self._gate, archive, actor=actor)

    async def look_at_table(self, file: TableFile) -> TableTold:
        """Say what a table file would change."""
        return await import_table_file.look_at_table(self._gate, file)

    async def import_table(self, file: TableFile, actor: Actor, *, keep_good_rows: bool) -> TableTold:
        """Import a table file."""
        return await import_table_file.import_table_file(self._gate, file, actor=actor, keep_good_rows=keep_good_rows)

    async def show_plan(self, wanted: PlanWanted) -> PlanShown:
        """Return a plan of collections."""
        gate = self._gate
        return await collect_in_worker.show(gate.database, gate.originals, gate.now, wanted)

    async def plan_notices(self, wanted: NoticesWanted) -> list[NoticeDue]:
        """Return what debtors are to be told."""
        return await plan_notices(self._gate.database, self._gate.now, wanted)

    async def freeze(self, wanted: FreezeWanted) -> Frozen:
        """Freeze what is due."""
        gate = self._gate
        return await collect_in_worker.freeze(gate.database, gate.originals, gate.now, wanted)

    async def try_rule(self, wanted: TryWanted) -> Tried:
        """Say what a rule would have taken."""
        return await try_rule(self._gate.database, wanted)

    async def replay(self, wanted: ReplayWanted) -> Replayed:
        """Decide a period again."""
        return await replay_in_worker.replay(self._gate.database, wanted)

    async def check(self) -> list[str]:
        """Check everything that must always hold."""
        async with self._gate.database.read() as session:
            return [sentence async for sentence in check.broken_invariants(session)]
