"""Who may have paid: customers by IBAN, name, customer number and mandate.

Only a confirmed IBAN says for sure who paid. A name may be borne by two customers, a customer number may be any number,
an IBAN of two customers or of a collector pays for anybody; these propose, or make doubtful.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from gateway.domain.matching.hits import Hit, add_slot, slots_of
from gateway.domain.matching.model import Customer, KnownIban
from gateway.domain.matching.names import are_similar, fold, fold_once
from gateway.domain.matching.packed import PackedHits
from gateway.domain.matching.payer_numbers import PayerNumbers
from schemas.statement import account_key
from schemas.states import IbanSource

_NAMESAKES_MAX = 30  # More customers that share words with a name are none.
_NAMES_KEPT_MAX = 5_000
_CUSTOMER_NUMBER_MIN, _MANDATE_MIN = 3, 6  # Letters and digits.


class Account(NamedTuple):
    """What is known of a payer's account; ``confirmed`` if it is one customer's for sure."""

    known: tuple[KnownIban, ...]
    confirmed: KnownIban | None
    is_own: bool = False  # Ours.


UNKNOWN_ACCOUNT = Account((), None)


class _Names(NamedTuple):
    """Customers by their names: their places by the whole folded name, their ids by each word of it."""

    by_key: PackedHits
    by_word: dict[str, int | set[int]]


class Payers:
    """The customers of a company and what they are known by."""

    def __init__(
        self,
        customers: Iterable[Customer],
        ibans: Iterable[KnownIban],
        mandates: Mapping[str, int],
        own_ibans: Iterable[str],
    ) -> None:
        self.customers = {customer.id: customer for customer in customers}
        self._own_ibans = frozenset(map(account_key, own_ibans))
        self._mandates = {reference.upper(): customer_id for reference, customer_id in mandates.items()}
        self.customer_numbers = PayerNumbers(
            lambda: ((one.number, one.id) for one in self.customers.values()), length_min=_CUSTOMER_NUMBER_MIN
        )
        self.mandate_numbers = PayerNumbers(self._mandates.items, length_min=_MANDATE_MIN)
        self._accounts: dict[str, Account] = {}
        self._learn(self._own_ibans, ibans)
        self._families: dict[int, Hit] = {}
        for customer in self.customers.values():
            add_slot(self._families, customer.family_id, customer.id)
        self._named: dict[str, tuple[int, ...]] = {}

    def family(self, customer_id: int) -> int:
        """Return what a customer has in common with its parent and siblings."""
        customer = self.customers.get(customer_id)
        return customer.family_id if customer else -customer_id

    def members(self, customer_id: int) -> list[int]:
        """Return the customer with its parent and siblings."""
        return slots_of(self._families.get(self.family(customer_id), customer_id))

    def account(self, iban: str | None) -> Account:
        """Return what is known of a payer's account."""
        if not iban:
            return UNKNOWN_ACCOUNT
        found = self._accounts.get(iban)  # Most are written as they are compared.
        return found or self._accounts.get(account_key(iban), UNKNOWN_ACCOUNT)

    def know(self, iban: str, known: Iterable[KnownIban]) -> None:
        """Replace what is known of one account."""
        self._learn([account_key(iban)], known)

    def is_own(self, iban: str | None) -> bool:
        """Return whether an account is ours."""
        return self.account(iban).is_own

    def mandate(self, reference: str | None) -> int | None:
        """Return the customer who gave a mandate."""
        return self._mandates.get(reference.upper()) if reference else None

    def named(self, name: str | None) -> tuple[int, ...]:
        """Return the customers who may bear this name: the same words, else similar ones."""
        if not name:
            return ()
        found = self._named.get(name)
        if found is None:
            if len(self._named) >= _NAMES_KEPT_MAX:
                self._named.clear()
            found = self._named[name] = self._search(name)
        return found

    def _learn(self, keys: Iterable[str], ibans: Iterable[KnownIban]) -> None:
        """Take over what is known of some accounts, also where that is nothing."""
        by_key: dict[str, list[KnownIban]] = {key: [] for key in keys}
        for known in ibans:
            by_key.setdefault(account_key(known.iban), []).append(known)
        for key, all_known in by_key.items():
            self._accounts[key] = Account(tuple(all_known), _confirmed(all_known), key in self._own_ibans)

    @cached_property
    def _in_order(self) -> list[Customer]:
        return list(self.customers.values())

    @cached_property
    def _names(self) -> _Names:
        """The folded names, read when the first is asked for."""
        words: dict[str, int | set[int]] = {}
        keys = array("q")
        for customer in self._in_order:
            name = fold_once(customer.name)
            keys.append(hash(name.key))
            for word in name.words:
                known = words.setdefault(word, customer.id)
                if isinstance(known, set):
                    known.add(customer.id)
                elif known != customer.id:
                    words[word] = {known, customer.id}
        pairs = ((key, place) for place, key in enumerate(keys))
        return _Names(PackedHits(pairs, lambda place, key: fold(self._in_order[place].name).key == key), words)

    def _bearers(self, word: str) -> set[int]:
        known = self._names.by_word.get(word, set())
        return {known} if isinstance(known, int) else known

    def _search(self, text: str) -> tuple[int, ...]:
        """Find customers by all words of a name, then those who share two words, or one rare word, and are similar."""
        name = fold(text)
        same = [self._in_order[place].id for place in slots_of(self._names.by_key.get(name.key, []))]
        bearers = sorted(filter(None, map(self._bearers, name.words)), key=len)[:3]
        near = [bearers[0]] if bearers else []
        near += [first & second for first, second in combinations(bearers, 2)]
        found = {one for ids in near if len(ids) <= _NAMESAKES_MAX for one in ids}.difference(same)
        return (*same, *[one for one in sorted(found) if are_similar(fold(self.customers[one].name), name)])


def _confirmed(known: Sequence[KnownIban]) -> KnownIban | None:
    """Return the customer whose account it is for sure: confirmed, of no other customer, and no collector's."""
    for one in known:
        if one.customer_id != known[0].customer_id or one.source is IbanSource.COLLECTOR:
            return None
    return next((one for one in known if one.is_confirmed), None)
