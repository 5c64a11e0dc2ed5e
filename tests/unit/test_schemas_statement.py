"""The normalized statement: accounts are compared by letters and digits, and a payment may say very little."""

import pytest

from schemas.statement import BankTransaction, EntryStatus, account_key
from schemas.status_report import StatusReason, StatusReport


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("DE89 3704 0044 0532 0130 00", "DE89370400440532013000", id="printed iban"),
        pytest.param("37040044/0532013000", "370400440532013000", id="bank code and number"),
        pytest.param("ch93-0076 2011.6238", "CH93007620116238", id="signs and small letters"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_accounts_are_compared_by_letters_and_digits(text: str, key: str) -> None:
    assert account_key(text) == key


def test_a_bank_transaction_needs_an_amount_only() -> None:
    bank_transaction = BankTransaction(-100, "EUR")

    assert bank_transaction.remittance == ""
    assert bank_transaction.return_reason is None


def test_the_status_of_an_entry_is_the_iso_code() -> None:
    assert EntryStatus("BOOK") is EntryStatus.BOOKED


def test_a_status_report_may_speak_of_the_whole_file_only() -> None:
    reason = StatusReason("FF01", None, "format")

    report = StatusReport("pain.002.001.10", "M1", "RUN-1", None, "RJCT", (reason,), (), ())

    assert report.group_reasons == (reason,)
