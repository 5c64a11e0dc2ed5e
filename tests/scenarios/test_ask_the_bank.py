"""Requests about files that the bank has: not to collect (camt.055), to give back (pain.007), and what it confirms."""

import re
from pathlib import Path

import pytest

from gateway.services.ask_bank import (
    AnotherPerson,
    NothingToAsk,
    Wanted,
    ask_bank,
    confirm_cancelled,
    hand_out_request,
)
from gateway.services.read_run import BytesDiffer
from gateway.services.use_second_factor import SecondFactor, WrongCode
from gateway.store import run_requests
from gateway.store.collections import Collection
from gateway.store.database import Database
from schemas.cancellation import CancellationReason
from schemas.reversal import ReversalReason
from schemas.states import CollectionState, RunState
from support.templates import CopyOf
from support.treasury import Treasury, make_treasury


async def with_a_sent_run(database: Database, folder: Path) -> Treasury:
    made = await make_treasury(database, folder)
    (run_id,) = (await made.freeze()).run_ids
    await made.approve("anna", run_id)
    await made.begin(run_id)
    await made.end(run_id)
    return made


@pytest.fixture
async def treasury(copy_of: CopyOf) -> Treasury:
    """A company whose run of three debits the bank has."""
    return await copy_of(with_a_sent_run)


async def ask(treasury: Treasury, *ids: int, reason: CancellationReason | ReversalReason) -> str:
    wanted = Wanted((await treasury.run()).id, ids, reason)
    return await ask_bank(treasury.place, company_id=treasury.company_id, wanted=wanted, actor=treasury.actor("clara"))


def text_of(treasury: Treasury, sha256: str) -> str:
    return treasury.place.originals.path_of(sha256).read_text()


async def test_a_whole_run_or_chosen_debits_are_asked_not_to_be_collected(treasury: Treasury) -> None:
    first, *_ = await treasury.rows(Collection)

    whole = text_of(treasury, await ask(treasury, reason=CancellationReason.DUPLICATE))
    one = text_of(treasury, await ask(treasury, first.id, reason=CancellationReason.BY_CUSTOMER))

    assert (whole.count("<TxInf>"), one.count("<TxInf>")) == (3, 1)
    assert f"<OrgnlEndToEndId>{first.end_to_end_id}</OrgnlEndToEndId>" in one
    assert f"<OrgnlMsgId>{(await treasury.run()).message_id}</OrgnlMsgId>" in one
    assert {row.state for row in await treasury.rows(Collection)} == {CollectionState.SUBMITTED}
    assert await treasury.broken() == []


async def test_what_the_bank_cancelled_is_free_again_and_the_run_closes(treasury: Treasury) -> None:
    rows, run = await treasury.rows(Collection), await treasury.run()

    for chosen in (rows[:1], rows[1:]):
        async with treasury.work("clara") as work:
            await confirm_cancelled(
                work, run_id=run.id, collection_ids=[row.id for row in chosen], proof="camt.029 of today"
            )
    with pytest.raises(NothingToAsk):
        async with treasury.work("clara") as work:
            await confirm_cancelled(work, run_id=run.id, collection_ids=[rows[0].id], proof="once more")

    assert {row.state for row in await treasury.rows(Collection)} == {CollectionState.CANCELLED}
    assert (await treasury.item("FA-1")).collecting_minor == 0
    assert (await treasury.run()).state is RunState.CLOSED
    assert await treasury.broken() == []


async def settled(treasury: Treasury, day: str) -> None:
    await treasury.execute(f"UPDATE collection SET state = 'settled', settled_date = '{day}'")
    await treasury.execute("UPDATE open_item SET collecting_minor = 0")


async def test_a_reversal_is_handed_out_by_an_approver_who_did_not_make_it(treasury: Treasury) -> None:
    await settled(treasury, treasury.now.date().isoformat())
    run, factor = await treasury.run(), SecondFactor(treasury.key, treasury.rules)
    first, *_ = await treasury.rows(Collection)
    sha256 = await ask(treasury, first.id, reason=ReversalReason.DUPLICATE)

    async def take(login: str, code: str) -> Path:
        return await hand_out_request(
            treasury.place, factor, caller=treasury.caller(login), run_id=run.id, sha256=sha256, code=code
        )

    with pytest.raises(AnotherPerson):
        await take("clara", treasury.code("clara"))
    with pytest.raises(WrongCode):
        await take("anna", "000000")
    path = await take("anna", treasury.code("anna"))

    assert path.read_text().count("<OrgnlEndToEndId>") == 1
    assert re.search(r"<Cd>AM05</Cd>", path.read_text())
    async with treasury.database.read() as session:
        (row,) = await run_requests.requests_of_run(session, company_id=treasury.company_id, run_id=run.id)
    assert (row.kind, row.sha256, row.collection_count) == (run_requests.REVERSAL, sha256, 1)
    path.write_text("other bytes")
    with pytest.raises(BytesDiffer):
        await take("anna", treasury.code("anna"))


@pytest.mark.parametrize(
    ("reason", "day"),
    [
        pytest.param(CancellationReason.DUPLICATE, "2026-11-20", id="cancel what was credited"),
        pytest.param(ReversalReason.DUPLICATE, "2026-01-05", id="give back after five bank days"),
        pytest.param(ReversalReason.DUPLICATE, "", id="give back what the bank has not collected"),
    ],
)
async def test_the_bank_is_not_asked_what_cannot_be(
    treasury: Treasury, reason: CancellationReason | ReversalReason, day: str
) -> None:
    if day:
        await settled(treasury, day)

    with pytest.raises(NothingToAsk):
        await ask(treasury, reason=reason)
