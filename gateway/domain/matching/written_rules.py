"""What a rule may say: written by a person, checked before it is kept."""

import re
from dataclasses import replace

from gateway.domain.matching.user_rules import Conditions, UserRule, fold, segments
from schemas.errors import GatewayError
from schemas.identifiers import Iban, InvalidIban
from schemas.money import InvalidCurrency, parse_currency
from schemas.statement import account_key
from schemas.states import Direction, IgnoreCategory, RuleAction

RULES_MAX = 200  # In one company; more than anybody keeps in mind.
TEXTS_MAX = 2
WRONGS_MAX = 2  # So many of its decisions taken back as wrong switch a rule off.
_NAME_MAX, _WORDS_MAX, _ACCOUNT_WORD_MAX, _CODE_MAX = 60, 100, 40, 35
_LETTERS_MIN = 2  # A single letter stands in every text.
_ACCOUNT_MIN = 5
_AMOUNT_MAX = 10**15  # Minor units.
_IBAN = re.compile("[A-Z]{2}[0-9]{2}")
_OF_CUSTOMER = frozenset({RuleAction.CUSTOMER, RuleAction.ON_ACCOUNT})


class InvalidRule(GatewayError):
    """A rule says something that it cannot."""

    code = "invalid_rule"

    def __init__(self, field: str, message: str) -> None:
        """``field`` is what of the rule is wrong; nothing: the rule as a whole."""
        super().__init__(message)
        self.field = field


def checked(rule: UserRule) -> UserRule:
    """Return a rule as it is kept: only with what its action needs. Raises InvalidRule."""
    name, asked = " ".join(rule.name.split()), rule.conditions
    if not 0 < len(name) <= _NAME_MAX:
        raise InvalidRule("name", f"a rule has a name of 1 to {_NAME_MAX} characters")
    _check_words(asked)
    _check_amounts(asked)
    if asked.code and not 0 < len(segments(asked.code)) <= _CODE_MAX // 4:
        raise InvalidRule("code", f"{asked.code[:_CODE_MAX]!r} is not a code such as PMNT-RCDT or 166")
    if not _has_condition(asked):
        raise InvalidRule("", "a rule needs a text, a name, an account, an amount or a code: else it fits everything")
    asked = replace(asked, account=_account(asked.account), currency=_currency(asked.currency))
    kept = replace(rule, name=name, conditions=asked)
    return _of_customer(kept) if rule.action in _OF_CUSTOMER else _set_aside(kept)


def _check_words(asked: Conditions) -> None:
    if len(asked.texts) > TEXTS_MAX:
        raise InvalidRule("text", f"a rule has at most {TEXTS_MAX} texts")
    named = [("text", one) for one in asked.texts] + ([("payer", asked.name)] if asked.name else [])
    for field, one in named:
        if not _LETTERS_MIN <= len(fold(one.words).strip()) <= _WORDS_MAX:
            what = one.words[:_WORDS_MAX]
            raise InvalidRule(field, f"{what!r} must have {_LETTERS_MIN} to {_WORDS_MAX} letters and digits")


def _check_amounts(asked: Conditions) -> None:
    amounts = [one for one in (asked.least_minor, asked.most_minor) if one is not None]
    if amounts and not asked.currency:
        raise InvalidRule("currency", "an amount needs its currency")
    if amounts != sorted(amounts) or not all(0 < one <= _AMOUNT_MAX for one in amounts):
        raise InvalidRule("least", "amounts are above zero, the smaller one first")


def _has_condition(asked: Conditions) -> bool:
    amounts = (asked.least_minor, asked.most_minor)
    return bool(asked.texts or asked.name or asked.account or asked.code or asked.bank_account_id or any(amounts))


def _account(text: str) -> str:
    key = account_key(text)
    if key and len(key) < _ACCOUNT_MIN:
        raise InvalidRule("account", f"an account number has at least {_ACCOUNT_MIN} letters and digits")
    try:
        return Iban.parse(key) if _IBAN.match(key) else " ".join(text.split())
    except InvalidIban as error:
        raise InvalidRule("account", str(error)) from error


def _currency(text: str) -> str:
    try:
        return parse_currency(text) if text else ""
    except InvalidCurrency as error:
        raise InvalidRule("currency", str(error)) from error


def _of_customer(rule: UserRule) -> UserRule:
    if rule.customer_id is None:
        raise InvalidRule("customer", "choose the customer whose money it is")
    if rule.conditions.direction is Direction.OUT:
        raise InvalidRule("direction", "only money that comes in can be a customer's")
    conditions = replace(rule.conditions, direction=Direction.IN)
    books_exact = rule.books_exact and rule.action is RuleAction.CUSTOMER
    return replace(rule, conditions=conditions, category=IgnoreCategory.OTHER, account_word="", books_exact=books_exact)


def _set_aside(rule: UserRule) -> UserRule:
    account_word = " ".join(rule.account_word.split())
    if len(account_word) > _ACCOUNT_WORD_MAX:
        raise InvalidRule("account_word", f"an account word has at most {_ACCOUNT_WORD_MAX} characters")
    category = IgnoreCategory.NOT_OURS if rule.action is RuleAction.NOT_OURS else rule.category
    return replace(rule, category=category, account_word=account_word, customer_id=None, books_exact=False)
