"""What stands in ``:86:`` beside a booking, as German banks (GVC and ``?nn``) or Dutch ones (slash codes) write it.

MT940 knows ASCII only, so umlauts are spelled out and accents dropped. Text that does not fit is cut, as banks do;
identifiers are never cut.
"""

import unicodedata
from collections.abc import Iterator
from itertools import chain, islice

from generators.business_codes import business_code
from generators.statements import UnwritableStatement
from generators.wrap import wrap, wrap_words
from schemas.codes.reasons import GERMAN_RETURN_NUMBERS
from schemas.statement import BankEntry, BankTransaction

_FOLDED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}
    | {"æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
    | {"€": "EUR", "&": "+", "_": "-", "–": "-", "’": "'", "@": "(at)", "?": ".", "\n": " "}
)
_SWIFT = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-:().,'+ ")
_NUMBERS_OF_REASONS = {reason: number for number, reason in GERMAN_RETURN_NUMBERS.items()}
_PURPOSE_FIELDS = (*range(20, 30), *range(60, 64))
_WIDTH = 27
# In direct debits the ordering party is the creditor's side (DK Anlage 3).
_DIRECT_DEBITS = frozenset(("104", "105", "108", "109", "171", "174"))


def fold(text: str) -> str:
    """Return text in the characters of SWIFT messages; what has no equal becomes a full stop.

    The question mark is one of theirs, but parts the German subfields, so it becomes a full stop too.
    """
    if text.isascii() and _SWIFT.issuperset(text):
        return text
    plain = unicodedata.normalize("NFKD", text.translate(_FOLDED))
    return "".join(char if char in _SWIFT else "." for char in plain if not unicodedata.combining(char))


def german_text(entry: BankEntry, tx: BankTransaction) -> str:
    """Return the German ``:86:`` of a booking. Raises UnwritableStatement for a return reason without a number."""
    code = business_code(tx.bank_transaction_code or entry.bank_transaction_code)
    name = islice(wrap_words(fold(tx.counterparty_name or ""), _WIDTH), 2)
    fields = chain(
        [("00", fold(entry.text or code.text)[:_WIDTH]), ("10", "9310")],
        _purpose(entry, tx, code.gvc),
        [("30", tx.counterparty_bic or ""), ("31", tx.counterparty_iban or "")],
        zip(("32", "33"), name, strict=False),
        [("34", _return_number(tx))],
    )
    # Codes rise in every bank's text; readers rely on it.
    return code.gvc + "".join(f"?{name}{content}" for name, content in sorted(fields) if content)


def _purpose(entry: BankEntry, tx: BankTransaction, gvc: str) -> Iterator[tuple[str, str]]:
    """Yield the purpose fields: each SEPA tag begins its own, and the remittance comes last."""
    ultimates = (tx.ultimate_debtor, tx.ultimate_creditor)
    originator, recipient = reversed(ultimates) if gvc in _DIRECT_DEBITS else ultimates
    batch_id = entry.batch.payment_information_id if entry.batch else tx.payment_information_id
    tagged = (
        ("EREF+", tx.end_to_end_id),
        ("KREF+", batch_id),
        ("MREF+", tx.mandate_reference),
        ("CRED+", tx.creditor_identifier),
        ("PURP+", tx.purpose),
        ("ABWA+", originator),
        ("ABWE+", recipient),
        ("SVWZ+", tx.remittance or tx.creditor_reference),
    )
    pieces = chain.from_iterable(wrap(tag + fold(value), _WIDTH) for tag, value in tagged if value)
    for number, piece in zip(_PURPOSE_FIELDS, pieces, strict=False):
        yield str(number), piece


def _return_number(tx: BankTransaction) -> str:
    if not tx.return_reason:
        return ""
    number = _NUMBERS_OF_REASONS.get(tx.return_reason)
    if number is None:
        raise UnwritableStatement(f"German MT940 has no number for the return reason {tx.return_reason}")
    return number


def dutch_text(entry: BankEntry, tx: BankTransaction) -> str:
    """Return the Dutch ``:86:`` of a booking: slash codes, or the plain text where there is nothing to code."""
    is_debit_order = tx.mandate_reference is not None
    coded = (
        ("TRTP", "SEPA INCASSO ALGEMEEN DOORLOPEND" if is_debit_order else "SEPA OVERBOEKING"),
        ("RTRN", tx.return_reason),
        ("IBAN", tx.counterparty_iban),
        ("BIC", tx.counterparty_bic),
        ("NAME", tx.counterparty_name),
        ("MARF", tx.mandate_reference),
        ("CSID", tx.creditor_identifier),
        ("ULTD", tx.ultimate_debtor),
        ("ULTB", tx.ultimate_creditor),
        ("REMI", tx.remittance or tx.creditor_reference),
        ("EREF", tx.end_to_end_id),
    )
    found = [(code, fold(value)) for code, value in coded if value]
    if len(found) == 1:
        return fold(entry.text)
    return "".join(f"/{code}/{value}" for code, value in found)
