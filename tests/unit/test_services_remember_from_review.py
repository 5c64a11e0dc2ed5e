"""Which texts count as alike when a clerk says that such texts are never customers' money."""

import pytest

from gateway.services.remember_from_review import text_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Zinsen Q3 2026", "ZINSEN Q4 2026", id="numbers and case"),
        pytest.param("Abschluss 30.09.2026", "Abschluss  31.12.2026", id="dates and blanks"),
        pytest.param("Intérêts n° 12", "interets n 13", id="accents and signs"),
        pytest.param("", " - 12 ", id="no words at all"),
    ],
)
def test_texts_with_the_same_words_are_alike(one: str, other: str) -> None:
    assert text_key(one) == text_key(other)


@pytest.mark.parametrize("other", ["Zinsen und Entgelt", "Rechnung FA-1003", ""])
def test_texts_with_other_words_are_not(other: str) -> None:
    assert text_key("Zinsen Q3 2026") != text_key(other)
