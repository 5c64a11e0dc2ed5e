"""Two workers match one company at the same time: what one has booked is never asked about by the other."""

import pytest

from gateway.services import match_transactions as matching
from gateway.services.match_transactions import Progress, match_transactions, no_progress
from gateway.store.reviews import ReviewItem
from gateway.store.work import SYSTEM
from schemas.states import BankTransactionState, ReviewState
from support.bank import camt, payment
from support.gateways import NOW, Bench
from support.master_data import customer, imported, invoice

WAITING = (BankTransactionState.NEW, BankTransactionState.IN_REVIEW)


async def test_what_a_colleague_worker_booked_meanwhile_stays_booked(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.upload(camt(*[payment(1_000 + n, f"FA-100{n}", reference=f"R{n}") for n in range(3)]))
    await imported(bench.database, bench.company_id, customer("C1"))
    await imported(bench.database, bench.company_id, *[invoice(f"FA-100{n}", 1_000 + n, row=2 + n) for n in range(3)])
    monkeypatch.setattr(matching, "CHUNK", 1)  # The others are read only after the first is written.

    async def match(progress: Progress = no_progress) -> None:
        await match_transactions(
            bench.database,
            company_id=bench.company_id,
            actor=SYSTEM,
            now=lambda: NOW,
            states=WAITING,
            progress=progress,
        )

    async def match_too(done: int, _total: int) -> None:
        if done == 1:
            await match()

    await match(match_too)

    assert [row.state for row in await bench.transactions()] == [BankTransactionState.ALLOCATED] * 3
    assert {item.state for item in await bench.rows(ReviewItem)} == {ReviewState.RESOLVED}
    assert await bench.broken() == []
