"""ING in the Netherlands: old files begin the text with the account of the other side, then IBAN and BIC."""

import re

from parsers.flavours.model import Flavour, amend_transaction
from schemas.statement import BankEntry

_ACCOUNTS = re.compile(
    r"(?:[0-9]{9,10} )?(?:Europese Incasso,? doorlopend )?"
    r"([A-Z]{2}[0-9]{2}[A-Z]{4}[0-9]{10}) ([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?) (.*)|([0-9]{7,10}) (.*)"
)


def _amend(entry: BankEntry) -> BankEntry:
    match = _ACCOUNTS.fullmatch(entry.transactions[0].remittance)
    if match is None or entry.transactions[0].counterparty_iban:
        return entry
    iban, bic, text, number, other_text = match.groups()
    return amend_transaction(
        entry, counterparty_iban=iban or number, counterparty_bic=bic, remittance=(text or other_text).strip()
    )


FLAVOUR = Flavour(name="ing", bics=frozenset({"INGBNL2A", "FVLBNL22"}), amend=_amend)
