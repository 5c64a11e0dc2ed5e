"""What matching makes of the demo: everything explains itself but the honest cases, each asked for its own reason."""

import datetime as dt
from collections.abc import Iterator

import pytest

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.match import match_statement
from gateway.domain.matching.model import Ask, Credit, Customer, Decision, Discount, KnownIban, OpenItem, Policy
from generators.demo import Demo, make_demo
from generators.demo_events import Event
from generators.demo_rows import InvoiceRow
from generators.demo_statements import bank_days
from parsers import camt, mt940
from schemas.money import parse_amount
from schemas.statement import BankEntry
from schemas.states import IbanSource, OpenItemKind, ReviewReason
from support.statement_values import read_back

LAST_DATE = dt.date(2026, 11, 21)
REASONS = {
    "amount_differs": ReviewReason.PAYER_DIFFERS,
    "charges_deducted": ReviewReason.CHARGES_DEDUCTED,
    "debit_returned": ReviewReason.RETURNED_DEBIT,
    "digits_swapped": ReviewReason.WEAK_EVIDENCE,
    "discount_late": ReviewReason.DISCOUNT_LATE,
    "factored": ReviewReason.AMOUNT_DIFFERS,
    "in_dollars": ReviewReason.OTHER_CURRENCY,
    "name_of_two": ReviewReason.SEVERAL_EXPLANATIONS,
    "overpaid": ReviewReason.MORE_THAN_OPEN,
    "paid_already": ReviewReason.PAID_ALREADY,
    "prepaid": ReviewReason.NO_KNOWN_REFERENCE,
    "same_amount": ReviewReason.SEVERAL_EXPLANATIONS,
    "transfer_returned": ReviewReason.RETURNED_TRANSFER,
    "two_sets": ReviewReason.SEVERAL_EXPLANATIONS,
}


def index_of(demo: Demo) -> ItemIndex:
    keys = {row.number: key for key, row in enumerate(demo.customers, 1)}
    return ItemIndex(
        [_item(key, row, keys[row.customer_number]) for key, row in enumerate(demo.invoices, 1)],
        [
            Customer(keys[row.number], row.number, row.name, keys[row.parent_number or row.number])
            for row in demo.customers
        ],
        [KnownIban(row.iban, keys[row.number], IbanSource.CUSTOMER_RECORD, True) for row in demo.customers if row.iban],
        mandates={row.reference: keys[row.customer_number] for row in demo.mandates},
        own_ibans=[account.iban for account in demo.accounts],
    )


def _item(key: int, row: InvoiceRow, customer_id: int) -> OpenItem:
    minor = parse_amount(row.amount.lstrip("-"), row.currency) * (-1 if row.amount.startswith("-") else 1)
    percent, until = row.discount_percent, row.discount_until
    return OpenItem(
        id=key,
        customer_id=customer_id,
        kind=OpenItemKind(row.kind),
        number=row.number,
        currency=row.currency,
        amount_minor=minor,
        open_minor=minor,
        issue_date=dt.date.fromisoformat(row.issue_date),
        due_date=dt.date.fromisoformat(row.due_date),
        creditor_reference=row.creditor_reference or None,
        order_reference=row.order_reference or None,
        discounts=(Discount(int(percent) * 100, dt.date.fromisoformat(until)),) if percent else (),
    )


def arrived_entries(demo: Demo) -> Iterator[list[tuple[str, BankEntry]]]:
    """Yield the entries of each statement that arrived and adds up, with their account."""
    for file in demo.files:
        statements, _ = read_back([file.data], camt.read if file.name.endswith(".xml") else mt940.read)
        for statement in statements:
            if statement.end.balanced:
                yield [(statement.start.account, entry) for entry in statement.entries]


def credit_of(key: int, entry: BankEntry) -> Credit:
    [payment] = entry.transactions
    assert entry.booking_date is not None
    return Credit(
        id=key,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        booking_date=entry.booking_date,
        text=payment.remittance or entry.text,
        end_to_end_id=payment.end_to_end_id,
        mandate_reference=payment.mandate_reference,
        creditor_reference=payment.creditor_reference,
        name=payment.counterparty_name,
        iban=payment.counterparty_iban,
        return_reason=payment.return_reason,
        instructed_minor=payment.instructed_minor,
        instructed_currency=payment.instructed_currency,
        bank_transaction_code=payment.bank_transaction_code,
    )


def decisions_of(demo: Demo) -> Iterator[tuple[Event, Decision]]:
    """Yield what happened and what matching makes of it, statement by statement."""
    days = bank_days(LAST_DATE)
    happened = {(event.account.iban, days[event.day], event.payment.amount_minor): event for event in demo.events}
    index, key = index_of(demo), 0
    for entries in arrived_entries(demo):
        credits_ = [credit_of(key + place, entry) for place, (_, entry) in enumerate(entries, 1)]
        key += len(entries)
        for (account, entry), decision in zip(entries, match_statement(credits_, index, Policy()), strict=True):
            yield happened[account, entry.booking_date, entry.amount_minor], decision  # type: ignore[index]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_all_but_the_cases_explain_themselves(seed: int) -> None:
    found = list(decisions_of(make_demo(seed=seed, last_date=LAST_DATE)))

    asked = {event.kind: decision.reason for event, decision in found if isinstance(decision, Ask)}
    assert asked == {f"case/{case}": reason for case, reason in REASONS.items()}
    assert len(found) > 160
