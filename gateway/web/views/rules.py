"""The rules of the company as a person reads them: one sentence each, in the reader's words."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gateway.domain.matching.user_rules import Conditions, TextCondition, UserRule
from gateway.store import accounts, parties
from gateway.store.database import ReadSession
from gateway.web import format as formats
from gateway.web.context import Call
from gateway.web.words import mark, word_of
from schemas.states import Direction, RuleAction, TextMatch

_TEXTS: Mapping[TextMatch, str] = {
    TextMatch.CONTAINS: mark("the text contains “%(words)s”"),
    TextMatch.WORD: mark("the text has the word “%(words)s”"),
    TextMatch.BEGINS: mark("the text begins with “%(words)s”"),
    TextMatch.EQUALS: mark("the text is “%(words)s”"),
}
_NAMES: Mapping[TextMatch, str] = {
    TextMatch.CONTAINS: mark("the other side’s name contains “%(words)s”"),
    TextMatch.WORD: mark("the other side’s name has the word “%(words)s”"),
    TextMatch.BEGINS: mark("the other side’s name begins with “%(words)s”"),
    TextMatch.EQUALS: mark("the other side’s name is “%(words)s”"),
}
_WAYS: Mapping[Direction, str] = {Direction.IN: mark("money comes in"), Direction.OUT: mark("money goes out")}


class Names(NamedTuple):
    """What rules name by keys: customers and accounts of ours."""

    customers: Mapping[int, str]
    accounts: Mapping[int, str]


async def names_in(session: ReadSession, company_id: int, rules: Iterable[UserRule]) -> Names:
    """Return the names of what some rules name."""
    ids = {rule.customer_id for rule in rules if rule.customer_id is not None}
    ours = await accounts.list_accounts(session, company_id=company_id)
    customers = await parties.names_of(session, company_id=company_id, ids=ids)
    return Names(customers, {account.id: account.name for account in ours})


def sentence(call: Call, rule: UserRule, names: Names) -> str:
    """Return a rule in one sentence."""
    asked = _clauses(call, rule.conditions, names)
    said = asked[0]
    for clause in asked[1:]:
        said = call._("%(one)s and %(other)s", one=said, other=clause)
    return call._("If %(conditions)s: %(outcome)s.", conditions=said, outcome=outcome(call, rule, names))


def _clauses(call: Call, asked: Conditions, names: Names) -> list[str]:
    found = [_words(call, _TEXTS, one) for one in asked.texts]
    if asked.name:
        found.append(_words(call, _NAMES, asked.name))
    if asked.account:
        found.append(call._("the other account is %(account)s", account=formats.account(asked.account)))
    if asked.direction:
        found.append(call._(_WAYS[asked.direction]))
    if amount := _amount(call, asked):
        found.append(amount)
    elif asked.currency:
        found.append(call._("the currency is %(currency)s", currency=asked.currency))
    if asked.code:
        found.append(call._("the bank’s code has %(code)s", code=asked.code))
    if asked.bank_account_id:
        name = names.accounts.get(asked.bank_account_id, "")
        found.append(call._("it is on our account “%(name)s”", name=name))
    return found


def _words(call: Call, sentences: Mapping[TextMatch, str], asked: TextCondition) -> str:
    return call._(sentences[asked.how], words=asked.words)


def _amount(call: Call, asked: Conditions) -> str:
    least, most = (_money(call, minor, asked.currency) for minor in (asked.least_minor, asked.most_minor))
    if least and least == most:
        return call._("the amount is %(amount)s", amount=least)
    if least and most:
        return call._("the amount is from %(least)s to %(most)s", least=least, most=most)
    if least:
        return call._("the amount is at least %(amount)s", amount=least)
    return call._("the amount is at most %(amount)s", amount=most) if most else ""


def _money(call: Call, minor: int | None, currency: str) -> str:
    return "" if minor is None else f"{formats.amount(minor, currency, call.language)} {currency}"


def outcome(call: Call, rule: UserRule, names: Names) -> str:
    """Return what a rule does."""
    customer = names.customers.get(rule.customer_id or 0, "")
    if rule.action is RuleAction.CUSTOMER:
        if rule.books_exact:
            return call._("it is money of %(customer)s and pays his item of exactly this amount", customer=customer)
        return call._("it is money of %(customer)s", customer=customer)
    if rule.action is RuleAction.ON_ACCOUNT:
        return call._("all of it is kept on account for %(customer)s", customer=customer)
    what = call._(word_of(rule.category))
    if rule.account_word:
        return call._("it is set aside as “%(what)s”, account %(word)s", what=what, word=rule.account_word)
    return call._("it is set aside as “%(what)s”", what=what)
