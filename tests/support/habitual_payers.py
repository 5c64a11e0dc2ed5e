"""Customers who pay in their ways, month after month, with the truth of each payment: from the dice of a seed.

Most ways explain themselves only to who knows the customer: silent money of an account that nobody knows, the oldest
items first, a share that nobody agreed, whole euros. Some lead astray: an agent who pays for several, a habit that is
broken with a reference in the text.
"""

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from schemas.identifiers import Iban
from schemas.statement import BankEntry
from schemas.states import AllocationKind
from schemas.tables import CustomerRow, InvoiceRow
from support.bank import camt, payment
from support.master_data import customer, german_iban, invoice
from support.second_month import Truth, Week

START = dt.date(2026, 6, 1)
WEEKS = 4  # Of a month.
_NAMES = ("Alder", "Birke", "Clemens", "Dahlmann", "Eichler", "Fichtner", "Gerber", "Holzer", "Ilgner", "Jansen")
_TRADES = ("Metallbau", "Spedition", "Druckerei", "Gartenbau", "Softwarehaus", "Tischlerei", "Elektrotechnik")


class Way(StrEnum):
    """How a customer pays."""

    REFERENCE = "reference"  # Names its invoice and pays it.
    SILENT = "silent"  # Pays one invoice without a word, from an account that his record does not know.
    OLDEST = "oldest"  # Silent round sums for the oldest items.
    DEDUCTS = "deducts"  # Names two invoices and deducts what nobody agreed.
    ROUNDS = "rounds"  # Names two invoices and leaves the cents out.
    AGENT = "agent"  # One account pays silently for several of these customers.


_TWO = (Way.OLDEST, Way.DEDUCTS, Way.ROUNDS)  # Invoices a week.


@dataclass
class Payer:
    """A customer with what he owes, the oldest first."""

    number: str
    name: str
    way: Way
    iban: Iban
    points: int = 0  # That he deducts, in hundredths of a per cent.
    owes: dict[str, int] = field(default_factory=dict)


class HabitualPayers:
    """The customers, their invoices and payments, and the ``truth`` of these by the reference of the bank."""

    def __init__(self, seed: int, of_each_way: int) -> None:
        self._dice = random.Random(seed)
        self._agent = german_iban(9_999)
        self.truth: dict[str, Truth] = {}
        ways = [way for way in Way for _ in range(of_each_way)]
        self.payers = [self._payer(place, way) for place, way in enumerate(ways, start=1)]
        self._invoices = 0

    def _payer(self, place: int, way: Way) -> Payer:
        name = f"{self._dice.choice(_TRADES)} {self._dice.choice(_NAMES)}-{place} GmbH"
        iban = self._agent if way is Way.AGENT else german_iban(place)
        return Payer(f"K{place:05}", name, way, iban, self._dice.choice((200, 300)) if way is Way.DEDUCTS else 0)

    def customers(self) -> list[CustomerRow]:
        """Return the customers; the accounts of those who pay silently stand on no record."""
        unknown = (Way.SILENT, Way.AGENT)
        return [
            customer(payer.number, payer.name, iban=None if payer.way in unknown else payer.iban)
            for payer in self.payers
        ]

    def months(self) -> tuple[list[Week], list[Week]]:
        """Return the weeks of two months."""
        return list(self._weeks(0)), list(self._weeks(1))

    def _weeks(self, month: int) -> Iterator[Week]:
        for week in range(month * WEEKS, (month + 1) * WEEKS):
            day = START + dt.timedelta(weeks=week, days=1)
            invoices = [row for payer in self.payers for row in self._bill(payer, day)]
            entries = [self._pay(payer, week, day) for payer in self.payers]
            name = f"{day:%j}"
            statement = camt(*entries, number=name, message_id=name, day=day)
            yield Week(invoices, statement, [entry.reference or "" for entry in entries])

    def _bill(self, payer: Payer, day: dt.date) -> Iterator[InvoiceRow]:
        for _ in range(2 if payer.way in _TWO else 1):
            self._invoices += 1
            number, minor = f"RE-2026-{self._invoices:06}", self._dice.randrange(20_000, 90_000)
            minor += minor % 100 == 0
            payer.owes[number] = minor
            due = day + dt.timedelta(days=len(payer.owes))
            yield invoice(number, minor, customer=payer.number, issue_date=day, due_date=due)

    def _pay(self, payer: Payer, week: int, day: dt.date) -> BankEntry:
        truth, text = self._meant(payer)
        reference = f"W{week:02}-{payer.number}"
        self.truth[reference] = truth
        self._settle(payer, truth)
        name = "Treuhand Muster KG" if payer.way is Way.AGENT else payer.name
        return payment(sum(truth.pays.values()), text, reference=reference, name=name, iban=payer.iban, day=day)

    def _meant(self, payer: Payer) -> tuple[Truth, str]:
        """Return what a payer pays next, and what he writes. One in ten times he leaves his habit."""
        named = dict(list(payer.owes.items())[: 2 if payer.way in _TWO else 1])
        text = self._dice.choice(("Rechnung {}", "{}", "Rg. {} vielen Dank")).format(", ".join(named))
        is_usual = self._dice.random() < 0.9
        if payer.way is Way.OLDEST and is_usual:
            return Truth(self._oldest(payer), {}), self._dice.choice(("a conto", "Abschlag", ""))
        if payer.way is Way.DEDUCTS and is_usual:
            return _less(named, {one: (minor * payer.points + 5_000) // 10_000 for one, minor in named.items()}), text
        if payer.way is Way.ROUNDS and is_usual:
            largest = max(named, key=lambda one: named[one])
            cents = sum(named.values()) % 100
            return _less(named, {largest: cents} if cents else {}, AllocationKind.WRITE_OFF), text
        is_silent = payer.way in (Way.SILENT, Way.AGENT)
        return Truth(named, {}), self._dice.choice(("Zahlung", "Danke", "")) if is_silent else text

    def _oldest(self, payer: Payer) -> dict[str, int]:
        """Return what a round sum pays of the oldest items: less than all, more than nothing."""
        owed = sum(payer.owes.values())
        left = max(10_000, owed * self._dice.randrange(35, 65) // 100 // 10_000 * 10_000)
        pays: dict[str, int] = {}
        for number, minor in payer.owes.items():
            if left:
                pays[number] = min(minor, left)
                left -= pays[number]
        return pays

    def _settle(self, payer: Payer, truth: Truth) -> None:
        for number, minor in truth.pays.items():
            payer.owes[number] -= minor + truth.lets_go.get(number, 0)
            if not payer.owes[number]:
                del payer.owes[number]


def _less(named: Mapping[str, int], lets_go: dict[str, int], kind: AllocationKind = AllocationKind.DISCOUNT) -> Truth:
    return Truth({one: minor - lets_go.get(one, 0) for one, minor in named.items()}, lets_go, kind)
