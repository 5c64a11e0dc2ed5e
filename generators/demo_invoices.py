"""The open items of the demo: invoices and credit notes of a quarter, numbered by date."""

import datetime as dt
from collections.abc import Iterable
from itertools import count
from typing import NamedTuple

from generators.demo_dice import Dice
from generators.demo_names import GOODS
from generators.demo_people import Customer
from generators.demo_rows import InvoiceRow
from schemas.money import amount_text
from schemas.references import ReferenceScheme, generate

_FIRST_SERIAL = 803
_FIRST_CREDIT_NOTE = 41
_PRICES_MINOR = (1_290, 2_495, 4_950, 8_900, 12_750, 24_900, 38_400, 64_900)
_DISCOUNT_DAYS = 14
_VAT_PERCENT = 19
# The company began with direct debits lately: what was issued before is paid by transfer.
_DEBITED_DAYS = dt.timedelta(days=14)


class Draft(NamedTuple):
    """An item before it has a number. ``key`` names the items that a story needs."""

    customer: Customer
    issue_date: dt.date
    amount_minor: int
    discount_percent: int = 0
    currency: str = "EUR"
    key: str = ""
    order_reference: str = ""
    credits_key: str = ""  # Of a credit note: the invoice that it corrects.


class Invoice(NamedTuple):
    """An open item. The amount of a credit note is negative."""

    number: str
    draft: Draft
    creditor_reference: str
    due_date: dt.date
    text: str

    @property
    def customer(self) -> Customer:
        """Who owes it, or whom we owe it."""
        return self.draft.customer

    @property
    def amount_minor(self) -> int:
        """The signed amount."""
        return self.draft.amount_minor

    @property
    def discount_until(self) -> dt.date | None:
        """The last day of the cash discount, if there is one."""
        draft = self.draft
        return draft.issue_date + dt.timedelta(_DISCOUNT_DAYS) if draft.discount_percent else None

    @property
    def discounted_minor(self) -> int:
        """The amount less the discount, rounded to the cent (half up)."""
        return self.amount_minor - (self.amount_minor * self.draft.discount_percent + 50) // 100


class Ledger:
    """Drafts items and numbers them; no two of its random amounts are equal."""

    def __init__(self, dice: Dice, last_date: dt.date) -> None:
        self._dice = dice
        self._last_date = last_date
        self._amounts: set[int] = set()
        self.drafts: list[Draft] = []

    def draft_invoices(self, customer: Customer, number: int) -> None:
        """Draft so many invoices of the last hundred days, one in seven of them fresh and with a cash discount."""
        for _ in range(number):
            is_fresh = self._dice.chance(14)
            age = self._dice.number(17, 24) if is_fresh else self._dice.number(26, 100)
            order = f"AB-{self._dice.number(2000, 2999)}" if self._dice.chance(20) else ""
            self.draft(
                Draft(
                    customer,
                    self._last_date - dt.timedelta(age),
                    self.new_amount(),
                    discount_percent=2 if is_fresh else 0,
                    order_reference=order,
                )
            )

    def draft_credit_note(self, invoice: Draft, key: str) -> None:
        """Draft a credit note over a fifth of a drafted invoice, a week later."""
        place = self.drafts.index(invoice)
        self.drafts[place] = invoice._replace(key=f"{key}/invoice")
        issue_date = min(invoice.issue_date + dt.timedelta(7), self._last_date - dt.timedelta(16))
        amount_minor = -(invoice.amount_minor // 5)
        self.draft(Draft(invoice.customer, issue_date, amount_minor, key=key, credits_key=f"{key}/invoice"))

    def draft(self, draft: Draft) -> None:
        """Take over a draft."""
        self._amounts.add(draft.amount_minor)
        self.drafts.append(draft)

    def new_amount(self) -> int:
        """Return an amount that no item has: a quantity of goods and the tax on them."""
        while True:
            net = sum(self._dice.pick(_PRICES_MINOR) * self._dice.number(1, 9) for _ in range(self._dice.number(1, 3)))
            amount = net * (100 + _VAT_PERCENT) // 100
            if amount not in self._amounts:
                return amount

    def numbered(self) -> list[Invoice]:
        """Return all items in the order of their dates, numbered without a gap."""
        invoice_serials, credit_serials = count(_FIRST_SERIAL), count(_FIRST_CREDIT_NOTE)
        items = []
        for draft in sorted(self.drafts, key=lambda draft: draft.issue_date):
            serial = next(invoice_serials if draft.amount_minor > 0 else credit_serials)
            items.append(self._numbered(draft, serial))
        return items

    def _numbered(self, draft: Draft, serial: int) -> Invoice:
        year, is_credit = draft.issue_date.year, draft.amount_minor < 0
        number = f"GS-{year}-{serial:05d}" if is_credit else f"RE-{year}-{serial:05d}"
        reference = "" if is_credit else _reference(draft.customer.row.country, year, serial)
        days = 30 if int(draft.customer.number) % 2 else 14
        text = "Gutschrift" if is_credit else self._dice.pick(GOODS)
        return Invoice(number, draft, reference, draft.issue_date + dt.timedelta(days), text)


def _reference(country: str, year: int, serial: int) -> str:
    """Return the structured reference on the invoice: Belgian, or RF abroad; Germans are given none."""
    if country == "BE":
        digits = generate(ReferenceScheme.BE_OGM, f"{year}{serial:06d}")
        return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"
    return "" if country == "DE" else generate(ReferenceScheme.RF, f"{year}{serial:05d}")


def invoice_rows(invoices: Iterable[Invoice]) -> list[InvoiceRow]:
    """Return the items as rows of invoices.csv."""
    items = list(invoices)
    numbers = {item.draft.key: item.number for item in items if item.draft.key}
    begun = max(item.draft.issue_date for item in items) - _DEBITED_DAYS
    return [_row(item, numbers, is_debited=item.draft.issue_date >= begun) for item in items]


def _row(item: Invoice, numbers: dict[str, str], *, is_debited: bool) -> InvoiceRow:
    draft, until = item.draft, item.discount_until
    return InvoiceRow(
        number=item.number,
        customer_number=draft.customer.number,
        issue_date=draft.issue_date.isoformat(),
        due_date=item.due_date.isoformat(),
        currency=draft.currency,
        amount=amount_text(draft.amount_minor, draft.currency),
        creditor_reference=item.creditor_reference,
        discount_percent=str(draft.discount_percent) if until else "",
        discount_until=until.isoformat() if until else "",
        text=item.text,
        kind="credit_note" if draft.amount_minor < 0 else "invoice",
        original_number=numbers.get(draft.credits_key, ""),
        payment_method=draft.customer.row.payment_method if is_debited else "transfer",
        order_reference=draft.order_reference,
    )
