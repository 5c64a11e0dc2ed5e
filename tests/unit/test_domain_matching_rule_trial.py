"""How a rule compares with what became of a bank transaction that it fits."""

import pytest

from gateway.domain.matching.rule_trial import Became, Verdict, verdict
from gateway.domain.matching.user_rules import Conditions, UserRule
from schemas.states import BankTransactionState, IgnoreCategory, RuleAction

NEW, ASKED, BOOKED = BankTransactionState.NEW, BankTransactionState.IN_REVIEW, BankTransactionState.ALLOCATED
PARTLY, ASIDE = BankTransactionState.PARTLY_ALLOCATED, BankTransactionState.IGNORED
FEE, OTHER = IgnoreCategory.BANK_FEE, IgnoreCategory.OTHER
SETS_ASIDE = UserRule(1, "fees", Conditions(), RuleAction.SET_ASIDE, FEE, "6278")
OF_CUSTOMER = UserRule(1, "rent", Conditions(), RuleAction.CUSTOMER, customer_id=7)
KEEPS = UserRule(1, "rent", Conditions(), RuleAction.ON_ACCOUNT, customer_id=7)


@pytest.mark.parametrize(
    ("rule", "became", "found"),
    [
        pytest.param(SETS_ASIDE, Became(NEW), Verdict.NEW, id="it waits"),
        pytest.param(SETS_ASIDE, Became(ASKED), Verdict.NEW, id="it is asked about"),
        pytest.param(SETS_ASIDE, Became(ASIDE, FEE, "6278", "user"), Verdict.SAME, id="a person said the same"),
        pytest.param(SETS_ASIDE, Became(ASIDE, OTHER, "", "user"), Verdict.OTHERWISE, id="a person said otherwise"),
        pytest.param(SETS_ASIDE, Became(ASIDE, FEE, "6278", "user_rule"), Verdict.SAME, id="a rule said the same"),
        pytest.param(SETS_ASIDE, Became(ASIDE, FEE, "", "bank_booking"), Verdict.NEW, id="it adds the account word"),
        pytest.param(SETS_ASIDE, Became(BOOKED, None, "", "exact_reference"), Verdict.NAMED, id="by reference"),
        pytest.param(SETS_ASIDE, Became(BOOKED, None, "", "advice"), Verdict.NAMED, id="by a remittance advice"),
        pytest.param(SETS_ASIDE, Became(BOOKED, None, "", "confirmed_payer"), Verdict.OTHERWISE, id="by account"),
        pytest.param(SETS_ASIDE, Became(PARTLY, None, "", "user"), Verdict.OTHERWISE, id="booked by a person in part"),
        pytest.param(SETS_ASIDE, Became(BOOKED, None, "", "own_collection"), None, id="our own collection"),
        pytest.param(OF_CUSTOMER, Became(ASKED), Verdict.NEW, id="a question about money of a customer"),
        pytest.param(
            OF_CUSTOMER, Became(BOOKED, None, "", "user", frozenset([7])), Verdict.SAME, id="booked for the customer"
        ),
        pytest.param(
            KEEPS, Became(BOOKED, None, "", "partial", frozenset([7, 8])), Verdict.NAMED, id="for another as well"
        ),
        pytest.param(OF_CUSTOMER, Became(ASIDE, OTHER, "", "user"), Verdict.OTHERWISE, id="set aside by a person"),
        pytest.param(OF_CUSTOMER, Became(ASIDE, OTHER, "", "user_rule"), Verdict.OTHERWISE, id="set aside by a rule"),
        pytest.param(OF_CUSTOMER, Became(ASIDE, OTHER, "", "own_account"), None, id="between our own accounts"),
    ],
)
def test_a_rule_is_compared_with_what_was_decided(rule: UserRule, became: Became, found: Verdict | None) -> None:
    assert verdict(rule, became) is found
