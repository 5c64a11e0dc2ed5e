"""From what was found below ``Ntry`` to a `BankEntry`."""

from parsers.camt.money_parts import read_charges
from parsers.camt.notes import Notes
from parsers.camt.transactions import Booked, read_code, read_transactions
from parsers.camt.values import (
    NUMBER_MAX,
    read_amount,
    read_claim,
    read_date,
    read_number,
    read_reference,
    read_sign,
    shown,
)
from parsers.xml_found import Found
from schemas.errors import FileRefused
from schemas.statement import BankEntry, Batch, EntryStatus, StatementKind

_STATUSES = {status.value: status.value for status in EntryStatus if status is not EntryStatus.UNKNOWN}


def read_entry(found: Found, *, kind: StatementKind, own_account: str, line: int, notes: Notes) -> BankEntry:
    """Return the entry. Raises FileRefused where its amount, currency, sign or dates cannot be read for certain."""
    texts, groups = found.texts, found.groups
    if "amount" not in found.amounts:
        raise FileRefused("an entry has no amount", code="invalid_amount")
    minor, currency = read_amount(found.amounts["amount"])
    sign = read_sign(texts.get("sign"))
    booking_date = read_date(texts.get("booking_date"))
    if booking_date is None:
        notes.add("an entry has no booking date", line)
    is_reversal = _read_reversal(texts["reversal"], line, notes) if "reversal" in texts else False
    batch = _read_batch(groups["batches"], line, notes) if "batches" in groups else None
    code, reference = read_code(texts), read_reference(texts.get("reference"))
    booked = Booked(found, sign, minor, currency, is_reversal, code, reference, batch, own_account, line, notes)
    transactions = read_transactions(booked)
    return BankEntry(
        booking_date,
        read_date(texts.get("value_date")),
        sign * minor,
        currency,
        _STATUSES.get(texts.get("status", "")) or _read_status(texts.get("status"), kind, line, notes),
        is_reversal,
        code,
        reference,
        texts.get("entry_reference"),
        texts.get("text") or _text_of_detail(found, transactions[0].remittance),
        read_charges(groups["charges"], currency).minor if "charges" in groups else None,
        batch,
        transactions,
        line,
    )


def _text_of_detail(found: Found, remittance: str) -> str:
    """Return what the bank wrote beside the only detail, where it wrote nothing beside the entry."""
    details = found.groups.get("details", ())
    text = details[0].texts.get("text", "") if len(details) == 1 else ""
    return "" if text == remittance else text


def _read_status(text: str | None, kind: StatementKind, line: int, notes: Notes) -> str:
    """Return the status. A statement (camt.053) holds booked entries, so a missing one is booked there."""
    if text is None:
        notes.add("an entry has no status", line)
        return EntryStatus.BOOKED.value if kind is StatementKind.STATEMENT else EntryStatus.UNKNOWN.value
    if text.upper() in _STATUSES:
        return _STATUSES[text.upper()]
    notes.add(f"an entry has the unknown status {shown(text)}; it does not count as booked", line)
    return text


def _read_reversal(text: str, line: int, notes: Notes) -> bool:
    """Return whether the entry reverses an earlier one. The sign of the entry is its own and never turned by this."""
    claim = read_claim(text)
    if claim is None:
        notes.add(f"an entry has the reversal mark {shown(text)}; true or false was expected", line)
    return bool(claim)


def _read_batch(batches: list[Found], line: int, notes: Notes) -> Batch:
    """Return the batch that was booked as one sum; of several, what they agree on and the count of all."""
    counts = [read_number(batch.texts.get("count")) for batch in batches]
    if any(count is None and "count" in batch.texts for count, batch in zip(counts, batches, strict=True)):
        notes.add("a batch has a number of transactions that is no number", line)
    message_ids = {batch.texts.get("message_id") for batch in batches}
    payment_ids = {batch.texts.get("payment_information_id") for batch in batches}
    known = [count for count in counts if count is not None]
    return Batch(
        message_ids.pop() if len(message_ids) == 1 else None,
        payment_ids.pop() if len(payment_ids) == 1 else None,
        sum(known) if len(known) == len(counts) and sum(known) <= NUMBER_MAX else None,
    )
