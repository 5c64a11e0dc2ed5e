"""What a bank transaction must say to fit a rule, and which of several is meant."""

import random
from typing import Any

import pytest

from gateway.domain.matching.model import Credit
from gateway.domain.matching.user_rules import Conditions, TextCondition, UserRule, UserRules, fold
from schemas.states import Direction, RuleAction, TextMatch
from support.matching import money

IBAN = "DE89370400440532013000"


def rule(key: int = 1, **asked: Any) -> UserRule:
    return UserRule(key, f"rule {key}", Conditions(**asked), RuleAction.SET_ASIDE)


def says(how: str, words: str) -> TextCondition:
    return TextCondition(TextMatch(how), words)


def text(how: str, words: str) -> dict[str, Any]:
    return {"texts": (says(how, words),)}


@pytest.mark.parametrize(
    ("asked", "credit", "fits"),
    [
        pytest.param(text("contains", "stripe"), money(100, "STRIPE-PAYOUT 81"), True, id="contains, another case"),
        pytest.param(
            text("contains", "ripe pay"), money(100, "Stripe/Payout"), True, id="contains, across punctuation"
        ),
        pytest.param(text("contains", "stripe"), money(100, "Strip"), False, id="contains it not"),
        pytest.param(text("contains", "Müller"), money(100, "MUELLER"), True, id="umlaut, written out"),
        pytest.param(text("contains", "mueller"), money(100, "Müller"), True, id="umlaut, typed out"),
        pytest.param(text("contains", "loyer été"), money(100, "LOYER ETE"), True, id="accents"),
        pytest.param(text("word", "tk"), money(100, "Beitrag TK 2026"), True, id="whole word"),
        pytest.param(text("word", "tk"), money(100, "Atktion"), False, id="inside a word"),
        pytest.param(text("word", "tk"), money(100, "TK"), True, id="whole word and nothing else"),
        pytest.param(text("word", "miete 12"), money(100, "Ihre Miete 123"), False, id="several words, last cut"),
        pytest.param(text("begins", "miete"), money(100, "Mieten 2026"), True, id="begins"),
        pytest.param(text("begins", "miete"), money(100, "Die Miete"), False, id="begins otherwise"),
        pytest.param(text("equals", "Miete Mai"), money(100, " MIETE  Mai."), True, id="equals but for blanks"),
        pytest.param(text("equals", "Miete"), money(100, "Miete Mai"), False, id="equals, more behind it"),
        pytest.param(
            {"texts": (says("contains", "fee"), says("word", "May"))}, money(100, "fee May"), True, id="two texts, both"
        ),
        pytest.param(
            {"texts": (says("contains", "fee"), says("word", "May"))},
            money(100, "fee June"),
            False,
            id="two texts, one",
        ),
        pytest.param({"name": says("contains", "urssaf")}, money(-5, name="URSSAF IDF"), True, id="name"),
        pytest.param({"name": says("contains", "urssaf")}, money(-5, "urssaf"), False, id="name in the text only"),
        pytest.param({"name": says("word", "Koch")}, money(5, ultimate_debtor="A. Koch"), True, id="on behalf of"),
        pytest.param({"account": IBAN}, money(5, iban=IBAN), True, id="account"),
        pytest.param({"account": IBAN}, money(5, iban="DE89 3704 0044 0532 0130 00"), True, id="account with blanks"),
        pytest.param({"account": IBAN}, money(5, iban="DE75512108001245126199"), False, id="another account"),
        pytest.param({"account": IBAN}, money(5), False, id="no account"),
        pytest.param({"account": "37040044/532013000"}, money(5, iban=IBAN), True, id="national form of an IBAN"),
        pytest.param({"account": IBAN}, money(5, iban="37040044/532013000"), True, id="IBAN of a national form"),
        pytest.param({"account": "532013000"}, money(5, iban="0532013000"), True, id="bare number with zeros"),
        pytest.param(
            {"account": IBAN, **text("word", "rent")}, money(5, "gas", iban=IBAN), False, id="account, no text"
        ),
        pytest.param({"least_minor": 500, "most_minor": 500}, money(500), True, id="exact amount"),
        pytest.param({"least_minor": 500, "most_minor": 500}, money(-500), True, id="exact amount, out"),
        pytest.param({"least_minor": 500, "most_minor": 500}, money(501), False, id="another amount"),
        pytest.param({"least_minor": 500}, money(500), True, id="at least"),
        pytest.param({"least_minor": 500}, money(499), False, id="less"),
        pytest.param({"most_minor": 500}, money(-500), True, id="at most"),
        pytest.param({"most_minor": 500}, money(501), False, id="more"),
        pytest.param({"least_minor": 1, "direction": Direction.IN}, money(-5), False, id="out, in is asked"),
        pytest.param({"least_minor": 1, "direction": Direction.OUT}, money(-5), True, id="out"),
        pytest.param({"least_minor": 1, "currency": "CHF"}, money(5), False, id="another currency"),
        pytest.param({"code": "PMNT-RCDT"}, money(5, bank_transaction_code="PMNT-RCDT-ESCT"), True, id="family"),
        pytest.param(
            {"code": "pmnt-rcdt-esct"}, money(5, bank_transaction_code="PMNT-RCDT-ESCT"), True, id="subfamily"
        ),
        pytest.param({"code": "PMNT-ICDT"}, money(5, bank_transaction_code="PMNT-RCDT-ESCT"), False, id="other family"),
        pytest.param({"code": "166"}, money(5, bank_transaction_code="NTRF+166+0001"), True, id="GVC"),
        pytest.param({"code": "16"}, money(5, bank_transaction_code="166"), False, id="part of a GVC"),
        pytest.param({"code": "166"}, money(5, bank_transaction_code=None), False, id="no code"),
        pytest.param({"bank_account_id": 7}, money(5, bank_account_id=7), True, id="account of ours"),
        pytest.param({"bank_account_id": 7}, money(5, bank_account_id=8), False, id="another account of ours"),
    ],
)
def test_a_rule_fits_what_says_all_that_it_asks_for(asked: dict[str, Any], credit: Credit, fits: bool) -> None:
    rules = UserRules([rule(**asked)])

    assert (rules.find(credit) is not None) is fits


def test_the_first_rule_that_fits_is_meant() -> None:
    rules = UserRules([
        rule(1, account="DE75512108001245126199"), rule(2, **text("word", "rent")), rule(3, account=IBAN), rule(4, code="166"),
    ])  # fmt: skip

    found = rules.find(money(5, "rent May", iban=IBAN, bank_transaction_code="166"))

    assert found is not None
    assert found.id == 2


def test_searching_many_rules_at_once_finds_what_asking_each_finds() -> None:
    dice = random.Random(5)
    words = ["stripe", "strip", "pay", "payout", "rent", "ren", "tax office", "tax", "Müller", "o"]

    def some_text() -> str:
        return " ".join(dice.choice([*words, "x", "1234"]) for _ in range(4))

    def some_rule(key: int) -> UserRule:
        kinds: list[dict[str, Any]] = [
            text(dice.choice(list(TextMatch)), dice.choice(words)), {"name": says("contains", dice.choice(words))},
            {"least_minor": dice.randint(1, 4)}, {"least_minor": 3, "most_minor": 3}, {"account": IBAN},
            {"code": "PMNT"}, {"direction": dice.choice(list(Direction))},
        ]  # fmt: skip
        return rule(key, **dice.choice(kinds) | dice.choice(kinds))

    for _ in range(60):
        all_rules = [some_rule(key) for key in range(dice.randint(1, 12))]
        together, alone = UserRules(all_rules), [UserRules([one]) for one in all_rules]
        for _ in range(20):
            credit = money(
                dice.choice([-4, -3, 1, 3, 4]), some_text(), name=dice.choice([None, some_text()]),
                iban=dice.choice([None, IBAN, "FR7630006000011234567890189"]),
            )  # fmt: skip
            expected = next((one for one, rules in zip(all_rules, alone, strict=True) if rules.find(credit)), None)
            assert together.find(credit) is expected


def test_a_text_is_folded_to_words() -> None:
    assert fold("  Straße–Zürich/Œuvre, N° 5_6 ") == " strasse zurich ouvre n 5 6 "


def test_a_very_long_text_is_read_up_to_its_limit() -> None:
    rules = UserRules([rule(**text("contains", "ab" * 40)), rule(**text("word", "end"))])

    assert rules.find(money(5, "ab " * 500_000 + "end")) is None
