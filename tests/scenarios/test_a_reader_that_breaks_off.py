"""A file on which the worker breaks off is tried once more, then refused; it never waits for ever."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from gateway.services.import_statement import import_file
from gateway.store import statements
from gateway.store.work import SYSTEM
from gateway.workers import Place, Workers
from schemas.states import StatementFileState
from support.bank import camt, payment
from support.gateways import NOW, Bench


class BreakingWorkers(Workers):
    """Workers whose reader raises an error that nobody expects, some times, after it leased the file."""

    def __init__(self, bench: Bench, error: Exception, times: int) -> None:
        super().__init__(Place(bench.database.url, bench.gate.scratch, 1_000_000))
        self._bench, self._error, self._times = bench, error, times

    async def _run(self, _entry: Callable[..., Any], *values: Any) -> Any:
        file_id, token = values
        self._times -= 1
        if self._times < 0:
            await import_file(self._bench.gate, file_id=file_id, token=token)
            return
        until = NOW + dt.timedelta(hours=1)
        async with self._bench.database.begin(actor=SYSTEM, now=NOW) as work:
            await statements.lease_file(
                work, file_id=file_id, token=token, presence=self._bench.gate.presence, until=until
            )
        raise self._error


async def imported(bench: Bench, error: Exception, times: int) -> tuple[StatementFileState, str]:
    workers = BreakingWorkers(bench, error, times)
    receipt = await bench.receive(camt(payment(100, "FA-1")))
    try:
        await workers.import_file(receipt.file_id)
    finally:
        workers.close()
    file = await bench.file(receipt.file_id)
    return file.state, file.error_code


@pytest.mark.parametrize(
    ("times", "outcome"),
    [
        pytest.param(1, (StatementFileState.READ, ""), id="once"),
        pytest.param(2, (StatementFileState.REFUSED, "reader_crashed"), id="twice"),
    ],
)
async def test_a_reader_that_breaks_off_is_given_one_more_try(
    bench: Bench, times: int, outcome: tuple[StatementFileState, str]
) -> None:
    assert await imported(bench, ValueError("nobody expected this"), times) == outcome


async def test_an_outage_of_the_database_is_not_the_files_fault(bench: Bench) -> None:
    with pytest.raises(OperationalError):
        await imported(bench, OperationalError("SELECT 1", {}, Exception("connection lost")), 5)

    (file,) = await bench.rows(statements.StatementFile)
    assert (file.state, file.crashes) == (StatementFileState.RECEIVED, 0)
