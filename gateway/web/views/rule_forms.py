"""The form of a rule: what a rule says as typed text, what was typed as a rule, and what a question suggests.

An account is shown masked; where it is sent back so, that of the rule or of the question is meant.
"""

import re
from enum import StrEnum
from typing import TypeVar

from multidict import MultiMapping

from gateway.domain.matching.user_rules import Conditions, TextCondition, UserRule
from gateway.domain.matching.written_rules import TEXTS_MAX, checked
from gateway.store import companies, matching_rules, parties, reviews
from gateway.store.bank_transactions import BankTransaction
from gateway.store.database import ReadSession
from gateway.web import format as formats
from gateway.web.context import Call
from gateway.web.faults import FieldFault, at
from gateway.web.typed import read_amount
from gateway.web.views.questions import Question
from schemas.states import Direction, IgnoreCategory, RuleAction, TextMatch

_WITH_DIGITS = re.compile(r"\S*[0-9]\S*")
_NAME_MAX, _TEXT_MAX = 40, 60
Word = TypeVar("Word", bound=StrEnum)


def values_of(call: Call, rule: UserRule, customer_number: str) -> dict[str, str]:
    """Return a rule as its form shows it."""
    asked = rule.conditions
    values = {
        "name": rule.name, "account": formats.account(asked.account) if asked.account else "",
        "currency": asked.currency, "code": asked.code,
        "direction": asked.direction or "", "bank_account": str(asked.bank_account_id or ""), "action": rule.action,
        "category": rule.category, "account_word": rule.account_word, "customer": customer_number,
        "least": _amount(call, asked.least_minor, asked.currency),
        "most": _amount(call, asked.most_minor, asked.currency),
    }  # fmt: skip
    for place, one in enumerate(asked.texts, start=1):
        values |= {f"text{place}": one.words, f"text{place}_how": one.how}
    if asked.name:
        values |= {"payer": asked.name.words, "payer_how": asked.name.how}
    return values | ({"books_exact": "on"} if rule.books_exact else {})


def _amount(call: Call, minor: int | None, currency: str) -> str:
    return "" if minor is None else formats.amount(minor, currency, call.language)


def suggested(question: Question, customer_number: str) -> dict[str, str]:
    """Return the values of a form that a question fills: the words of its text without numbers, its account."""
    transaction, habit = question.origin.transaction, question.habit
    words = max(_WITH_DIGITS.split(transaction.remittance or transaction.entry_text), key=len, default="")
    name = transaction.counterparty_name or transaction.ultimate_debtor or ""
    values = {
        "name": " ".join(name.split())[:_NAME_MAX], "text1": " ".join(words.split())[:_TEXT_MAX],
        "direction": Direction.IN if transaction.amount_minor > 0 else Direction.OUT,
        "account": formats.account(transaction.counterparty_iban) if transaction.counterparty_iban else "",
        "question": str(question.item.id), "action": RuleAction.SET_ASIDE,
        "category": habit.category if habit else IgnoreCategory.OTHER,
        "account_word": habit.account_word if habit else "",
    }  # fmt: skip
    if not values["account"]:
        values["payer"] = values["name"]
    if customer_number and transaction.amount_minor > 0:
        values |= {"action": RuleAction.CUSTOMER, "customer": customer_number}
    return values


async def read_rule(session: ReadSession, call: Call, form: MultiMapping[str], *, rule_id: int = 0) -> UserRule:
    """Return the rule that was typed, with the key of the one that it changes. Raises InvalidRule or FieldFault."""
    currency = _word(form, "currency").upper()
    if not currency and (_word(form, "least") or _word(form, "most")):
        company = await companies.company_by_id(session, call.company_id)
        currency = company.currency if company else ""
    texts = [found for place in range(1, TEXTS_MAX + 1) if (found := _text(form, f"text{place}"))]
    conditions = Conditions(
        texts=tuple(texts), name=_text(form, "payer"),
        account=await _account(session, call, form, rule_id),
        least_minor=_read(call, form, "least", currency), most_minor=_read(call, form, "most", currency),
        currency=currency, direction=_member(Direction, form, "direction"), code=_word(form, "code").upper(),
        bank_account_id=number_of(_word(form, "bank_account")),
    )  # fmt: skip
    action = _member(RuleAction, form, "action")
    if action is None:
        raise FieldFault("action", call._("Choose what the rule does."))
    category = _member(IgnoreCategory, form, "category") or IgnoreCategory.OTHER
    rule = UserRule(
        rule_id, _word(form, "name"), conditions, action, category,
        _word(form, "account_word"), await _customer(session, call, form, action), "books_exact" in form,
    )  # fmt: skip
    return checked(rule)


async def _account(session: ReadSession, call: Call, form: MultiMapping[str], rule_id: int) -> str:
    typed = _word(form, "account")
    if "*" not in typed:
        return typed
    known: list[str] = []
    row = await matching_rules.get_rule(session, company_id=call.company_id, rule_id=rule_id)
    if row is not None:
        known.append(matching_rules.user_rule_of(row).conditions.account)
    item_id = number_of(form.get("question", "")) or 0
    item = await reviews.get(session, company_id=call.company_id, review_item_id=item_id)
    if item is not None:
        transaction = await session.get(BankTransaction, item.bank_transaction_id)
        known.append((transaction.counterparty_iban if transaction else None) or "")
    found = next((account for account in known if account and formats.account(account) == typed), None)
    if found is None:
        raise FieldFault("account", call._("Type the whole account."))
    return found


async def _customer(session: ReadSession, call: Call, form: MultiMapping[str], action: RuleAction) -> int | None:
    number = _word(form, "customer")
    if not number or action in (RuleAction.SET_ASIDE, RuleAction.NOT_OURS):
        return None
    customer = await parties.customer_by_number(session, company_id=call.company_id, number=number)
    if customer is None:
        raise FieldFault("customer", call._("There is no customer with the number %(number)s.", number=number))
    return customer.id


def _text(form: MultiMapping[str], name: str) -> TextCondition | None:
    words = _word(form, name)
    return TextCondition(_member(TextMatch, form, f"{name}_how") or TextMatch.CONTAINS, words) if words else None


def _read(call: Call, form: MultiMapping[str], name: str, currency: str) -> int | None:
    with at(name):
        return read_amount(form.get(name, ""), currency or "EUR", call.language) or None


def _member(words: type[Word], form: MultiMapping[str], name: str) -> Word | None:
    word = form.get(name, "")
    return words(word) if word in set(words) else None


def number_of(text: str) -> int | None:
    """Return the key that a text is."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _word(form: MultiMapping[str], name: str) -> str:
    return " ".join(form.get(name, "").split())[:200]
