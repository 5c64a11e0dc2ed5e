"""The unpaid register: rows in words, filters, bulk actions, the export of what is shown, and retries."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from gateway.domain.access import Right
from gateway.services.amend_mandates import change_reference
from gateway.services.import_statement import Gate
from gateway.services.manage_accounts import add_account
from gateway.services.manage_unpaid import AlreadyClosed, accept_retries, assign, close
from gateway.services.plan_retry import NoSuchUnpaid, NothingLeft, RetryNotAllowed, accept_retry
from gateway.store import unpaid_lists
from gateway.store.collections import Collection, CollectionLine
from gateway.store.database import Database
from gateway.store.presence import Presence
from gateway.store.unpaid import Unpaid
from gateway.store.unpaid_lists import UnpaidFilter
from gateway.store.work import SYSTEM
from schemas.errors import Conflict, NotFound
from schemas.states import CollectionState, Role, UnpaidState
from support.bank import OUR_IBAN
from support.desk import words_of
from support.gateways import NOW, Bench, open_bench
from support.sent import (
    DEBITS,
    DUE,
    TOTAL,
    Debit,
    answer,
    bank_statement,
    block_answer,
    booked,
    debtors,
    items_now,
    pain002,
    pay,
    register,
    send,
    states,
)
from support.templates import CopyOf
from support.web import Browser, Site

BACK = DUE + dt.timedelta(2)  # A Thursday.
RETRY = dt.date(2026, 11, 26)  # Five bank days later.


async def with_returns(bench: Bench) -> Bench:
    """Three settled debits of which two came back: one for lack of funds, one that the customer took back."""
    await debtors(bench)
    await send(bench, *DEBITS)
    await bench.upload(bank_statement(booked(TOTAL, block="PMT-1", count=3)))
    back = (
        booked(-20_000, end_to_end_id="E2E-2", reason="AM04", day=BACK),
        booked(-7_777, end_to_end_id="E2E-3", reason="MD06", day=BACK, text="Kunde widerspricht"),
    )
    await bench.upload(bank_statement(*back, number=2, day=BACK, opening_minor=TOTAL))
    return bench


async def two_returned(database: Database, folder: Path) -> Bench:
    return await with_returns(await open_bench(database, folder))


@pytest.fixture
async def returned(copy_of: CopyOf) -> Bench:
    """A company with two returned debits."""
    return await copy_of(two_returned)


async def row_of(bench: Bench, reason: str) -> Unpaid:
    """The row with a reason."""
    return next(row for row in await register(bench) if row.reason == reason)


async def test_an_accepted_retry_is_a_new_debit_that_names_the_old(returned: Bench) -> None:
    row = await row_of(returned, "AM04")
    assert row.retry_date == RETRY

    async with returned.begin() as work:
        key = await accept_retry(work, row_id=row.id)

    row = await row_of(returned, "AM04")
    retry = next(one for one in await returned.rows(Collection) if one.id == key)
    lines = [one for one in await returned.rows(CollectionLine) if one.collection_id == key]
    assert (row.state, row.retry_id) == (UnpaidState.RETRIED, key)
    assert (retry.state, retry.retry_of_id, retry.collection_date) == (
        CollectionState.PLANNED, row.collection_id, RETRY,
    )  # fmt: skip
    assert retry.end_to_end_id != "E2E-2"
    assert [line.amount_minor for line in lines] == [20_000]
    assert (await items_now(returned))["FA-3"].collecting_minor == 20_000
    assert await returned.broken() == []


async def test_a_retry_asks_only_for_what_is_left_open(returned: Bench) -> None:
    await pay(returned, "FA-3", 12_000)
    row = await row_of(returned, "AM04")

    async with returned.begin() as work:
        key = await accept_retry(work, row_id=row.id)

    retry = next(one for one in await returned.rows(Collection) if one.id == key)
    assert retry.amount_minor == 8_000


@pytest.mark.parametrize(
    ("reason", "date", "words"),
    [
        pytest.param("MD06", RETRY, "is not presented again", id="the customer took it back"),
        pytest.param("AM04", RETRY - dt.timedelta(1), "too early", id="before five bank days"),
    ],
)
async def test_a_limit_refuses_a_retry(returned: Bench, reason: str, date: dt.date, words: str) -> None:
    row = await row_of(returned, reason)

    with pytest.raises(RetryNotAllowed, match=words):
        async with returned.begin() as work:
            await accept_retry(work, row_id=row.id, retry_date=date)

    assert (await row_of(returned, reason)).state is UnpaidState.OPEN


async def test_a_day_on_which_banks_are_closed_becomes_the_next_bank_day(returned: Bench) -> None:
    row = await row_of(returned, "AM04")

    async with returned.begin() as work:
        await accept_retry(work, row_id=row.id, retry_date=dt.date(2026, 11, 28))

    assert (await row_of(returned, "AM04")).retry_date == dt.date(2026, 11, 30)


async def test_nothing_is_presented_twice(returned: Bench) -> None:
    row = await row_of(returned, "AM04")
    async with returned.begin() as work:
        await accept_retry(work, row_id=row.id)

    with pytest.raises(Conflict):
        async with returned.begin() as work:
            await accept_retry(work, row_id=row.id)


async def test_what_was_paid_meanwhile_is_not_presented_again(returned: Bench) -> None:
    row = await row_of(returned, "AM04")
    await pay(returned, "FA-3", 20_000)

    with pytest.raises((NothingLeft, Conflict)):
        async with returned.begin() as work:
            await accept_retry(work, row_id=row.id)


async def test_a_suspended_mandate_is_not_presented_again(returned: Bench) -> None:
    await returned.upload(bank_statement(
        booked(-15_050, end_to_end_id="E2E-1", reason="AC01", day=BACK), number=3, day=dt.date(2026, 11, 20),
        opening_minor=TOTAL - 27_777,
    ))  # fmt: skip
    row = await row_of(returned, "AC01")

    with pytest.raises(RetryNotAllowed, match="M-C1"):
        async with returned.begin() as work:
            await accept_retry(work, row_id=row.id)


async def test_a_debt_is_presented_at_most_twice_again(bench: Bench) -> None:
    await debtors(bench)
    last, row = "E2E-0", None
    await send(bench, Debit(last, "M-C2", {"FA-3": 20_000}))
    for turn in (1, 2):
        await bench.upload(
            pain002(block_answer(answer(last), block=f"PMT-{turn}"), message_id=f"R-{turn}", original=f"MSG-{turn}")
        )
        row = (await register(bench))[-1]
        async with bench.begin() as work:
            key = await accept_retry(work, row_id=row.id, retry_date=dt.date(2026, 12, 1))
        last = f"E2E-{turn}"
        await leave(bench, key, last, turn + 1)
    await bench.upload(pain002(block_answer(answer(last), block="PMT-3"), message_id="R-3", original="MSG-3"))

    row = (await register(bench))[-1]
    assert row.retry_date is None
    with pytest.raises(RetryNotAllowed, match="2 are allowed"):
        async with bench.begin() as work:
            await accept_retry(work, row_id=row.id, retry_date=dt.date(2026, 12, 1))


async def leave(bench: Bench, key: int, end_to_end_id: str, turn: int) -> None:
    """Let a planned debit leave in a run of its own, as a freeze and a submission do."""
    await send(bench, message_id=f"MSG-{turn}", block=f"PMT-{turn}")
    from gateway.store.collection_runs import CollectionBatch
    from gateway.store.collections import collections

    batch = (await bench.rows(CollectionBatch))[-1]
    async with bench.begin() as work:
        statement = collections.update().where(collections.c.id == key)
        await work.session.execute(
            statement.values(state="submitted", end_to_end_id=end_to_end_id, batch_id=batch.id, version=3)
        )


async def test_rows_are_assigned_and_closed_together(returned: Bench) -> None:
    ids = [row.id for row in await register(returned)]

    async with returned.begin() as work:
        assert await close(work, row_ids=ids, reason="agreed by telephone") == 2

    assert {(row.state, row.closed_by, row.note) for row in await register(returned)} == {
        (UnpaidState.CLOSED, "Clara Becker", "agreed by telephone")
    }
    with pytest.raises(AlreadyClosed):
        async with returned.begin() as work:
            await close(work, row_ids=ids, reason="again")
    with pytest.raises(NotFound):
        async with returned.begin() as work:
            await assign(work, row_ids=ids, owner_id=4711)
    with pytest.raises(NoSuchUnpaid):
        async with returned.begin() as work:
            await assign(work, row_ids=[4711], owner_id=None)
    assert (await items_now(returned))["FA-3"].settled_minor == 0


async def test_several_retries_are_accepted_all_or_none(returned: Bench) -> None:
    ids = [row.id for row in await register(returned)]

    with pytest.raises(RetryNotAllowed):
        async with returned.begin() as work:
            await accept_retries(work, row_ids=ids)

    assert {row.state for row in await register(returned)} == {UnpaidState.OPEN}
    assert "planned" not in (await states(returned)).values()


FILTERS = {
    "all": (UnpaidFilter(), ["MD06", "AM04"]),
    "of a reason": (UnpaidFilter(reason="AM04"), ["AM04"]),
    "open": (UnpaidFilter(states=(UnpaidState.OPEN,)), ["MD06", "AM04"]),
    "closed": (UnpaidFilter(states=(UnpaidState.CLOSED,)), []),
    "by customer's number": (UnpaidFilter(search="C2"), ["AM04"]),
    "by end-to-end id": (UnpaidFilter(search="E2E-3"), ["MD06"]),
    "by mandate": (UnpaidFilter(search="M-C2"), ["AM04"]),
    "of nobody": (UnpaidFilter(owner_id=4711), []),
}


@pytest.mark.parametrize(("wanted", "found"), [pytest.param(*case, id=name) for name, case in FILTERS.items()])
async def test_the_list_is_filtered_and_comes_in_pages(returned: Bench, wanted: UnpaidFilter, found: list[str]) -> None:
    rows: list[Any] = []
    cursor = ""
    async with returned.database.read() as session:
        while True:
            page = await unpaid_lists.list_unpaid(
                session, company_id=returned.company_id, wanted=wanted, cursor=cursor, limit=1
            )
            rows += page.rows
            cursor = page.next_cursor or ""
            if not cursor:
                break
        sums = await unpaid_lists.total_unpaid(session, company_id=returned.company_id, wanted=wanted)

    assert [line.row.reason for line in rows] == found
    assert sum(one.row_count for one in sums) == len(found)


async def _found(bench: Bench, search: str) -> list[str]:
    async with bench.database.read() as session:
        page = await unpaid_lists.list_unpaid(session, company_id=bench.company_id, wanted=UnpaidFilter(search=search))
    return [line.row.reason for line in page.rows]


async def test_a_row_is_found_under_the_earlier_and_the_present_reference_of_its_mandate(returned: Bench) -> None:
    mandate_id = next(row.mandate_id for row in await returned.rows(Collection) if row.end_to_end_id == "E2E-2")

    async with returned.begin() as work:
        await change_reference(work, mandate_id=mandate_id, reference="M-NEW")

    assert [await _found(returned, text) for text in ("M-C2", "M-NEW", "M-C9")] == [["AM04"], ["AM04"], []]


async def test_a_debit_of_another_system_is_found_by_the_reference_that_its_bank_gave(returned: Bench) -> None:
    async with returned.begin() as work:
        unknown = text("UPDATE collection SET mandate_id = NULL WHERE end_to_end_id = 'E2E-3'")
        await work.session.execute(unknown)

    assert await _found(returned, "M-C3") == ["MD06"]


async def bench_of(site: Site, folder: Path) -> Bench:
    """A bench beside a site: the same company and store."""
    company = await site.company()
    database = site.gateway.database
    async with database.begin(actor=SYSTEM, now=site.clock(), company_id=company.id) as work:
        await add_account(work, account=OUR_IBAN, name="Main account")
    (folder / "scratch").mkdir()
    gate = Gate(database, site.gateway.originals, lambda: NOW, folder / "scratch", Presence(folder / "alive"))
    return Bench(gate, company.id)


@pytest.fixture
async def seen(light_site: Site, tmp_path: Path) -> tuple[Bench, Browser]:
    """The two returned debits, and a clerk who looks at them."""
    folder = tmp_path / "bench"
    folder.mkdir()
    bench = await with_returns(await bench_of(light_site, folder))
    return bench, await light_site.sign_in(Role.CLERK)


async def test_the_page_says_what_came_back_why_and_what_to_do(seen: tuple[Bench, Browser]) -> None:
    bench, clerk = seen

    page = words_of((await clerk.get("/unpaid")).text)
    row = await row_of(bench, "AM04")
    one = words_of((await clerk.get(f"/unpaid/{row.id}")).text)
    start = words_of((await clerk.get("/dashboard")).text)
    file = words_of((await clerk.get("/statements")).text)

    assert "2 debits, 277.77 EUR" in page
    assert "AM04: not enough funds returned by the bank" in page
    assert "MD06: customer took the money back (8 weeks) refunded to the customer" in page
    assert "Talk to the customer before any new debit" in page
    assert "the first day allowed, 5 bank days after it came back" in one
    assert "E2E-2" in one
    assert "Debits that came back 2" in start
    assert "matched" in file


async def test_a_clerk_accepts_a_retry_and_closes_the_other(seen: tuple[Bench, Browser]) -> None:
    bench, clerk = seen
    poor, angry = await row_of(bench, "AM04"), await row_of(bench, "MD06")

    refused = await clerk.post("/unpaid", {"what": "retry", "id": str(angry.id)})
    empty = await clerk.post("/unpaid", {"what": "close", "id": str(angry.id), "reason": ""})
    nothing = await clerk.post("/unpaid", {"what": "close"})
    again = await clerk.post(f"/unpaid/{poor.id}", {"what": "retry", "retry_date": str(RETRY)})
    noted = await clerk.post(f"/unpaid/{angry.id}", {"what": "note", "note": "calls back on Monday"})
    closed = await clerk.post("/unpaid", {"what": "close", "id": str(angry.id), "reason": "pays by transfer"})
    late = await clerk.post(f"/unpaid/{angry.id}", {"what": "close", "reason": "again"})

    assert [one.status for one in (refused, empty, nothing, again, noted, closed, late)] == [
        422, 422, 303, 303, 303, 303, 422,
    ]  # fmt: skip
    assert {row.reason: row.state for row in await register(bench)} == {
        "AM04": UnpaidState.RETRIED, "MD06": UnpaidState.CLOSED,
    }  # fmt: skip
    assert "No debit here" in (await clerk.get("/unpaid")).text
    assert "Presented again on" in (await clerk.get(f"/unpaid/{poor.id}")).text


async def test_the_export_has_exactly_what_is_shown(seen: tuple[Bench, Browser]) -> None:
    _, clerk = seen

    lines = (await clerk.get("/unpaid/export.csv?reason=AM04")).text.splitlines()

    assert len(lines) == 2
    assert lines[1].startswith(
        "2026-11-19,C2,Kunde C2,E2E-2,return,AM04,20000,0,0,EUR,FA-3,open,present_again,2026-11-26"
    )


async def test_a_fee_apart_and_its_debit_lead_to_each_other(seen: tuple[Bench, Browser], light_site: Site) -> None:
    bench, clerk = seen
    machine = await light_site.machine(Right.SEE)
    fee = booked(-350, end_to_end_id="E2E-2", code="PMNT-MDOP-CHRG", day=BACK)
    await bench.upload(bank_statement(fee, number=3, day=BACK, opening_minor=TOTAL - 27_777))
    row = await row_of(bench, "AM04")
    booking = (await bench.transactions())[-1]

    one = words_of((await clerk.get(f"/unpaid/{row.id}")).text)
    of_fee = (await clerk.get(f"/bank-transactions/{booking.id}")).text
    undo = words_of((await clerk.get(f"/bank-transactions/{booking.id}/undo")).text)
    said = (await machine.get(f"/unpaid/{row.id}")).json()
    said_of_fee = (await machine.get(f"/bank-transactions/{booking.id}")).json()

    assert "Fee of the banks 3.50 EUR of which booked apart on 19 Nov 2026: 3.50 EUR" in one
    assert "The fee for the returned debit of Kunde C2 (E2E-2)" in words_of(of_fee)
    assert f'href="/unpaid/{row.id}"' in of_fee
    assert "Kunde C2: the fee of the returned debit is less by 3.50 EUR" in undo
    apart = {"unpaid_id": str(row.id), "bank_transaction_id": str(booking.id), "booking_date": str(BACK)}
    assert said["fees_apart"] == [apart | {"amount_minor": 350, "fee_item_id": None}] == said_of_fee["fees_apart"]


async def test_the_api_lists_reads_and_acts(seen: tuple[Bench, Browser], light_site: Site) -> None:
    bench, _ = seen
    machine = await light_site.machine(Right.SEE, Right.WORK)
    poor, angry = await row_of(bench, "AM04"), await row_of(bench, "MD06")

    rows: Sequence[dict[str, Any]] = (await machine.get("/unpaid?state=open")).json()["items"]
    one = (await machine.get(f"/unpaid/{poor.id}")).json()
    planned = await machine.post(f"/unpaid/{poor.id}/retry", {"retry_date": str(RETRY)})
    given = await machine.post(f"/unpaid/{angry.id}/assign", {"owner_id": None})
    closed = await machine.post(f"/unpaid/{angry.id}/close", {"reason": "agreed"})
    missing = await machine.get("/unpaid/4711")

    assert [row["reason"] for row in rows] == ["MD06", "AM04"]
    assert one["retry_proposal"]["retry_date"] == str(RETRY)
    assert (planned.json()["state"], given.json()["owner_id"], closed.json()["state"]) == ("retried", None, "closed")
    assert missing.status == 404
