"""The form of a mandate: all that it has to say in each language and scheme, and the same bytes each time."""

import datetime as dt

import pytest

from config.letters import load_templates
from generators.letters import LetterFailed, write_letter
from generators.letters_mandate import MandateForm, Signature, said_by, write_mandate
from generators.letters_mandate_words import WORDS
from schemas.codes.lists import LocalInstrument
from schemas.identifiers import CreditorIdentifier, Iban
from schemas.parties import PostalAddress
from schemas.states import Language
from schemas.tables import MandateType

TEMPLATE = load_templates()["mandate"]
FORM = MandateForm(
    language=Language.EN,
    scheme=LocalInstrument.CORE,
    type=MandateType.RECURRENT,
    creditor_name="Quellbrunn Bürowelt GmbH",
    creditor_address=PostalAddress("DE", "Bonn", "53111", "Markt 1"),
    creditor_identifier=CreditorIdentifier.parse("DE98ZZZ09999999999"),
    reference="C1-1",
    debtor_name="Anna #strong[Muster]",
    debtor_address=PostalAddress(),
    iban=Iban.parse("DE89370400440532013000"),
    dated=dt.date(2026, 11, 22),
)


@pytest.mark.parametrize("scheme", LocalInstrument)
@pytest.mark.parametrize("language", Language)
def test_a_form_is_the_same_bytes_each_time(language: Language, scheme: LocalInstrument) -> None:
    form = FORM._replace(language=language, scheme=scheme)

    first, second = (write_mandate(form, TEMPLATE) for _ in range(2))

    assert first == second
    assert first.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("language", "scheme", "title", "right"),
    [
        (Language.EN, LocalInstrument.CORE, "SEPA Direct Debit Mandate", "8 weeks"),
        (Language.EN, LocalInstrument.B2B, "SEPA Business-to-Business Direct Debit Mandate", "not ask for a refund"),
        (Language.FR, LocalInstrument.CORE, "Mandat de prélèvement SEPA", "8 semaines"),
        (Language.FR, LocalInstrument.B2B, "Mandat de prélèvement SEPA interentreprises", "ne peux pas demander"),
        (Language.DE, LocalInstrument.CORE, "SEPA-Lastschriftmandat", "8 Wochen"),
        (Language.DE, LocalInstrument.B2B, "SEPA-Firmenlastschrift-Mandat", "keine Erstattung"),
    ],
)
def test_a_form_says_what_it_has_to_say(language: Language, scheme: LocalInstrument, title: str, right: str) -> None:
    said = said_by(FORM._replace(language=language, scheme=scheme))

    text = str(said)
    assert said["title"] == title
    assert right in said["legal"][1]
    assert all(fact in text for fact in ("Quellbrunn Bürowelt GmbH", "Markt 1, 53111 Bonn, DE", "C1-1"))
    assert all(fact in text for fact in ("DE98ZZZ09999999999", "Anna #strong[Muster]", "DE89 3704 0044 0532 0130 00"))
    assert said["legal"][0].count("Quellbrunn") == 1


def test_a_signature_on_the_signing_page_is_part_of_the_form() -> None:
    signed = Signature(dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC), "a…@example.org", "192.0.2.7", "Browser 1")

    said = said_by(FORM._replace(signature=signed, type=MandateType.ONE_OFF))

    assert said["signature"][0][1] == "2026-11-22 09:30:00 UTC"
    assert said_by(FORM._replace(signature_date=dt.date(2026, 11, 1)))["signature"] == [["Signed on", "2026-11-01"]]
    assert write_mandate(FORM._replace(signature=signed), TEMPLATE) != write_mandate(FORM, TEMPLATE)


def test_each_language_has_all_words() -> None:
    assert len({frozenset(words) for words in WORDS.values()}) == 1


def test_a_template_that_cannot_be_used_is_said() -> None:
    with pytest.raises(LetterFailed):
        write_letter("#unknown_thing", {}, dated=dt.date(2026, 1, 1))
