"""A fee that the bank booked apart belongs to the one debit that it names, or to none."""

import datetime as dt
from typing import Any

import pytest

from gateway.domain.matching.return_fees import FeeBooking, FeeDebit, Share, is_called_fee, may_name, shares_of

DAY = dt.date(2026, 11, 19)
FEE = FeeBooking(7, 1, 300, "EUR", DAY, "")


def debit(key: int | None, **facts: Any) -> FeeDebit:
    """A debit of 200 euros that came back on the day."""
    name = f"E2E-{key or 9}"
    given = {"end_to_end_ids": frozenset({name}), "mandates": frozenset({f"M-C00{key}"}), "bank_account_id": 1}
    return FeeDebit(key, **({"amount_minor": 20_000, "currency": "EUR", "occurred_date": DAY} | given | facts))


FIRST = debit(1, bank_references=frozenset({"BANK-0001"}), blocks=frozenset({"PMT-1"}))
SECOND = debit(2, amount_minor=5_000, bank_references=frozenset({"BANK-0002"}), blocks=frozenset({"PMT-1"}))
TWIN = debit(3, mandates=frozenset({"M-C001"}), blocks=frozenset({"PMT-2"}))
KNOWN = (FIRST, SECOND)


def later(days: int, **facts: Any) -> FeeBooking:
    return FEE._replace(booking_date=DAY + dt.timedelta(days), **facts)


ONE = {
    "by the end-to-end id in its field": FEE._replace(end_to_end_id="E2E-1"),
    "by the end-to-end id in the text": FEE._replace(text="FEE FOR RETURNED DIRECT DEBIT E2E-1."),
    "by a tag in the text": FEE._replace(text="EREF+E2E-1 SVWZ+Entgelt"),
    "by the bank's reference of the return": FEE._replace(text="frais impayé BANK-0001, HT 2,50"),
    "by the mandate in other letters": FEE._replace(mandate_reference="m-c001"),
    "by the mandate in the text": FEE._replace(text="Rückläuferentgelt MREF:M-C001"),
    "by the block and the amount": FEE._replace(payment_information_id="PMT-1", original_minor=20_000),
    "by the amount of the day": FEE._replace(text="RUECKLASTSCHRIFT 200,00 ENTGELT 3,00"),
    "by the amount that the bank names": FEE._replace(original_minor=-20_000),
    "by the end-to-end id, weeks later": later(58, end_to_end_id="E2E-1"),
    "by the mandate, days before": later(-4, mandate_reference="M-C001"),
    "for one, as it says": FEE._replace(text="1 x 3,00 E2E-1"),
}  # fmt: skip
NONE = {
    "without a name": FEE._replace(text="Entgelte November 2026"),
    "of another currency": FEE._replace(end_to_end_id="E2E-1", currency="CHF"),
    "named long before": later(-6, end_to_end_id="E2E-1"),
    "named long after": later(61, end_to_end_id="E2E-1"),
    "by the mandate, weeks later": later(11, mandate_reference="M-C001"),
    "by the amount of another day": later(1, original_minor=20_000),
    "by the amount on another account": FEE._replace(original_minor=20_000, bank_account_id=2),
    "by a block of which two came back": FEE._replace(payment_information_id="PMT-1"),
    "a sum of several that names one": FEE._replace(amount_minor=1_500, text="5 x 3,00 E2E-1"),
    "a sum of several in words": FEE._replace(amount_minor=1_500, text="5 Rücklastschriften E2E-1"),
    "a number of pieces": FEE._replace(amount_minor=1_500, text="Entgelt Anzahl: 5 E2E-1"),
    "a sum that does not divide": FEE._replace(amount_minor=301, text="E2E-1 E2E-2"),
    "by an amount in a text about something else": FEE._replace(text="Kontoauszug 200,00 Entgelt 3,00"),
    "its own amount only": FEE._replace(amount_minor=20_000, text="Entgelt 200,00"),
}


@pytest.mark.parametrize("fee", [pytest.param(fee, id=name) for name, fee in ONE.items()])
def test_it_belongs_to_the_debit_that_it_names(fee: FeeBooking) -> None:
    assert shares_of(fee, KNOWN) == (Share(1, 300),)
    assert may_name(fee, [FIRST])


@pytest.mark.parametrize("fee", [pytest.param(fee, id=name) for name, fee in NONE.items()])
def test_it_belongs_to_none(fee: FeeBooking) -> None:
    assert shares_of(fee, KNOWN) == ()


def test_a_sum_that_names_all_is_divided() -> None:
    fee = FEE._replace(amount_minor=600, text="2 x 3,00: E2E-1, E2E-2")

    assert shares_of(fee, KNOWN) == (Share(1, 300), Share(2, 300))


def test_a_sum_waits_until_all_that_it_names_came_back() -> None:
    fee = FEE._replace(amount_minor=600, text="E2E-1 E2E-9")

    assert shares_of(fee, [*KNOWN, debit(None)]) == ()


@pytest.mark.parametrize(
    ("fee", "shares"),
    [
        pytest.param(FEE._replace(mandate_reference="M-C001"), (), id="only the mandate"),
        pytest.param(FEE._replace(text="M-C001 PMT-2"), (Share(3, 300),), id="mandate and block"),
        pytest.param(FEE._replace(text="E2E-1 M-C001"), (Share(1, 300),), id="mandate and end-to-end id"),
    ],
)
def test_what_one_name_leaves_open_another_tells(fee: FeeBooking, shares: tuple[Share, ...]) -> None:
    assert shares_of(fee, [TWIN, *KNOWN]) == shares


def test_the_order_of_the_debits_does_not_matter() -> None:
    fee = FEE._replace(amount_minor=600, text="E2E-2 E2E-1")

    assert shares_of(fee, KNOWN) == shares_of(fee, KNOWN[::-1])


@pytest.mark.parametrize(
    ("text", "is_fee"),
    [
        pytest.param("Rückläuferentgelt", True, id="German"),
        pytest.param("RUECKLASTSCHRIFTGEBUEHR", True, id="German in capitals"),
        pytest.param("Entgelt für Rücklastschrift", True, id="German, turned round"),
        pytest.param("FRAIS D'IMPAYE PRLV", True, id="French"),
        pytest.param("Frais sur rejet de prélèvement", True, id="French, longer"),
        pytest.param("commission d’impayé", True, id="French commission"),
        pytest.param("Returned direct debit fee", True, id="English"),
        pytest.param("FEE FOR RETURNED DIRECT DEBIT", True, id="English, turned round"),
        pytest.param("Rücklastschrift Rechnung 4711", False, id="the return itself"),
        pytest.param("Gutschrift", False, id="something else"),
    ],
)
def test_the_text_may_call_it_a_fee(text: str, is_fee: bool) -> None:
    assert is_called_fee(text) is is_fee
