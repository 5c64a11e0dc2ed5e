"""Free text, in which nothing is marked; also the dialect of what no other knows."""

import re

from parsers.flavours.model import Booking, Details, with_facts
from parsers.flavours.phrases import return_reason, structured_reference, unwrap
from parsers.flavours.side_amounts import side_amounts
from schemas.statement import BankTransaction

_UNSTRUCTURED = re.compile(r"\s*999(?![0-9])")  # The GVC that says so.


def read(text: str, booking: Booking) -> Details:
    """Return the text as remittance."""
    mark = _UNSTRUCTURED.match(text)
    remittance = unwrap(text[mark.end() :] if mark else text)
    return details(booking, remittance, code="999" if mark else booking.type)


def details(booking: Booking, remittance: str, code: str | None = None, **facts: str | None) -> Details:
    """Return what is known of a payment: its remittance and the facts found in its text."""
    code = code or booking.type
    reason = facts.get("return_reason") or (return_reason(remittance) if booking.is_returned_item else None)
    transaction = BankTransaction(
        amount_minor=booking.amount_minor,
        currency=booking.currency,
        creditor_reference=structured_reference(remittance),
        remittance=remittance,
        return_reason=reason,
        bank_reference=booking.bank_reference,
        bank_transaction_code=code,
        **side_amounts(booking, {}, reason)._asdict(),
    )
    return Details(with_facts(transaction, facts), unwrap(booking.details), code)
