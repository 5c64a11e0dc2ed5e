"""A fee that the bank books apart is added to the one debit that it names, in whatever order they come."""

import asyncio
import datetime as dt
from collections.abc import Sequence
from itertools import accumulate, permutations
from typing import Any

import pytest

from gateway.services.match_transactions import match_transactions
from gateway.services.reject_collections import reject_by_person
from gateway.services.resolve_review import accept, ignore
from gateway.services.undo_decision import undo_decision
from gateway.store import unpaid_fees
from gateway.store.bank_transactions import BankTransaction
from gateway.store.collections import Collection
from gateway.store.counters import UsedSince
from gateway.store.creditors import CollectionPolicy
from gateway.store.open_items import OpenItem
from gateway.store.reviews import ReviewItem
from gateway.store.unpaid import UnpaidFee
from gateway.store.work import Work
from schemas.states import BankTransactionState, IgnoreCategory, OpenItemKind, ReviewState
from support.gateways import CLERK, NOW, Bench
from support.sent import (
    DEBITS,
    DUE,
    TOTAL,
    Booked,
    answer,
    bank_statement,
    block_answer,
    booked,
    debtors,
    pain002,
    pay,
    register,
    send,
    states,
    three_settled,
)
from support.templates import CopyOf

BACK = DUE + dt.timedelta(2)
FEE_CODE = "PMNT-MDOP-CHRG"
RETURN = booked(-20_000, end_to_end_id="E2E-2", reason="AM04", day=BACK)
OTHER = booked(-7_777, end_to_end_id="E2E-3", reason="AM04", day=BACK)
Day = tuple[int, Sequence[Booked]]  # Days after the day of the return, and what is booked then.


def fee(minor: int = -350, *, days: int = 0, **facts: Any) -> Booked:
    """A debit of our account under the code of charges."""
    return booked(minor, **({"code": FEE_CODE, "day": BACK + dt.timedelta(days)} | facts))


@pytest.fixture
async def settled(copy_of: CopyOf) -> Bench:
    """Three debits whose money came as one sum."""
    return await copy_of(three_settled)


def files_of(*days: Day) -> list[bytes]:
    """Return a statement for each day, in the order of the days."""
    sums = accumulate((sum(one.minor for one in entries) for _, entries in days), initial=TOTAL)
    return [
        bank_statement(*entries, number=10 + after, day=BACK + dt.timedelta(after), opening_minor=opening)
        for (after, entries), opening in zip(days, sums, strict=False)
    ]


async def bring(bench: Bench, *days: Day) -> None:
    for data in files_of(*days):
        await bench.upload(data)


async def set_policy(bench: Bench, **record: Any) -> None:
    """Set how the company collects."""
    async with bench.begin() as work:
        row = CollectionPolicy(
            id=work.new_id(), company_id=bench.company_id, position=1, record=record, recorded_at=work.now,
            actor="user:7", reason="", journal_id=work.journal_id,
        )  # fmt: skip
        work.add(row)
        work.say("set_policy", "policy:1")


async def fees_now(bench: Bench) -> dict[str, int]:
    """Return the fee of each row by the end-to-end id of its debit."""
    names = {row.id: row.end_to_end_id for row in await bench.rows(Collection)}
    return {names[row.collection_id]: row.fee_minor for row in await register(bench)}


async def claims(bench: Bench) -> list[int]:
    """Return the amounts that customers are asked for as fees."""
    rows = await bench.rows(OpenItem)
    return sorted(row.amount_minor for row in rows if row.kind is OpenItemKind.FEE_CLAIM and row.cancelled_at is None)


async def set_aside(bench: Bench) -> list[BankTransaction]:
    """Return the bookings that are set aside as fees."""
    return [row for row in await bench.transactions() if row.category is IgnoreCategory.BANK_FEE]


NAMED = {
    "by its end-to-end id": [RETURN, fee(end_to_end_id="E2E-2")],
    "booked before the return": [fee(end_to_end_id="E2E-2"), RETURN],
    "by the id in the text": [RETURN, fee(text="FEE FOR RETURNED DIRECT DEBIT E2E-2")],
    "by the mandate": [RETURN, fee(mandate="M-C2"), OTHER],
    "by the mandate in the text": [RETURN, OTHER, fee(text="Rückläuferentgelt Mandat m-c2")],
    "by the amount of the debit": [RETURN, fee(original_minor=20_000), OTHER],
    "by the only return of its block": [RETURN, fee(block="PMT-1")],
    "by block and amount": [RETURN, OTHER, fee(block="PMT-1", original_minor=20_000)],
    "with the reason of the return": [RETURN, fee(end_to_end_id="E2E-2", reason="AM04")],
    "with the reason, before the return": [fee(end_to_end_id="E2E-2", reason="AM04"), RETURN],
    "with the code of the return": [RETURN, fee(end_to_end_id="E2E-2", code="PMNT-IDDT-UPDD", text="Frais d'impayé")],
    "under no code": [RETURN, fee(end_to_end_id="E2E-2", code="XTND-NTAV-NTAV", text="returned debit fee")],
}  # fmt: skip


@pytest.mark.parametrize("entries", [pytest.param(entries, id=name) for name, entries in NAMED.items()])
async def test_it_is_added_to_the_debit_that_it_names(settled: Bench, entries: list[Booked]) -> None:
    await bring(settled, (0, entries))

    assert (await fees_now(settled))["E2E-2"] == 350
    assert (await fees_now(settled)).get("E2E-3", 0) == 0
    (booking,) = await set_aside(settled)
    (tie,) = await settled.rows(UnpaidFee)
    assert (tie.bank_transaction_id, tie.amount_minor, tie.fee_item_id) == (booking.id, 350, None)
    assert booking.state is BankTransactionState.IGNORED
    assert await settled.rows(ReviewItem) == []
    assert await settled.broken() == []


ASIDE = {
    "names nothing": [RETURN, fee(text="Entgelte November")],
    "names the mandate of two": [
        booked(-9_000, end_to_end_id="TWIN-1", reason="AM04", day=BACK),
        booked(-9_000, end_to_end_id="TWIN-2", reason="AM04", day=BACK),
        fee(mandate="M-C2"),
    ],
    "names the amount of two": [
        booked(-9_000, end_to_end_id="TWIN-1", reason="AM04", day=BACK),
        booked(-9_000, end_to_end_id="TWIN-2", reason="AM04", day=BACK),
        fee(original_minor=9_000),
    ],
    "a sum of which one is named": [RETURN, fee(-1_500, text="5 x 3,00 Rücklastschriften, E2E-2")],
    "names a debit that did not come back": [RETURN, fee(end_to_end_id="E2E-1")],
    "names both, and one did not come back": [RETURN, fee(-700, text="returns E2E-2 E2E-1")],
}  # fmt: skip


@pytest.mark.parametrize("entries", [pytest.param(entries, id=name) for name, entries in ASIDE.items()])
async def test_what_is_not_certain_is_only_set_aside(settled: Bench, entries: list[Booked]) -> None:
    await twins(settled)

    await bring(settled, (0, entries))

    assert set((await fees_now(settled)).values()) == {0}
    assert len(await set_aside(settled)) == 1
    assert await settled.rows(UnpaidFee) == []
    assert await settled.broken() == []


async def twins(bench: Bench) -> None:
    """Two settled debits of one mandate and one amount."""
    await send(
        bench, *[DEBITS[1]._replace(end_to_end_id=name, items={"FA-3": 9_000}) for name in ("TWIN-1", "TWIN-2")],
        message_id="MSG-2", block="PMT-2",
    )  # fmt: skip
    await bench.upload(bank_statement(booked(18_000, block="PMT-2", count=2), number=2, opening_minor=TOTAL))


async def test_a_sum_that_names_all_is_divided_and_waits_for_the_last(settled: Bench) -> None:
    late = booked(-7_777, end_to_end_id="E2E-3", reason="AM04", day=BACK + dt.timedelta(1))
    first, second = files_of((0, [RETURN, fee(-700, text="2 x 3,50 E2E-2 E2E-3")]), (1, [late]))

    await settled.upload(first)
    assert await fees_now(settled) == {"E2E-2": 0}
    await settled.upload(second)

    assert await fees_now(settled) == {"E2E-2": 350, "E2E-3": 350}
    assert await settled.broken() == []


ORDERS = {
    "a statement later": [(0, [RETURN]), (1, [fee(end_to_end_id="E2E-2", days=1)])],
    "days later": [(0, [RETURN]), (9, [fee(mandate="M-C2", days=9)])],
    "a statement earlier": [(-1, [fee(end_to_end_id="E2E-2", days=-1)]), (0, [RETURN])],
    "before and after": [
        (-1, [fee(-100, end_to_end_id="E2E-2", days=-1)]), (0, [RETURN]), (1, [fee(-250, text="E2E-2", days=1)]),
    ],
}  # fmt: skip


@pytest.mark.parametrize("rebills", [False, True], ids=["kept", "re-billed"])
@pytest.mark.parametrize("days", [pytest.param(days, id=name) for name, days in ORDERS.items()])
async def test_the_order_of_the_statements_does_not_matter(settled: Bench, days: list[Day], rebills: bool) -> None:
    await set_policy(settled, rebills_fee=rebills)

    for data in files_of(*days)[::-1]:
        await settled.upload(data)

    assert await fees_now(settled) == {"E2E-2": 350}
    assert sum(await claims(settled)) == (350 if rebills else 0)
    assert await settled.broken() == []


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_two_that_fit_leave_it_aside_whichever_came_first(settled: Bench, order: Sequence[int]) -> None:
    await set_policy(settled, rebills_fee=True)
    await twins(settled)
    one, two = (booked(-9_000, end_to_end_id=f"TWIN-{n}", reason="AM04", day=BACK + dt.timedelta(n)) for n in (1, 2))
    files = files_of((1, [one]), (2, [two]), (3, [fee(mandate="M-C2", days=3)]))

    for place in order:
        await settled.upload(files[place])

    assert await fees_now(settled) == {"TWIN-1": 0, "TWIN-2": 0}
    assert await claims(settled) == []
    assert await settled.broken() == []


async def test_the_same_statement_twice_adds_it_once(settled: Bench) -> None:
    await set_policy(settled, rebills_fee=True)
    (data,) = files_of((0, [RETURN, fee(end_to_end_id="E2E-2")]))

    await settled.upload(data)
    await settled.upload(data.replace(b"M-10", b"M-99"))

    assert await fees_now(settled) == {"E2E-2": 350}
    assert await claims(settled) == [350]


@pytest.mark.parametrize(
    ("policy", "asked"),
    [
        pytest.param({"rebills_fee": True}, [350, 500], id="what the bank took"),
        pytest.param({"rebills_fee": True, "fee_claim_minor": 900}, [900], id="one amount for each debit"),
        pytest.param({}, [], id="nothing"),
    ],
)
async def test_the_customer_is_asked_as_the_policy_says(
    settled: Bench, policy: dict[str, Any], asked: list[int]
) -> None:
    await set_policy(settled, **policy)
    inside = booked(-20_350, end_to_end_id="E2E-2", reason="AM04", charges_minor=350, day=BACK)

    await bring(settled, (0, [inside, fee(-500, end_to_end_id="E2E-2")]))

    assert await fees_now(settled) == {"E2E-2": 850}
    assert await claims(settled) == asked
    assert {row.original_number for row in await settled.rows(OpenItem) if row.number.startswith("FEE")} <= {"E2E-2"}
    assert await settled.broken() == []


async def undo(bench: Bench, *minors: int) -> None:
    """Take back what was decided on the bookings of some amounts."""
    ids = [row.id for row in await bench.transactions() if row.amount_minor in minors]
    async with bench.begin() as work:
        await undo_decision(work, bank_transaction_ids=ids, reason="wrong")


async def put_aside(bench: Bench, category: IgnoreCategory) -> None:
    """Answer the only question: it is no payment."""
    (question,) = [row for row in await bench.rows(ReviewItem) if row.state is ReviewState.OPEN]
    async with bench.begin() as work:
        await ignore(work, review_item_id=question.id, category=category)


@pytest.mark.parametrize(
    ("category", "fee_minor"),
    [pytest.param(IgnoreCategory.BANK_FEE, 350, id="fee"), pytest.param(IgnoreCategory.OTHER, 0, id="something else")],
)
async def test_taking_the_fee_back_takes_it_off_and_setting_it_aside_adds_it_again(
    settled: Bench, category: IgnoreCategory, fee_minor: int
) -> None:
    await set_policy(settled, rebills_fee=True)
    await bring(settled, (0, [RETURN, fee(end_to_end_id="E2E-2")]))

    await undo(settled, -350)

    assert await fees_now(settled) == {"E2E-2": 0}
    assert await claims(settled) == []
    assert await settled.broken() == []

    await put_aside(settled, category)

    assert await fees_now(settled) == {"E2E-2": fee_minor}
    assert sum(await claims(settled)) == fee_minor
    assert await settled.broken() == []


async def test_a_fee_that_the_customer_paid_is_not_taken_back(settled: Bench) -> None:
    await set_policy(settled, rebills_fee=True)
    await bring(settled, (0, [RETURN, fee(end_to_end_id="E2E-2")]))
    claim = next(row for row in await settled.rows(OpenItem) if row.kind is OpenItemKind.FEE_CLAIM)
    await pay(settled, claim.number, 350)

    for minor in (-350, -20_000):
        with pytest.raises(UsedSince):
            await undo(settled, minor)

    assert await fees_now(settled) == {"E2E-2": 350}
    assert await settled.broken() == []


async def test_taking_the_return_back_leaves_the_fee_aside_and_booking_it_again_adds_it(settled: Bench) -> None:
    await set_policy(settled, rebills_fee=True)
    await bring(settled, (0, [RETURN, fee(end_to_end_id="E2E-2")]))

    await undo(settled, -20_000)

    assert await register(settled) == []
    assert await claims(settled) == []
    assert [row.state for row in await set_aside(settled)] == [BankTransactionState.IGNORED]
    assert await settled.broken() == []

    await accept_again(settled)

    assert await fees_now(settled) == {"E2E-2": 350}
    assert await claims(settled) == [350]
    assert await settled.broken() == []


async def accept_again(bench: Bench) -> None:
    """Look again at what waits and accept its explanation."""
    await look_again(bench)
    (question,) = [row for row in await bench.rows(ReviewItem) if row.state is ReviewState.OPEN]
    async with bench.begin() as work:
        await accept(work, review_item_id=question.id)


async def look_again(bench: Bench) -> None:
    """Explain anew what waits."""
    await match_transactions(
        bench.database, company_id=bench.company_id, actor=CLERK, now=lambda: NOW,
        states=[BankTransactionState.IN_REVIEW],
    )  # fmt: skip


async def test_taking_both_back_at_once_leaves_nothing(settled: Bench) -> None:
    await set_policy(settled, rebills_fee=True)
    await bring(settled, (0, [RETURN, OTHER, fee(end_to_end_id="E2E-2"), fee(-400, end_to_end_id="E2E-3")]))

    await undo(settled, -20_000, -350)

    assert await fees_now(settled) == {"E2E-3": 400}
    assert await claims(settled) == [400]
    assert await settled.broken() == []


async def test_taking_one_of_two_that_fit_back_tells_whose_it_is(settled: Bench) -> None:
    await twins(settled)
    one, two = (booked(-9_000, end_to_end_id=f"TWIN-{n}", reason="AM04", day=BACK) for n in (1, 2))
    await bring(settled, (0, [one, two, fee(mandate="M-C2")]))
    first = next(row for row in await settled.transactions() if row.end_to_end_id == "TWIN-1")

    async with settled.begin() as work:
        await undo_decision(work, bank_transaction_ids=[first.id], reason="wrong")

    assert await fees_now(settled) == {"TWIN-2": 350}
    assert await settled.broken() == []


async def test_a_fee_and_its_return_that_are_decided_at_once_find_each_other(
    settled: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    if settled.database.is_sqlite:
        pytest.skip("SQLite has one writer")
    await bring(settled, (0, [RETURN, fee(end_to_end_id="E2E-2")]))
    await undo(settled, -20_000, -350)
    await look_again(settled)
    hold, both, met = unpaid_fees.hold_fees, asyncio.Barrier(2), set[int]()

    async def hold_together(work: Work) -> None:
        if id(work) not in met:  # Each has written its part, and sees nothing of the other's.
            met.add(id(work))
            await both.wait()
        await hold(work)

    monkeypatch.setattr(unpaid_fees, "hold_fees", hold_together)
    back, kept = sorted(await settled.rows(ReviewItem), key=lambda row: row.amount_minor)[-2:]

    async def take_back() -> None:
        async with settled.begin() as work:
            await accept(work, review_item_id=back.id)

    async def keep() -> None:
        async with settled.begin() as work:
            await ignore(work, review_item_id=kept.id, category=IgnoreCategory.BANK_FEE)

    await asyncio.gather(take_back(), keep())

    assert await fees_now(settled) == {"E2E-2": 350}
    assert await settled.broken() == []


@pytest.mark.parametrize("is_first", [True, False], ids=["fee before the report", "report before the fee"])
async def test_a_rejected_debit_has_its_fee_too_and_keeps_it(bench: Bench, is_first: bool) -> None:
    await debtors(bench)
    await send(bench, *DEBITS)
    report = pain002(block_answer(answer("E2E-2")))
    booking = bank_statement(fee(end_to_end_id="E2E-2"), day=BACK)

    for data in (booking, report) if is_first else (report, booking):
        await bench.upload(data)

    assert await fees_now(bench) == {"E2E-2": 350}
    assert (await states(bench))["E2E-2"] == "rejected"
    assert await bench.broken() == []


@pytest.mark.parametrize("is_told", [True, False], ids=["reported", "told on the telephone"])
async def test_a_rejected_debit_that_is_credited_and_taken_back_has_both_fees(bench: Bench, is_told: bool) -> None:
    await debtors(bench)
    keys = await send(bench, *DEBITS)
    if is_told:
        await bench.upload(pain002(block_answer(answer("E2E-2"))))
    else:
        async with bench.begin() as work:
            await reject_by_person(work, collection_id=keys["E2E-2"], reason="AM04", proof="on the telephone")
    inside = booked(-20_350, end_to_end_id="E2E-2", reason="AM04", charges_minor=350, day=BACK)
    apart = fee(-500, end_to_end_id="E2E-2")
    await bench.upload(bank_statement(booked(TOTAL, block="PMT-1", count=3), inside, apart, day=BACK))
    assert await fees_now(bench) == {"E2E-2": 850}

    await undo(bench, -20_350)

    assert await fees_now(bench) == {"E2E-2": 500}
    assert (await states(bench))["E2E-2"] == "rejected"
    assert await bench.broken() == []


GERMAN = """:20:STARTUMSE
:25:DE89370400440532013000
:28C:00002/001
:60F:C261117EUR428,27
:61:2611191119D200,00NRTINONREF
:86:109?00SEPA-DD SOLL RUECKBEL. CORE?20EREF+E2E-2?21MREF+M-C2?22SVWZ+RUECKLASTSCHRIFT?34914
:61:2611191119D3,50NCHGNONREF
:86:{gvc}?00ENTGELT?20RUECKLAEUFERENTGELT FUER?21 {name}
:62F:C261119EUR224,77
-
"""


@pytest.mark.parametrize(("gvc", "name"), [("808", "EREF E2E-2"), ("805", "M-C2"), ("835", "BETRAG 200,00 EUR")])
async def test_a_german_statement_names_it_in_its_text(settled: Bench, gvc: str, name: str) -> None:
    text = GERMAN.format(gvc=gvc, name=name)

    await settled.upload(text.replace("\n", "\r\n").encode(), "auszug.sta")

    assert await fees_now(settled) == {"E2E-2": 350}
    assert await settled.broken() == []
