"""The statement line ``:61:`` (sepa-rules section 6.2): one booking, read whole or refused with the reason."""

import re

from parsers.flavours.model import Booking
from parsers.mt940.amounts import Warn, minor_of, read_amount, read_dates
from schemas.errors import FileRefused
from schemas.identifiers import REFERENCE_MAX

# The longest mark comes first: CR is C and the R of EUR, RC is the reversal of a credit.
_LINE = re.compile(
    r"""([0-9]{6}(?:[0-9]{4}|[ ]{4})?)    # value date YYMMDD, entry date MMDD
        (RC|RD|EC|ED|C|D)([A-Z])?[ ]?     # mark, third letter of the currency
        ([0-9]{1,15}),([0-9]{0,15})[ ]?   # amount
        (?:([NFS][A-Z0-9 ]{3})|(?=//|[ ]*(?:\n|\Z)))  # type; one bank leaves it out
        ([^\n]*)                          # customer reference//bank reference
        (?:\n([\s\S]*))?                  # supplementary details""",
    re.VERBOSE,
)
_LOOSE = re.compile(r"([0-9]{6}(?:[0-9]{4}| {4})?(?:RC|RD|EC|ED|C|D)[A-Z]? ?)([0-9][^A-Z/ \n]*)([\s\S]*)")
_VALUE_DATE = re.compile(r"[0-9]{6}")
_DATES_AND_MARK = re.compile(r"[0-9]{6}(?:[0-9]{4}| {4})?(?:RC|RD|EC|ED|C|D)[A-Z]? ?")
_AMOUNT = re.compile(_DATES_AND_MARK.pattern + r"[0-9]{1,15},[0-9]{0,15} ?(?![0-9.,])")
_STEPS = (
    (_VALUE_DATE, "a value date YYMMDD", "invalid_date"),
    (_DATES_AND_MARK, "a mark C, D, RC or RD behind its dates", "invalid_mark"),
    (_AMOUNT, "an amount such as 1234,56", "invalid_amount"),
)
_NO_REFERENCE = frozenset(("", "NONREF", "EREF", "KREF", "PREF", "MARF"))  # The last four point into :86:.
_DEBITS = frozenset(("D", "RC", "ED"))


def looks_like_statement_line(content: str) -> bool:
    """Return whether the content of a ``:61:`` begins as one. Otherwise a person wrote it into remittance text."""
    return _VALUE_DATE.match(content) is not None


def read_statement_line(content: str, currency: str, line: int, warn: Warn) -> Booking:
    """Return the booking of a ``:61:``. Raises FileRefused where it breaks its grammar."""
    match = _LINE.fullmatch(content) or _read_odd(content, currency, line, warn)
    dates, mark, funds, whole, fraction, type_code, references, details = match.groups()
    minor = minor_of(whole, fraction, currency, line)
    if funds and funds != currency[2]:
        warn(f"line {line}: the letter {funds} of :61: is not the third of {currency}")
    try:
        value_date, booking_date = read_dates(dates)
    except ValueError as error:
        message = f":61: has a date that does not exist: {dates}"
        raise FileRefused(message, code="invalid_date", line=line) from error
    customer, _, bank = references.partition("//")
    if not bank and references[15:16] == " " and len(references) > 16:
        # Old Rabobank files: the reference is padded to its 16 characters, the name follows.
        customer, details = references[:16], f"{references[16:]}\n{details or ''}"
    customer, bank = customer.strip(), bank.strip()
    if len(bank) > REFERENCE_MAX:
        message = f":61: has a reference of {len(bank)} characters; 16 were expected"
        raise FileRefused(message, code="invalid_reference", line=line)
    return Booking(
        value_date,
        booking_date,
        mark,
        -minor if mark in _DEBITS else minor,
        currency,
        type_code.rstrip() if type_code else None,
        None if customer.rstrip("+") in _NO_REFERENCE else customer,
        bank or None,
        details.strip() if details else "",
        line,
    )


def _read_odd(content: str, currency: str, line: int, warn: Warn) -> re.Match[str]:
    """Match a line whose amount is written oddly but clearly, with a warning. Raises FileRefused."""
    loose = _LOOSE.fullmatch(content)
    if loose:
        before, amount, after = loose.groups()
        read_amount(amount, currency, line, warn)
        comma = amount.replace(".", ",") if "." in amount else amount + ","
        match = _LINE.fullmatch(before + comma + after)
        if match:
            return match
    for pattern, expected, code in _STEPS:
        if not pattern.match(content):
            raise FileRefused(f":61: lacks {expected}", code=code, line=line)
    raise FileRefused(":61: has no type such as NTRF behind its amount", code="invalid_line", line=line)
