"""Explanations as cards: what each would pay, what becomes of a difference, and what speaks for and against it."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from gateway.domain.matching.model import Explanation, Line, Sign, Strength
from gateway.domain.matching.proof import sentence
from gateway.store.open_items import OpenItem
from gateway.web import format as formats
from schemas.states import AllocationKind, Language, OpenItemKind

_MONEY_KINDS = frozenset({AllocationKind.PAYMENT, AllocationKind.REFUND, AllocationKind.RETURN})


class CardRow(NamedTuple):
    """One item of a card: open now, deducted without money, paid, and left open after it (minor units)."""

    item: OpenItem
    open_minor: int
    deducted_minor: int
    paid_minor: int
    left_minor: int


class Card(NamedTuple):
    """One explanation as it is shown. ``is_stale``: an item moved since, so it cannot be accepted any more."""

    place: int
    seen: str  # What was shown, so that nothing else is booked when it is accepted.
    customer_id: int | None
    strength: Strength
    rows: tuple[CardRow, ...]
    currency: str
    deductions: frozenset[AllocationKind]
    discount_basis_points: int | None  # Where all items were taken with one agreed discount.
    on_account_minor: int
    bank_fee_minor: int
    is_return: bool
    is_stale: bool
    proof: tuple[tuple[str, bool], ...]  # Sentences, and whether each speaks for it.

    @property
    def books_nothing(self) -> bool:
        """Whether it only says what is known or was looked for."""
        return not self.rows and not self.on_account_minor

    @property
    def open_minor(self) -> int:
        """What is open of all items."""
        return sum(row.open_minor for row in self.rows)

    @property
    def deducted_minor(self) -> int:
        """What is settled without money."""
        return sum(row.deducted_minor for row in self.rows)

    @property
    def paid_minor(self) -> int:
        """What the money pays."""
        return sum(row.paid_minor for row in self.rows)

    @property
    def left_minor(self) -> int:
        """What stays open after it."""
        return sum(row.left_minor for row in self.rows)

    @property
    def invoices(self) -> tuple[OpenItem, ...]:
        """What the customer owes among the items."""
        return tuple(row.item for row in self.rows if row.item.amount_minor >= 0)

    @property
    def credits(self) -> tuple[OpenItem, ...]:
        """What we owe the customer among the items."""
        return tuple(row.item for row in self.rows if row.item.amount_minor < 0)


def card_of(
    explanation: Explanation, items: Mapping[int, OpenItem], *, place: int, currency: str, language: Language
) -> Card:
    """Return an explanation as a card; ``items`` are those that it names, as they are now."""
    lines: dict[int, list[Line]] = defaultdict(list)
    for line in explanation.lines:
        lines[line.item_id].append(line)
    rows = tuple(_row(items[key], several) for key, several in lines.items() if key in items)
    kinds = {line.kind for line in explanation.lines}
    is_return = AllocationKind.RETURN in kinds
    return Card(
        place=place,
        seen=fingerprint(explanation),
        customer_id=explanation.customer_id,
        strength=explanation.strength,
        rows=rows,
        currency=currency,
        deductions=frozenset(kinds - _MONEY_KINDS),
        discount_basis_points=_discount_of(rows),
        on_account_minor=explanation.on_account_minor,
        bank_fee_minor=explanation.bank_fee_minor,
        is_return=is_return,
        is_stale=not is_return and any(_is_stale(row) for row in rows),
        proof=proof_of(explanation.proof, language),
    )


def fingerprint(explanation: Explanation) -> str:
    """Return a short word for what an explanation books; another list of explanations may have another in its place."""
    lines = [(line.item_id, line.kind.value, line.amount_minor) for line in explanation.lines]
    books = (explanation.customer_id, lines, explanation.on_account_minor, explanation.bank_fee_minor)
    return hashlib.sha256(repr(books).encode()).hexdigest()[:16]


def _row(item: OpenItem, lines: Sequence[Line]) -> CardRow:
    left = 0 if item.cancelled_at else item.amount_minor - item.settled_minor
    paid = sum(line.amount_minor for line in lines if line.kind in _MONEY_KINDS)
    deducted = sum(line.amount_minor for line in lines if line.kind not in _MONEY_KINDS)
    return CardRow(item, left, deducted, paid, left - paid - deducted)


def _is_stale(row: CardRow) -> bool:
    taken = row.paid_minor + row.deducted_minor
    return not (0 <= taken <= row.open_minor or row.open_minor <= taken <= 0)


def _discount_of(rows: Sequence[CardRow]) -> int | None:
    agreed = {row.item.discount_basis_points for row in rows if row.deducted_minor}
    fits = all(
        abs(row.open_minor * (row.item.discount_basis_points or 0) - row.deducted_minor * 10_000) <= 10_000
        for row in rows
        if row.deducted_minor
    )
    return agreed.pop() if len(agreed) == 1 and fits else None


def proof_of(proof: Sequence[Sign], language: Language) -> tuple[tuple[str, bool], ...]:
    """Return what speaks for and against an explanation as sentences, what speaks for it first."""

    def money(minor: int, currency: str) -> str:
        return f"{formats.amount(minor, currency or 'EUR', language)} {currency}".strip()

    say: Callable[..., str] = sentence
    signs = sorted(proof, key=lambda sign: not sign.supports)
    said = [(say(sign, language, money=money, date=lambda day: formats.day(day, language)), sign) for sign in signs]
    return tuple((text[:1].upper() + text[1:], sign.supports) for text, sign in said)


def is_credit(item: OpenItem) -> bool:
    """Tell whether we owe this to the customer."""
    return item.kind in {OpenItemKind.CREDIT_NOTE, OpenItemKind.ON_ACCOUNT}
