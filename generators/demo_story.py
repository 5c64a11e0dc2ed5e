"""Payments that explain themselves, and the company's own bookings: what most of a fortnight consists of."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

from generators.demo_dice import Dice
from generators.demo_events import (
    CHARGES,
    COLLECTED,
    DAYS,
    HELD_DAY,
    INTEREST,
    MOVED_IN,
    MOVED_OUT,
    TRANSFER,
    Event,
    received,
)
from generators.demo_invoices import Invoice
from generators.demo_names import COUNTRIES, SWITZERLAND
from generators.demo_people import COMPANY_NAME, MAIN_ACCOUNT, SECOND_ACCOUNT, OwnAccount, Supplier
from schemas.statement import BankTransaction

_PHRASES = {country.code: country.phrases for country in (*COUNTRIES, SWITZERLAND)}
_LARGE_MINOR = 20_000


class Story:
    """Tells the ordinary events. Each invoice is paid once; the days are the bank days of the fortnight, in order."""

    def __init__(self, dice: Dice, days: Sequence[dt.date], invoices: Sequence[Invoice]) -> None:
        self._dice = dice
        self._days = days
        items = [item for item in invoices if not item.customer.pays_by_debit]
        self._open = dice.shuffled([item for item in items if not item.draft.key])
        self._credit_notes = [item for item in items if item.amount_minor < 0]
        self._by_key = {item.draft.key: item for item in items if item.draft.key}

    def tell(self, suppliers: Sequence[Supplier]) -> Iterator[Event]:
        """Yield the events; the payments with the narrowest conditions choose their invoices first."""
        telling: tuple[tuple[int, Callable[[], Event]], ...] = (
            (12, self._pay_with_discount),
            (16, self._pay_without_reference),
            (10, self._pay_several),
            (10, lambda: self._pay_by_reference(("BE",))),
            (22, lambda: self._pay_by_reference(("FR", "NL", "AT"))),
            (6, self._pay_in_part),
            (78, self._pay_by_number),
        )
        yield from self._pay_less_credit_notes()
        for times, tell in telling:
            for _ in range(times):
                yield tell()
        yield from self._own_bookings(suppliers)

    def _pay_by_number(self) -> Event:
        """Return a payment of one invoice that names its number, in one of many spellings."""
        invoice = self._take(lambda item: True)
        return self._paid("number", invoice, invoice.amount_minor, self._phrase(invoice))

    def _pay_by_reference(self, countries: tuple[str, ...]) -> Event:
        """Return a payment with the structured reference of the invoice, in its own field or typed into the text."""
        invoice = self._take(lambda item: item.customer.row.country in countries)
        payer, reference = invoice.customer, invoice.creditor_reference
        day, account = self._day_after(invoice), self._account()
        is_typed = account is SECOND_ACCOUNT or self._dice.chance(30)
        if is_typed:
            return received("reference", day, payer, invoice.amount_minor, reference, account=account)
        digits = reference.translate(str.maketrans("", "", "+/"))
        return received("reference", day, payer, invoice.amount_minor, "", reference=digits, account=account)

    def _pay_several(self) -> Event:
        """Return one payment of two or three invoices that names them all."""
        first = self._take(lambda item: len(self._others(item)) > 1)
        others = self._others(first)[: self._dice.number(1, 2)]
        for other in others:
            self._open.remove(other)
        paid = sorted([first, *others], key=lambda item: item.number)
        numbers = self._dice.pick((", ", " + ", " ")).join(item.number for item in paid)
        day = self._day_after(max(paid, key=lambda item: item.draft.issue_date))
        amount = sum(item.amount_minor for item in paid)
        return received("several", day, first.customer, amount, f"{self._word(first)} {numbers}")

    def _pay_with_discount(self) -> Event:
        """Return a payment less the agreed discount, within its days, from an account that we know."""
        invoice = self._take(lambda item: item.customer.has_known_iban and self._last_discount_day(item) is not None)
        first, last = self._day_after(invoice), self._last_discount_day(invoice) or 0
        text = f"{self._phrase(invoice)} abzgl. 2% Skonto"
        day = self._dice.number(min(first, last), last)
        return received("discount", day, invoice.customer, invoice.discounted_minor, text)

    def _pay_in_part(self) -> Event:
        """Return a payment of a part of an invoice, from an account that we know."""
        invoice = self._take(lambda item: item.customer.has_known_iban and item.amount_minor > _LARGE_MINOR)
        part = invoice.amount_minor // 10_000 * 5_000 + 5_000
        return self._paid("part", invoice, part, f"Teilzahlung {invoice.number}")

    def _pay_without_reference(self) -> Event:
        """Return a payment that names nothing, from a known account, of the only item with its amount."""
        invoice = self._take(lambda item: item.customer.is_small and not item.customer.row.parent_number)
        text = self._dice.pick(("Zahlung", "Ueberweisung", "Vielen Dank", "Rechnung"))
        return self._paid("amount", invoice, invoice.amount_minor, text)

    def _pay_less_credit_notes(self) -> Iterator[Event]:
        for credit_note in self._credit_notes[:4]:
            invoice = self._by_key[credit_note.draft.credits_key]
            text = f"{invoice.number} abzgl. Gutschrift {credit_note.number}"
            amount = invoice.amount_minor + credit_note.amount_minor
            yield received("credit_note", self._day_after(credit_note), invoice.customer, amount, text)

    def _own_bookings(self, suppliers: Sequence[Supplier]) -> Iterator[Event]:
        for _ in range(18):
            yield self._pay_supplier(self._dice.pick(suppliers))
        for _ in range(4):
            yield _own("fee", self._any_day(), CHARGES, -self._dice.number(190, 1_490), "Kontoentgelt")
        yield _own("fee", HELD_DAY, CHARGES, -990, "Kontoentgelt")._replace(account=SECOND_ACCOUNT)
        yield _own("interest", DAYS - 1, INTEREST, 312, "Habenzinsen")
        yield _moved(MAIN_ACCOUNT, SECOND_ACCOUNT, MOVED_OUT, -1_500_000)
        yield _moved(SECOND_ACCOUNT, MAIN_ACCOUNT, MOVED_IN, 1_500_000)

    def _pay_supplier(self, supplier: Supplier) -> Event:
        payment = BankTransaction(
            -self._dice.number(4_000, 480_000),
            "EUR",
            end_to_end_id=f"ZA-{self._dice.number(10_000, 99_999)}",
            counterparty_name=supplier.name,
            counterparty_iban=supplier.account.iban,
            counterparty_bic=supplier.account.bic,
            remittance=f"Beleg {self._dice.number(100_000, 999_999)}",
        )
        if supplier.collects:
            payment = payment._replace(mandate_reference="KD-558812", creditor_identifier="DE36ZZZ00000000001")
        code = COLLECTED if supplier.collects else TRANSFER
        return Event("supplier", self._any_day(), self._account(), code, payment)

    def _paid(self, kind: str, invoice: Invoice, amount_minor: int, text: str) -> Event:
        return received(kind, self._day_after(invoice), invoice.customer, amount_minor, text, account=self._account())

    def _take(self, fits: Callable[[Invoice], bool]) -> Invoice:
        """Take the first open invoice that fits out of the pile; the numbers of the story leave enough of each kind."""
        invoice = next(item for item in self._open if fits(item))
        self._open.remove(invoice)
        return invoice

    def _others(self, invoice: Invoice) -> list[Invoice]:
        """Return the other open invoices of the same customer."""
        mine = invoice.customer.number
        return [item for item in self._open if item.customer.number == mine and item is not invoice]

    def _account(self) -> OwnAccount:
        return SECOND_ACCOUNT if self._dice.chance(25) else MAIN_ACCOUNT

    def _any_day(self) -> int:
        return self._dice.number(0, DAYS - 1)

    def _day_after(self, invoice: Invoice) -> int:
        first = next((place for place, day in enumerate(self._days) if day > invoice.draft.issue_date), DAYS - 1)
        return self._dice.number(first, DAYS - 1)

    def _last_discount_day(self, invoice: Invoice) -> int | None:
        until = invoice.discount_until
        days = [place for place, day in enumerate(self._days) if until and day <= until]
        return days[-1] if days else None

    def _word(self, invoice: Invoice) -> str:
        return {"FR": "Factures", "NL": "Facturen", "BE": "Factures"}.get(invoice.customer.row.country, "Rechnungen")

    def _phrase(self, invoice: Invoice) -> str:
        phrase = self._dice.pick(_PHRASES[invoice.customer.row.country])
        return phrase.format(self._spelled(invoice.number), invoice.customer.number)

    def _spelled(self, number: str) -> str:
        prefix, year, serial = number.split("-")
        spellings = (
            number,
            number,
            f"{prefix} {year} {serial}",
            f"{prefix}{year}{serial}",
            f"{prefix}-{year}-{serial}".lower(),
            f"{prefix}/{year}/{serial}",
            f"{year}-{serial}",
        )
        return self._dice.pick(spellings)


def _own(kind: str, day: int, code: str, amount_minor: int, text: str) -> Event:
    return Event(kind, day, MAIN_ACCOUNT, code, BankTransaction(amount_minor, "EUR", remittance=text))


def _moved(here: OwnAccount, there: OwnAccount, code: str, amount_minor: int) -> Event:
    payment = BankTransaction(
        amount_minor,
        "EUR",
        counterparty_name=COMPANY_NAME,
        counterparty_iban=there.iban,
        counterparty_bic=there.bic,
        remittance="Umbuchung Zweitkonto",
    )
    return Event("own_transfer", 2, here, code, payment)
