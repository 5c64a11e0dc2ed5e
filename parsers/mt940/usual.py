"""The entry that nearly every one of a large German file is, read by two patterns without a detour.

The general way (`statement_line` and `flavours.german`) reads each such entry to the same result, and a test compares
the two; whatever deviates in anything is left to the general way by returning None. This one is twice as fast.
"""

import re

from parsers.flavours import german
from parsers.flavours.phrases import IDENTIFIER_MAX, NO_IDENTIFIER, structured_reference
from parsers.mt940.amounts import read_dates
from schemas.statement import BankEntry, BankTransaction, EntryStatus

_USUAL = re.compile(
    r"([0-9]{10})([CD])([A-Z]?)([0-9]{1,11}),([0-9]{2})[NFS][A-Z0-9]{3}(?:NONREF)?(?://([^\n/ ]{0,35}))?\n"
    + german.USUAL_SUBFIELDS
)
_TAGS = re.compile(rf"(?:EREF\+([^+]{{0,{IDENTIFIER_MAX}}}))?SVWZ\+([^+]*)")
_BOOKED = EntryStatus.BOOKED.value  # Looking up a member of an enumeration costs as much as half the entry.
_new = tuple.__new__  # A NamedTuple without the cost of its constructor; the comparing test counts the fields.


def read_usual_entry(content: str, text: str, currency: str, line: int) -> BankEntry | None:
    """Return the entry of a ``:61:`` with its ``:86:`` in a currency with cents, or None if it is not usual."""
    flat = text.replace("\n", "")
    match = _USUAL.fullmatch(f"{content}\n{flat}")
    if match is None:
        return None
    dates, mark, funds, whole, cents, bank, gvc, label, purpose, bic, account, name, second_name, _ = match.groups("")
    for separator in german.PURPOSE_SEPARATORS[: purpose.count("?")]:  # Each once, in their order.
        purpose = purpose.replace(separator, "", 1)
    if "?" in purpose or gvc in german.SPECIAL_CODES or funds not in ("", currency[2]):
        return None
    tags = _TAGS.fullmatch(purpose)
    if tags:
        end_to_end_id, remittance = (tags[1] or "").strip(), tags[2].strip()
    elif "+" in purpose or ":" in purpose:  # Other tags; some banks write them with a colon.
        return None
    else:
        end_to_end_id, remittance = "", purpose.strip()
    try:
        value_date, booking_date = read_dates(dates)
    except ValueError:
        return None
    if second_name:
        name = german.joined_name(name, second_name)
    minor = int(whole + cents)
    if mark == "D":
        minor = -minor
    known = structured_reference(remittance) if remittance[:1] in "Rr" or "/" in remittance else None
    reference = bank or None
    # fmt: off
    transaction = _new(BankTransaction, (
        minor, currency, None if end_to_end_id in NO_IDENTIFIER else end_to_end_id, None, None,
        name.strip() or None, account.replace(" ", "") or None, bic.replace(" ", "") or None, None, None,
        known, remittance, None, reference,  # Creditor reference, remittance, return reason, bank reference.
        None, None, None, None, None, None, None, None,  # Amounts beside the booked one, batch and message.
        gvc, None,
    ))
    return _new(BankEntry, (
        booking_date, value_date, minor, currency, _BOOKED, False, gvc, reference, None,
        label.strip(), None, None, (transaction,), line,
    ))
    # fmt: on
