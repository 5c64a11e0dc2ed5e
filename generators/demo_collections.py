"""What the demo company collects: invoices of the customers with mandates, due in the weeks after the last day.

Some were announced in time, one was not, and one customer has no mandate, so that the plan has something to say. Some
were collected in the weeks before, and four of those debits came back: for lack of funds, from a closed account, at the
debtor's wish, and by our own reversal.
"""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from generators.camt053 import write_camt
from generators.demo_dice import Dice
from generators.demo_rows import CustomerRow, MandateRow
from generators.statements import make_statement
from schemas.identifiers import Iban
from schemas.statement import BankEntry, BankTransaction, Batch

PURPOSES = ("Wartungsvertrag", "Monatsmiete Geräte", "Serviceabo", "Lieferung frei Haus")
_FIRST_NUMBER = 2001
_COLLECTED_DAYS, _COLLECTED_COUNT = 13, 8  # Due so many days before the last one.
COLLECTING_ACCOUNT = Iban.parse("DE02300209000106531065")
COLLECTING_BIC = "CMCIDEDDXXX"
_FROZEN_DAYS, _LATER_DAYS = (17, 18), (20, 27)  # Days after the last one on which invoices are due.


class DebitInvoice(NamedTuple):
    """An invoice to be collected."""

    number: str
    customer_number: str
    amount_minor: int
    due_date: dt.date
    notified_date: dt.date | None
    text: str


class DemoCollections(NamedTuple):
    """What is collected, and until when the first run reaches."""

    invoices: tuple[DebitInvoice, ...]
    until_date: dt.date
    collected: tuple[DebitInvoice, ...]  # Those of the weeks before.


def make_collections(
    *, seed: int, last_date: dt.date, mandates: tuple[MandateRow, ...], customers: tuple[CustomerRow, ...]
) -> DemoCollections:
    """Return what the demo company collects after its last day."""
    dice = Dice(f"{seed}/collections")
    payers = [row.customer_number for row in mandates]
    invoices = [
        _invoice(dice, place, payers[place % len(payers)], last_date, days)
        for place, days in enumerate([*_FROZEN_DAYS * len(payers), *_LATER_DAYS * 2])
    ]
    invoices[-1] = invoices[-1]._replace(notified_date=None)
    without = next(row.number for row in customers if row.number not in payers and row.payment_method == "transfer")
    invoices.append(_invoice(dice, len(invoices), without, last_date, _LATER_DAYS[0]))
    until = last_date + dt.timedelta(days=_FROZEN_DAYS[-1])
    collected = tuple(
        _invoice(dice, 100 + place, payers[place % len(payers)], last_date, -_COLLECTED_DAYS)._replace(
            notified_date=last_date - dt.timedelta(days=3 * _COLLECTED_DAYS)
        )
        for place in range(_COLLECTED_COUNT)
    )
    return DemoCollections(tuple(invoices), until, collected)


def _invoice(dice: Dice, place: int, customer_number: str, last_date: dt.date, days: int) -> DebitInvoice:
    return DebitInvoice(
        f"LS-{last_date.year}-{_FIRST_NUMBER + place}", customer_number, dice.number(4_500, 189_000),
        last_date + dt.timedelta(days=days), last_date, PURPOSES[place % len(PURPOSES)],
    )  # fmt: skip


class SentDebit(NamedTuple):
    """One debit as the bank books it."""

    end_to_end_id: str
    amount_minor: int
    mandate_reference: str
    debtor_name: str
    debtor_iban: str


class Back(NamedTuple):
    """How a debit comes back: its reason, the bank's code of the booking, its fee in cents, inside it or apart."""

    reason: str
    code: str = "PMNT-IDDT-UPDD"
    fee_minor: int = 0
    apart_minor: int = 0


COMES_BACK = (
    Back("AM04", fee_minor=300),
    Back("AC04", apart_minor=350),
    Back("AM05", code="PMNT-IDDT-RCDD"),
    Back("MD06"),
)


def block_entry(day: dt.date, message_id: str, payment_information_id: str, debits: Sequence[SentDebit]) -> BankEntry:
    """Return the booking of a block of debits as one sum."""
    total = sum(debit.amount_minor for debit in debits)
    block = Batch(message_id, payment_information_id, len(debits))
    whole = (BankTransaction(total, "EUR"),)
    return BankEntry(
        day, day, total, "EUR", "BOOK", False, "PMNT-IDDT-ESDD", payment_information_id[:16], None,
        "SEPA-LASTSCHRIFTEN", None, block, whole, None,
    )  # fmt: skip


def back_entry(day: dt.date, debit: SentDebit, back: Back) -> BankEntry:
    """Return the booking of a debit that came back."""
    minor = -debit.amount_minor - back.fee_minor
    details = BankTransaction(
        minor, "EUR", end_to_end_id=debit.end_to_end_id, mandate_reference=debit.mandate_reference,
        counterparty_name=debit.debtor_name, counterparty_iban=debit.debtor_iban, return_reason=back.reason,
        original_amount_minor=debit.amount_minor, charges_minor=back.fee_minor or None,
        charges_included=True if back.fee_minor else None, bank_transaction_code=back.code,
        remittance=f"Ruecklastschrift {back.reason}",
    )  # fmt: skip
    return BankEntry(
        day, day, minor, "EUR", "BOOK", False, back.code, f"R{debit.end_to_end_id[-12:]}", None, "RUECKLASTSCHRIFT",
        None, None, (details,), None,
    )  # fmt: skip


def fee_entry(day: dt.date, debit: SentDebit, back: Back) -> BankEntry:
    """Return the booking of the fee for a debit that came back, apart from it."""
    text = f"Rückläuferentgelt {debit.end_to_end_id}"
    details = BankTransaction(-back.apart_minor, "EUR", remittance=text)
    return BankEntry(
        day, day, -back.apart_minor, "EUR", "BOOK", False, "PMNT-MDOP-CHRG", f"F{debit.end_to_end_id[-12:]}", None,
        "ENTGELT", None, None, (details,), None,
    )  # fmt: skip


def debit_statements(entries: Sequence[tuple[dt.date, Sequence[BankEntry]]], *, owner_name: str) -> bytes:
    """Return the statements of the account on which debits are credited, one for each day, as one camt.053."""
    balance, statements = 0, []
    for number, (day, booked) in enumerate(entries, start=1):
        statements.append(
            make_statement(
                account=COLLECTING_ACCOUNT,
                number=str(number),
                statement_id=f"E{number:05}",
                opening_minor=balance,
                entries=booked,
                from_date=day,
                to_date=day,
                servicer_bic=COLLECTING_BIC,
            )
        )
        balance += sum(entry.amount_minor for entry in booked)
    written_at = dt.datetime.combine(entries[-1][0], dt.time(20), dt.UTC)
    return b"".join(write_camt(statements, message_id="EINZUG-1", created_at=written_at, owner_name=owner_name))
