"""The payments that a person must look at: one honest case of each kind, with customers and items of their own.

Each case is told by a function of its name. Days and accounts avoid the day that is missing and the statement that is
held, so every case reaches the queue.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from generators.demo_dice import Dice
from generators.demo_events import FOREIGN, RETURNED_DEBIT, RETURNED_TRANSFER, TRANSFER, Event, received
from generators.demo_ibans import Account, AccountMaker
from generators.demo_invoices import Draft, Invoice, Ledger
from generators.demo_names import FRANCE, GERMANY, NETHERLANDS, SWITZERLAND, Country
from generators.demo_people import (
    CREDITOR_IDENTIFIER,
    SECOND_ACCOUNT,
    Customer,
    Supplier,
    make_customer,
)
from schemas.statement import BankTransaction


class Role(NamedTuple):
    """A customer that the cases need."""

    key: str
    name: str
    country: Country
    knows_iban: bool


ROLES = (
    Role("amount_differs", "Weinkontor Traubental GmbH", GERMANY, False),
    Role("discount_late", "Druckerei Letternhof GmbH", GERMANY, True),
    Role("same_amount", "Hotel Seeblick Oderin GmbH & Co. KG", GERMANY, True),
    Role("two_sets", "Metallbau Kranichhorst GmbH", GERMANY, True),
    Role("paid_already", "Librairie Encre-Bleue SARL", FRANCE, True),
    Role("digits_swapped", "Imprimerie Montclairval SARL", FRANCE, False),
    Role("factored", "Tischlerei Birkenau GmbH", GERMANY, False),
    Role("factored_too", "Gartenbau Wiesengrund OHG", GERMANY, False),
    Role("charges_deducted", "Alpenglas Rütihof AG", SWITZERLAND, False),
    Role("overpaid", "Elektro Funkenberg e.K.", GERMANY, True),
    Role("debit_returned", "Apotheke Salbeihof e.K.", GERMANY, True),
    Role("in_dollars", "Havenlicht Trading B.V.", NETHERLANDS, True),
    Role("name_of_two", "Autohaus Fellnerried GmbH", GERMANY, False),
    Role("name_of_two_other", "Autohaus Fellmerried GmbH", GERMANY, False),
    Role("prepaid", "Konzerthaus Notenstein GmbH", GERMANY, True),
)

_ITEMS = (  # Role, key of the item, days before the end, amount.
    ("amount_differs", "amount_differs", 40, 90_535),
    ("same_amount", "same_amount/first", 47, 47_600),
    ("same_amount", "same_amount/second", 33, 47_600),
    ("two_sets", "two_sets/a", 60, 31_000),
    ("two_sets", "two_sets/b", 52, 49_000),
    ("two_sets", "two_sets/c", 44, 27_500),
    ("two_sets", "two_sets/d", 36, 52_500),
    ("paid_already", "paid_already", 45, 61_880),
    ("digits_swapped", "digits_swapped", 38, 143_990),
    ("factored", "factored", 41, 212_415),
    ("factored_too", "factored_too", 39, 87_822),
    ("charges_deducted", "charges_deducted", 42, 238_000),
    ("overpaid", "overpaid", 37, 38_675),
    ("debit_returned", "debit_returned", 50, 17_255),
    ("name_of_two", "name_of_two", 43, 119_000),
    ("name_of_two_other", "name_of_two_other", 35, 119_000),
)
_BANK_CHARGE_MINOR = 1_450
_ORDER = "AB-4711"


class Cast(NamedTuple):
    """Who and what the cases are about."""

    customers: Mapping[str, Customer]
    items: Mapping[str, Invoice]
    supplier: Supplier
    strangers: AccountMaker


def make_cast(dice: Dice, accounts: AccountMaker, *, first_number: int) -> dict[str, Customer]:
    """Return the customers of the cases by their role."""
    cast = {}
    for place, role in enumerate(ROLES):
        account = accounts.make(role.country.code)
        number = first_number + place
        cast[role.key] = make_customer(
            role.name, role.country, place, account, dice, number=number, knows_iban=role.knows_iban
        )
    debited = cast["debit_returned"]
    cast["debit_returned"] = debited._replace(row=debited.row._replace(payment_method="direct_debit"))
    return cast


def draft_items(ledger: Ledger, cast: Mapping[str, Customer], last_date: dt.date) -> None:
    """Draft the items of the cases."""
    for role, key, age, amount_minor in _ITEMS:
        ledger.draft(Draft(cast[role], last_date - dt.timedelta(age), amount_minor, key=key))
    # Its fourteen days of discount end on the third bank day at the latest; it is paid on the eighth.
    late_date = last_date - dt.timedelta(28)
    ledger.draft(Draft(cast["discount_late"], late_date, 154_700, discount_percent=2, key="discount_late"))
    dollar_date = last_date - dt.timedelta(34)
    ledger.draft(Draft(cast["in_dollars"], dollar_date, 540_000, currency="USD", key="in_dollars"))


def tell_cases(cast: Cast) -> Iterator[Event]:
    """Yield the events of all cases. What belongs to a case but explains itself has another kind."""
    for tell in _CASES:
        yield from tell(cast)


def _transfer(cast: Cast, role: str, day: int, minor: int, text: str) -> Event:
    return received(f"case/{role}", day, cast.customers[role], minor, text)


def _stranger(event: Event, name: str, account: Account) -> Event:
    """Return the event as if somebody else had paid."""
    payment = event.payment._replace(
        counterparty_name=name, counterparty_iban=account.iban, counterparty_bic=account.bic
    )
    return event._replace(payment=payment)


def _amount_differs(cast: Cast) -> Iterator[Event]:
    text = f"Rechnung {cast.items['amount_differs'].number}"
    event = _transfer(cast, "amount_differs", 1, 88_000, text)
    yield _stranger(event, "Hollerbusch, Marit", cast.strangers.make("DE"))


def _discount_late(cast: Cast) -> Iterator[Event]:
    invoice = cast.items["discount_late"]
    yield _transfer(cast, "discount_late", 7, invoice.discounted_minor, f"{invoice.number} abzgl. 2% Skonto")


def _two_of_one_amount(cast: Cast) -> Iterator[Event]:
    event = _transfer(cast, "same_amount", 3, 47_600, "Zahlung Tagungsraum")
    yield event._replace(account=SECOND_ACCOUNT)


def _two_sets(cast: Cast) -> Iterator[Event]:
    yield _transfer(cast, "two_sets", 5, 80_000, "Offene Rechnungen")


def _paid_already(cast: Cast) -> Iterator[Event]:
    invoice = cast.items["paid_already"]
    first = _transfer(cast, "paid_already", 1, invoice.amount_minor, f"Facture {invoice.number}")
    yield first._replace(kind="number")
    yield _transfer(cast, "paid_already", 7, invoice.amount_minor, f"Facture {invoice.number}")


def _digits_swapped(cast: Cast) -> Iterator[Event]:
    invoice = cast.items["digits_swapped"]
    yield _transfer(cast, "digits_swapped", 6, invoice.amount_minor, f"FACT {_swapped(invoice.number)}")


def _swapped(number: str) -> str:
    """Return a number with the first two neighbouring digits of its serial swapped: one that was never given."""
    place = next(place for place in range(len(number) - 5, len(number)) if number[place] != number[place + 1])
    return f"{number[:place]}{number[place + 1]}{number[place]}{number[place + 2 :]}"


def _factoring(cast: Cast) -> Iterator[Event]:
    first, second = cast.items["factored"], cast.items["factored_too"]
    total = first.amount_minor + second.amount_minor
    text = f"Forderungsankauf Abr. 88/4 {first.number} {second.number} abzgl. Gebuehr"
    event = _transfer(cast, "factored", 5, total - total * 3 // 100, text)
    yield _stranger(event, "Corvanta Factoring AG", cast.strangers.make("DE"))


def _charges_deducted(cast: Cast) -> Iterator[Event]:
    invoice = cast.items["charges_deducted"]
    event = _transfer(
        cast, "charges_deducted", 8, invoice.amount_minor - _BANK_CHARGE_MINOR, f"Rechnung {invoice.number}"
    )
    payment = event.payment._replace(instructed_minor=invoice.amount_minor, instructed_currency="EUR")
    yield event._replace(code=FOREIGN, payment=payment)


def _overpaid(cast: Cast) -> Iterator[Event]:
    invoice = cast.items["overpaid"]
    event = _transfer(cast, "overpaid", 5, invoice.amount_minor + 10_000, f"Rechnung {invoice.number}")
    yield event._replace(account=SECOND_ACCOUNT)


def _debit_returned(cast: Cast) -> Iterator[Event]:
    invoice, customer = cast.items["debit_returned"], cast.customers["debit_returned"]
    payment = BankTransaction(
        -invoice.amount_minor,
        "EUR",
        end_to_end_id=f"QB-{invoice.number}",
        mandate_reference=f"QB-{customer.number}-1",
        creditor_identifier=CREDITOR_IDENTIFIER,
        counterparty_name=customer.row.name,
        counterparty_iban=customer.account.iban,
        counterparty_bic=customer.account.bic,
        remittance=f"Rechnung {invoice.number}",
        return_reason="MS03",
        original_amount_minor=invoice.amount_minor,
    )
    event = _transfer(cast, "debit_returned", 2, invoice.amount_minor, "")
    yield event._replace(code=RETURNED_DEBIT, payment=payment)


def _transfer_returned(cast: Cast) -> Iterator[Event]:
    supplier = cast.supplier
    paid = BankTransaction(
        -64_260,
        "EUR",
        end_to_end_id="ZA-20881",
        counterparty_name=supplier.name,
        counterparty_iban=supplier.account.iban,
        counterparty_bic=supplier.account.bic,
        remittance="Beleg 300417",
    )
    back = paid._replace(amount_minor=64_260, return_reason="AC04", original_amount_minor=64_260)
    yield Event("supplier", 1, SECOND_ACCOUNT, TRANSFER, paid)
    yield Event("case/transfer_returned", 4, SECOND_ACCOUNT, RETURNED_TRANSFER, back)


def _in_dollars(cast: Cast) -> Iterator[Event]:
    invoice = cast.items["in_dollars"]
    event = _transfer(cast, "in_dollars", 8, 498_155, f"Factuur {invoice.number}")
    payment = event.payment._replace(
        instructed_minor=invoice.amount_minor, instructed_currency="USD", exchange_rate="1.0840"
    )
    yield event._replace(code=FOREIGN, payment=payment)


def _name_of_two(cast: Cast) -> Iterator[Event]:
    event = _transfer(cast, "name_of_two", 9, 119_000, "Zahlung Bueroeinrichtung")
    yield _stranger(event, "Autohaus Felnerried", cast.strangers.make("DE"))


def _prepaid(cast: Cast) -> Iterator[Event]:
    yield _transfer(cast, "prepaid", 9, 333_200, f"Vorkasse Auftrag {_ORDER}")


_CASES: tuple[Callable[[Cast], Iterator[Event]], ...] = (
    _amount_differs,
    _discount_late,
    _two_of_one_amount,
    _two_sets,
    _paid_already,
    _digits_swapped,
    _factoring,
    _charges_deducted,
    _overpaid,
    _debit_returned,
    _transfer_returned,
    _in_dollars,
    _name_of_two,
    _prepaid,
)
