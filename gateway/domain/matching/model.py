"""The values that matching takes and gives.

An explanation says which open items an incoming amount pays and what becomes of a difference; its proof is a
list of signs, each a code with facts, so that pages can say it in the reader's language. Amounts are integer minor
units, signed from the item's side: an invoice paid is positive, a credit note taken with it negative.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from schemas.advice import Advice
from schemas.states import AllocationKind, HabitKind, IbanSource, IgnoreCategory, OpenItemKind, ReviewReason


class Discount(NamedTuple):
    """An agreed cash discount: per mille of ten (basis points) until a date, inclusive."""

    basis_points: int
    until_date: dt.date


class OpenItem(NamedTuple):
    """An item that is not settled yet, as matching sees it."""

    id: int
    customer_id: int
    kind: OpenItemKind
    number: str
    currency: str
    amount_minor: int
    open_minor: int  # Signed like amount_minor.
    issue_date: dt.date | None
    due_date: dt.date | None
    creditor_reference: str | None = None
    order_reference: str | None = None
    discounts: tuple[Discount, ...] = ()
    disputed_minor: int = 0
    in_flight_date: dt.date | None = None  # A live collection asks for it on this date.


class Customer(NamedTuple):
    """A customer, as matching sees it. ``family_id`` is the same for a parent and all below it."""

    id: int
    number: str
    name: str
    family_id: int


class KnownIban(NamedTuple):
    """One payer account that we know of a customer."""

    iban: str
    customer_id: int
    source: IbanSource
    is_confirmed: bool
    since_date: dt.date | None = None
    by: str = ""  # Name of the person whose decisions confirmed it.


class Habit(NamedTuple):
    """How a customer usually pays, and how often people's decisions agreed with it."""

    customer_id: int
    kind: HabitKind
    basis_points: int = 0  # Of what is deducted.
    right: int = 0
    wrong: int = 0
    lately: int = 0  # Right since it was last wrong.


class SettledItem(NamedTuple):
    """An item that was settled lately: a payment that names it again is noticed."""

    item: OpenItem  # With nothing open.
    settled_date: dt.date


class BookedCredit(NamedTuple):
    """A bank transaction that was allocated, which a debit may take back. Lines as booked, from the item's side."""

    id: int
    customer_id: int | None
    amount_minor: int
    currency: str
    booking_date: dt.date
    lines: tuple["Line", ...]
    on_account_minor: int = 0
    end_to_end_id: str | None = None
    mandate_reference: str | None = None
    bank_reference: str | None = None
    iban: str | None = None


class Advised(NamedTuple):
    """A remittance advice that is linked to a credit."""

    id: int
    advice: Advice
    received_date: dt.date


class Credit(NamedTuple):
    """A bank transaction, as matching sees it (positive: money coming to us)."""

    id: int
    amount_minor: int
    currency: str
    booking_date: dt.date
    text: str
    end_to_end_id: str | None = None
    mandate_reference: str | None = None
    creditor_reference: str | None = None
    name: str | None = None
    iban: str | None = None
    ultimate_debtor: str | None = None
    return_reason: str | None = None
    charges_minor: int | None = None
    charges_included: bool | None = None
    instructed_minor: int | None = None
    instructed_currency: str | None = None
    bank_transaction_code: str | None = None
    is_reversal: bool = False
    is_batch: bool = False
    batch_count: int | None = None
    payment_information_id: str | None = None
    message_id: str | None = None
    original_minor: int | None = None  # What a returned debit was for, where the bank says it.
    order: tuple[str, str, int, int] = ("", "", 0, 0)  # Within its day, by what it says: not by its place in a file.
    bank_account_id: int | None = None  # The account of ours.

    @property
    def batch_references(self) -> frozenset[str]:
        """What may name a batch: banks put the id of the message or of the block into either field."""
        return frozenset(word for word in (self.payment_information_id, self.message_id) if word)


class Strength(StrEnum):
    """How much an explanation is worth."""

    STRONG = "strong"
    POSSIBLE = "possible"
    WEAK = "weak"


class Rule(StrEnum):
    """By which rule something is booked or ignored without a person."""

    EXACT_REFERENCE = "exact_reference"  # (a)
    DISCOUNT = "discount"  # (b)
    PARTIAL = "partial"  # (c)
    CONFIRMED_PAYER = "confirmed_payer"  # (d)
    REPORTED_CHARGES = "reported_charges"  # The statement carries the charges that are missing.
    TOLERANCE = "tolerance"
    FEE_LIMIT = "fee_limit"
    HABIT = "habit"  # As the customer usually pays.
    OWN_ACCOUNT = "own_account"
    BANK_BOOKING = "bank_booking"  # The bank's code says what it is: fee, interest.
    OUTGOING = "outgoing"
    OWN_COLLECTION = "own_collection"  # The money of debits that we sent.
    RETURNED_DEBIT = "returned_debit"  # Takes back one debit that we sent.
    OWN_REFUND = "own_refund"  # Pays refunds that we sent.
    RETURNED_REFUND = "returned_refund"  # A refund that we sent came back.
    USER_RULE = "user_rule"  # A rule that an approver wrote.
    ADVICE = "advice"  # The payer's own list of what the transfer pays.


BY_PAYER = frozenset({Rule.CONFIRMED_PAYER, Rule.HABIT})  # These book because of who pays.


class Sign(NamedTuple):
    """One short sentence of proof: a message code, its facts, and whether it speaks for or against."""

    code: str
    facts: Mapping[str, str | int]
    supports: bool = True


class Line(NamedTuple):
    """What an explanation does to one item. Several lines may name one item (payment and discount)."""

    item_id: int
    kind: AllocationKind
    amount_minor: int


class Kept(NamedTuple):
    """Money of one customer among several that is kept on account for him."""

    customer_id: int
    amount_minor: int


class Explanation(NamedTuple):
    """One way to read the amount.

    Its lines of payment, refund or return, ``on_account_minor``, ``kept`` and ``bank_fee_minor`` add up to the credit
    exactly; lines of other kinds (discount, deducted charge) settle more of an item than the money does.
    ``collections`` are the debits of ours that it settles, or the one that comes back; ``refunds`` those that it pays,
    or the one that comes back.
    """

    customer_id: int | None
    lines: tuple[Line, ...]
    on_account_minor: int
    strength: Strength
    proof: tuple[Sign, ...]
    bank_fee_minor: int = 0  # What the banks kept, inside a return: negative.
    collections: tuple[int, ...] = ()
    kept: tuple[Kept, ...] = ()
    compensation_minor: int = 0  # Of the fee: the interest that the debtor's bank claimed; negative.
    refunds: tuple[int, ...] = ()


class Book(NamedTuple):
    """Exactly one explanation stands, and a rule of the policy allows to book it."""

    rule: Rule
    explanation: Explanation
    user_rule_id: int | None = None


class Ask(NamedTuple):
    """A person decides; the explanations are ranked, best first."""

    reason: ReviewReason
    explanations: tuple[Explanation, ...]


class Ignore(NamedTuple):
    """It is no customer payment, certainly: our own transfer, a fee of our bank, money that we paid out."""

    rule: Rule
    category: IgnoreCategory
    account_word: str = ""
    user_rule_id: int | None = None


Decision = Book | Ask | Ignore


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be booked without a person, per company. The defaults are the careful ones (design section 7)."""

    book_exact_reference: bool = True  # (a)
    book_discount: bool = True  # (b)
    book_partial: bool = True  # (c)
    book_confirmed_payer: bool = True  # (d)
    book_advice: bool = True
    book_habit: bool = True
    habit_right_min: int = 3  # Times that a habit was right before it books.
    discount_rounding_minor: int = 1
    discount_grace_days: int = 0
    tolerance_minor: int = 0
    fee_limit_minor: int = 0
    combination_items_max: int = 12
    combination_steps_max: int = 20_000
    ignore_outgoing: bool = True
