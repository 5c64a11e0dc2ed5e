"""Proof as sentences in three languages."""

import datetime as dt
from string import Formatter

import pytest

from gateway.domain.matching.model import Sign
from gateway.domain.matching.proof import SignCode, sentence
from gateway.domain.matching.proof_words import SENTENCES
from schemas.states import Language


@pytest.mark.parametrize("code", list(SignCode))
def test_every_sign_has_a_sentence_with_the_same_facts_in_each_language(code: SignCode) -> None:
    words = SENTENCES[code]
    facts = [sorted({name for _, name, _, _ in Formatter().parse(text) if name}) for text in words]

    assert facts[0] == facts[1] == facts[2]
    assert len({words.en, words.fr, words.de}) == 3


def test_there_is_no_sentence_without_a_sign() -> None:
    assert set(SENTENCES) == set(SignCode)


def test_amounts_and_dates_are_written_for_the_reader() -> None:
    sign = Sign(SignCode.DISCOUNT, {"discount_minor": 1234, "until_date": "2026-03-10", "currency": "EUR"})

    plain = sentence(sign, Language.EN)
    french = sentence(
        sign,
        Language.FR,
        money=lambda minor, currency: f"{minor / 100:.2f} {currency}".replace(".", ","),
        date=lambda day: day.strftime("%d/%m/%Y"),
    )

    assert plain == "12.34 EUR discount, agreed until 2026-03-10"
    assert french == "escompte de 12,34 EUR, accordé jusqu’au 10/03/2026"


def test_other_facts_are_shown_as_they_are() -> None:
    sign = Sign(SignCode.IBAN_CONFIRMED_BY, {"customer": "C0001", "since_date": "2026-05-12", "by": "Erika"})

    shown = sentence(sign, Language.DE, date=lambda day: f"{day:%d.%m.}" if day != dt.date.min else "")

    assert shown == "das Konto wurde für den Kunden C0001 am 12.05. von Erika bestätigt"
