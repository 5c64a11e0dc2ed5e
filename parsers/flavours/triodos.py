"""Triodos: BIC and IBAN of the other side stand in the first two purpose subfields, its own account in 31."""

import re

from parsers.flavours.model import Flavour
from schemas.statement import BankEntry

_ACCOUNT = re.compile(r"([A-Z]{6}[A-Z0-9]{2})([A-Z]{2}[0-9]{2}[A-Z0-9]{4}[0-9]{10})(.*)")


def _amend(entry: BankEntry) -> BankEntry:
    (transaction,) = entry.transactions
    match = _ACCOUNT.fullmatch(transaction.remittance)
    bic, iban, text = match.groups() if match else (None, None, transaction.remittance)
    transaction = transaction._replace(counterparty_bic=bic, counterparty_iban=iban, remittance=text.strip())
    return entry._replace(transactions=(transaction,))


# Where others have a BIC before the account, the bank writes its name.
FLAVOUR = Flavour(name="triodos", bics=frozenset({"TRIONL2U", "TRIODOSB"}), amend=_amend)
