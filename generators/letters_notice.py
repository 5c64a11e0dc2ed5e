"""The notice of direct debits to come, as a letter (PDF) and as a mail, in three languages.

It says what EPC016-06 4.3.2 asks for: amounts and days, mandate reference and creditor identifier. The debtor's account
is masked, for a mail is read by many. One notice may announce a series.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from generators.letters import write_letter
from generators.letters_notice_words import DAY_FORMATS, MARKS, WORDS
from schemas.identifiers import CreditorIdentifier
from schemas.parties import PostalAddress
from schemas.states import Language


class AnnouncedDebit(NamedTuple):
    """One debit to come: its day, its amount in cents of euro, and the documents that it is for."""

    collection_date: dt.date
    amount_minor: int
    documents: tuple[str, ...]


class DebitNotice(NamedTuple):
    """What a notice says. ``dated`` is the day on which it is sent, ``account`` is masked."""

    language: Language
    dated: dt.date
    creditor_name: str
    creditor_address: PostalAddress
    creditor_identifier: CreditorIdentifier
    reference: str
    debtor_name: str
    debtor_address: PostalAddress
    account: str
    customer_number: str
    debits: tuple[AnnouncedDebit, ...]


class MailText(NamedTuple):
    """A plain mail."""

    subject: str
    text: str


def write_notice(notice: DebitNotice, template: str) -> bytes:
    """Return the letter as PDF. Raises LetterFailed."""
    return write_letter(template, said_by(notice), dated=notice.dated)


def said_by(notice: DebitNotice) -> dict[str, Any]:
    """Return what the letter says, as the template takes it."""
    words = WORDS[notice.language]
    return {
        "language": notice.language.value,
        "sender": _lines(notice.creditor_name, notice.creditor_address),
        "to": _lines(notice.debtor_name, notice.debtor_address),
        "date": _day(notice.language, notice.dated),
        "title": words["title"],
        "intro": _intro(notice),
        "columns": [words["day"], words["documents"], words["amount"]],
        "debits": _rows(notice),
        "facts": _facts(notice),
        "close": words["close"],
        "creditor": notice.creditor_name,
    }


def mail_text(notice: DebitNotice) -> MailText:
    """Return the same notice as a plain mail."""
    words = WORDS[notice.language]
    debits = [f"{day}   {amount}   {documents}" for day, documents, amount in _rows(notice)]
    facts = [f"{name}: {value}" for name, value in _facts(notice)]
    parts = (words["greeting"], _intro(notice), "\n".join(debits), "\n".join(facts), words["close"])
    subject = f"{words['title']} - {' '.join(notice.creditor_name.split())}"
    sender = "\n".join(_lines(notice.creditor_name, notice.creditor_address))
    return MailText(subject, "\n\n".join((*parts, sender)) + "\n")


def _intro(notice: DebitNotice) -> str:
    words = WORDS[notice.language]
    return words["intro" if len(notice.debits) == 1 else "intro_series"].replace("{creditor}", notice.creditor_name)


def _rows(notice: DebitNotice) -> list[tuple[str, str, str]]:
    language = notice.language
    return [
        (_day(language, one.collection_date), ", ".join(one.documents), _amount(language, one.amount_minor))
        for one in notice.debits
    ]


def _facts(notice: DebitNotice) -> list[tuple[str, str]]:
    words = WORDS[notice.language]
    rows = (
        (words["reference"], notice.reference),
        (words["creditor_identifier"], str(notice.creditor_identifier)),
        (words["account"], notice.account),
        (words["customer_number"], notice.customer_number),
    )
    return [row for row in rows if row[1]]


def _lines(name: str, address: PostalAddress) -> Sequence[str]:
    place = " ".join(part for part in (address.postcode, address.town) if part)
    return [part for part in (name, address.street, place, address.country) if part]


def _day(language: Language, date: dt.date) -> str:
    return date.strftime(DAY_FORMATS[language])


def _amount(language: Language, minor: int) -> str:
    thousands, decimal = MARKS[language]
    whole = f"{minor // 100:,}".replace(",", thousands)
    return f"{whole}{decimal}{minor % 100:02} EUR"
