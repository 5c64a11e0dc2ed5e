"""Dialects of the text beside a booking, one module each, and the peculiarities of single banks.

A new peculiarity is a module with a ``FLAVOUR``, a name in the list below and a sample file under ``tests/golden``; no
reader is touched.
"""

from parsers.flavours import abnamro, dutch, french, german, ing, nonswift, plain, rabobank, slash, sns, triodos
from parsers.flavours.model import Booking, Details, Flavour
from schemas.statement import BankEntry, EntryStatus

__all__ = ["FLAVOURS", "Booking", "Details", "Flavour", "continues", "flavour_of", "read_entry"]

FLAVOURS = tuple(module.FLAVOUR for module in (abnamro, ing, rabobank, sns, triodos))
_BOOKED, _PENDING = EntryStatus.BOOKED.value, EntryStatus.PENDING.value
_BY_BIC = {bic: flavour for flavour in FLAVOURS for bic in flavour.bics}
_BY_DUTCH_CODE = {bic[:4]: flavour for bic, flavour in _BY_BIC.items()}  # A Dutch IBAN has it behind its check digits.


def flavour_of(bic: str | None, account: str) -> Flavour | None:
    """Return the flavour of the bank that keeps an account, known by its BIC or by the account itself."""
    flavour = _BY_DUTCH_CODE.get(account[4:8]) if account.startswith("NL") else None
    return flavour or _BY_BIC.get(account[:8]) or _BY_BIC.get((bic or "")[:8])


def read_entry(booking: Booking, texts: list[str], notes: list[str]) -> BankEntry:
    """Return the entry of a booking with what the dialect of its texts says."""
    details = _read_details("\n".join(texts), booking)
    if notes:
        details = nonswift.amend(details, notes)
    return BankEntry(
        booking_date=booking.booking_date,
        value_date=booking.value_date,
        amount_minor=booking.amount_minor,
        currency=booking.currency,
        status=_PENDING if booking.is_expected else _BOOKED,
        is_reversal=booking.is_reversal,
        bank_transaction_code=details.code,
        reference=booking.bank_reference,
        entry_reference=booking.customer_reference,
        text=details.text,
        charges_minor=None,  # They stand with the payment.
        batch=details.batch,
        transactions=(details.transaction,),
        line=booking.line,
    )


def _read_details(text: str, booking: Booking) -> Details:
    for dialect in (german.read, slash.read, dutch.read, french.read):
        details = dialect(text, booking)
        if details:
            return details
    return plain.read(text, booking)


def continues(text: str, rest: str) -> bool:
    """Return whether the lines that follow belong to a structured text: they begin with its separator."""
    return rest[0] == german.separator(text) and rest[1:3].isdecimal()
