"""Rules that people write without code: what a bank transaction must say, and the first rule that it fits.

All conditions of a rule must hold; of several rules that fit the one that stands first is meant. What becomes of the
money is decided in `by_user_rule`. Texts are compared without case, accents and punctuation; there are no patterns, so
no rule can be slow. Most bank transactions fit none, so that is found out first: by what rarely differs (direction,
currency, code, account of ours), then by account and by one search for the words of all rules.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from gateway.domain.account import account_forms, account_keys
from gateway.domain.matching.model import Credit
from gateway.domain.party import search_key
from schemas.states import Direction, IgnoreCategory, RuleAction, TextMatch

_PLAIN = bytes([ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else 32 for code in range(256)])
_NO_WORD = re.compile(r"[\W_]+")
_TEXT_MAX = 20_000  # Characters that are read; the longest remittance of a bank is shorter.
_NO_END = 10**18  # Minor units; more than any amount.
_SEGMENTS = re.compile("[^A-Z0-9]+")


def fold(text: str) -> str:
    """Return a text as rules compare it: its words in small letters without accents, with a blank at each end.

    ``ü`` and ``ue`` are the same, for banks write either.
    """
    return f" {' '.join(_letters(text).split())} "


def _letters(text: str) -> str:
    """Return a text folded but for its blanks."""
    if text.isascii():
        plain = text[:_TEXT_MAX].encode().translate(_PLAIN).decode()
    else:
        plain = _NO_WORD.sub(" ", search_key(text[:_TEXT_MAX]))
    return plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")


class TextCondition(NamedTuple):
    """Words that a text must have."""

    how: TextMatch
    words: str


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a bank transaction must say. What is empty is not asked for.

    Amounts are minor units without their sign, of ``currency``. An account is an IBAN or in its national form; a code
    is that of the bank, or its first parts (``PMNT-RCDT``, ``166``).
    """

    texts: tuple[TextCondition, ...] = ()
    name: TextCondition | None = None
    account: str = ""
    least_minor: int | None = None
    most_minor: int | None = None
    currency: str = ""
    direction: Direction | None = None
    code: str = ""
    bank_account_id: int | None = None


@dataclass(frozen=True, slots=True)
class UserRule:
    """A rule: its conditions and what it does; ``category`` where it sets aside, ``customer_id`` where it does not.

    With ``books_exact`` the one open item of the customer of which exactly the amount is open is booked without asking.
    """

    id: int
    name: str
    conditions: Conditions
    action: RuleAction
    category: IgnoreCategory = IgnoreCategory.OTHER
    account_word: str = ""
    customer_id: int | None = None
    books_exact: bool = False


_Places = tuple[int, ...]  # Of rules in their order.


class UserRules:
    """The rules of a company that are switched on, in their order."""

    __slots__ = ("_by_facts", "_groups", "_rules")

    def __init__(self, rules: Iterable[UserRule]) -> None:
        self._rules = [_Compiled(rule) for rule in rules]
        self._by_facts: dict[tuple[bool, str, str | None, int | None], _Group] = {}
        self._groups: dict[tuple[int, ...], _Group] = {}

    def __len__(self) -> int:
        return len(self._rules)

    def find(self, credit: Credit) -> UserRule | None:
        """Return the first rule that a bank transaction fits."""
        facts = (credit.amount_minor > 0, credit.currency, credit.bank_transaction_code, credit.bank_account_id)
        group = self._by_facts.get(facts)
        if group is None:
            group = self._by_facts[facts] = self._group(credit)
        return group.find(credit)

    def _group(self, credit: Credit) -> "_Group":
        """Return the rules that transactions with the facts of this one may fit; many facts share one group."""
        places = tuple([place for place, rule in enumerate(self._rules) if rule.may_fit(credit)])
        if places not in self._groups:
            self._groups[places] = _Group([self._rules[place] for place in places])
        return self._groups[places]


class _Compiled:
    """A rule whose conditions are folded."""

    __slots__ = ("accounts", "code", "least", "most", "name", "rule", "texts")

    def __init__(self, rule: UserRule) -> None:
        asked = rule.conditions
        self.rule = rule
        self.texts = [_Needle(one) for one in asked.texts]
        self.name = _Needle(asked.name) if asked.name else None
        self.accounts = frozenset(account_forms(asked.account).own) if asked.account else frozenset()
        self.code = segments(asked.code)
        self.least = asked.least_minor or 0
        self.most = _NO_END if asked.most_minor is None else asked.most_minor

    def may_fit(self, credit: Credit) -> bool:
        """Return whether direction, currency, code and account of ours are those that are asked for."""
        asked = self.rule.conditions
        way = Direction.IN if credit.amount_minor > 0 else Direction.OUT
        return (
            asked.direction in (None, way)
            and asked.currency in ("", credit.currency)
            and asked.bank_account_id in (None, credit.bank_account_id)
            and _has_code(self.code, credit.bank_transaction_code)
        )

    def fits(self, credit: Credit) -> bool:
        """Return whether account, text and name are as asked."""
        if self.accounts and self.accounts.isdisjoint(_keys(credit.iban)):
            return False
        if self.texts:
            text = fold(credit.text)
            if not all(needle.is_in(text) for needle in self.texts):
                return False
        needle = self.name
        return needle is None or any(needle.is_in(fold(name)) for name in (credit.name, credit.ultimate_debtor) if name)


class _Needle:
    """The words of a condition, folded, with a blank where a word must begin or end."""

    __slots__ = ("how", "words")

    def __init__(self, condition: TextCondition) -> None:
        self.how = condition.how
        folded = fold(condition.words)
        ends_word = self.how in (TextMatch.WORD, TextMatch.EQUALS)
        self.words = folded.strip() if self.how is TextMatch.CONTAINS else folded if ends_word else folded.rstrip()

    def is_in(self, text: str) -> bool:
        """Return whether a folded text has the words as the condition says."""
        if self.how is TextMatch.EQUALS:
            return text == self.words
        return text.startswith(self.words) if self.how is TextMatch.BEGINS else self.words in text

    @property
    def longest(self) -> str:
        """The longest of the words: a text without it needs no second look."""
        return max(self.words.split(), key=len, default="")


class _Group:
    """Some rules in their order, each by the condition that is quickest to be asked."""

    __slots__ = ("_accounts", "_amounts", "_asks_name", "_others", "_rules", "_said", "_words")

    def __init__(self, rules: list[_Compiled]) -> None:
        self._rules = rules
        self._accounts: dict[str, _Places] = {}
        self._amounts: dict[int, _Places] = {}
        self._said: _Places = ()  # Those that ask for words.
        self._others: _Places = ()
        words: list[str] = []
        for place, rule in enumerate(rules):
            if rule.accounts:
                for key in rule.accounts:
                    self._accounts[key] = (*self._accounts.get(key, ()), place)
            elif rule.least == rule.most:
                self._amounts[rule.least] = (*self._amounts.get(rule.least, ()), place)
            elif needle := next(iter(rule.texts), rule.name):
                self._said += (place,)
                words.append(needle.longest)
            else:
                self._others += (place,)
        self._words = re.compile(_any_of(words)) if words else None
        self._asks_name = any(rules[place].name for place in self._said)

    def find(self, credit: Credit) -> UserRule | None:
        """Return the first rule that fits."""
        minor, places, iban = abs(credit.amount_minor), self._others, credit.iban
        if self._accounts and iban:
            known = self._accounts
            if iban > ":" and iban.isalnum():
                places += known.get(iban, ()) + known.get(iban[4:], ())
            else:
                places += tuple([place for key in _keys(iban) for place in known.get(key, ())])
        if minor in self._amounts:
            places += self._amounts[minor]
        if self._words and self._words.search(_letters(self._said_by(credit))):
            places += self._said
        rules = self._rules
        for place in places if places is self._others else sorted(places):
            rule = rules[place]
            if rule.least <= minor <= rule.most and rule.fits(credit):
                return rule.rule
        return None

    def _said_by(self, credit: Credit) -> str:
        if not self._asks_name:
            return credit.text
        return f"{credit.text} {credit.name or ''} {credit.ultimate_debtor or ''}"


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern for any of some plain words. What begins alike is asked once, so a search never goes back."""
    tails: dict[str, list[str]] = {}
    for word in words:
        tails.setdefault(word[:1], []).append(word[1:])
    if "" in tails:
        return ""  # A word ends here.
    ways = [re.escape(letter) + _any_of(rest) for letter, rest in sorted(tails.items())]
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


def _keys(account: str | None) -> tuple[str, ...]:
    """Return how an account of a bank transaction may be known."""
    if not account:
        return ()
    if account > ":" and account.isalnum():  # An IBAN, as nearly all are.
        return (account, account[4:])
    return account_keys(account)


def segments(code: str) -> list[str]:
    """Return the parts of a bank's code: ``PMNT-RCDT-ESCT``, ``NTRF+166+0001``."""
    return [part for part in _SEGMENTS.split(code.upper()) if part]


def _has_code(wanted: list[str], code: str | None) -> bool:
    parts = segments(code or "") if wanted else []
    return any(parts[place : place + len(wanted)] == wanted for place in range(len(parts) or 1))
