"""Planning: what is due is asked for once, on a bank day, with a mandate; what is not says why."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.collecting.grouping import files_of
from gateway.domain.collecting.model import (
    Announced,
    DueItem,
    LeftOutReason,
    Line,
    MandateTerms,
    Part,
    StoredCollection,
)
from gateway.domain.collecting.parts import due_parts
from gateway.domain.collecting.plan import plan_collections
from gateway.domain.collecting.remittance import remittance_text
from gateway.domain.collecting.rules import CollectRules, CollectRulesOutOfRange, approvals_needed, collect_rules
from schemas.bank_profile import FirstSequence
from schemas.codes.lists import SequenceType
from schemas.direct_debit import Amendment
from schemas.identifiers import Iban
from schemas.states import MandateState, NoticeKind
from support.collecting import CREDITOR, CREDITOR_KEY, DUE, NOW, PROFILE, due_facts, due_item, mandate

UNTIL = dt.date(2026, 12, 31)
R = LeftOutReason


def plan(*items: DueItem, rules: CollectRules | None = None, until: dt.date = UNTIL, **other: Any) -> Any:
    return plan_collections(due_facts(*items, **other), rules=rules or CollectRules(), until_date=until, now=NOW)


def test_a_due_invoice_is_collected_on_its_day_with_the_mandate_of_its_customer() -> None:
    found = plan(due_item())

    assert [(one.amount_minor, one.collection_date, one.remittance) for one in found.collections] == [
        (10_000, DUE, "FA-100")
    ]
    assert found.collections[0].notice is NoticeKind.INVOICE
    assert found.left_out == ()


@pytest.mark.parametrize(
    ("item", "until", "days"),
    [
        pytest.param({"due_date": dt.date(2026, 12, 26)}, UNTIL, [dt.date(2026, 12, 28)], id="shifted to a bank day"),
        pytest.param({"due_date": dt.date(2027, 1, 5)}, UNTIL, [], id="not due yet"),
        pytest.param({"due_date": dt.date(2026, 12, 31)}, UNTIL, [dt.date(2026, 12, 31)], id="due on the last day"),
    ],
)
def test_the_day_of_a_collection(item: dict[str, Any], until: dt.date, days: list[dt.date]) -> None:
    found = plan(due_item(**item), until=until)

    assert [one.collection_date for one in found.collections] == days


def test_an_overdue_invoice_goes_to_the_first_day_that_the_bank_takes_and_needs_a_new_notice() -> None:
    overdue = due_item(due_date=dt.date(2026, 11, 10), notified_date=dt.date(2026, 10, 1))
    told = {500: [Announced(dt.date(2026, 11, 1), dt.date(2026, 11, 23), 10_000, NoticeKind.MAIL)]}

    assert [one.reason for one in plan(overdue).left_out] == [R.NOTICE_DIFFERS]
    assert [one.collection_date for one in plan(overdue, announced=told).collections] == [dt.date(2026, 11, 23)]
    tolerant = plan(overdue, rules=CollectRules(later_days=30))
    assert [one.collection_date for one in tolerant.collections] == [dt.date(2026, 11, 23)]


@pytest.mark.parametrize(
    ("item", "asked"),
    [
        pytest.param({}, 10_000, id="whole"),
        pytest.param({"open_minor": 4_000}, 4_000, id="partly paid"),
        pytest.param({"disputed_minor": 2_500}, 7_500, id="less what is disputed"),
        pytest.param({"collecting_minor": 6_000}, 4_000, id="less what is asked for already"),
        pytest.param({"collecting_minor": 10_000}, None, id="all is asked for already"),
        pytest.param({"disputed_minor": 2_500, "collecting_minor": 7_500}, None, id="the rest is disputed"),
    ],
)
def test_what_is_open_and_free_of_dispute_is_asked_for_once(item: dict[str, Any], asked: int | None) -> None:
    found = plan(due_item(**item))

    assert [one.amount_minor for one in found.collections] == ([] if asked is None else [asked])


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        pytest.param({"disputed_minor": 10_000}, R.DISPUTED, id="disputed whole"),
        pytest.param({"came_back": True}, R.CAME_BACK, id="an earlier debit came back"),
        pytest.param({"currency": "CHF"}, R.OTHER_CURRENCY, id="not euro"),
        pytest.param({"notified_date": None}, R.NOTICE_MISSING, id="the debtor was never told"),
        pytest.param({"notified_date": dt.date(2026, 12, 2)}, R.NOTICE_LATE, id="told thirteen days before"),
        pytest.param({"amount_minor": 10**11, "open_minor": 10**11}, R.AMOUNT_TOO_LARGE, id="more than SEPA takes"),
    ],
)
def test_an_item_that_cannot_be_collected_says_why(item: dict[str, Any], reason: LeftOutReason) -> None:
    found = plan(due_item(**item))

    assert found.collections == ()
    assert [one.reason for one in found.left_out] == [reason]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param((), R.NO_MANDATE, id="none"),
        pytest.param((mandate(state=MandateState.DRAFT),), R.NOT_SIGNED, id="not signed"),
        pytest.param((mandate(state=MandateState.SUSPENDED),), R.SUSPENDED, id="suspended"),
        pytest.param((mandate(state=MandateState.REVOKED),), R.ENDED, id="revoked"),
        pytest.param((mandate(signature_date=dt.date(2020, 1, 1)),), R.UNUSED_TOO_LONG, id="36 months unused"),
        pytest.param(
            (mandate(type="one_off", last_collected_date=dt.date(2026, 10, 1)),), R.USED_ALREADY, id="one-off, used"
        ),
        pytest.param((mandate(scheme="B2B"),), R.NOT_CONFIRMED, id="B2B, not confirmed"),
        pytest.param((mandate(not_before_date=dt.date(2027, 1, 1)),), R.RESTS, id="a new account rests"),
        pytest.param((mandate(creditor_identifier="FR72ZZZ123456"),), R.NO_CREDITOR, id="an identifier not ours"),
        pytest.param(
            (mandate(1), mandate(2, iban=Iban("DE02100500000054540402"))), R.SEVERAL_MANDATES, id="two, none used"
        ),
        pytest.param(
            (mandate(1, state=MandateState.REVOKED), mandate(2, state=MandateState.SUSPENDED)),
            R.SUSPENDED,
            id="the mildest obstacle",
        ),
    ],
)
def test_without_a_mandate_that_can_be_used_nothing_is_collected(
    given: tuple[MandateTerms, ...], reason: LeftOutReason
) -> None:
    found = plan(due_item(), mandates=given)

    assert found.collections == ()
    assert [one.reason for one in found.left_out] == [reason]


@pytest.mark.parametrize(
    ("given", "chosen"),
    [
        pytest.param((mandate(1), mandate(2, state=MandateState.REVOKED)), 1, id="the one that can be used"),
        pytest.param((mandate(1), mandate(2, signature_date=dt.date(2026, 6, 1))), 2, id="same account: the newest"),
        pytest.param(
            (
                mandate(1, iban=Iban("DE02100500000054540402"), last_collected_date=dt.date(2026, 9, 1)),
                mandate(2, last_collected_date=dt.date(2026, 10, 1)),
            ),
            2,
            id="the one used last",
        ),
    ],
)
def test_one_of_several_mandates_is_chosen(given: tuple[MandateTerms, ...], chosen: int) -> None:
    assert [one.mandate.id for one in plan(due_item(), mandates=given).collections] == [chosen]


def test_a_one_off_mandate_is_for_one_debit_also_within_a_plan() -> None:
    once, later = mandate(type="one_off"), DUE + dt.timedelta(days=2)

    found = plan(due_item(1), due_item(2, due_date=later), mandates=(once,))
    again = plan(due_item(2, due_date=later), mandates=(once,), spoken_for=frozenset({once.id}))
    other = plan(due_item(1), due_item(2, due_date=later), mandates=(once, mandate(501, type="one_off")))

    assert [[line.item_id for line in one.lines] for one in found.collections] == [[1]]
    assert [one.reason for one in (*found.left_out, *again.left_out)] == [R.USED_ALREADY, R.USED_ALREADY]
    assert again.collections == ()
    assert sorted(one.mandate.id for one in other.collections) == [500, 501]


def test_credit_notes_are_taken_off_the_earliest_debit_first() -> None:
    first, second = due_item(1, 5_000), due_item(2, 9_000, due_date=dt.date(2026, 12, 18))
    found = plan(first, second, due_item(3, -3_000))

    assert [one.lines for one in found.collections] == [(Line(1, 5_000), Line(3, -3_000)), (Line(2, 9_000),)]
    assert found.sum_minor == 11_000


def test_a_debit_that_credit_notes_cover_is_none_and_the_rest_of_the_credit_goes_on() -> None:
    first, second = due_item(1, 5_000), due_item(2, 9_000, due_date=dt.date(2026, 12, 18))
    found = plan(first, second, due_item(3, -6_000))

    assert [(one.reason, one.lines) for one in found.left_out] == [(R.CREDIT_COVERS, (Line(1, 5_000),))]
    assert [one.lines for one in found.collections] == [(Line(2, 9_000), Line(3, -1_000))]


def test_invoices_of_a_day_are_one_debit_unless_each_is_asked_for_by_itself() -> None:
    bundled = plan(due_item(1), due_item(2))
    single = plan(due_item(1), due_item(2), rules=CollectRules(is_bundled=False))

    assert [one.remittance for one in bundled.collections] == ["FA-1, FA-2"]
    assert [one.remittance for one in single.collections] == ["FA-1", "FA-2"]


@pytest.mark.parametrize(
    ("item", "due"),
    [
        pytest.param({}, [(1, 4_000), (2, 4_000)], id="two of three are due"),
        pytest.param({"open_minor": 7_000}, [(1, 1_000), (2, 4_000)], id="what is paid counts for the first"),
        pytest.param({"open_minor": 6_000, "collecting_minor": 4_000}, [], id="paid, asked for, not due"),
        pytest.param({"disputed_minor": 6_000}, [(1, 4_000)], id="what is disputed is missing from the last"),
    ],
)
def test_instalments_are_asked_for_as_they_are_due(item: dict[str, Any], due: list[tuple[int, int]]) -> None:
    days = [dt.date(2026, 12, day) for day in (1, 2, 31)]
    parts = tuple(Part(day, amount) for day, amount in zip(days, (4_000, 4_000, 2_000), strict=True))

    found = due_parts(due_item(parts=parts, **item), dt.date(2026, 12, 15))

    assert found == [Part(dt.date(2026, 12, day), amount) for day, amount in due]


@given(
    amounts=st.lists(st.integers(1, 500), min_size=1, max_size=6),
    paid=st.integers(0, 800),
    asked=st.integers(0, 800),
    disputed=st.integers(0, 800),
)
def test_the_parts_of_an_item_never_ask_for_more_than_is_left(
    amounts: list[int], paid: int, asked: int, disputed: int
) -> None:
    total = sum(amounts)
    open_minor = max(total - paid, 0)
    asked, disputed = min(asked, open_minor), min(disputed, open_minor)
    parts = tuple(Part(DUE + dt.timedelta(days=place), amount) for place, amount in enumerate(amounts))
    item = due_item(1, total, open_minor=open_minor, collecting_minor=asked, disputed_minor=disputed, parts=parts)

    found = due_parts(item, DUE + dt.timedelta(days=30))

    assert sum(part.amount_minor for part in found) == max(open_minor - asked - disputed, 0)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        pytest.param([Announced(dt.date(2026, 12, 1), DUE, 10_000, NoticeKind.MAIL)], None, id="14 days before"),
        pytest.param([Announced(dt.date(2026, 12, 1), DUE, 12_000, NoticeKind.MAIL)], None, id="for more"),
        pytest.param([Announced(dt.date(2026, 12, 1), DUE, 9_999, NoticeKind.MAIL)], R.NOTICE_DIFFERS, id="for less"),
        pytest.param(
            [Announced(dt.date(2026, 12, 1), DUE - dt.timedelta(1), 10_000, NoticeKind.MAIL)],
            R.NOTICE_DIFFERS,
            id="for an earlier day",
        ),
        pytest.param([Announced(dt.date(2026, 12, 2), DUE, 10_000, NoticeKind.LETTER)], R.NOTICE_LATE, id="too late"),
        pytest.param(
            [Announced(dt.date(2026, 12, 3), DUE + dt.timedelta(1), 10_000, NoticeKind.MAIL)],
            R.NOTICE_DIFFERS,
            id="for a later day, too late for it",
        ),
    ],
)
def test_a_notice_covers_its_day_and_amount(told: list[Announced], reason: LeftOutReason | None) -> None:
    found = plan(due_item(notified_date=None), announced={500: told})

    assert [one.reason for one in found.left_out] == ([] if reason is None else [reason])


def test_the_period_of_notice_is_what_was_agreed_with_the_customer() -> None:
    told = {500: [Announced(dt.date(2026, 12, 13), DUE, 10_000, NoticeKind.MAIL)]}
    agreed = plan(due_item(notified_date=None, notice_days=2), announced=told)
    late = plan(due_item(notified_date=None, notice_days=5), announced=told)

    assert len(agreed.collections) == 1
    assert [(one.reason, one.until_date) for one in late.left_out] == [(R.NOTICE_LATE, dt.date(2026, 12, 18))]


@pytest.mark.parametrize(
    ("habit", "terms", "expected"),
    [
        pytest.param(FirstSequence.RECURRENT, {}, SequenceType.RECURRENT, id="FRST is not wanted"),
        pytest.param(FirstSequence.FIRST, {}, SequenceType.FIRST, id="first"),
        pytest.param(FirstSequence.FIRST, {"was_used": True}, SequenceType.RECURRENT, id="later"),
        pytest.param(
            FirstSequence.FIRST_WITH_NEW_ACCOUNT,
            {"was_used": True, "amendment": Amendment(is_new_account=True)},
            SequenceType.FIRST,
            id="first with a new account",
        ),
        pytest.param(
            FirstSequence.FIRST,
            {"was_used": True, "amendment": Amendment(is_new_account=True)},
            SequenceType.RECURRENT,
            id="a new account is nothing to this bank",
        ),
        pytest.param(FirstSequence.FIRST, {"type": "one_off"}, SequenceType.ONE_OFF, id="one-off"),
    ],
)
def test_the_sequence_type_follows_mandate_and_bank(
    habit: FirstSequence, terms: dict[str, Any], expected: SequenceType
) -> None:
    creditor = CREDITOR._replace(profile=PROFILE._replace(first_sequence=habit))
    found = plan(due_item(), mandates=(mandate(**terms),), creditors={CREDITOR_KEY: creditor})

    assert [one.sequence_type for one in found.collections] == [expected]


def test_what_a_person_planned_is_collected_without_a_notice_but_not_without_a_mandate() -> None:
    stored = StoredCollection(9, 10, 500, DUE, DUE, 10_000, (Line(100, 10_000),), "FA-100")

    good = plan(stored=(stored,))
    ended = plan(stored=(stored,), mandates=(mandate(state=MandateState.REVOKED),))
    paid = plan(stored=(stored._replace(is_open=False),))

    assert [one.stored_id for one in good.collections] == [9]
    assert [one.reason for one in (*ended.left_out, *paid.left_out)] == [R.ENDED, R.CHANGED_MEANWHILE]


def test_blocks_differ_by_date_scheme_and_sequence_and_files_by_scheme() -> None:
    b2b = mandate(2, party_id=11, scheme="B2B", b2b_confirmed_date=dt.date(2026, 2, 1))
    once = mandate(3, party_id=12, type="one_off")
    items = (
        due_item(1),
        due_item(2, due_date=dt.date(2026, 12, 16)),
        due_item(3, party_id=11),
        due_item(4, party_id=12),
    )
    found = plan(*items, mandates=(mandate(), b2b, once))

    files = files_of(found.collections)

    keys = [[(b.key.collection_date.day, b.key.local_instrument, b.key.sequence_type) for b in f.blocks] for f in files]
    assert keys == [[(15, "B2B", "RCUR")], [(15, "CORE", "OOFF"), (15, "CORE", "RCUR"), (16, "CORE", "RCUR")]]
    assert sum(file.sum_minor for file in files) == found.sum_minor


def test_a_file_has_no_more_collections_than_the_bank_takes() -> None:
    creditor = CREDITOR._replace(profile=PROFILE._replace(collections_max=3))
    items = [due_item(number, due_date=DUE + dt.timedelta(days=number % 2)) for number in range(1, 9)]
    found = plan(*items, rules=CollectRules(is_bundled=False), creditors={CREDITOR_KEY: creditor})

    files = files_of(found.collections)

    assert [file.collection_count for file in files] == [3, 3, 2]
    assert [one for file in files for block in file.blocks for one in block.collections] == list(found.collections)


def test_a_long_list_of_numbers_is_cut_where_the_bank_would_cut_it() -> None:
    text = remittance_text([f"FA-2026-{number:06d}" for number in range(20)])

    assert len(text) <= 140
    assert text.endswith(" + 12")


def test_a_checked_reference_stands_alone() -> None:
    assert remittance_text(["FA-1"], "RF18 5390 0754 7034") == "RF18539007547034"
    assert remittance_text(["FA-1"], "RF99 5390 0754 7034") == "FA-1"
    assert remittance_text(["FA-1", "FA-2"], "RF18 5390 0754 7034") == "FA-1, FA-2"


def test_large_sums_need_two_approvers() -> None:
    rules = collect_rules({"second_approval_minor": 5_000, "retries_max": 2})

    assert [approvals_needed(rules, amount) for amount in (4_999, 5_000)] == [1, 2]
    assert approvals_needed(CollectRules(), 10**12) == 1
    with pytest.raises(CollectRulesOutOfRange, match="notice_days is 0"):
        collect_rules({"notice_days": 0})
