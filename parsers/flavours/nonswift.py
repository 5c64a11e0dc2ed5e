"""``:NS:`` behind a booking, a German addition: two digits and a text per line."""

import re

from parsers.flavours.model import Details

_LINE = re.compile(r"([0-9]{2})(.*)")
_NAME = frozenset(("15", "16"))
_WORDS = "17"


def amend(details: Details, notes: list[str]) -> Details:
    """Return the details with the purpose (01 to 14), the name and the booking text of the notes."""
    lines = [match.groups() for note in notes for match in map(_LINE.fullmatch, note.split("\n")) if match]
    purpose = [text.strip() for code, text in lines if "01" <= code <= "14"]
    name = " ".join(text.strip() for code, text in lines if code in _NAME)
    words = " ".join(text.strip() for code, text in lines if code == _WORDS)
    transaction = details.transaction
    transaction = transaction._replace(
        remittance=" ".join(filter(None, (transaction.remittance, *purpose))),
        counterparty_name=transaction.counterparty_name or name or None,
    )
    return details._replace(transaction=transaction, text=details.text or words)
