"""The people of the demo: a fictitious company with its bank accounts, its customers and its suppliers.

Every name is made up; accounts use bank codes of published example IBANs.
"""

from collections.abc import Iterator
from typing import NamedTuple

from generators.demo_dice import Dice
from generators.demo_ibans import Account, AccountMaker
from generators.demo_names import COUNTRIES, SUPPLIER_NAMES, Country
from generators.demo_rows import CustomerRow, MandateRow
from schemas.identifiers import Iban

COMPANY_NAME = "Quellbrunn Bürowelt GmbH"
CREDITOR_IDENTIFIER = "DE98ZZZ09999999999"  # The published example.
FIRST_NUMBER = 10_001
_FAMILIES = 3  # Parents, each with two of the customers behind it as subsidiaries.
_DIRECT_DEBIT_EVERY = 6  # Among German customers.
_SMALL_EVERY = 3


class OwnAccount(NamedTuple):
    """A bank account of the company; ``national_number`` is the other form in which banks write it."""

    name: str
    iban: Iban
    bic: str
    national_number: str
    opening_minor: int


class Customer(NamedTuple):
    """A customer: the record that the company keeps, and the account that payments really come from."""

    row: CustomerRow
    account: Account
    is_small: bool = False  # Has a few invoices only, so no two sets of them have the same sum by accident.

    @property
    def number(self) -> str:
        """The customer number."""
        return self.row.number

    @property
    def has_known_iban(self) -> bool:
        """Whether the company has the account in its books."""
        return bool(self.row.iban)

    @property
    def pays_by_debit(self) -> bool:
        """Whether the company collects from the customer."""
        return self.row.payment_method == "direct_debit"


class Supplier(NamedTuple):
    """Somebody the company pays."""

    name: str
    account: Account
    collects: bool


MAIN_ACCOUNT = OwnAccount(
    "Geschäftskonto", Iban.parse("DE89370400440532013000"), "COBADEFFXXX", "37040044/0532013000", 8_421_537
)
SECOND_ACCOUNT = OwnAccount(
    "Zweitkonto", Iban.parse("DE12500105170648489890"), "INGDDEFFXXX", "50010517/0648489890", 1_248_010
)
SAVINGS_ACCOUNT = OwnAccount(
    "Rücklagen", Iban.parse("DE02120300000000202051"), "BYLADEM1001", "12030000/0000202051", 5_000_000
)


def make_customer(
    name: str, country: Country, place: int, account: Account, dice: Dice, *, number: int, knows_iban: bool
) -> Customer:
    """Return a customer with an invented address; ``place`` chooses the town."""
    town = country.towns[place % len(country.towns)]
    row = CustomerRow(
        number=str(number),
        name=name,
        street=country.address.format(street=dice.pick(country.streets), house=dice.number(1, 88)),
        postcode=town.postcode,
        town=town.name,
        country=country.code,
        email=f"buchhaltung.{number}@example.org",
        phone=country.phone.format(dice.number(0, 99)) if country.phone else "",
        language=country.language,
        iban=account.iban if knows_iban else "",
        parent_number="",
        payment_method="transfer",
        bic=account.bic if knows_iban else "",
    )
    return Customer(row, account)


def make_customers(dice: Dice, accounts: AccountMaker, *, first_number: int) -> list[Customer]:
    """Return the customers whose payments explain themselves: two thirds with a known account, some in families."""
    customers: list[Customer] = []
    for country in COUNTRIES:
        for place, name in enumerate(_names(country, dice)):
            number = first_number + len(customers)
            is_small = len(customers) % _SMALL_EVERY == _SMALL_EVERY - 1
            knows_iban = is_small or dice.chance(50)
            account = accounts.make(country.code)
            made = make_customer(name, country, place, account, dice, number=number, knows_iban=knows_iban)
            collects = country.code == "DE" and place % _DIRECT_DEBIT_EVERY == 1
            customers.append(_with_debit(made) if collects else made._replace(is_small=is_small))
    return _with_families(customers)


def _names(country: Country, dice: Dice) -> Iterator[str]:
    """Yield the names of a country's customers: each family name once, so no two are alike."""
    for family in dice.shuffled(country.families)[: country.customers]:
        yield dice.pick(country.patterns).format(trade=dice.pick(country.trades), family=family)


def _with_debit(customer: Customer) -> Customer:
    account = customer.account
    row = customer.row._replace(payment_method="direct_debit", iban=account.iban, bic=account.bic)
    return customer._replace(row=row)


def _with_families(customers: list[Customer]) -> list[Customer]:
    """Make the first customers parents, each of the two that come next in the same country."""
    joined = list(customers)
    for parent in range(0, 3 * _FAMILIES, 3):
        for child in (parent + 1, parent + 2):
            row = joined[child].row._replace(parent_number=joined[parent].number)
            joined[child] = joined[child]._replace(row=row)
    return joined


def make_suppliers(accounts: AccountMaker) -> list[Supplier]:
    """Return the suppliers; every third collects by direct debit."""
    return [Supplier(name, accounts.make("DE"), collects=place % 3 == 2) for place, name in enumerate(SUPPLIER_NAMES)]


def make_mandates(customers: list[Customer], dice: Dice, year: int) -> list[MandateRow]:
    """Return a mandate for each customer who pays by direct debit, signed in the two years before."""
    return [
        MandateRow(
            reference=f"QB-{customer.number}-1",
            customer_number=customer.number,
            scheme="CORE",
            type="recurrent",
            signature_date=f"{year - dice.number(1, 2)}-{dice.number(1, 12):02d}-{dice.number(1, 28):02d}",
            iban=customer.account.iban,
            bic=customer.account.bic,
            debtor_name=customer.row.name,
            last_collected_date="",
            creditor_identifier=CREDITOR_IDENTIFIER,
        )
        for customer in customers
        if customer.pays_by_debit
    ]
