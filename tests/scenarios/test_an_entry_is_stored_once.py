"""INV-6 to INV-10: a statement is stored whole or not at all, an entry once, however often and in whatever form."""

import datetime as dt
import resource

import psutil
import pytest

from gateway.domain.matching.record import from_record
from gateway.services.import_statement import CannotBeTaken, NotHeld, reject_statement, take_statement
from generators.camt053 import write_camt
from schemas.statement import BankTransaction, StatementKind
from schemas.states import BankTransactionState, HoldReason, StatementFileState, StatementState
from support.bank import DAY, OUR_IBAN, WRITTEN_AT, batch, camt, mt940, payment, statement
from support.gateways import CLERK, Bench
from support.master_data import customer, imported, invoice

TWO = (payment(11_900, "FA-1", reference="A1"), payment(-500, "Entgelt", reference="A2", code="PMNT-MDOP-CHRG"))
NEXT = DAY + dt.timedelta(1)


async def amounts(bench: Bench, **wanted: object) -> list[int]:
    found = await bench.transactions()
    return [row.amount_minor for row in found if all(getattr(row, name) == value for name, value in wanted.items())]


async def test_a_statement_is_stored_with_its_entries(bench: Bench) -> None:
    file = await bench.upload(camt(*TWO))

    (stored,) = await bench.statements()
    assert (file.state, file.format) == (StatementFileState.READ, "camt.053.001.08")
    assert (stored.state, stored.entry_count, stored.new_count) == (StatementState.IMPORTED, 2, 2)
    assert await amounts(bench) == [11_900, -500]
    assert await bench.broken() == []


async def test_the_same_bytes_again_are_an_answer_and_no_row(bench: Bench) -> None:
    first = await bench.receive(camt(*TWO))
    again = await bench.receive(camt(*TWO), "other-name.xml")

    assert (again.file_id, again.is_new) == (first.file_id, False)


async def test_the_same_statement_in_other_bytes_is_known(bench: Bench) -> None:
    await bench.upload(camt(*TWO))
    await bench.upload(camt(*TWO, message_id="MSG-2"))

    first, second = await bench.statements()
    assert (second.state, second.same_as_id, second.new_count) == (StatementState.IMPORTED, first.id, 0)
    assert await amounts(bench) == [11_900, -500]


async def test_camt_and_mt940_of_one_day_are_one_statement(bench: Bench) -> None:
    await bench.upload(camt(*TWO))
    await bench.upload(mt940(*TWO), "statement.sta")

    first, second = await bench.statements()
    assert second.same_as_id == first.id
    assert await amounts(bench) == [11_900, -500]


async def test_two_truly_equal_payments_stay_two(bench: Bench) -> None:
    await bench.upload(camt(payment(1_000, "Spende"), payment(1_000, "Spende")))

    assert await amounts(bench) == [1_000, 1_000]


async def test_another_statement_of_the_day_with_the_same_balances_is_not_taken_for_the_first(bench: Bench) -> None:
    """An account that is emptied into another each time begins and ends with zero all day."""
    await bench.upload(camt(payment(100, "FA-1"), payment(-100, "Cash pooling"), opening=0, number="41"))
    await bench.upload(camt(payment(200, "FA-2"), payment(-200, "Cash pooling"), opening=0, number="42"))
    second = (await bench.statements())[1]
    assert (second.state, second.hold_reason) == (StatementState.HELD, HoldReason.OVERLAP)

    await take_statement(bench.gate, statement_id=second.id, actor=CLERK, reason="two cash poolings that day")

    assert await amounts(bench) == [100, -100, 200, -200]
    assert await bench.broken() == []


async def test_an_equal_payment_in_the_next_statement_of_the_day_is_another(bench: Bench) -> None:
    await bench.upload(camt(payment(1_000, "Spende"), number="41"))
    await bench.upload(camt(payment(1_000, "Spende"), number="42", opening=11_000))

    assert await amounts(bench) == [1_000, 1_000]


async def test_an_intraday_report_books_nothing_until_the_statement_confirms_it(bench: Bench) -> None:
    await bench.upload(camt(*TWO, kind=StatementKind.REPORT))
    assert await amounts(bench, is_provisional=True) == [11_900, -500]

    await bench.upload(camt(*TWO))

    assert await amounts(bench, is_provisional=False) == [11_900, -500]
    assert await amounts(bench) == [11_900, -500]
    assert await bench.broken() == []


async def test_what_was_announced_and_is_booked_on_another_day_is_confirmed(bench: Bench) -> None:
    await bench.upload(camt(TWO[0], kind=StatementKind.REPORT))
    await bench.upload(camt(payment(11_900, "FA-1", reference="A1", day=NEXT), day=NEXT))

    assert await amounts(bench) == [11_900]
    assert await amounts(bench, is_provisional=False) == [11_900]


async def test_what_is_announced_is_explained_and_booked_only_when_the_statement_confirms_it(bench: Bench) -> None:
    await imported(bench.database, bench.company_id, customer("C1"))
    await imported(bench.database, bench.company_id, invoice("FA-2026-1", 11_900))
    announced = payment(11_900, "FA-2026-1", reference="A1")

    await bench.upload(camt(announced, kind=StatementKind.REPORT))
    (row,) = await bench.transactions()
    (explanation,) = [from_record(record) for record in row.expected or []]
    assert (row.state, row.allocated_minor) == (BankTransactionState.NEW, 0)
    assert [line.amount_minor for line in explanation.lines] == [11_900]

    await bench.upload(camt(announced))

    (row,) = await bench.transactions()
    assert (row.state, row.allocated_minor) == (BankTransactionState.ALLOCATED, 11_900)
    assert await bench.broken() == []


async def test_a_report_after_the_statement_adds_nothing(bench: Bench) -> None:
    await bench.upload(camt(*TWO))
    await bench.upload(camt(*TWO, kind=StatementKind.REPORT))

    assert await amounts(bench) == [11_900, -500]


async def test_reports_that_grow_during_the_day_store_each_entry_once(bench: Bench) -> None:
    await bench.upload(camt(TWO[0], kind=StatementKind.REPORT))
    await bench.upload(camt(*TWO, kind=StatementKind.REPORT))

    assert await amounts(bench) == [11_900, -500]


PARTS = (
    BankTransaction(4_000, "EUR", end_to_end_id="E1", remittance="FA-1"),
    BankTransaction(6_000, "EUR", end_to_end_id="E2", remittance="FA-2"),
)


async def test_details_that_arrive_later_divide_the_batch(bench: Bench) -> None:
    await bench.upload(camt(batch(PARTS, reference="B1", with_details=False)))
    await bench.upload(camt(batch(PARTS, reference="B1", with_details=True), kind=StatementKind.NOTIFICATION))

    found = await bench.transactions()
    assert [(row.amount_minor, row.part) for row in found] == [(10_000, 0), (4_000, 1), (6_000, 2)]
    assert found[0].state is BankTransactionState.SPLIT
    assert {row.split_from_id for row in found[1:]} == {found[0].id}
    assert await bench.broken() == []


async def test_the_parts_of_a_booked_batch_are_booked_and_matched(bench: Bench) -> None:
    await bench.upload(camt(batch(PARTS, reference="B1", with_details=False)))
    await bench.upload(camt(batch(PARTS, reference="B1", with_details=True), kind=StatementKind.NOTIFICATION))

    parts = [row for row in await bench.transactions() if row.part]
    assert [(row.is_provisional, row.state) for row in parts] == [(False, BankTransactionState.IN_REVIEW)] * 2


@pytest.mark.parametrize("kind", [StatementKind.STATEMENT, StatementKind.REPORT])
async def test_the_details_of_a_single_payment_may_arrive_later(bench: Bench, kind: StatementKind) -> None:
    bare = payment(4_000, reference="B1", name=None, iban=None)
    later = StatementKind.NOTIFICATION if kind is StatementKind.STATEMENT else StatementKind.STATEMENT
    await bench.upload(camt(bare, kind=kind))
    await bench.upload(camt(payment(4_000, "FA-1", reference="B1"), kind=later))

    whole, part = await bench.transactions()
    assert (whole.state, part.remittance, part.part) == (BankTransactionState.SPLIT, "FA-1", 1)
    assert (part.is_provisional, part.state) == (False, BankTransactionState.IN_REVIEW)
    assert await bench.broken() == []


async def test_details_that_arrive_twice_divide_the_batch_once(bench: Bench) -> None:
    await bench.upload(camt(batch(PARTS, reference="B1", with_details=False)))
    await bench.upload(camt(batch(PARTS, reference="B1", with_details=True), kind=StatementKind.NOTIFICATION))
    again = camt(batch(PARTS, reference="B1", with_details=True), kind=StatementKind.NOTIFICATION, message_id="MSG-2")

    await bench.upload(again)

    assert await amounts(bench, part=0) == [10_000]
    assert [row.amount_minor for row in await bench.transactions() if row.part] == [4_000, 6_000]
    assert await bench.broken() == []


async def test_details_that_arrive_first_stand_for_the_sum_of_the_statement(bench: Bench) -> None:
    await bench.upload(camt(batch(PARTS, reference="B1", with_details=True), kind=StatementKind.NOTIFICATION))
    await bench.upload(camt(batch(PARTS, reference="B1", with_details=False)))

    assert await amounts(bench, is_provisional=False) == [4_000, 6_000]
    assert await bench.broken() == []


async def test_a_known_reference_with_another_amount_is_kept_aside(bench: Bench) -> None:
    await bench.upload(camt(*TWO))
    changed = payment(12_900, "FA-1", reference="A1", day=NEXT)
    await bench.upload(camt(changed, opening=21_400, day=NEXT, number="42"))

    held = (await bench.statements())[1]
    assert (held.state, held.hold_reason) == (StatementState.HELD, HoldReason.CONFLICT)
    assert "A1" in held.hold_detail
    assert await amounts(bench) == [11_900, -500]


async def test_changed_content_under_the_same_statement_is_a_conflict(bench: Bench) -> None:
    await bench.upload(camt(payment(100, reference="A1"), payment(200, reference="A2")))
    await bench.upload(camt(payment(200, reference="A1"), payment(100, reference="A2")))

    assert (await bench.statements())[1].hold_reason is HoldReason.CONFLICT
    assert await amounts(bench) == [100, 200]


async def test_other_amounts_under_the_same_balances_are_a_conflict(bench: Bench) -> None:
    await bench.upload(camt(payment(100, "FA-1"), payment(200, "FA-2")))
    await bench.upload(camt(payment(140, "FA-1"), payment(160, "FA-2")))

    assert (await bench.statements())[1].hold_reason is HoldReason.CONFLICT
    assert await amounts(bench) == [100, 200]


async def test_an_entry_in_another_currency_than_its_account_is_not_added_up(bench: Bench) -> None:
    dollars = payment(11_900, "FA-1")
    (part,) = dollars.transactions
    dollars = dollars._replace(currency="USD", transactions=(part._replace(currency="USD"),))

    await bench.upload(camt(dollars))

    (held,) = await bench.statements()
    assert held.hold_reason is HoldReason.UNBALANCED
    assert "USD" in held.hold_detail


async def test_a_file_may_have_more_statements_than_a_process_may_have_open_files(bench: Bench) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    days = [statement(payment(100, f"FA-{n}"), day=DAY + dt.timedelta(n), number=str(n)) for n in range(50)]
    data = b"".join(write_camt(days, message_id="MSG", created_at=WRITTEN_AT, kind=StatementKind.STATEMENT))
    resource.setrlimit(resource.RLIMIT_NOFILE, (psutil.Process().num_fds() + 30, hard))

    try:
        file = await bench.upload(data)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

    assert file.state is StatementFileState.READ
    assert len(await bench.statements()) == 50


async def test_a_statement_that_does_not_add_up_is_held_and_the_others_go_on(bench: Bench) -> None:
    await bench.upload(camt(*TWO, closing=1))

    (held,) = await bench.statements()
    assert (held.state, held.hold_reason) == (StatementState.HELD, HoldReason.UNBALANCED)
    assert await bench.transactions() == []


async def test_a_held_statement_can_be_taken_with_a_reason_that_stays(bench: Bench) -> None:
    await bench.upload(camt(*TWO, closing=1))
    (held,) = await bench.statements()

    await take_statement(bench.gate, statement_id=held.id, actor=CLERK, reason="The bank confirmed it by phone")

    (taken,) = await bench.statements()
    assert (taken.state, taken.take_reason, taken.taken_by) == (
        StatementState.IMPORTED, "The bank confirmed it by phone", "Clara Becker",
    )  # fmt: skip
    assert await amounts(bench) == [11_900, -500]
    assert await bench.broken() == []


async def test_a_taken_overlap_stores_only_the_entries_that_are_new(bench: Bench) -> None:
    await bench.upload(camt(*TWO))
    week = camt(*TWO, payment(300, "new", reference="A3", day=NEXT), until=NEXT, number="42")
    await bench.upload(week)
    held = (await bench.statements())[1]
    assert held.hold_reason is HoldReason.OVERLAP

    await take_statement(bench.gate, statement_id=held.id, actor=CLERK, reason="weekly statement")

    assert await amounts(bench) == [11_900, -500, 300]


async def test_a_rejected_statement_stays_rejected(bench: Bench) -> None:
    await bench.upload(camt(*TWO, closing=1))
    (held,) = await bench.statements()

    async with bench.begin() as work:
        await reject_statement(work, statement_id=held.id, reason="not ours")

    with pytest.raises(NotHeld):
        await take_statement(bench.gate, statement_id=held.id, actor=CLERK, reason="after all")
    assert (await bench.statements())[0].state is StatementState.REJECTED


async def test_a_statement_of_an_unknown_account_is_held_and_cannot_be_taken(bench: Bench) -> None:
    await bench.upload(camt(*TWO, account="DE02120300000000202051"))
    (held,) = await bench.statements()

    assert held.hold_reason is HoldReason.UNKNOWN_ACCOUNT
    with pytest.raises(CannotBeTaken):
        await take_statement(bench.gate, statement_id=held.id, actor=CLERK, reason="take it")


async def test_a_gap_between_statements_never_holds(bench: Bench) -> None:
    await bench.upload(camt(*TWO))
    await bench.upload(camt(payment(1, day=NEXT), opening=999_999, number="43", day=NEXT))

    assert {row.state for row in await bench.statements()} == {StatementState.IMPORTED}


async def test_pages_in_two_files_become_one_statement(bench: Bench) -> None:
    first = mt940(*TWO).replace(b":62F:", b":62M:")
    second = mt940(payment(300, "Rest", reference="A3"), opening=21_400)
    second = second.replace(b"00041/00001", b"00041/00002").replace(b":60F:", b":60M:")

    await bench.upload(second, "page2.sta")
    assert (await bench.statements())[0].hold_reason is HoldReason.MISSING_PAGE
    await bench.upload(first, "page1.sta")

    assert {row.state for row in await bench.statements()} == {StatementState.IMPORTED}
    assert await amounts(bench) == [11_900, -500, 300]
    assert await bench.broken() == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", None, id="empty"),
        pytest.param(b"%PDF-1.7\n%....", None, id="pdf"),
        pytest.param(b"<html><body>Log in</body></html>", None, id="html"),
        pytest.param(bytes(range(256)) * 8, None, id="random bytes"),
        pytest.param(camt(*TWO)[:-40], None, id="cut"),
        pytest.param(camt(*TWO).replace(b"119.00", b"1.19e2"), None, id="exponent"),
        pytest.param(b'<!DOCTYPE x [<!ENTITY a "b">]>' + camt(*TWO).split(b"?>", 1)[1], None, id="doctype"),
    ],
)
async def test_what_cannot_be_read_is_refused_and_only_its_bytes_are_kept(
    bench: Bench, data: bytes, code: str | None
) -> None:
    file = await bench.upload(data)

    assert file.state is StatementFileState.REFUSED
    assert file.error_message
    assert code is None or file.error_code == code
    assert await bench.statements() == []
    assert bench.gate.originals.path_of(file.sha256).read_bytes() == data
    assert OUR_IBAN not in file.error_message
