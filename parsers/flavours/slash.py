"""Slash codes: ``/TRTP/…/IBAN/…/NAME/…/REMI/…`` as Dutch banks write them (sepa-rules section 6.6).

Only known codes count, because remittance text has slashes too, and behind the remittance only those that banks write
there: a payer must not be able to name another account or name than the bank does.
"""

import re

from parsers.flavours.model import Booking, Details
from parsers.flavours.phrases import compact, identifier, is_account, return_reason, structured_reference, unwrap
from parsers.flavours.side_amounts import side_amounts
from schemas.statement import BankTransaction, Batch

_CODES = (
    "TRTP IBAN BBAN BIC NAME ADDR REMI EREF PREF KREF MARF CSID RTRN RTYP ORDP BENM ULTD ULTB ULTC ISDT PURP SVCL CNTP"
    " OCMT CHGS EXCH INIT TRCD"
)
_CODE = re.compile(rf"/({'|'.join(_CODES.split())})/")
_AFTER_TEXT = frozenset("EREF PREF KREF MARF CSID PURP ISDT SVCL TRCD".split())
_PARTIES = frozenset(("ORDP", "BENM", "ULTD", "ULTB", "ULTC"))
_ULTIMATE = frozenset(("ULTD", "ULTB", "ULTC"))
_UNSTRUCTURED = re.compile(r"/?USTD/+")
_STRUCTURED = re.compile(r"/?STRD/(?:[A-Z]{3,4}/)?(.+)|.*/CDTRREF/(.+)")


def read(text: str, booking: Booking) -> Details | None:
    """Return what a text that begins with a known code says, or None if it is of another dialect."""
    flat = unwrap(text)
    if not _CODE.match(flat):
        return None
    found = _split(flat)

    def get(code: str) -> str:
        return found.get(code, "").strip(" /")

    remittance, reference = _remittance(found.get("REMI", ""))
    account, name, rest = _party(get("ORDP") or get("BENM"))
    counterparty = (*get("CNTP").split("/"), "", "", "")
    is_return = "RTRN" in found or "RTYP" in found or booking.is_returned_item
    reason = return_reason(get("RTRN"), get("RTRN").partition("/")[0] or return_reason("")) if is_return else None
    batch_id = identifier(get("PREF") or get("KREF"))
    side = side_amounts(booking, {"OAMT": get("OCMT"), "COAM": get("CHGS")}, reason)
    transaction = BankTransaction(
        amount_minor=booking.amount_minor,
        currency=booking.currency,
        end_to_end_id=identifier(get("EREF")),
        mandate_reference=identifier(get("MARF")),
        creditor_identifier=compact(get("CSID")),
        counterparty_name=get("NAME") or counterparty[2].strip() or name,
        counterparty_iban=compact(get("IBAN") or get("BBAN") or counterparty[0] or account),
        counterparty_bic=compact(get("BIC") or counterparty[1]),
        ultimate_debtor=get("ULTD") or None,
        ultimate_creditor=get("ULTB") or get("ULTC") or None,
        creditor_reference=reference or structured_reference(remittance),
        remittance=remittance or rest,
        return_reason=reason,
        bank_reference=booking.bank_reference,
        payment_information_id=batch_id,
        bank_transaction_code=booking.type,
        purpose=get("PURP") or None,
        **side._asdict(),
    )
    is_batch = batch_id is not None and transaction.end_to_end_id is None
    words = get("TRTP") or unwrap(booking.details)
    return Details(transaction, words, booking.type, Batch(None, batch_id, None) if is_batch else None)


def _split(text: str) -> dict[str, str]:
    """Return the text behind each code. A code that comes again is text of the one before it."""
    found: dict[str, str] = {}
    current = party = ""
    _, *pieces = _CODE.split(text)
    for code, value in zip(pieces[::2], pieces[1::2], strict=True):
        key = party if code == "NAME" and party in _ULTIMATE else code
        party = code if code in _PARTIES else party
        is_text = found.get("REMI", "").strip(" /") != "" and code not in _AFTER_TEXT
        if is_text or found.get(key, "").strip(" /"):
            found[current] += f"/{code}/{value}"
        else:
            found[key] = value
            current = key
    return found


def _remittance(value: str) -> tuple[str, str | None]:
    """Return the text and the structured reference behind ``/REMI/``."""
    structured = _STRUCTURED.match(value)
    if structured:
        return "", compact((structured[1] or structured[2]).strip(" /"))
    return _UNSTRUCTURED.sub("", value, count=1).strip(" /"), None


def _party(value: str) -> tuple[str, str | None, str]:
    """Return account, name and further text of a party that is written without codes of its own."""
    first, _, rest = value.partition("/")
    account = first.strip() if is_account(first.strip()) else ""
    name, _, text = (rest if account else value).partition("/")
    return account, name.strip() or None, text.strip(" /")
