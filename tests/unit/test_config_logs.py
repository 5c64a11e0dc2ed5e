"""Log lines never hold a whole IBAN."""

import logging

import pytest
import structlog

from config.logs import configure_logs, mask_ibans

IBAN = "DE89370400440532013000"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"account {IBAN} unknown", id="in a sentence"),
        pytest.param("account DE89 3704 0044 0532 0130 00 unknown", id="in groups"),
        pytest.param(f"('{IBAN.lower()}',)", id="small letters in brackets"),
        pytest.param(f"{IBAN}FR1420041010050500013M02606", id="two without a blank"),
        pytest.param("NO9386011117947", id="the shortest"),
    ],
)
def test_ibans_are_masked_wherever_they_stand(text: str) -> None:
    event = mask_ibans(None, "info", {"event": text, "list": [text], "deep": {"more": (text,)}, "count": 3})

    shown = str(event)
    assert IBAN[4:18] not in shown.replace(" ", "").upper()
    assert "86011117" not in shown
    assert event["count"] == 3


@pytest.mark.parametrize("text", ["statement 2026/211", "camt.053.001.08", "GET /users/{id}", "AB12"])
def test_other_words_stay(text: str) -> None:
    assert mask_ibans(None, "info", {"event": text})["event"] == text


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_both_kinds_of_loggers_are_masked(log_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(log_format)
    structlog.get_logger("gateway").error("ours", account=IBAN)
    logging.getLogger("library").error("theirs %s", IBAN)
    try:
        raise ValueError("Erika Mustermann")
    except ValueError:
        logging.getLogger("library").exception("failed")
    structlog.reset_defaults()
    logging.getLogger().handlers.clear()

    lines = capsys.readouterr().err

    assert "ours" in lines
    assert "theirs" in lines
    assert IBAN not in lines
    assert "ValueError" in lines
    assert "Erika" not in lines
    assert "DE89 **** **** 3000" in lines
