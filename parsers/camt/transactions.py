"""From the details of an entry to bank transactions whose sum is the entry, or to one that is the whole entry.

The booked amount is the truth. Details that do not add up to it are told of, never booked (sepa-rules section 5.4).
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from parsers.camt.money_parts import (
    NO_CHARGES,
    Charges,
    explain_charges,
    foreign_amount,
    original_amount,
    own_amount,
    read_charges,
)
from parsers.camt.notes import Notes
from parsers.camt.parties import counterparty, creditor_identifier
from parsers.camt.remittance import read_remittance
from parsers.camt.returns import return_reason
from parsers.camt.values import read_amount, read_sign
from parsers.xml_found import Found
from schemas.money import amount_text
from schemas.statement import BankTransaction, Batch

_NO_ID = frozenset(("NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOTAVAILABLE"))
_NO_CODE = "XTND"  # ISO 20022: extended domain, XTND-NTAV-NTAV says that there is no code.
_NOTHING = Found()
_MERGED_TEXT_MAX = 4_000


class Booked(NamedTuple):
    """What is known of an entry when its details are read."""

    found: Found
    sign: int
    minor: int  # Unsigned.
    currency: str
    is_reversal: bool
    code: str | None
    reference: str | None
    batch: Batch | None
    own_account: str
    line: int
    notes: Notes


def read_code(texts: Mapping[str, str]) -> str | None:
    """Return the bank transaction code: ``PMNT-RCDT-ESCT``, else the bank's own."""
    domain, proprietary = texts.get("domain"), texts.get("proprietary_code")
    if domain is None or (domain == _NO_CODE and proprietary is not None):
        return proprietary
    family, sub_family = texts.get("family"), texts.get("sub_family")
    if family is None:
        return domain
    return f"{domain}-{family}-{sub_family}" if sub_family else f"{domain}-{family}"


def read_transactions(entry: Booked) -> tuple[BankTransaction, ...]:
    """Return the payments of an entry: never none, and their sum is that of the entry."""
    details = entry.found.groups.get("details")
    if not details:
        return (_transaction(_NOTHING, entry, entry.sign, entry.minor, is_only=True),)
    if len(details) == 1:
        _compare(details[0], entry)
        return (_transaction(details[0], entry, entry.sign, entry.minor, is_only=True),)
    parts = [(own_amount(detail, entry.currency), _sign(detail, entry)) for detail in details]
    amounts = [minor * sign for minor, sign in parts if minor is not None]
    if len(amounts) == len(parts) and sum(amounts) == entry.minor * entry.sign:
        return tuple(
            _transaction(detail, entry, sign, minor or 0, is_only=False)
            for detail, (minor, sign) in zip(details, parts, strict=True)
        )
    if amounts:
        entry.notes.add(_difference(entry, amounts, len(parts)), entry.line)
    return (_merged([_transaction(detail, entry, entry.sign, entry.minor, is_only=True) for detail in details], entry),)


def _difference(entry: Booked, amounts: list[int], count: int) -> str:
    booked, told = (amount_text(minor, entry.currency) for minor in (entry.minor * entry.sign, sum(amounts)))
    missing = "" if len(amounts) == count else f" ({count - len(amounts)} of {count} without an amount)"
    return f"the details of an entry of {booked} add up to {told} {entry.currency}{missing}; the entry is kept whole"


def _sign(detail: Found, entry: Booked) -> int:
    return read_sign(detail.texts["sign"]) if "sign" in detail.texts else entry.sign


def _compare(detail: Found, entry: Booked) -> None:
    """Note where the only detail says something else than the entry, and neither charges nor a return explain it."""
    whole = entry.found
    if detail.amounts.get("amount") == whole.amounts["amount"] and detail.texts.get("sign") == whole.texts["sign"]:
        return
    if _sign(detail, entry) != entry.sign:
        entry.notes.add("an entry and its only detail differ in sign; that of the entry counts", entry.line)
    own = own_amount(detail, entry.currency)
    if not own or own == entry.minor or "returns" in detail.groups:
        return
    charges = _charges(detail, entry, is_only=True)
    if charges.minor and abs(own - entry.minor) == charges.minor:
        return
    entry.notes.add("an entry and its only detail differ in amount; that of the entry counts", entry.line)


def _charges(detail: Found, entry: Booked, *, is_only: bool) -> Charges:
    groups = detail.groups.get("charges") or (entry.found.groups.get("charges") if is_only else None)
    if not groups:
        return NO_CHARGES
    charges = read_charges(groups, entry.currency)
    if charges.other_currency:
        entry.notes.add(f"charges in {charges.other_currency} beside {entry.currency} are left out", entry.line)
    return charges


def _transaction(detail: Found, entry: Booked, sign: int, minor: int, *, is_only: bool) -> BankTransaction:
    """Return one payment. One that is the whole entry takes over what only the entry says."""
    texts = detail.texts
    get = texts.get
    code = read_code(texts) or entry.code
    reason = return_reason(detail, entry.found, code, sign)
    charges = _charges(detail, entry, is_only=is_only)
    instructed, instructed_currency = _instructed(detail, entry, is_only=is_only)
    original = None if reason is None else original_amount(detail, minor, entry.currency, charges)
    unchanged = original or (instructed if instructed_currency == entry.currency else None)
    # In a return the parties mostly stay those of the first payment, so they count the other way round.
    is_debtor = (sign > 0) != (reason is not None or entry.is_reversal)
    name, account, bic = counterparty(texts, entry.own_account, is_debtor=is_debtor)
    remittance, creditor_reference = read_remittance(detail)
    batch_id, message_id = entry.batch[1::-1] if entry.batch else (None, None)
    return BankTransaction(
        sign * minor,
        entry.currency,
        _identifier(get("end_to_end_id")),
        _identifier(get("mandate_reference")),
        creditor_identifier(detail) if detail.groups else None,
        name,
        account,
        bic,
        get("ultimate_debtor"),
        get("ultimate_creditor"),
        creditor_reference,
        remittance,
        reason,
        _bank_reference(texts) or (entry.reference if is_only else None),
        instructed,
        instructed_currency,
        _rate(texts) or (_rate(entry.found.texts) if is_only else None),
        original,
        charges.minor,
        charges.included if charges.minor is None else explain_charges(charges, minor, unchanged, sign),
        _identifier(get("payment_information_id")) or batch_id,
        _identifier(get("message_id")) or message_id,
        code,
        get("purpose"),
    )


def _instructed(detail: Found, entry: Booked, *, is_only: bool) -> tuple[int | None, str | None]:
    """Return the amount as it was instructed, else one of the detail that is in another currency than the entry."""
    raw = detail.amounts.get("instructed") or (entry.found.amounts.get("instructed") if is_only else None)
    return read_amount(raw) if raw else foreign_amount(detail, entry.currency)


def _rate(texts: Mapping[str, str]) -> str | None:
    return texts.get("transaction_rate") or texts.get("counter_value_rate") or texts.get("instructed_rate")


def _bank_reference(texts: Mapping[str, str]) -> str | None:
    get = texts.get
    return get("servicer_reference") or get("servicer_transaction_id") or get("transaction_id") or get("uetr")


def _identifier(text: str | None) -> str | None:
    return None if text is None or text.upper() in _NO_ID else text


def _merged(parts: list[BankTransaction], entry: Booked) -> BankTransaction:
    """Return what all details of an entry agree on; their texts are joined, because nothing may be lost to a person."""
    charges = read_charges(entry.found.groups.get("charges", ()), entry.currency)
    texts = [text for part in parts for text in (part.remittance, part.creditor_reference) if text]
    return BankTransaction(
        amount_minor=entry.sign * entry.minor,
        currency=entry.currency,
        end_to_end_id=_agreed(part.end_to_end_id for part in parts),
        mandate_reference=_agreed(part.mandate_reference for part in parts),
        creditor_identifier=_agreed(part.creditor_identifier for part in parts),
        counterparty_name=_agreed(part.counterparty_name for part in parts),
        counterparty_iban=_agreed(part.counterparty_iban for part in parts),
        counterparty_bic=_agreed(part.counterparty_bic for part in parts),
        ultimate_debtor=_agreed(part.ultimate_debtor for part in parts),
        ultimate_creditor=_agreed(part.ultimate_creditor for part in parts),
        creditor_reference=_agreed(part.creditor_reference for part in parts),
        remittance=" ".join(dict.fromkeys(texts))[:_MERGED_TEXT_MAX],
        return_reason=next((part.return_reason for part in parts if part.return_reason), None),
        bank_reference=entry.reference,
        charges_minor=charges.minor,
        charges_included=charges.included,
        payment_information_id=_agreed(part.payment_information_id for part in parts),
        message_id=_agreed(part.message_id for part in parts),
        bank_transaction_code=_agreed(part.bank_transaction_code for part in parts),
        purpose=_agreed(part.purpose for part in parts),
    )


def _agreed(values: Iterable[str | None]) -> str | None:
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else None
