"""The notice of direct debits: what it has to say in each language, as a letter and as a mail, the same each time."""

import datetime as dt

import pytest

from config.letters import load_templates
from generators.letters_notice import AnnouncedDebit, DebitNotice, mail_text, said_by, write_notice
from generators.letters_notice_words import DAY_FORMATS, MARKS, WORDS
from schemas.identifiers import CreditorIdentifier
from schemas.parties import PostalAddress
from schemas.states import Language

TEMPLATE = load_templates()["notice"]
FIRST = AnnouncedDebit(dt.date(2026, 12, 4), 123_456, ("FA-1", "GS-1"))
NOTICE = DebitNotice(
    language=Language.EN,
    dated=dt.date(2026, 11, 20),
    creditor_name="Quellbrunn Bürowelt GmbH",
    creditor_address=PostalAddress("DE", "Bonn", "53111", "Markt 1"),
    creditor_identifier=CreditorIdentifier.parse("DE98ZZZ09999999999"),
    reference="C1-1",
    debtor_name="Anna #strong[Muster]",
    debtor_address=PostalAddress("FR", "Lyon", "69001", "1 rue A"),
    account="DE89 **** **** 3000",
    customer_number="C1",
    debits=(FIRST,),
)


@pytest.mark.parametrize("language", Language)
def test_a_letter_is_the_same_bytes_each_time(language: Language) -> None:
    notice = NOTICE._replace(language=language)

    first, second = (write_notice(notice, TEMPLATE) for _ in range(2))

    assert first == second
    assert first.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("language", "title", "day", "amount"),
    [
        (Language.EN, "Advance notice", "2026-12-04", "1,234.56 EUR"),
        (Language.FR, "Préavis", "04/12/2026", "1\N{NO-BREAK SPACE}234,56 EUR"),
        (Language.DE, "Vorankündigung", "04.12.2026", "1.234,56 EUR"),
    ],
)
def test_letter_and_mail_say_what_they_have_to_say(language: Language, title: str, day: str, amount: str) -> None:
    notice = NOTICE._replace(language=language)

    letter, mail = said_by(notice), mail_text(notice)

    assert letter["debits"] == [(day, "FA-1, GS-1", amount)]
    assert title in letter["title"]
    assert title in mail.subject
    said = ("C1-1", "DE98ZZZ09999999999", "DE89 **** **** 3000", "Quellbrunn Bürowelt GmbH", "FA-1, GS-1", day, amount)
    assert [fact for fact in said if fact not in mail.text] == []
    assert [fact for fact in said if fact not in str(letter).replace("\\xa0", "\N{NO-BREAK SPACE}")] == []
    assert "Anna #strong[Muster]" in letter["to"]


def test_a_series_is_one_notice() -> None:
    series = NOTICE._replace(debits=(FIRST, FIRST._replace(collection_date=dt.date(2027, 1, 4))))

    assert len(said_by(series)["debits"]) == 2
    assert "amounts" in said_by(series)["intro"]
    assert write_notice(series, TEMPLATE) != write_notice(NOTICE, TEMPLATE)


def test_a_name_cannot_plant_a_header() -> None:
    assert "\n" not in mail_text(NOTICE._replace(creditor_name="A\nBcc: eve@example.org")).subject


def test_each_language_has_all_words() -> None:
    assert len({frozenset(words) for words in WORDS.values()}) == 1
    assert set(DAY_FORMATS) == set(MARKS) == set(WORDS) == set(Language)
