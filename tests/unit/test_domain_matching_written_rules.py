"""What a rule may say."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.domain.matching.user_rules import Conditions, TextCondition, UserRule
from gateway.domain.matching.written_rules import InvalidRule, checked
from schemas.states import Direction, IgnoreCategory, RuleAction, TextMatch

STRIPE = TextCondition(TextMatch.CONTAINS, "stripe")
RULE = UserRule(1, "Stripe", Conditions(texts=(STRIPE,)), RuleAction.SET_ASIDE, IgnoreCategory.BANK_FEE)


@pytest.mark.parametrize(
    ("facts", "asked", "field"),
    [
        pytest.param({"name": "  "}, {}, "name", id="no name"),
        pytest.param({"name": "x" * 61}, {}, "name", id="a long name"),
        pytest.param({}, {"texts": (STRIPE._replace(words="-a!"),)}, "text", id="one letter"),
        pytest.param({}, {"texts": (STRIPE,) * 3}, "text", id="three texts"),
        pytest.param({}, {"name": STRIPE._replace(words="x" * 101)}, "payer", id="a very long name"),
        pytest.param({}, {"texts": ()}, "", id="fits everything"),
        pytest.param({}, {"texts": (), "direction": Direction.IN, "currency": "EUR"}, "", id="fits all that comes in"),
        pytest.param({}, {"account": "DE89370400440532013001"}, "account", id="wrong check digits"),
        pytest.param({}, {"account": "12"}, "account", id="a short account"),
        pytest.param({}, {"least_minor": 5}, "currency", id="an amount without its currency"),
        pytest.param({}, {"currency": "euro"}, "currency", id="no currency"),
        pytest.param({}, {"least_minor": 9, "most_minor": 5, "currency": "EUR"}, "least", id="upside down"),
        pytest.param({}, {"least_minor": -9, "currency": "EUR"}, "least", id="below zero"),
        pytest.param({}, {"code": "!!"}, "code", id="no code"),
        pytest.param({"account_word": "9" * 41}, {}, "account_word", id="a long account word"),
        pytest.param({"action": RuleAction.CUSTOMER}, {}, "customer", id="no customer"),
        pytest.param(
            {"action": RuleAction.ON_ACCOUNT, "customer_id": 2}, {"direction": Direction.OUT}, "direction",
            id="a customer's money goes out",
        ),
    ],
)  # fmt: skip
def test_what_a_rule_cannot_say_is_refused_at_its_field(
    facts: dict[str, Any], asked: dict[str, Any], field: str
) -> None:
    rule = replace(RULE, conditions=replace(RULE.conditions, **asked), **facts)

    with pytest.raises(InvalidRule) as refused:
        checked(rule)

    assert refused.value.field == field


def test_a_rule_keeps_only_what_its_action_needs() -> None:
    whole = replace(RULE, name=" Stripe  fees ", account_word=" 6278 ", customer_id=2, books_exact=True)

    aside, not_ours, customer, kept = (checked(replace(whole, action=action)) for action in RuleAction)

    assert (aside.name, aside.category, aside.account_word) == ("Stripe fees", IgnoreCategory.BANK_FEE, "6278")
    assert (aside.customer_id, aside.books_exact) == (None, False)
    assert not_ours.category is IgnoreCategory.NOT_OURS
    assert (customer.customer_id, customer.books_exact, customer.account_word) == (2, True, "")
    assert customer.conditions.direction is Direction.IN
    assert (kept.customer_id, kept.books_exact) == (2, False)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("de89 3704 0044 0532 0130 00", "DE89370400440532013000", id="IBAN"),
        pytest.param(" 37040044/ 532013000", "37040044/ 532013000", id="national form"),
    ],
)
def test_an_account_is_kept_as_it_is_compared(typed: str, kept: str) -> None:
    rule = checked(replace(RULE, conditions=replace(RULE.conditions, account=typed)))

    assert rule.conditions.account == kept
