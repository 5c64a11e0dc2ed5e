"""Which language a browser asks for."""

import pytest
from aiohttp.test_utils import make_mocked_request

from gateway.web.language import language_of
from schemas.states import Language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        pytest.param("", "en", id="nothing asked"),
        pytest.param("fr", "fr", id="one"),
        pytest.param("de-AT,de;q=0.9,en;q=0.8", "de", id="with a country"),
        pytest.param("nl, fr;q=0.5, de;q=0.7", "de", id="by weight"),
        pytest.param("fr;q=0, de;q=0.1", "de", id="never French"),
        pytest.param("nl,it", "en", id="none of ours"),
        pytest.param("fr;q=x,,;;=", "en", id="broken"),
        pytest.param("fr;q=nan", "en", id="no number"),
        pytest.param("de," * 10_000, "de", id="endless"),
    ],
)
def test_the_best_language_that_we_have_is_taken(header: str, language: str) -> None:
    request = make_mocked_request("GET", "/", headers={"Accept-Language": header})

    assert language_of(None, request) == language


def test_the_choice_of_the_user_wins() -> None:
    request = make_mocked_request("GET", "/", headers={"Accept-Language": "fr"})

    assert language_of(Language.DE, request) is Language.DE
