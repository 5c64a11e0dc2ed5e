"""What importing an invoice does: new, changed, proposed, unchanged, or an error of the row."""

import datetime as dt
from typing import Any

import pytest

from gateway.domain.import_step import Outcome, once_each
from gateway.domain.item_facts import ItemFacts, change_record, changed_facts, version_record
from gateway.domain.item_import import FACT_COLUMNS, SETTLE, ItemStep, KnownChange, KnownItem, plan_item
from schemas.states import PaymentMethod
from schemas.tables import InvoiceRow, RowError
from support.master_data import invoice

ALL = frozenset(FACT_COLUMNS)
ROW = invoice("FA-1", 10_000, creditor_reference="RF18FA1")


def plan(row: InvoiceRow, item: KnownItem | None = None, columns: frozenset[str] = ALL) -> ItemStep:
    step = plan_item(row, party_id=5, item=item, columns=columns)
    assert isinstance(step, ItemStep)
    return step


def known(row: InvoiceRow = ROW, *, settled: int = 0, **values: Any) -> KnownItem:
    """The item as an earlier import of the row left it."""
    return KnownItem(9, plan(row).facts, settled, **values)


def waiting(record: dict[str, Any], *, is_waiting: bool = True) -> KnownChange:
    return KnownChange(3, record, is_waiting)


@pytest.mark.parametrize(
    ("row", "item", "outcome"),
    [
        pytest.param(ROW, None, Outcome.NEW, id="not stored"),
        pytest.param(ROW, known(), Outcome.UNCHANGED, id="as stored"),
        pytest.param(ROW._replace(amount_minor=12_000), known(), Outcome.CHANGED, id="another amount"),
        pytest.param(ROW._replace(text="x"), known(), Outcome.CHANGED, id="another text"),
        pytest.param(ROW._replace(amount_minor=12_000), known(settled=100), Outcome.PROPOSED, id="it has allocations"),
        pytest.param(
            ROW._replace(amount_minor=12_000), known(disputed_minor=5), Outcome.PROPOSED, id="it is in dispute"
        ),
        pytest.param(
            ROW._replace(due_date=None), known(is_in_flight=True), Outcome.PROPOSED, id="a debit is in flight"
        ),
        pytest.param(ROW, known(settled=10_000), Outcome.UNCHANGED, id="paid, and nothing differs"),
        pytest.param(ROW._replace(open_minor=10_000), known(), Outcome.UNCHANGED, id="open there as here"),
        pytest.param(ROW._replace(open_minor=10_000), known(settled=50), Outcome.UNCHANGED, id="more open there"),
        pytest.param(ROW._replace(open_minor=4_000), known(), Outcome.PROPOSED, id="less open there"),
        pytest.param(ROW._replace(open_minor=4_000, currency="USD"), known(settled=1), Outcome.PROPOSED,
                     id="less open there in another currency"),
        pytest.param(ROW, known(is_cancelled=True), Outcome.UNCHANGED, id="cancelled here, and nothing differs"),
        pytest.param(ROW._replace(open_minor=0), known(is_cancelled=True), Outcome.UNCHANGED,
                     id="cancelled here, settled there"),
    ],
)  # fmt: skip
def test_a_row_has_one_outcome(row: InvoiceRow, item: KnownItem | None, outcome: Outcome) -> None:
    assert plan(row, item).outcome is outcome


@pytest.mark.parametrize(
    ("row", "party_id", "item", "column", "expected"),
    [
        pytest.param(ROW, None, None, "customer_number", "customer that is stored", id="unknown customer"),
        pytest.param(ROW._replace(open_minor=10_001), 5, None, "open_amount", "100.00", id="more open than owed"),
        pytest.param(ROW._replace(open_minor=-1), 5, None, "open_amount", "from 0", id="open with another sign"),
        pytest.param(
            invoice("GS-1", -500, open_minor=-600), 5, None, "open_amount", "-5.00", id="credit note opener than it is"
        ),
        pytest.param(
            ROW._replace(amount_minor=1), 5, known(is_cancelled=True), "number", "not cancelled", id="cancelled here"
        ),
    ],
)
def test_a_row_that_cannot_be_is_an_error(
    row: InvoiceRow, party_id: int | None, item: KnownItem | None, column: str, expected: str
) -> None:
    error = plan_item(row, party_id=party_id, item=item, columns=ALL)

    assert isinstance(error, RowError)
    assert (error.row, error.column) == (row.row, column)
    assert expected in error.expected


@pytest.mark.parametrize(
    ("row", "opening"),
    [
        pytest.param(ROW, 0, id="nothing said"),
        pytest.param(ROW._replace(open_minor=10_000), 0, id="all open"),
        pytest.param(ROW._replace(open_minor=2_500), 7_500, id="partly paid before"),
        pytest.param(ROW._replace(open_minor=0), 10_000, id="paid before"),
        pytest.param(invoice("GS-1", -500, open_minor=-200), -300, id="credit note partly taken before"),
    ],
)
def test_what_was_settled_before_is_taken_over_once(row: InvoiceRow, opening: int) -> None:
    assert plan(row).opening_minor == opening
    assert plan(row, known(row, settled=opening)).outcome is Outcome.UNCHANGED


def test_columns_that_the_table_has_not_leave_their_facts_alone() -> None:
    before = known(ROW._replace(text="Miete", discount_basis_points=200, discount_until_date=dt.date(2026, 11, 11)))

    step = plan(ROW._replace(due_date=None), before, frozenset({"customer_number", "currency", "amount", "due_date"}))

    assert step.facts == before.facts._replace(due_date=None)


def test_columns_that_the_table_has_clear_what_they_leave_empty() -> None:
    before = known(ROW._replace(discount_basis_points=200, discount_until_date=dt.date(2026, 11, 11)))

    assert plan(ROW, before).facts.discount_basis_points is None


def test_a_proposal_names_what_differs_and_leaves_the_item_as_it_is() -> None:
    item = known(settled=100)

    step = plan(ROW._replace(amount_minor=12_000, due_date=dt.date(2027, 1, 1), open_minor=9_000), item)

    assert step.facts == item.facts
    assert step.proposals == ({"amount_minor": 12_000, "due_date": "2027-01-01"}, {SETTLE: 900})
    assert [difference.name for difference in step.differences] == ["amount_minor", "due_date", SETTLE]


def test_a_settlement_is_measured_against_the_amount_that_is_applied() -> None:
    step = plan(ROW._replace(amount_minor=12_000, open_minor=11_000), known())

    assert (step.outcome, step.facts.amount_minor, step.proposals) == (Outcome.CHANGED, 12_000, ({SETTLE: 1_000},))
    assert [difference.after for difference in step.differences] == [12_000, 1_000]


@pytest.mark.parametrize(
    ("row", "changes", "proposals", "superseded"),
    [
        pytest.param(ROW._replace(text="x"), [waiting({"text": "x"})], (), (), id="it waits already"),
        pytest.param(
            ROW._replace(text="x"), [waiting({"text": "x"}, is_waiting=False)], (), (), id="a person dismissed it"
        ),
        pytest.param(
            ROW._replace(text="x"), [waiting({"text": "y"})], ({"text": "x"},), (3,), id="the source says another thing"
        ),
        pytest.param(ROW, [waiting({"text": "y"})], (), (3,), id="the source asks for nothing any more"),
        pytest.param(ROW._replace(open_minor=4_000), [waiting({SETTLE: 5_900})], (), (), id="the settlement waits"),
    ],
)
def test_nothing_is_proposed_twice(
    row: InvoiceRow, changes: list[KnownChange], proposals: tuple[Any, ...], superseded: tuple[int, ...]
) -> None:
    step = plan(row, known(settled=100, changes=changes))

    assert (step.proposals, step.superseded) == (proposals, superseded)


def test_a_new_row_differs_from_nothing() -> None:
    assert plan(ROW).differences == ()


def test_rows_that_repeat_are_one_and_rows_that_contradict_are_none() -> None:
    rows = [
        invoice("FA-1", 100, row=2), invoice("FA-1", 100, row=3),
        invoice("FA-2", 100, row=4), invoice("FA-2", 200, row=5), invoice("FA-3", 100, row=6),
    ]  # fmt: skip

    kept, errors = once_each(rows, key=lambda row: row.number, column="number")

    assert [row.row for row in kept] == [2, 6]
    assert [(error.row, error.found) for error in errors] == [(4, "FA-2"), (5, "FA-2")]
    assert "rows 4, 5 differ" in errors[0].expected


FACTS = ItemFacts(
    party_id=5, currency="EUR", amount_minor=100, due_date=dt.date(2026, 12, 1), text="Miete",
    payment_method=PaymentMethod.DIRECT_DEBIT,
)  # fmt: skip


def test_a_version_keeps_the_facts_that_say_something() -> None:
    assert version_record(FACTS) == {"currency": "EUR", "text": "Miete", "payment_method": "direct_debit"}


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(FACTS, id="nothing"),
        pytest.param(FACTS._replace(amount_minor=7, due_date=None, payment_method=None), id="some cleared"),
        pytest.param(
            FACTS._replace(notified_date=dt.date(2026, 1, 2), payment_method=PaymentMethod.OTHER), id="some set"
        ),
    ],
)
def test_a_record_of_changes_makes_the_new_facts_of_the_old(after: ItemFacts) -> None:
    record = change_record(FACTS, after)

    assert changed_facts(FACTS, record) == after
    assert changed_facts(FACTS, {**record, "unknown": 1}) == after
