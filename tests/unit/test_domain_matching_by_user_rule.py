"""What becomes of a bank transaction that fits a rule of the company, and what stops a rule."""

from typing import Any

import pytest

from gateway.domain.matching.decide import decide
from gateway.domain.matching.match import match_statement
from gateway.domain.matching.model import Ask, Book, Credit, Customer, Decision, Ignore, OpenItem, Policy
from gateway.domain.matching.user_rules import Conditions, TextCondition, UserRule, UserRules
from schemas.states import IgnoreCategory, RuleAction, TextMatch
from support.matching import (
    ANNA,
    ANNA_KOCH,
    BRUNO,
    CLARA_SARL,
    STRANGER,
    index_of,
    invoice,
    money,
    offered,
    outcome,
    paid,
    settled,
    signs,
)

A = invoice(1, "FA-2026-000101", 10_000)
B = invoice(2, "FA-2026-000102", 25_000)
OF_BRUNO = invoice(9, "FA-2026-000900", 12_000, 2)
SON = Customer(4, "C0004", "Bruno Bau Filiale Ost", 2)


def rule(action: str = "set_aside", **facts: Any) -> UserRule:
    known: dict[str, Any] = {"category": IgnoreCategory.BANK_FEE, "account_word": "6278"}
    conditions = Conditions(texts=(TextCondition(TextMatch.CONTAINS, "stripe"),))
    return UserRule(7, "Stripe fees", conditions, RuleAction(action), **(known | facts))


USUAL = Policy()
SET_ASIDE = rule()
OF_BRUNO_ONLY = rule("customer", customer_id=2)
BOOKS_BRUNO = rule("customer", customer_id=2, books_exact=True)
KEEPS_BRUNO = rule("on_account", customer_id=2)


def ruled(credit: Credit, *items: OpenItem, by: UserRule = SET_ASIDE, policy: Policy = USUAL, **facts: Any) -> Decision:
    return decide(credit, index_of(*items, rules=UserRules([by]), **facts), policy)


@pytest.mark.parametrize(
    ("credit", "items"),
    [
        pytest.param(money(10_000, "Stripe payout"), [A], id="only the amount speaks for an item"),
        pytest.param(money(9_000, "Stripe payout", iban=ANNA), [A], id="a known payer who owes something else"),
        pytest.param(money(-350, "Stripe fee", bank_transaction_code="PMNT-ICDT-ESCT"), [A], id="money paid out"),
        pytest.param(money(-350, "Stripe fee", bank_transaction_code="ACMT-MDOP-FEES"), [A], id="a fee of the bank"),
        pytest.param(money(350, "Stripe interest", bank_transaction_code="ACMT-MCOP-INTR"), [A], id="interest"),
        pytest.param(money(500, "Stripe FA-2026-777777"), [A], id="a number of nobody"),
    ],
)
def test_a_rule_sets_money_aside_as_it_says(credit: Credit, items: list[OpenItem]) -> None:
    decision = ruled(credit, *items)

    assert isinstance(decision, Ignore), outcome(decision)
    assert decision == ("user_rule", IgnoreCategory.BANK_FEE, "6278", 7)


def test_outgoing_money_that_is_asked_about_by_policy_is_set_aside_by_a_rule() -> None:
    decision = ruled(
        money(-350, "Stripe", bank_transaction_code="PMNT-ICDT-ESCT"), policy=Policy(ignore_outgoing=False)
    )

    assert outcome(decision) == "user_rule"


@pytest.mark.parametrize(
    ("credit", "items", "reason"),
    [
        pytest.param(money(9_000, "Stripe FA-2026-000101"), [A], "payer_differs", id="another amount"),
        pytest.param(money(12_000, "Stripe FA-2026-000101"), [A], "more_than_open", id="more than is open"),
        pytest.param(
            money(10_000, "Stripe FA-2026-000110"), [A], "weak_evidence", id="nearly the number, and the amount"
        ),
        pytest.param(money(10_000, "Stripe FA-2026-000101"), [settled(A)], "paid_already", id="paid before"),
    ],
)
def test_a_reference_stops_a_rule_and_the_question_says_so(credit: Credit, items: list[Any], reason: str) -> None:
    open_items = [item for item in items if isinstance(item, OpenItem)]
    decision = ruled(credit, *open_items, settled=[item for item in items if not isinstance(item, OpenItem)])

    assert outcome(decision) == reason
    assert "user_rule_stopped" in signs(decision)


@pytest.mark.parametrize(
    ("code", "ignores", "became"),
    [
        pytest.param("ACMT-MDOP-FEES", True, "bank_booking", id="a fee, which may be for the debit of the item"),
        pytest.param("PMNT-ICDT-ESCT", True, "outgoing", id="money paid out"),
        pytest.param("PMNT-ICDT-ESCT", False, "no_known_reference", id="money paid out that is asked about"),
    ],
)
def test_money_that_goes_out_and_names_an_item_is_decided_without_the_rule(
    code: str, ignores: bool, became: str
) -> None:
    fee = money(-350, "Stripe FA-2026-000101", bank_transaction_code=code)
    decision = ruled(fee, A, policy=Policy(ignore_outgoing=ignores))

    assert outcome(decision) == became
    assert isinstance(decision, Ignore) or "user_rule_stopped" in signs(decision)


@pytest.mark.parametrize("by", [SET_ASIDE, OF_BRUNO_ONLY, BOOKS_BRUNO, KEEPS_BRUNO], ids=lambda by: by.action)
def test_a_reference_that_books_alone_books_whatever_the_rule_says(by: UserRule) -> None:
    decision = ruled(money(10_000, "Stripe FA-2026-000101", iban=STRANGER), A, OF_BRUNO, by=by)

    assert outcome(decision) == "exact_reference"
    assert paid(decision) == {1: 10_000}


def test_a_number_of_the_rules_customer_does_not_stop_it_but_is_proof() -> None:
    decision = ruled(money(11_000, "Stripe FA-2026-000900"), OF_BRUNO, by=OF_BRUNO_ONLY)

    assert outcome(decision) == "payer_differs"
    assert "user_rule" in signs(decision)
    assert "user_rule_stopped" not in signs(decision)


def test_a_confirmed_payer_who_owes_exactly_that_is_asked_about_instead_of_set_aside() -> None:
    decision = ruled(money(10_000, "Stripe", iban=ANNA), A, B)

    assert outcome(decision) == "several_explanations"
    assert offered(decision)[0] == [1]
    assert "user_rule_differs" in signs(decision)


def test_money_that_is_not_ours_has_its_own_category() -> None:
    decision = ruled(money(5_000, "Stripe"), by=rule("not_ours", category=IgnoreCategory.NOT_OURS, account_word=""))

    assert decision == Ignore(decision.rule, IgnoreCategory.NOT_OURS, "", 7)  # type: ignore[union-attr]


class TestCustomer:
    """Rules that say whose money it is."""

    def test_only_the_exact_amount_of_one_item_is_booked_and_only_where_the_rule_says_so(self) -> None:
        credit = money(12_000, "Stripe", iban=STRANGER)

        asked = ruled(credit, A, OF_BRUNO, by=OF_BRUNO_ONLY)
        booked = ruled(credit, A, OF_BRUNO, by=BOOKS_BRUNO)

        assert isinstance(asked, Ask)
        assert offered(asked)[0] == [9]
        assert "user_rule" in signs(asked)
        assert isinstance(booked, Book)
        assert (outcome(booked), booked.user_rule_id, paid(booked)) == ("user_rule", 7, {9: 12_000})
        assert signs(booked) == ["amount_exact", "user_rule", "only_item"]

    @pytest.mark.parametrize(
        ("credit", "items"),
        [
            pytest.param(money(11_000, "Stripe"), [OF_BRUNO], id="another amount"),
            pytest.param(money(12_000, "Stripe"), [OF_BRUNO, invoice(10, "FA-2026-000901", 12_000, 2)], id="two items"),
            pytest.param(
                money(12_000, "Stripe"),
                [OF_BRUNO, invoice(10, "FA-2026-000901", 5_000, 2), invoice(11, "FA-2026-000902", 7_000, 2)],
                id="a sum fits as well",
            ),
            pytest.param(money(12_000, "Stripe FA-2026-777777"), [OF_BRUNO], id="a number of nobody"),
            pytest.param(money(12_000, "Stripe"), [OF_BRUNO._replace(disputed_minor=1)], id="disputed"),
            pytest.param(money(12_000, "Stripe", currency="CHF"), [OF_BRUNO], id="another currency"),
            pytest.param(money(12_000, "Stripe", name="Anna Koch"), [OF_BRUNO], id="the name of another customer"),
            pytest.param(money(12_000, "Stripe C0001"), [OF_BRUNO], id="the number of another customer"),
            pytest.param(money(12_000, "Stripe", iban=ANNA), [OF_BRUNO], id="the account of another customer"),
        ],
    )
    def test_what_is_not_certain_is_asked_with_the_customer_on_top(self, credit: Credit, items: list[OpenItem]) -> None:
        decision = ruled(credit, A, *items, by=BOOKS_BRUNO)

        assert isinstance(decision, Ask), outcome(decision)
        assert decision.explanations[0].customer_id == 2
        assert "user_rule" in signs(decision)

    def test_a_payer_confirmed_for_another_customer_is_not_booked_against_the_rule(self) -> None:
        decision = ruled(money(10_000, "Stripe", iban=ANNA), A, B, by=BOOKS_BRUNO)

        assert outcome(decision) == "several_explanations"
        assert "points_elsewhere" in signs(decision)
        assert [1] in offered(decision)

    def test_a_payer_confirmed_for_the_rules_customer_is_booked_as_ever(self) -> None:
        decision = ruled(money(12_000, "Stripe", iban=BRUNO), A, OF_BRUNO, by=OF_BRUNO_ONLY)

        assert outcome(decision) == "confirmed_payer"

    def test_the_switch_for_confirmed_payers_does_not_switch_rules_off(self) -> None:
        careful = Policy(book_confirmed_payer=False)

        decision = ruled(money(12_000, "Stripe"), A, OF_BRUNO, by=BOOKS_BRUNO, policy=careful)

        assert outcome(decision) == "user_rule"

    def test_a_customer_who_is_gone_makes_the_rule_say_nothing(self) -> None:
        decision = ruled(money(12_000, "Stripe"), OF_BRUNO, by=BOOKS_BRUNO, customers=(ANNA_KOCH, CLARA_SARL))

        assert outcome(decision) == "weak_evidence"

    def test_money_that_goes_out_is_never_a_customers(self) -> None:
        decision = ruled(money(-500, "Stripe", bank_transaction_code="PMNT-ICDT-ESCT"), by=OF_BRUNO_ONLY)

        assert outcome(decision) == "outgoing"


class TestOnAccount:
    """Rules that keep all of it on account."""

    def test_all_of_it_is_kept_even_if_an_item_fits(self) -> None:
        decision = ruled(money(12_000, "Stripe", iban=BRUNO), A, OF_BRUNO, by=KEEPS_BRUNO)

        assert isinstance(decision, Book), outcome(decision)
        assert (decision.user_rule_id, decision.explanation.customer_id) == (7, 2)
        assert (decision.explanation.lines, decision.explanation.on_account_minor) == ((), 12_000)
        assert "user_rule" in signs(decision)

    def test_the_number_of_an_order_does_not_stop_it(self) -> None:
        decision = ruled(money(12_000, "Stripe Vorkasse Auftrag FA-2026-777777"), OF_BRUNO, by=KEEPS_BRUNO)

        assert isinstance(decision, Book), outcome(decision)

    @pytest.mark.parametrize(
        ("credit", "sign"),
        [
            pytest.param(money(12_000, "Stripe FA-2026-777777"), "names_unknown", id="a number of nobody"),
            pytest.param(money(12_000, "Stripe", name="Anna Koch"), "points_elsewhere", id="another name"),
            pytest.param(money(10_000, "Stripe", iban=ANNA), "points_elsewhere", id="a payer who owes exactly that"),
        ],
    )
    def test_what_points_elsewhere_is_asked_with_the_account_on_top(self, credit: Credit, sign: str) -> None:
        decision = ruled(credit, A, OF_BRUNO, by=KEEPS_BRUNO)

        assert isinstance(decision, Ask), outcome(decision)
        assert decision.explanations[0].on_account_minor == credit.amount_minor
        assert {"user_rule", sign} <= set(signs(decision))

    def test_the_family_of_the_customer_is_not_elsewhere(self) -> None:
        credit = money(12_000, "Stripe", name="Bruno Bau Filiale Ost")

        decision = ruled(credit, OF_BRUNO, by=KEEPS_BRUNO, customers=(ANNA_KOCH, SON, SON._replace(id=2, name="Bruno")))

        assert outcome(decision) == "user_rule"


def test_a_booking_by_rule_leaves_less_for_the_next_credit() -> None:
    index = index_of(OF_BRUNO, rules=UserRules([BOOKS_BRUNO]))
    twice = [money(12_000, "Stripe one", id=1), money(12_000, "Stripe two", id=2)]

    first, second = match_statement(twice, index, Policy())

    assert (outcome(first), isinstance(second, Ask)) == ("user_rule", True)


def test_without_a_fitting_rule_nothing_is_decided_otherwise() -> None:
    credits_ = [money(10_000, "Payout", iban=ANNA), money(10_000, "Payout"), money(-5, "Payout", iban=STRANGER)]
    other = UserRules([SET_ASIDE])

    for credit in credits_:
        assert decide(credit, index_of(A, rules=other), Policy()) == decide(credit, index_of(A), Policy())
