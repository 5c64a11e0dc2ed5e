"""SNS: account of the other side as customer reference, its name in subfield 9, and both again before the text."""

from parsers.flavours.model import Flavour, amend_transaction
from parsers.flavours.phrases import is_account
from schemas.statement import BankEntry


def _amend(entry: BankEntry) -> BankEntry:
    account, name = entry.entry_reference or "", entry.text
    remittance = entry.transactions[0].remittance
    if not is_account(account) or not remittance.startswith(account):
        return entry
    text = remittance.removeprefix(account).strip().removeprefix(name).strip()
    return amend_transaction(entry, text="", counterparty_iban=account, counterparty_name=name, remittance=text)


FLAVOUR = Flavour(name="sns", bics=frozenset({"SNSBNL2A"}), amend=_amend)
