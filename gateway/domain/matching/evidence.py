"""What a credit says: the numbers and references that it names, and who sent it.

Names and customer numbers are looked up only when somebody asks, because most credits need none.
"""

from collections.abc import Callable, Sequence

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.model import Credit, Sign
from gateway.domain.matching.names import Name, agree, are_similar, fold
from gateway.domain.matching.payer_numbers import PayerNumber
from gateway.domain.matching.sent import NO_ID
from gateway.domain.matching.text_words import text_words
from gateway.domain.matching.tokens import Grade, Source, Word
from gateway.domain.matching.user_rules import UserRule
from gateway.domain.matching.words import find_words
from schemas.references import reference_key


class Evidence:
    """The evidence of one credit against one index."""

    __slots__ = (
        "_agreeing",
        "_customer_numbers",
        "_named",
        "_open_slots",
        "confirmed",
        "credit",
        "index",
        "known_ibans",
        "payer_signs",
        "rule",
        "words",
    )

    def __init__(self, credit: Credit, index: ItemIndex) -> None:
        self.credit = credit
        self.index = index
        self.rule: UserRule | None = None  # The rule of the company that it fits; it may point at a customer.
        self.known_ibans, self.confirmed, _ = index.payers.account(credit.iban)
        self._named: frozenset[int] | None = None
        self._customer_numbers: list[PayerNumber] | None = None
        self._agreeing: dict[tuple[int, str], bool] = {}  # Whether a customer bears a name.
        self._open_slots: dict[int, list[int]] = {}  # By customer.
        self.payer_signs: dict[int, Sequence[Sign]] = {}  # By customer, as `explain` has made them.
        self.words = text_words(credit.text, index) if credit.text else []
        if credit.creditor_reference:
            self.words += _reference_words(credit.creditor_reference, index)
        if credit.end_to_end_id and credit.end_to_end_id not in NO_ID:
            self.words += [
                word._replace(first=-1, last=-1, source=Source.END_TO_END_ID)
                for word in find_words(credit.end_to_end_id, index.numbers)
                if word.grade is Grade.WHOLE and word.key == index.numbers.keys[word.readings[0][0]]
            ]

    @property
    def customer_numbers(self) -> list[PayerNumber]:
        """The customer numbers in the text."""
        if self._customer_numbers is None:
            self._customer_numbers = self.index.payers.customer_numbers.find(self.credit.text)
        return self._customer_numbers

    @property
    def numbered(self) -> frozenset[int]:
        """The customers whose number stands in the text."""
        return frozenset([one for number in self.customer_numbers for one in number.customer_ids])

    @property
    def mandated(self) -> frozenset[int]:
        """The customers of the mandates that the bank repeats or the text names."""
        payers = self.index.payers
        found = [one for number in payers.mandate_numbers.find(self.credit.text) for one in number.customer_ids]
        mandate = payers.mandate(self.credit.mandate_reference)
        return frozenset(found if mandate is None else [*found, mandate])

    @property
    def named(self) -> frozenset[int]:
        """The customers who may bear the name of the payer or of the ultimate debtor."""
        if self._named is None:
            payers, credit = self.index.payers, self.credit
            self._named = frozenset(payers.named(credit.name) + payers.named(credit.ultimate_debtor))
        return self._named

    def open_slots(self, customer_id: int) -> list[int]:
        """Return what is open of a customer in the currency of the credit; looked up once."""
        slots = self._open_slots.get(customer_id)
        if slots is None:
            slots = self._open_slots[customer_id] = self.index.open_slots(customer_id, self.credit.currency)
        return slots

    @property
    def known_payers(self) -> frozenset[int]:
        """The customers known by this IBAN or name."""
        return self.named.union([known.customer_id for known in self.known_ibans])

    @property
    def ruled(self) -> frozenset[int]:
        """The customer of the rule that it fits."""
        customer_id = self.rule.customer_id if self.rule else None
        return frozenset() if customer_id is None else frozenset([customer_id])

    @property
    def pointed_at(self) -> frozenset[int]:
        """All customers that anything points at: IBAN, name, customer number, mandate, a rule."""
        return self.known_payers | self.numbered | self.mandated | self.ruled

    def points_elsewhere(self, customer_id: int) -> frozenset[int]:
        """Return the other customers that IBAN, names, a customer number, a mandate or a rule point at.

        A name that this customer bears as well points nowhere else.
        """
        known = [known.customer_id for known in self.known_ibans]
        found = {*self.numbered, *self.mandated, *self.ruled, *known}
        for name in (self.credit.name, self.credit.ultimate_debtor):
            if name and not self._is_name_of(customer_id, name):
                found.update(self.index.payers.named(name))
        return frozenset(found - {customer_id})

    def bears_name(self, customer_id: int) -> bool:
        """Return whether the payer's or the ultimate debtor's name is that of a customer or of its family."""
        names = (self.credit.name, self.credit.ultimate_debtor)
        return any(self._is_name_of(customer_id, name) for name in names if name)

    def bears_similar_name(self, customer_id: int) -> bool:
        """Return whether the payer's or the ultimate debtor's name is like that of a customer or of its family."""
        names = (self.credit.name, self.credit.ultimate_debtor)
        return any(self._is_like_name_of(customer_id, name, are_similar) for name in names if name)

    def _is_name_of(self, customer_id: int, name: str) -> bool:
        asked = customer_id, name
        if asked not in self._agreeing:
            self._agreeing[asked] = self._is_like_name_of(customer_id, name, agree)
        return self._agreeing[asked]

    def _is_like_name_of(self, customer_id: int, name: str, is_like: Callable[[Name, Name], bool]) -> bool:
        payers, theirs = self.index.payers, fold(name)
        members = [payers.customers[one] for one in payers.members(customer_id) if one in payers.customers]
        return any(is_like(fold(member.name), theirs) for member in members)

    def payer_agrees(self, slot: int) -> bool:
        """Return whether the customer of an item, or its family, paid: by its confirmed IBAN, else by its name."""
        if self.confirmed:
            return self.index.payers.family(self.confirmed.customer_id) == self.index.families[slot]
        return self.bears_name(self.index.items[slot].customer_id)

    def is_customer_number(self, word: Word) -> bool:
        """Return whether a short form stands inside a customer number with letters (C000123): it names no item."""
        return any(
            number.first <= word.first and word.last <= number.last and number.first < number.last
            for number in self.customer_numbers
        )


def _reference_words(reference: str, index: ItemIndex) -> list[Word]:
    """Read the field of the structured reference, in which some payers write a plain number."""
    key = reference_key(reference)
    readings = tuple((slot,) for slot in index.with_reference(key))
    if readings:
        return [Word(-1, -1, key, Grade.WHOLE, readings, Source.REFERENCE)]
    plain = [word for word in find_words(reference, index.numbers) if word.grade is Grade.WHOLE]
    if plain:
        return [word._replace(first=-1, last=-1, source=Source.REFERENCE) for word in plain]
    return [Word(-1, -1, key, Grade.UNKNOWN, (), Source.REFERENCE)] if index.has_references else []
