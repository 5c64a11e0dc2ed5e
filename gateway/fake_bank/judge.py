"""What a strict bank refuses, in code of its own: totals, dates, duplicates, identifiers, and the history of mandates.

Each function returns an ISO reason code, or nothing. It knows the scheme from sepa-rules, not from the product.
"""

import datetime as dt
import re

from gateway.fake_bank import calendar
from gateway.fake_bank.books import Mandate, State
from gateway.fake_bank.habits import Habits
from schemas.fake_bank import TakenBlock, TakenCollection, TakenOrder

MONTHS_UNUSED_MAX = 36  # EPC016-06: then the mandate is dead.
_ID = re.compile(r"(?!/)(?!.*//)[A-Za-z0-9+?/:().,' -]{1,35}(?<!/)")
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
_EEA = frozenset("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO".split())
_LINES_END = dt.date(2026, 11, 15)


def file_reason(order: TakenOrder, state: State) -> tuple[str, str]:
    """Return why the whole file is refused, with words for a person."""
    if order.schema_fault:
        return "FF01", order.schema_fault
    if order.message_id in state.message_ids:
        return "DU01", f"message {order.message_id} was sent before"
    collections = [collection for block in order.blocks for collection in block.collections]
    if order.stated_count != str(len(collections)):
        return "AM18", f"{order.stated_count} announced, {len(collections)} found"
    if order.stated_sum and cents(order.stated_sum) != sum(cents(collection.amount) for collection in collections):
        return "AM10", f"control sum {order.stated_sum}"
    return "", ""


def block_reason(block: TakenBlock, state: State, habits: Habits, now: dt.datetime) -> str:
    """Return why a whole block is refused."""
    date = date_in(block.collection_date)
    if block.payment_information_id in state.blocks or not _ID.fullmatch(block.payment_information_id):
        return "DU02"
    if block.service_level != "SEPA" or block.scheme not in ("CORE", "B2B") or block.charge_bearer != "SLEV":
        return "FF05"
    if block.sequence_type not in ("FRST", "RCUR", "FNAL", "OOFF"):
        return "AG02"
    if not is_iban(block.creditor_iban) or (habits.accounts and block.creditor_iban not in habits.accounts):
        return "AC01"
    if not _is_creditor_identifier(block.creditor_identifier):
        return "CH11"
    if not block.creditor_name or len(block.creditor_name) > 70:
        return "BE04"
    if block.stated_sum and cents(block.stated_sum) != sum(
        cents(collection.amount) for collection in block.collections
    ):
        return "AM10"
    return "DT01" if date is None else _date_reason(date, block.scheme, habits, now)


def _date_reason(date: dt.date, scheme: str, habits: Habits, now: dt.datetime) -> str:
    local = now.astimezone(habits.time_zone)
    if date <= local.date():
        return "DT01"
    if not calendar.is_open(date):
        return "DT03"
    if (date - local.date()).days > habits.days_ahead_max:
        return "CH03"
    lead_days = habits.lead_days_b2b if scheme == "B2B" else habits.lead_days_core
    last = dt.datetime.combine(calendar.shifted(date, -lead_days), habits.cut_off, habits.time_zone)
    return "TM01" if local > last else ""


def collection_reason(collection: TakenCollection, block: TakenBlock, state: State, today: dt.date) -> str:
    """Return why one collection is refused."""
    return (
        _id_reason(collection, state)
        or _amount_reason(collection)
        or _debtor_reason(collection, block)
        or _mandate_reason(collection, block, state, today)
    )


def _id_reason(collection: TakenCollection, state: State) -> str:
    known = state.held.get(collection.end_to_end_id)
    if known is not None and not known.is_untouched:
        return "DU04"
    return "" if _ID.fullmatch(collection.end_to_end_id) else "FF08"


def _amount_reason(collection: TakenCollection) -> str:
    if collection.currency != "EUR":
        return "AM03"
    if not _AMOUNT.fullmatch(collection.amount) or cents(collection.amount) == 0:
        return "AM01"
    return "AM02" if cents(collection.amount) > 99_999_999_999 else ""


def _debtor_reason(collection: TakenCollection, block: TakenBlock) -> str:
    if not is_iban(collection.debtor_iban):
        return "AC01"
    if not collection.debtor_name or len(collection.debtor_name) > 70:
        return "BE07"
    has_address = bool(collection.town and collection.country)
    if (collection.country or collection.town or collection.address_lines) and not has_address:
        is_old = collection.address_lines and block.collection_date < _LINES_END.isoformat()
        return "" if is_old else "RR02"
    if collection.debtor_iban[:2] not in _EEA:
        if not collection.debtor_bic:
            return "RC01"
        return "" if has_address else "BE07"
    return ""


def _mandate_reason(collection: TakenCollection, block: TakenBlock, state: State, today: dt.date) -> str:
    signed, date = date_in(collection.signature_date), date_in(block.collection_date)
    if not _ID.fullmatch(collection.mandate_reference) or signed is None or signed > today or date is None:
        return "MD02"
    changed = (
        collection.original_reference,
        collection.original_creditor_identifier,
        collection.original_creditor_name,
        collection.original_account,
    )
    if collection.is_amended != any(changed):
        return "MD02"
    key = mandate_key(block.creditor_identifier, collection.mandate_reference)
    owner = state.creditors.get(paper_key(collection.mandate_reference, collection.debtor_iban))
    if owner and owner != _creditor_key(block.creditor_identifier) and not collection.original_creditor_identifier:
        return "BE05"  # The same mandate under another creditor, and nobody said so.
    before = state.mandates.get(_old_key(collection, block)) or state.mandates.get(key)
    return _history_reason(collection, block, before, date) if before else ""


def _history_reason(collection: TakenCollection, block: TakenBlock, before: Mandate, date: dt.date) -> str:
    if before.is_finished:
        return "MD01"
    if before.is_one_off != (block.sequence_type == "OOFF"):
        return "AG02"
    if date > calendar.months_later(before.last_date, MONTHS_UNUSED_MAX):
        return "MD01"
    is_moved = before.debtor_iban != collection.debtor_iban
    if is_moved and collection.original_account not in ("SMNDA", before.debtor_iban):
        return "MD02"
    return ""


def remember(collection: TakenCollection, block: TakenBlock, state: State) -> tuple[Mandate | None, str]:
    """Write an accepted collection into the history of its mandate; return what and whose it was before."""
    key = mandate_key(block.creditor_identifier, collection.mandate_reference)
    before = state.mandates.get(_old_key(collection, block)) or state.mandates.get(key)
    date = dt.date.fromisoformat(block.collection_date)
    is_last = block.sequence_type in ("OOFF", "FNAL")
    state.mandates[key] = Mandate(collection.debtor_iban, date, block.sequence_type == "OOFF", is_last)
    paper = paper_key(collection.mandate_reference, collection.debtor_iban)
    owner = state.creditors.get(paper, "")
    state.creditors[paper] = _creditor_key(block.creditor_identifier)
    return before, owner


def mandate_key(creditor_identifier: str, reference: str) -> str:
    """Return what a mandate is known by: creditor without business code, reference without small letters."""
    return f"{_creditor_key(creditor_identifier)}|{reference.upper()}"


def _creditor_key(identifier: str) -> str:
    return identifier[:4] + identifier[7:]


def _old_key(collection: TakenCollection, block: TakenBlock) -> str:
    creditor = collection.original_creditor_identifier or block.creditor_identifier
    return mandate_key(creditor, collection.original_reference or collection.mandate_reference)


def paper_key(reference: str, debtor_iban: str) -> str:
    """Return what the paper that a debtor signed is known by, whoever its creditor is."""
    return f"{reference.upper()}|{debtor_iban}"


def cents(text: str) -> int:
    """Return an amount in cents; one that is none counts as nothing."""
    if not _AMOUNT.fullmatch(text):
        return 0
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0"))


def is_iban(text: str) -> bool:
    """Tell whether the check digits of an IBAN are right."""
    return bool(re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", text)) and _remainder(text[4:] + text[:4]) == 1


def _is_creditor_identifier(text: str) -> bool:
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Za-z0-9+?/:().,'-]{1,28}", text):
        return False
    return _remainder(re.sub(r"[^A-Z0-9]", "", text[7:].upper()) + text[:4]) == 1


def _remainder(text: str) -> int:
    number = 0
    for char in text:
        value = int(char, 36)
        number = (number * (100 if value > 9 else 10) + value) % 97
    return number


def date_in(text: str) -> dt.date | None:
    """Return the day that a text names, None if it names none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
