"""The form of a mandate in three languages, CORE and B2B, with all that sepa-rules section 1.9 asks for.

The authorisation is in our own words; the binding text is the European Payments Council's in the debtor's language.
"""

import datetime as dt
from typing import Any, NamedTuple

from generators.letters import write_letter
from generators.letters_mandate_words import WORDS
from schemas.codes.lists import LocalInstrument
from schemas.identifiers import Bic, CreditorIdentifier, Iban
from schemas.parties import PostalAddress
from schemas.states import Language
from schemas.tables import MandateType


class Signature(NamedTuple):
    """How a mandate was signed on the signing page."""

    signed_at: dt.datetime
    code_sent_to: str
    address: str
    browser: str


class MandateForm(NamedTuple):
    """What the form says. ``dated`` is the day that the file is of."""

    language: Language
    scheme: LocalInstrument
    type: MandateType
    creditor_name: str
    creditor_address: PostalAddress
    creditor_identifier: CreditorIdentifier
    reference: str
    debtor_name: str
    debtor_address: PostalAddress
    iban: Iban
    dated: dt.date
    bic: Bic | None = None
    ultimate_debtor: str = ""
    customer_number: str = ""
    signature_date: dt.date | None = None
    signature_place: str = ""
    signature: Signature | None = None


def write_mandate(form: MandateForm, template: str) -> bytes:
    """Return the form as PDF. Raises LetterFailed."""
    return write_letter(template, said_by(form), dated=form.dated)


def said_by(form: MandateForm) -> dict[str, Any]:
    """Return what the form says, as the template takes it."""
    words = WORDS[form.language]
    is_b2b = form.scheme is LocalInstrument.B2B
    return {
        "language": form.language.value,
        "title": words["title_b2b" if is_b2b else "title"],
        "creditor_title": words["creditor"],
        "creditor": [
            [words["name"], form.creditor_name],
            [words["address"], _address(form.creditor_address)],
            [words["creditor_identifier"], str(form.creditor_identifier)],
        ],
        "mandate_title": words["mandate"],
        "mandate": _filled(
            [words["reference"], form.reference],
            [words["type"], words["one_off" if form.type is MandateType.ONE_OFF else "recurrent"]],
            [words["customer_number"], form.customer_number],
        ),
        "debtor_title": words["debtor"],
        "debtor": _filled(
            [words["name"], form.debtor_name],
            [words["address"], _address(form.debtor_address)],
            ["IBAN", form.iban.printed],
            ["BIC", form.bic or ""],
            [words["ultimate_debtor"], form.ultimate_debtor],
        ),
        "legal": legal_text(form.language, form.scheme, form.creditor_name),
        "signature_title": words["signature"],
        "signature": _signature(form, words),
        "place_and_date": words["place_and_date"],
        "signature_of": words["signature_of"],
        "note": words["note_b2b" if is_b2b else "note"],
    }


def legal_text(language: Language, scheme: LocalInstrument, creditor_name: str) -> list[str]:
    """Return what the debtor agrees to, in sentences: both permissions, and what he may do afterwards."""
    words = WORDS[language]
    right = words["no_refund" if scheme is LocalInstrument.B2B else "refund"]
    return [words["permission"].replace("{creditor}", creditor_name), right]


def _filled(*rows: list[str]) -> list[list[str]]:
    return [row for row in rows if row[1]]


def _address(address: PostalAddress) -> str:
    place = " ".join(part for part in (address.postcode, address.town) if part)
    parts = (address.street, place, address.country)
    return ", ".join(part for part in parts if part)


def _signature(form: MandateForm, words: dict[str, str]) -> list[list[str]]:
    online = form.signature
    if online is not None:
        return [
            [words["signed_at"], online.signed_at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")],
            [words["code_sent_to"], online.code_sent_to],
            [words["address_of_browser"], online.address],
            [words["browser"], online.browser],
        ]
    if form.signature_date is None:
        return []
    return _filled([words["signed_on"], form.signature_date.isoformat()], [words["place"], form.signature_place])
