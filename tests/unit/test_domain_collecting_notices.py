"""What a notice of ours announces, and what the plan makes of it: each notice is for one debit, on its day."""

import datetime as dt
from typing import Any

import pytest

from gateway.domain.collecting.model import Announced, DueItem, LeftOutReason, Part
from gateway.domain.collecting.notices import NoticeDue, Used, announced_date, notices_due, without_used
from gateway.domain.collecting.plan import plan_collections
from gateway.domain.collecting.rules import CollectRules
from schemas.states import MandateState, NoticeKind
from support.collecting import DUE, NOW, due_facts, due_item, mandate

UNTIL = dt.date(2026, 12, 31)
TODAY = NOW.date()
R = LeftOutReason


def mail(collection_date: dt.date, amount_minor: int = 10_000, sent_date: dt.date = TODAY) -> Announced:
    return Announced(sent_date, collection_date, amount_minor, NoticeKind.MAIL)


def planned(*items: DueItem, until: dt.date = UNTIL, now: dt.datetime = NOW, **other: Any) -> Any:
    return plan_collections(due_facts(*items, **other), rules=CollectRules(), until_date=until, now=now)


def due_notices(*items: DueItem, until: dt.date = UNTIL, far: dt.date | None = None, **other: Any) -> list[NoticeDue]:
    chosen = other.pop("chosen", frozenset())
    days_of = other.pop("days_of", {})
    plan = planned(*items, until=far or until, **other)
    return notices_due(plan, until_date=until, today=TODAY, days=14, days_of=days_of, chosen=chosen)


@pytest.mark.parametrize(
    ("possible", "days", "expected"),
    [
        pytest.param(DUE, 14, DUE, id="the due day keeps the period"),
        pytest.param(dt.date(2026, 11, 23), 14, dt.date(2026, 12, 4), id="overdue: fourteen days from today"),
        pytest.param(dt.date(2026, 11, 23), 15, dt.date(2026, 12, 7), id="shifted to a bank day"),
        pytest.param(dt.date(2026, 12, 26), 2, dt.date(2026, 12, 28), id="the due day is shifted"),
    ],
)
def test_the_day_that_is_announced(possible: dt.date, days: int, expected: dt.date) -> None:
    assert announced_date(possible, today=TODAY, days=days) == expected


def test_what_was_announced_for_a_later_day_waits_for_it() -> None:
    overdue = due_item(due_date=dt.date(2026, 11, 10), notified_date=None)
    day = dt.date(2026, 12, 4)

    found = planned(overdue, announced={500: [mail(day)]})
    on_the_way = planned(overdue, announced={500: [mail(day)]}, now=NOW + dt.timedelta(days=10))

    assert [(one.collection_date, one.notified_date) for one in found.collections] == [(day, TODAY)]
    assert [one.collection_date for one in on_the_way.collections] == [day]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        pytest.param([mail(dt.date(2026, 12, 4), 9_999)], R.NOTICE_DIFFERS, id="for less"),
        pytest.param([mail(dt.date(2026, 11, 23))], R.NOTICE_LATE, id="too late for its day"),
        pytest.param([mail(dt.date(2026, 12, 3))], R.NOTICE_DIFFERS, id="the later day came too soon, too"),
        pytest.param([mail(dt.date(2026, 12, 4), 20_000)], None, id="for more"),
    ],
)
def test_a_later_day_counts_with_amount_and_period(told: list[Announced], reason: LeftOutReason | None) -> None:
    found = planned(due_item(due_date=dt.date(2026, 11, 10), notified_date=None), announced={500: told})

    assert [one.reason for one in found.left_out] == ([] if reason is None else [reason])


def test_a_notice_is_for_one_debit_of_a_plan() -> None:
    first = due_item(1, due_date=dt.date(2026, 11, 10), notified_date=None)
    second = due_item(2, due_date=dt.date(2026, 11, 11), notified_date=None)
    day = dt.date(2026, 12, 4)

    one = planned(first, second, announced={500: [mail(day)]})
    both = planned(first, second, announced={500: [mail(day), mail(day)]})

    assert [debit.lines[0].item_id for debit in one.collections] == [1]
    assert [debit.reason for debit in one.left_out] == [R.NOTICE_MISSING]
    assert [debit.collection_date for debit in both.collections] == [day, day]


def test_the_smallest_notice_that_is_enough_is_taken() -> None:
    small = due_item(1, 9_000, due_date=dt.date(2026, 11, 10), notified_date=None)
    large = due_item(2, 12_000, due_date=dt.date(2026, 11, 11), notified_date=None)
    day = dt.date(2026, 12, 4)

    found = planned(small, large, announced={500: [mail(day, 12_000), mail(day, 9_000)]})

    assert [one.amount_minor for one in found.collections] == [9_000, 12_000]


def test_a_mandate_that_ends_before_the_day_announced_is_not_used() -> None:
    overdue = due_item(due_date=dt.date(2026, 11, 10), notified_date=None)
    old = mandate(last_collected_date=dt.date(2023, 12, 1), state=MandateState.ACTIVE)

    found = planned(overdue, mandates=(old,), announced={500: [mail(dt.date(2026, 12, 4))]})

    assert [one.reason for one in found.left_out] == [R.UNUSED_TOO_LONG]


@pytest.mark.parametrize(
    ("used", "left"),
    [
        pytest.param([], 2, id="none"),
        pytest.param([Used(500, NoticeKind.MAIL, TODAY, DUE, 8_000)], 1, id="for a smaller debit"),
        pytest.param([Used(500, NoticeKind.LETTER, TODAY, DUE, 10_000)], 2, id="told otherwise"),
        pytest.param([Used(501, NoticeKind.MAIL, TODAY, DUE, 10_000)], 2, id="of another mandate"),
        pytest.param([Used(500, NoticeKind.MAIL, TODAY, DUE, 20_000)], 2, id="for a larger debit"),
        pytest.param([Used(500, NoticeKind.MAIL, TODAY, DUE, 10_000)] * 3, 0, id="both"),
    ],
)
def test_what_a_debit_took_does_not_count_again(used: list[Used], left: int) -> None:
    announced = {500: [mail(DUE), mail(DUE, 12_000)]}

    found = without_used(announced, used)

    assert len(found[500]) == left
    assert len(announced[500]) == 2


def test_a_notice_names_all_debits_of_a_mandate_each_on_its_day() -> None:
    items = [due_item(1, due_date=dt.date(2026, 11, 10), notified_date=None), due_item(2, 5_000, notified_date=None)]

    (notice,) = due_notices(*items)

    assert (notice.party_id, notice.mandate_id) == (10, 500)
    assert [(one.collection_date, one.amount_minor, one.item_ids) for one in notice.debits] == [
        (dt.date(2026, 12, 4), 10_000, (1,)), (DUE, 5_000, (2,)),
    ]  # fmt: skip
    assert due_notices(due_item(1, notified_date=None), days_of={10: 41})[0].debits[0].collection_date == UNTIL


def test_only_what_is_chosen_is_announced() -> None:
    items = [due_item(1, due_date=dt.date(2026, 12, 1), notified_date=None), due_item(2, notified_date=None)]

    (notice,) = due_notices(*items, chosen=frozenset({(500, DUE)}))

    assert [one.item_ids for one in notice.debits] == [(2,)]
    assert due_notices(*items, chosen=frozenset({(501, DUE)})) == []


def test_later_parts_of_an_instalment_plan_belong_to_the_notice() -> None:
    parts = tuple(Part(dt.date(2026, 12 + n, 15) if not n else dt.date(2027, n, 15), 2_500) for n in range(4))
    item = due_item(1, notified_date=None, parts=parts)

    (notice,) = due_notices(item, far=dt.date(2027, 12, 31))

    assert [one.due_date for one in notice.debits] == [part.due_date for part in parts]
    assert {one.amount_minor for one in notice.debits} == {2_500}


def test_what_misses_more_than_its_notice_is_not_announced() -> None:
    assert due_notices(due_item(notified_date=None), mandates=(mandate(state=MandateState.DRAFT),)) == []
    assert due_notices(due_item()) == []
