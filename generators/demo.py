"""The fictitious company behind ``serve --demo``: made from a seed and a last date, the same bytes each time.

A quarter of invoices and a fortnight of bank statements: most payments explain themselves, and one honest case of each
kind is left for a person. Pure: nothing is stored, no clock is read.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from generators.demo_cases import Cast, draft_items, make_cast, tell_cases
from generators.demo_dice import Dice
from generators.demo_events import Event
from generators.demo_ibans import AccountMaker
from generators.demo_invoices import Invoice, Ledger, invoice_rows
from generators.demo_people import (
    COMPANY_NAME,
    FIRST_NUMBER,
    MAIN_ACCOUNT,
    SAVINGS_ACCOUNT,
    SECOND_ACCOUNT,
    Customer,
    OwnAccount,
    make_customers,
    make_mandates,
    make_suppliers,
)
from generators.demo_rows import CustomerRow, InvoiceRow, MandateRow, to_csv
from generators.demo_statements import File, bank_days, make_files
from generators.demo_story import Story

_CREDIT_NOTES = 12


@dataclass(frozen=True, slots=True)
class Demo:
    """A company with its master data and bank files. ``late_files`` are those that the bank would send later."""

    company_name: str
    accounts: tuple[OwnAccount, ...]
    customers: tuple[CustomerRow, ...]
    invoices: tuple[InvoiceRow, ...]
    mandates: tuple[MandateRow, ...]
    files: tuple[File, ...]
    late_files: tuple[File, ...]
    events: tuple[Event, ...]  # What happened, for tests: the kinds that begin with "case/" need a person.

    @property
    def customers_csv(self) -> bytes:
        """The customers as customers.csv."""
        return to_csv(self.customers, CustomerRow)

    @property
    def invoices_csv(self) -> bytes:
        """The invoices and credit notes as invoices.csv."""
        return to_csv(self.invoices, InvoiceRow)

    @property
    def mandates_csv(self) -> bytes:
        """The mandates as mandates.csv."""
        return to_csv(self.mandates, MandateRow)


def make_demo(*, seed: int, last_date: dt.date) -> Demo:
    """Return the demo company, its statements ending on the last working day up to a date."""
    accounts = AccountMaker()
    people = Dice(f"{seed}/people")
    ordinary = make_customers(people, accounts, first_number=FIRST_NUMBER)
    cast = make_cast(people, accounts, first_number=FIRST_NUMBER + len(ordinary))
    customers = [*ordinary, *cast.values()]
    suppliers = make_suppliers(accounts)
    invoices = _make_invoices(Dice(f"{seed}/invoices"), ordinary, cast, last_date)
    items = {item.draft.key: item for item in invoices if item.draft.key}
    story = Story(Dice(f"{seed}/story"), bank_days(last_date), [item for item in invoices if item.customer in ordinary])
    events = _in_random_order(
        [*story.tell(suppliers), *tell_cases(Cast(cast, items, suppliers[0], accounts))], Dice(f"{seed}/order")
    )
    files = make_files(events, last_date)
    return Demo(
        company_name=COMPANY_NAME,
        accounts=(MAIN_ACCOUNT, SECOND_ACCOUNT, SAVINGS_ACCOUNT),
        customers=tuple(customer.row for customer in customers),
        invoices=tuple(invoice_rows(invoices)),
        mandates=tuple(make_mandates(customers, Dice(f"{seed}/mandates"), last_date.year)),
        files=files.arrived,
        late_files=files.late,
        events=tuple(events),
    )


def _make_invoices(
    dice: Dice, ordinary: Sequence[Customer], cast: dict[str, Customer], last_date: dt.date
) -> list[Invoice]:
    ledger = Ledger(dice, last_date)
    draft_items(ledger, cast, last_date)
    for customer in ordinary:
        ledger.draft_invoices(customer, dice.number(3, 4) if customer.is_small else dice.number(9, 12))
    candidates = [draft for draft in ledger.drafts if not draft.key and not draft.discount_percent]
    credited = {draft.customer.number: draft for draft in candidates if not draft.customer.pays_by_debit}
    for place, draft in enumerate(dice.shuffled(list(credited.values()))[:_CREDIT_NOTES]):
        ledger.draft_credit_note(draft, f"credit/{place}")
    return ledger.numbered()


def _in_random_order(events: Sequence[Event], dice: Dice) -> list[Event]:
    """Return the events in the order of a statement: by day, and within a day as it comes."""
    return sorted(dice.shuffled(events), key=lambda event: event.day)
