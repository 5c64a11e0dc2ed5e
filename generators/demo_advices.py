"""What two customers of the demo company say that their transfers pay: one is booked already, one is announced."""

import datetime as dt
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple

from generators.demo_dice import Dice
from generators.demo_rows import CustomerRow
from schemas.identifiers import Iban
from schemas.statement import BankEntry, BankTransaction

_FIRST_NUMBER = 9001  # Behind all that the quarter wrote.
_ISSUED_DAYS, _TERM_DAYS = 20, 30
_DISCOUNT_PERCENT = 2
_ANNOUNCED_DAYS = 3


class AdvisedInvoice(NamedTuple):
    """An invoice that an advice lists."""

    number: str
    customer_number: str
    amount_minor: int
    discount_minor: int
    issue_date: dt.date

    @property
    def paid_minor(self) -> int:
        """What the customer pays of it."""
        return self.amount_minor - self.discount_minor

    @property
    def due_date(self) -> dt.date:
        """When it is due; a discount may be taken until then."""
        return self.issue_date + dt.timedelta(days=_TERM_DAYS)


class DemoAdvices(NamedTuple):
    """The invoices, the transfer that came, and the mails: of that one, and of one to come."""

    invoices: tuple[AdvisedInvoice, ...]
    credit: BankEntry
    mails: tuple[bytes, bytes]


def make_advices(
    *, seed: int, last_date: dt.date, booked_date: dt.date, customers: Sequence[CustomerRow]
) -> DemoAdvices:
    """Return what the first two customers who transfer from a known account send."""
    dice = Dice(f"{seed}/advices")
    payer, announcer = [row for row in customers if row.payment_method == "transfer" and row.iban][:2]
    issued = booked_date - dt.timedelta(days=_ISSUED_DAYS)
    paid = [_invoice(dice, place, payer, issued, has_discount=place == 1) for place in range(3)]
    announced = [_invoice(dice, place, announcer, issued, has_discount=False) for place in range(3, 5)]
    mails = (
        _mail(payer, booked_date, paid, subject="Zahlungsavis 4711"),
        _mail(announcer, last_date + dt.timedelta(days=_ANNOUNCED_DAYS), announced, subject="Avis zu unserer Zahlung"),
    )
    return DemoAdvices((*paid, *announced), _credit(payer, booked_date, paid), mails)


def _invoice(dice: Dice, place: int, customer: CustomerRow, issued: dt.date, *, has_discount: bool) -> AdvisedInvoice:
    amount = dice.number(21_000, 260_000)
    discount = (amount * _DISCOUNT_PERCENT + 50) // 100 if has_discount else 0
    return AdvisedInvoice(f"RE-{issued.year}-{_FIRST_NUMBER + place:05d}", customer.number, amount, discount, issued)


def _credit(payer: CustomerRow, day: dt.date, invoices: Sequence[AdvisedInvoice]) -> BankEntry:
    """Return the booking of a transfer that names no invoice."""
    total = sum(one.paid_minor for one in invoices)
    details = BankTransaction(
        total, "EUR", counterparty_name=payer.name, counterparty_iban=Iban.parse(payer.iban),
        remittance="Sammelzahlung laut Avis 4711", bank_transaction_code="PMNT-RCDT-ESCT",
    )  # fmt: skip
    return BankEntry(
        day, day, total, "EUR", "BOOK", False, "PMNT-RCDT-ESCT", "SAMMELZAHLUNG-4711", None, "GUTSCHRIFT", None, None,
        (details,), None,
    )  # fmt: skip


def _mail(sender: CustomerRow, day: dt.date, invoices: Sequence[AdvisedInvoice], *, subject: str) -> bytes:
    """Return a mail with the list attached as CSV."""
    message = EmailMessage()
    message["From"], message["Subject"] = sender.email or "buchhaltung@example.com", subject
    message["Date"] = format_datetime(dt.datetime.combine(day, dt.time(9), dt.UTC))
    message.set_content(f"Guten Tag,\n\nanbei unser Avis.\n\n{sender.name}\n", cte="quoted-printable")
    rows = [
        f"{one.number};{_euro(one.amount_minor)};{_euro(one.discount_minor)};{_euro(one.paid_minor)}"
        for one in invoices
    ]
    total = sum(one.paid_minor for one in invoices)
    lines = [
        f"Auftraggeber: {sender.name}", f"Zahlungsdatum: {day:%d.%m.%Y}", f"IBAN: {sender.iban}", "",
        "Rechnungsnummer;Rechnungsbetrag;Skonto;Zahlbetrag", *rows, f"Summe;;;{_euro(total)}", "",
    ]  # fmt: skip
    message.add_attachment("\r\n".join(lines).encode(), maintype="text", subtype="csv", filename="avis.csv")
    message.set_boundary(f"avis-{invoices[0].number}")  # Else it is another one each time.
    return message.as_bytes()


def _euro(minor: int) -> str:
    return f"{minor // 100},{minor % 100:02d}"
