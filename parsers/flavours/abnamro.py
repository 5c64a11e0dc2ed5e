"""ABN AMRO: text in columns begins with the account and the name of the other side."""

import re

from parsers.flavours.model import Flavour, amend_transaction
from schemas.statement import BankEntry

_COLUMNS = re.compile(
    r"(?:GIRO +([0-9]{1,10})|([0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{3})) +"
    r"(.+?) (?: |(?=BETALINGSKENM|BETREFT|FACTUUR))(.*)"
)


def _amend(entry: BankEntry) -> BankEntry:
    match = _COLUMNS.fullmatch(entry.transactions[0].remittance)
    if match is None:
        return entry
    giro, account, name, text = match.groups()
    return amend_transaction(
        entry, counterparty_iban=giro or account.replace(".", ""), counterparty_name=name, remittance=text
    )


FLAVOUR = Flavour(name="abnamro", bics=frozenset({"ABNANL2A", "MOYONL21"}), amend=_amend)
