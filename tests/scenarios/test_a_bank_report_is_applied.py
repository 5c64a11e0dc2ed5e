"""A status report rejects debits and frees their invoices; it books no cash, and the same again changes nothing."""

import contextlib
import dataclasses
import datetime as dt
import itertools
from typing import Any

import pytest
from sqlalchemy import update

from gateway.services.apply_bank_report import close_report
from gateway.services.import_statement import import_file
from gateway.services.receive_bank_report import apply_again
from gateway.services.reject_collections import NotWithTheBank, reject_by_person
from gateway.store.allocations import Allocation
from gateway.store.bank_reports import BankReport, ReportedStatus
from gateway.store.collection_runs import CollectionRun, RunSubmission
from gateway.store.collections import Collection
from gateway.store.columns import table_of
from gateway.store.database import Database
from gateway.store.mandates import Mandate, mandates
from schemas.codes.reason_actions import NextAction, ReturnKind
from schemas.states import CollectionState, ReportState, RunState, SubmissionState
from support.gateways import CLERK, NOW, Bench
from support.sent import (
    DEBITS,
    DUE,
    answer,
    block_answer,
    debtors,
    items_now,
    mandate_states,
    pain002,
    register,
    send,
    states,
    three_sent,
)
from support.templates import CopyOf


class Stopped(Exception):
    """The process ended here."""


ALL = ("E2E-1", "E2E-2", "E2E-3")


@pytest.fixture
async def sent(copy_of: CopyOf) -> Bench:
    """Three debits that the bank has."""
    return await copy_of(three_sent)


def only(*rejected: str) -> dict[str, str]:
    """The states of the three debits when these were rejected."""
    return {key: "rejected" if key in rejected else "submitted" for key in ALL}


CASES = {
    "one debit": ([pain002(block_answer(answer("E2E-2")))], only("E2E-2")),
    "one debit, its block is not named": (
        [pain002(block_answer(answer("E2E-2"), block="NOTPROVIDED"))], only("E2E-2"),
    ),
    "its message is not named": ([pain002(block_answer(answer("E2E-2")), original="NOTPROVIDED")], only("E2E-2")),
    "the block and all below it": ([pain002(block_answer(status="RJCT", code="DT01"))], only(*ALL)),
    "the file and all below it": ([pain002(status="RJCT", code="FF01")], only(*ALL)),
    "the block, but one debit is accepted": (
        [pain002(block_answer(answer("E2E-1", "ACCP", ""), status="RJCT", code="DT01"))], only("E2E-2", "E2E-3"),
    ),
    "the file, but the block is accepted": (
        [pain002(block_answer(status="ACCP"), status="RJCT", code="FF01")], only(),
    ),
    "partly": ([pain002(block_answer(answer("E2E-3"), status="PART"), status="PART")], only("E2E-3")),
    "accepted": ([pain002(status="ACCP")], only()),
    "nothing is known of one of them": (
        [pain002(block_answer(answer("STRANGE"), answer("E2E-3")))], only("E2E-3"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "wanted"), [pytest.param(*case, id=name) for name, case in CASES.items()])
async def test_what_is_rejected_is_free_again(sent: Bench, files: list[bytes], wanted: dict[str, str]) -> None:
    for data in files:
        assert (await sent.upload(data, "answer.xml")).state == "read"

    rejected = {key for key, state in wanted.items() if state == "rejected"}
    assert await states(sent) == wanted
    assert {row.collection_id for row in await register(sent)} == {
        row.id for row in await sent.rows(Collection) if row.end_to_end_id in rejected
    }
    asked = {number: item.collecting_minor for number, item in (await items_now(sent)).items()}
    for debit in DEBITS:
        for number, minor in debit.items.items():
            assert asked[number] == (0 if debit.end_to_end_id in rejected else minor)
    assert await sent.rows(Allocation) == []
    assert await sent.broken() == []


async def test_a_rejected_debit_says_why_and_what_is_done(sent: Bench) -> None:
    before = await items_now(sent)

    await sent.upload(pain002(block_answer(answer("E2E-1", code="AC04"), answer("E2E-2", code="MS02"))))

    closed, refused = await register(sent)
    assert (closed.kind, closed.reason, closed.amount_minor) == (ReturnKind.REJECT, "AC04", 15_050)
    assert (closed.next_action, closed.retry_date) == (NextAction.ASK_ACCOUNT, None)
    assert refused.kind is ReturnKind.REFUSAL
    assert await mandate_states(sent) == {"M-C1": "suspended", "M-C2": "suspended", "M-C3": "active"}
    assert before["FA-1"].in_flight_date == DUE
    assert (await items_now(sent))["FA-1"].in_flight_date is None


async def test_a_one_off_mandate_whose_debit_was_rejected_can_be_used_again(sent: Bench) -> None:
    async with sent.begin() as work:
        of_two = mandates.c.reference.in_(["M-C1", "M-C2"])
        await work.session.execute(update(mandates).where(of_two).values(type="one_off", last_collected_date=DUE))

    await sent.upload(pain002(block_answer(answer("E2E-2", code="AM04"))))

    used = {row.reference: row.last_collected_date for row in await sent.rows(Mandate) if row.type == "one_off"}
    assert used == {"M-C1": DUE, "M-C2": None}


async def test_a_run_is_closed_when_nothing_in_it_waits(sent: Bench) -> None:
    await sent.upload(pain002(status="RJCT", code="FF01"))

    (run,) = await sent.rows(CollectionRun)
    assert (run.state, run.bank_status) == (RunState.CLOSED, "RJCT")


REPORTS = (
    pain002(status="ACTC", message_id="R-1"),
    pain002(block_answer(answer("E2E-1")), message_id="R-2"),
    pain002(block_answer(answer("E2E-1"), answer("E2E-2", code="AC04")), message_id="R-3"),
)


async def seen(bench: Bench) -> Any:
    """All that reports change, without keys."""
    reported = sorted((row.status, row.reason) for row in await bench.rows(ReportedStatus))
    rows = sorted((row.reason, row.amount_minor) for row in await register(bench))
    said = {row.end_to_end_id: row.bank_status for row in await bench.rows(Collection)}
    (run,) = await bench.rows(CollectionRun)
    return reported, rows, said, await states(bench), await items_now(bench), run.bank_status


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
async def test_reports_in_any_order_and_twice_do_the_same(sent: Bench, order: tuple[int, ...]) -> None:
    for place in (*order, *order):
        await sent.upload(REPORTS[place])
        # The same report again in other bytes.
        await sent.upload(REPORTS[place].replace(b"<GrpHdr>", b"<GrpHdr> "))

    reported, rows, said, collections, _, run_status = await seen(sent)
    assert reported == [("RJCT", "AC04"), ("RJCT", "AM04")]
    assert rows == [("AC04", 20_000), ("AM04", 15_050)]
    assert said == {"E2E-1": "RJCT", "E2E-2": "RJCT", "E2E-3": "ACTC"}
    assert collections == only("E2E-1", "E2E-2")
    assert run_status == "ACTC"
    assert await sent.broken() == []


async def test_a_report_never_undoes_what_the_statement_booked(sent: Bench) -> None:
    async with sent.begin() as work:
        table = table_of(Collection)
        await work.session.execute(table.update().values(state=CollectionState.SETTLED))

    await sent.upload(pain002(status="RJCT", code="FF01"))

    assert set((await states(sent)).values()) == {"settled"}
    assert await register(sent) == []
    assert {row.status for row in await sent.rows(ReportedStatus)} == {"RJCT"}


@pytest.mark.parametrize(
    ("report", "tried"),
    [
        pytest.param(
            pain002(block_answer(answer("OTHER-1")), original="OTHER"),
            ["no file was sent under the message id OTHER", "none of our debits has the end-to-end id OTHER-1"],
            id="of somebody else",
        ),
        pytest.param(
            pain002(status="RJCT", original="OTHER"),
            ["no file was sent under the message id OTHER", "the report names no single debit"],
            id="of a whole file of somebody else",
        ),
    ],
)
async def test_a_report_that_fits_nothing_waits_with_what_was_tried(
    sent: Bench, report: bytes, tried: list[str]
) -> None:
    await sent.upload(report)

    (row,) = await sent.rows(BankReport)
    assert (row.state, row.tried) == (ReportState.UNMATCHED, tried)
    assert await states(sent) == only()


async def test_a_report_on_a_file_that_nobody_noted_as_sent_waits(bench: Bench) -> None:
    await debtors(bench)
    await send(bench, *DEBITS, state=CollectionState.BATCHED, run_state=RunState.APPROVED)

    file = await bench.upload(pain002(status="RJCT"))

    (row,) = await bench.rows(BankReport)
    assert (row.state, row.tried) == (
        ReportState.UNMATCHED, ["the file MSG-1 is approved: nobody noted that the bank has it"]
    )  # fmt: skip
    assert set((await states(bench)).values()) == {"batched"}

    await begin_attempt(bench)
    await apply_again(bench.database, bench.gate.originals, file, now=NOW, actor=CLERK)

    (row,) = await bench.rows(BankReport)
    assert row.state is ReportState.READ
    assert set((await states(bench)).values()) == {"rejected"}
    (attempt,) = await bench.rows(RunSubmission)
    assert (attempt.state, attempt.proof) == (SubmissionState.SENT, "the bank answered with status report R-1")


async def begin_attempt(bench: Bench) -> None:
    """Store an attempt to send the run of which nobody knows how it ended."""
    (run,) = await bench.rows(CollectionRun)
    async with bench.begin() as work:
        attempt = RunSubmission(
            id=work.new_id(), company_id=bench.company_id, run_id=run.id, state=SubmissionState.UNKNOWN,
            channel="download", sha256=run.sha256, actor="user:7", started_at=NOW,
        )  # fmt: skip
        work.add(attempt)
        work.say("begin_submission", f"run:{run.id}")


async def test_a_person_closes_a_report_that_fits_nothing(sent: Bench) -> None:
    await sent.upload(pain002(status="RJCT", original="OTHER"))
    (row,) = await sent.rows(BankReport)

    async with sent.begin() as work:
        assert await close_report(work, report_id=row.id, note="of the old system")
    async with sent.begin() as work:
        assert not await close_report(work, report_id=row.id, note="again")

    (row,) = await sent.rows(BankReport)
    assert (row.state, row.note) == (ReportState.CLOSED, "of the old system")


@pytest.mark.parametrize("place", range(1, 12))
async def test_a_report_that_breaks_off_anywhere_is_applied_once(sent: Bench, place: int) -> None:
    passed: list[str] = []

    def stop(name: str) -> None:
        passed.append(name)
        if len(passed) == place:
            raise Stopped(name)

    receipt = await sent.receive(REPORTS[2])
    stopping = Database(sent.database.url, crash_points=stop)
    gate = dataclasses.replace(sent.gate, database=stopping)
    with contextlib.suppress(Stopped):
        await import_file(gate, file_id=receipt.file_id, token="first")
    await stopping.close()
    later = dataclasses.replace(sent.gate, now=lambda: NOW + dt.timedelta(hours=1))
    await import_file(later, file_id=receipt.file_id, token="second")

    assert await states(sent) == only("E2E-1", "E2E-2")
    assert len(await register(sent)) == 2
    assert len(await sent.rows(BankReport)) == 1
    assert await sent.broken() == []


async def test_a_person_who_asked_the_bank_rejects_a_debit_whose_report_was_lost(sent: Bench) -> None:
    key = next(row.id for row in await sent.rows(Collection) if row.end_to_end_id == "E2E-2")

    async with sent.begin() as work:
        await reject_by_person(work, collection_id=key, reason="ac04", proof="Bank on the telephone, Mrs Weber")

    assert await states(sent) == only("E2E-2")
    [row] = await register(sent)
    assert (row.reason, row.words, row.report_id) == ("AC04", "Bank on the telephone, Mrs Weber", None)
    assert await sent.broken() == []
    with pytest.raises(NotWithTheBank):
        async with sent.begin() as work:
            await reject_by_person(work, collection_id=key, reason="AC04", proof="asked again")
