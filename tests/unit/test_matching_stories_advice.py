"""Stories of remittance advices: a customer lists what one transfer pays."""

import datetime as dt
from typing import Any

import pytest

from gateway.domain.matching.model import Advised, Customer, Policy, SettledItem
from gateway.domain.matching.user_rules import Conditions, TextCondition, UserRule, UserRules
from schemas.advice import Advice, AdviceFormat, AdviceLine
from schemas.states import AllocationKind, IbanSource, IgnoreCategory, RuleAction, TextMatch
from support.matching import ANNA, BRUNO, STRANGER, TODAY, TWO_PER_CENT, credit_note, invoice, known
from support.stories import Story, Told

FIRST = invoice(1, "FA-2026-000101", 12_000)
SECOND = invoice(2, "FA-2026-000102", 30_000)
THIRD = invoice(3, "FA-2026-000103", 30_000)
AGREED = invoice(4, "FA-2026-000104", 10_000, discounts=TWO_PER_CENT)
NOTE = credit_note(5, "GS-2026-000005", 2_000)
OF_BRUNO = invoice(9, "FA-2026-000900", 70_000, 2)
ALL = (FIRST, SECOND, THIRD, AGREED, NOTE, OF_BRUNO)
Listed = tuple[str, int] | tuple[str, int, int] | tuple[str, int, int, int]


def advice(*lines: Listed, **facts: Any) -> Advised:
    """An advice of yesterday; lines are number, paid, discount, deducted."""
    listed = tuple(AdviceLine(row, *line) for row, line in enumerate(lines, 1))
    return Advised(1, Advice(AdviceFormat.CSV, "EUR", listed, **facts), TODAY - dt.timedelta(1))


def told(minor: int, given: Advised, *items: Any, text: str = "", policy: Policy = Policy(), **facts: Any) -> Told:  # noqa: B008
    payer = {"iban": ANNA} | {name: facts.pop(name) for name in ("iban", "name") if name in facts}
    story = Story(*(items or ALL), policy=policy, advices={1: given}, **facts)
    return story.receives(minor, text, **payer)


def test_the_list_books_what_no_sum_could_tell_apart() -> None:
    story = told(42_000, advice(("FA-2026-000101", 12_000), ("FA-2026-000103", 30_000)))

    assert (story.outcome, story.pays) == ("advice", {"FA-2026-000101": 12_000, "FA-2026-000103": 30_000})
    assert story.says[0] == "the advice of 2026-03-09 lists 2 of our numbers"


def test_without_the_list_a_person_is_asked() -> None:
    assert Story(*ALL).receives(42_000, iban=ANNA).outcome == "several_explanations"


def test_part_amounts_leave_the_rest_open() -> None:
    story = told(20_000, advice(("FA-2026-000101", 12_000), ("FA-2026-000102", 8_000)))

    assert (story.outcome, story.pays) == ("advice", {"FA-2026-000101": 12_000, "FA-2026-000102": 8_000})
    assert "220.00 EUR stay open" in " ".join(story.says)


def test_an_agreed_discount_is_taken_off() -> None:
    story = told(21_800, advice(("FA-2026-000101", 12_000), ("FA-2026-000104", 9_800, 200)))

    assert story.outcome == "advice"
    assert story.lets_go(AllocationKind.DISCOUNT) == {"FA-2026-000104": 200}


@pytest.mark.parametrize(
    ("given", "minor", "outcome", "sentence"),
    [
        pytest.param(advice(("FA-2026-000101", 11_760, 240)), 11_760, "amount_differs", "takes 2.40 EUR off FA-2026-000101", id="not agreed"),
        pytest.param(advice(("FA-2026-000104", 9_000, 0, 1_000)), 9_000, "amount_differs", "takes 10.00 EUR off", id="a deduction"),
    ],
)  # fmt: skip
def test_what_is_taken_off_without_agreement_stays_open_and_is_asked(
    given: Advised, minor: int, outcome: str, sentence: str
) -> None:
    story = told(minor, given)

    assert story.outcome == outcome
    assert any(sentence in one for one in story.says)
    assert story.lets_go(AllocationKind.DISCOUNT) == {}


def test_a_discount_after_its_date_is_asked_with_the_list_first() -> None:
    late = AGREED._replace(discounts=(TWO_PER_CENT[0]._replace(until_date=TODAY - dt.timedelta(1)),))

    story = told(9_800, advice(("FA-2026-000104", 9_800, 200)), late)

    assert (story.outcome, story.lets_go(AllocationKind.DISCOUNT)) == ("discount_late", {"FA-2026-000104": 200})


@pytest.mark.parametrize("minor", [-2_000, 2_000], ids=["with its sign", "without a sign"])
def test_a_credit_note_is_taken_with_it(minor: int) -> None:
    story = told(40_000, advice(("FA-2026-000101", 12_000), ("FA-2026-000102", 30_000), ("GS-2026-000005", minor)))

    assert (story.outcome, story.pays["GS-2026-000005"]) == ("advice", -2_000)


def test_a_short_number_counts_where_its_amount_fits() -> None:
    story = told(42_000, advice(("FA-2026-000101", 12_000), ("103", 30_000)))

    assert (story.outcome, list(story.pays)) == ("advice", ["FA-2026-000101", "FA-2026-000103"])


def test_one_unknown_number_keeps_the_rest_on_account_and_asks() -> None:
    story = told(20_000, advice(("FA-2026-000101", 12_000), ("FA-2026-000999", 8_000)))

    assert (story.outcome, story.pays, story.kept_minor) == ("weak_evidence", {"FA-2026-000101": 12_000}, 8_000)
    assert "the advice lists FA-2026-000999 with 80.00 EUR, which is nothing that is open" in story.says


def test_a_total_off_by_one_cent_is_asked() -> None:
    story = told(42_001, advice(("FA-2026-000101", 12_000), ("FA-2026-000103", 30_000), stated_minor=42_001))

    assert (story.outcome, story.kept_minor) == ("amount_differs", 1)
    assert "the lines of the advice add up to 420.00 EUR, its total is 420.01 EUR" in story.says


def test_a_list_that_is_more_than_what_came_is_cut_and_asked() -> None:
    story = told(41_999, advice(("FA-2026-000101", 12_000), ("FA-2026-000103", 30_000), stated_minor=41_999))

    assert (story.outcome, sum(story.pays.values()), story.kept_minor) == ("amount_differs", 41_999, 0)


def test_more_than_is_open_is_asked() -> None:
    story = told(13_000, advice(("FA-2026-000101", 13_000)))

    assert (story.outcome, story.pays, story.kept_minor) == ("more_than_open", {"FA-2026-000101": 12_000}, 1_000)


def test_an_invoice_that_was_paid_before_is_asked() -> None:
    paid = SettledItem(FIRST._replace(open_minor=0), TODAY - dt.timedelta(5))

    story = told(42_000, advice(("FA-2026-000101", 12_000), ("FA-2026-000103", 30_000)), SECOND, THIRD, settled=(paid,))

    assert (story.outcome, story.pays, story.kept_minor) == ("paid_already", {"FA-2026-000103": 30_000}, 12_000)


@pytest.mark.parametrize(
    ("facts", "payer", "outcome"),
    [
        pytest.param({}, {"iban": STRANGER, "name": "Somebody"}, "payer_differs", id="a stranger"),
        pytest.param({}, {"iban": BRUNO}, "payer_differs", id="the account of another customer"),
        pytest.param({"ibans": (BRUNO,)}, {"iban": BRUNO}, "payer_differs", id="even if the advice prints it"),
        pytest.param({}, {"iban": STRANGER, "name": "Koch, Anna"}, "advice", id="by the customer's name"),
        pytest.param({"ibans": (STRANGER,)}, {"iban": STRANGER, "name": "Somebody"}, "advice", id="by the account printed"),
        pytest.param({"payer_name": "Holding AG"}, {"iban": STRANGER, "name": "HOLDING AG"}, "advice", id="by the name printed"),
        pytest.param({"customer_number": "C0002"}, {"iban": STRANGER, "name": "Somebody"}, "payer_differs", id="by another number"),
    ],
)  # fmt: skip
def test_who_paid_must_agree(facts: dict[str, Any], payer: dict[str, str], outcome: str) -> None:
    given = advice(("FA-2026-000101", 12_000), ("FA-2026-000103", 30_000), **facts)

    assert told(42_000, given, **payer).outcome == outcome


def test_a_text_that_names_something_else_is_asked() -> None:
    story = told(42_000, advice(("FA-2026-000101", 12_000), ("FA-2026-000103", 30_000)), text="FA-2026-000102")

    assert (story.outcome, list(story.pays)) == ("several_explanations", ["FA-2026-000101", "FA-2026-000103"])
    assert "the text names FA-2026-000102 as well" in story.says


def test_a_list_against_what_a_rule_would_book_is_asked() -> None:
    story = told(12_000, advice(("FA-2026-000102", 12_000)), text="FA-2026-000101")

    assert story.outcome == "several_explanations"
    assert story.offers[:2] == [{"FA-2026-000102": 12_000}, {"FA-2026-000101": 12_000}]


def test_a_list_that_says_what_the_text_says_leaves_it_to_the_text() -> None:
    assert told(12_000, advice(("FA-2026-000101", 12_000)), text="FA-2026-000101").outcome == "exact_reference"


def test_a_list_of_numbers_of_the_payer_s_own_says_nothing() -> None:
    assert told(12_000, advice(("PO 77 B", 12_000)), text="FA-2026-000101").outcome == "exact_reference"


def test_invoices_of_two_customers_are_asked() -> None:
    story = told(82_000, advice(("FA-2026-000101", 12_000), ("FA-2026-000900", 70_000)))

    assert (story.outcome, len(story.pays)) == ("payer_differs", 2)


def test_an_invoice_in_dispute_is_asked() -> None:
    disputed = FIRST._replace(disputed_minor=2_000)

    assert told(12_000, advice(("FA-2026-000101", 12_000)), disputed).outcome == "disputed"


def test_what_is_being_collected_is_asked() -> None:
    collected = FIRST._replace(in_flight_date=TODAY)

    assert told(12_000, advice(("FA-2026-000101", 12_000)), collected).outcome == "debit_in_flight"


def test_a_policy_may_leave_lists_to_people() -> None:
    given = advice(("FA-2026-000101", 12_000), ("FA-2026-000103", 30_000))

    story = told(42_000, given, policy=Policy(book_advice=False))

    assert (story.outcome, list(story.pays)) == ("weak_evidence", ["FA-2026-000101", "FA-2026-000103"])


def test_two_lines_of_one_invoice_are_added_up() -> None:
    story = told(12_000, advice(("FA-2026-000101", 7_000), ("FA-2026-000101", 5_000)))

    assert (story.outcome, story.pays) == ("confirmed_payer", {"FA-2026-000101": 12_000})


def test_an_item_in_another_currency_is_asked() -> None:
    other = FIRST._replace(currency="CHF")

    assert told(12_000, advice(("FA-2026-000101", 12_000)), other, SECOND).outcome == "other_currency"


def test_a_customer_number_and_an_account_that_is_not_confirmed_agree() -> None:
    payers = (known(STRANGER, 1, IbanSource.DECISION, is_confirmed=False),)
    given = advice(("FA-2026-000101", 12_000), ("FA-2026-000103", 30_000), customer_number="C0001")
    customers = (Customer(1, "C0001", "Anna Koch", 1), Customer(2, "C0002", "Bruno", 2))

    assert told(42_000, given, iban=STRANGER, ibans=payers, customers=customers).outcome == "advice"


SET_ASIDE = UserRule(
    7,
    "Hall",
    Conditions(texts=(TextCondition(TextMatch.CONTAINS, "hall"),)),
    RuleAction.SET_ASIDE,
    IgnoreCategory.OTHER,
)


@pytest.mark.parametrize(
    ("given", "minor", "iban", "outcome"),
    [
        pytest.param(advice(("FA-2026-000101", 7_000)), 7_000, ANNA, "advice", id="the list names ours"),
        pytest.param(advice(("4711", 7_000)), 7_000, STRANGER, "user_rule", id="the list names nothing of ours"),
    ],
)
def test_a_list_comes_before_a_rule_of_the_company_as_a_reference_does(
    given: Advised, minor: int, iban: str, outcome: str
) -> None:
    assert told(minor, given, text="Hall", iban=iban, rules=UserRules([SET_ASIDE])).outcome == outcome
