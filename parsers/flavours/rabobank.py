"""Rabobank: the account of the other side stands in ``:61:``, old files have its name there too."""

import re

from parsers.flavours.model import Flavour, amend_transaction
from parsers.flavours.phrases import UNKNOWN_REASON, is_account
from schemas.statement import BankEntry

_TAKEN_BACK = re.compile(r"terugboeking\b", re.IGNORECASE)


def _amend(entry: BankEntry) -> BankEntry:
    if is_account(entry.text):  # /…/ codes in the text, the account in subfield 9.
        return amend_transaction(entry, text="", counterparty_iban=entry.text)
    account = entry.entry_reference if entry.entry_reference and is_account(entry.entry_reference) else None
    is_back = entry.amount_minor < 0 and _TAKEN_BACK.match(entry.transactions[0].remittance)
    return amend_transaction(
        entry,
        counterparty_iban=account,
        counterparty_name=entry.text or None,
        return_reason=UNKNOWN_REASON if is_back else None,
    )


FLAVOUR = Flavour(name="rabobank", bics=frozenset({"RABONL2U"}), amend=_amend)
