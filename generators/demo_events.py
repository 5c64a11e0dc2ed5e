"""What happens on the demo's accounts: one event per booking, before it has a date and a bank reference."""

from typing import NamedTuple

from generators.demo_people import MAIN_ACCOUNT, Customer, OwnAccount
from schemas.statement import BankTransaction

DAYS = 10  # Bank days of a fortnight.
MISSING_DAY = 4  # Of the main account: its file does not arrive. No case falls on it.
HELD_DAY = 6  # Of the second account: its statement does not add up. No case falls on it either.

CREDIT = "PMNT-RCDT-ESCT"
TRANSFER = "PMNT-ICDT-ESCT"
COLLECTED = "PMNT-RDDT-ESDD"
RETURNED_DEBIT = "PMNT-IDDT-UPDD"
RETURNED_TRANSFER = "PMNT-ICDT-RRTN"
FOREIGN = "PMNT-RCDT-XBCT"
CHARGES = "PMNT-MDOP-CHRG"
INTEREST = "ACMT-MDOP-INTR"
MOVED_IN = "PMNT-RCDT-BOOK"
MOVED_OUT = "PMNT-ICDT-BOOK"


class Event(NamedTuple):
    """A booking on one of our accounts on the nth bank day. ``kind`` says what it shows."""

    kind: str
    day: int
    account: OwnAccount
    code: str
    payment: BankTransaction


def received(
    kind: str,
    day: int,
    payer: Customer,
    amount_minor: int,
    text: str,
    *,
    reference: str | None = None,
    account: OwnAccount = MAIN_ACCOUNT,
) -> Event:
    """Return a transfer from a customer's account."""
    payment = BankTransaction(
        amount_minor,
        "EUR",
        end_to_end_id="NOTPROVIDED",
        counterparty_name=payer.row.name,
        counterparty_iban=payer.account.iban,
        counterparty_bic=payer.account.bic,
        creditor_reference=reference,
        remittance=text,
    )
    return Event(kind, day, account, CREDIT, payment)
