"""The German ``:86:`` (DK): a GVC, then ``?nn`` subfields, and SEPA tags inside the purpose (sepa-rules section 6.3).

Lines and subfields are cut at fixed widths, so they are joined without a blank before anything is looked for. Payers
write the purpose: a code or tag that stands where a bank never writes it is their text, not a field.
"""

import re
from collections import defaultdict
from typing import TypeAlias

from parsers.flavours.model import Booking, Details
from parsers.flavours.phrases import (
    IDENTIFIER_MAX,
    UNKNOWN_REASON,
    compact,
    identifier,
    return_reason,
    structured_reference,
)
from parsers.flavours.side_amounts import side_amounts
from schemas.codes.reasons import GERMAN_RETURN_NUMBERS
from schemas.statement import BankTransaction, Batch

# GVC, booking text, purpose, BIC, account, name, second part of the name, text key extension; empty if missing.
_Subfields: TypeAlias = tuple[str, str, str, str, str, str, str, str]

# The row of subfields as most banks write it; what deviates is split with care. The separator follows the GVC.
USUAL_SUBFIELDS = (
    r"([0-9]{3})\?00([^?]*)\?10[^?]*\?20([^?]*(?:\?2[1-9][^?]*)*)"
    r"(?:\?30([^?]*)\?31([^?]*)\?32([^?]*)(?:\?33([^?]*))?)?(?:\?34([^?]*))?"
)
PURPOSE_SEPARATORS = tuple(f"?2{digit}" for digit in range(1, 10))
_USUAL = re.compile(USUAL_SUBFIELDS)
# Banks in Poland and the Netherlands leave the GVC out or write 000, and use other separators.
_START = re.compile(r"\s*([0-9]{3})?([?>~^@|$#!*%&<])(?=00|10|2[0-9]|3[0-8]|6[0-5])")
_PURPOSE = frozenset(f"{code}" for code in (*range(20, 30), *range(60, 66)))
_CODES = _PURPOSE | {"00", "10", "70", "71"} | {f"{code}" for code in range(30, 39)}
_TAGS = frozenset("EREF KREF MREF CRED DEBT COAM OAMT SVWZ ABWA ABWE PURP IBAN BIC BREF RREF".split())
_TAGS_AFTER_TEXT = frozenset(("ABWA", "ABWE"))
_COLON_TAG = re.compile(r"(?:^|(?<= ))(EREF|KREF|MREF|CRED|SVWZ|ABWA|ABWE): ")
_NAME_WIDTH = 27

# sepa-rules section 6.4.
_RETURNS = frozenset(("009", "108", "109", "159", "160", "181", "184", "195", "197"))
_DIRECT_DEBITS = frozenset("104 105 108 109 171 174 181 184 192 193 195 196 197".split())
_BATCHES = frozenset("188 189 191 192 194 195 196 197".split())
SPECIAL_CODES = _RETURNS | _DIRECT_DEBITS | _BATCHES  # What is more than a single transfer.


def separator(text: str) -> str | None:
    """Return the separator of a ``:86:`` of this dialect, or None if it is of another."""
    start = _START.match(text)
    return start[2] if start else None


def read(text: str, booking: Booking) -> Details | None:
    """Return what a ``:86:`` of this dialect says, or None if it is of another."""
    subfields = _subfields(text.replace("\n", ""))
    if subfields is None:
        return None
    gvc, label, purpose, bic, account, name, second_name, number = subfields
    if second_name:
        name = joined_name(name, second_name)
    tags = _tags(purpose)
    get = tags.get
    remittance = _remittance(tags)
    reason = _return_reason(gvc, number, booking, purpose)
    originator, recipient = get("ABWA", "").strip() or None, get("ABWE", "").strip() or None
    if gvc in _DIRECT_DEBITS:  # There ABWA is the creditor's side, ABWE the debtor's.
        originator, recipient = recipient, originator
    side = side_amounts(booking, tags, reason)
    batch_id = identifier(get("KREF", ""))
    code = gvc or booking.type
    transaction = BankTransaction(
        amount_minor=booking.amount_minor,
        currency=booking.currency,
        end_to_end_id=identifier(get("EREF", "")),
        mandate_reference=identifier(get("MREF", "")),
        creditor_identifier=compact(get("CRED", "")),
        counterparty_name=name.strip() or None,
        counterparty_iban=compact(account or get("IBAN", "")),
        counterparty_bic=compact(bic or get("BIC", "")),
        ultimate_debtor=originator,
        ultimate_creditor=recipient,
        creditor_reference=structured_reference(remittance),
        remittance=remittance,
        return_reason=reason,
        bank_reference=booking.bank_reference,
        payment_information_id=batch_id,
        bank_transaction_code=code,
        purpose=get("PURP", "").strip() or None,
        instructed_minor=side.instructed_minor,
        instructed_currency=side.instructed_currency,
        exchange_rate=side.exchange_rate,
        original_amount_minor=side.original_amount_minor,
        charges_minor=side.charges_minor,
        charges_included=side.charges_included,
    )
    return Details(transaction, label.strip(), code, Batch(None, batch_id, None) if gvc in _BATCHES else None)


def _subfields(text: str) -> _Subfields | None:
    """Return the subfields of a text of this dialect, or None if it is of another."""
    match = _USUAL.fullmatch(text)
    if match:
        gvc, label, purpose, bic, account, name, second_name, number = match.groups("")
        for mark in PURPOSE_SEPARATORS[: purpose.count("?")]:
            purpose = purpose.replace(mark, "", 1)
        if "?" not in purpose:
            return gvc, label, purpose, bic, account, name, second_name, number
    start = _START.match(text)
    if start is None:
        return None
    gvc, mark = start.groups("")
    return _careful_subfields(gvc.replace("000", ""), text[start.end() :].split(mark), mark)


def _careful_subfields(gvc: str, parts: list[str], separator: str) -> _Subfields:
    """Return the subfields of a text that contains the separator elsewhere too, or has rare subfields.

    Banks write codes in rising order. What breaks the order was written by a payer, who writes the purpose: a code that
    does not rise is his text, but where the bank's account and name follow, the ones before them were.
    """
    fields: list[tuple[str, str]] = []
    for part in parts:
        code, content = part[:2], part[2:]
        if code in _CODES:
            if "20" <= code < "60":
                _fold(fields, max(code, "30"), separator)
            if not fields or fields[-1][0] < code:
                fields.append((code, content))
                continue
        elif code.isdecimal() and not content:  # An empty subfield that we do not know.
            continue
        fields[-1] = (fields[-1][0], f"{fields[-1][1]}{separator}{part}")
    values = defaultdict(str, fields)
    purpose = "".join(content for code, content in fields if code in _PURPOSE)
    label = " ".join(values[code].strip() for code in ("00", "35", "70", "71") if values[code])
    # 38 is the IBAN where 31 is the national number.
    account = values["38"] or values["31"]
    return gvc, label, purpose, values["30"], account, values["32"], values["33"], values["34"]


def _fold(fields: list[tuple[str, str]], code: str, separator: str) -> None:
    """Make the last fields text of the one before them, from this code up; those from 60 on are the bank's."""
    folded = ""
    while len(fields) > 1 and code <= fields[-1][0] < "60":
        last_code, content = fields.pop()
        folded = f"{separator}{last_code}{content}{folded}"
    if folded:
        fields[-1] = (fields[-1][0], fields[-1][1] + folded)


def _tags(purpose: str) -> dict[str, str]:
    """Return the text behind each SEPA tag, and what stands before the first one under no tag.

    A tag that comes again, or behind the remittance text, was written by the payer.
    """
    if "MTLG:" in purpose and "SVWZ+" not in purpose:  # Dresdner Bank's own tag for the text.
        purpose = purpose.replace("MTLG:", "SVWZ+", 1)
    text, *rest = purpose.split("+")
    if not rest:
        return _colon_tags(text) if ": " in text else {"": text}
    found: dict[str, str] = {}
    current = ""
    open_tags = _TAGS
    for piece in rest:
        tag = text[-4:]
        if tag not in open_tags and tag[1:] in open_tags:
            tag = tag[1:]
        if tag in open_tags and tag not in found and tag != current:
            found[current] = text[: -len(tag)]
            current, text = tag, piece
            open_tags = _TAGS_AFTER_TEXT if tag == "SVWZ" else open_tags
        else:
            text = f"{text}+{piece}"
    found[current] = text
    return found


def _colon_tags(purpose: str) -> dict[str, str]:
    lead, *pieces = _COLON_TAG.split(purpose)
    found = {"": lead}
    for tag, value in zip(pieces[::2], pieces[1::2], strict=True):
        found.setdefault(tag, value)
    return found


def _remittance(tags: dict[str, str]) -> str:
    """Return the text for the payee: what stands under SVWZ, before any tag, or ran into an overlong identifier."""
    text = tags.get("SVWZ", "").strip()
    lead, reference = tags.get(""), tags.get("EREF", "")
    if not lead and len(reference) <= IDENTIFIER_MAX:
        return text
    overlong = reference.strip() if len(reference.strip()) > IDENTIFIER_MAX else ""
    return " ".join(filter(None, ((lead or "").strip(), text, overlong)))


def joined_name(first: str, second: str) -> str:
    """Join a name from its two subfields: cut at 27 characters, or two lines."""
    return first + second if len(first) >= _NAME_WIDTH else f"{first.strip()} {second.strip()}"


def _return_reason(gvc: str, number: str, booking: Booking, text: str) -> str | None:
    """Return why money came back, or None if it did not. A code in the text wins over the bank's number."""
    if not (gvc in _RETURNS or (not gvc and booking.is_returned_item)) or booking.is_reversal:
        return None
    is_reason = "900" < number < "990"  # Above stand sequence marks. A number that we do not know is kept.
    return return_reason(text, GERMAN_RETURN_NUMBERS.get(number, number) if is_reason else UNKNOWN_REASON)
