"""The rules of one mandate: what is refused at entry, its reference by rule, and when it may be collected."""

import datetime as dt
from dataclasses import dataclass, replace

import pytest

from gateway.domain.mandate import (
    InvalidMandate,
    MandateEntry,
    MandateObstacle,
    check_entry,
    expires_soon,
    is_collectable,
    make_reference,
    months_after,
)
from schemas.codes.lists import LocalInstrument
from schemas.identifiers import Bic, Iban, InvalidMandateReference
from schemas.states import MandateState
from schemas.tables import MandateType

TODAY = dt.date(2026, 11, 22)
GERMAN = Iban.parse("DE89370400440532013000")
SWISS = Iban.parse("CH9300762011623852957")
BRAZILIAN = Iban.parse("BR1800360305000010009795493C1")


@dataclass(frozen=True)
class Known:
    """A signed recurrent CORE mandate."""

    state: MandateState = MandateState.ACTIVE
    scheme: str = "CORE"
    type: str = "recurrent"
    signature_date: dt.date | None = dt.date(2026, 8, 31)
    last_collected_date: dt.date | None = None
    b2b_confirmed_date: dt.date | None = None
    not_before_date: dt.date | None = None


USED = replace(Known(), signature_date=dt.date(2020, 1, 1), last_collected_date=dt.date(2026, 8, 31))
B2B = replace(Known(), scheme="B2B")


@pytest.mark.parametrize(
    ("mandate", "on_date", "obstacle"),
    [
        pytest.param(Known(), TODAY, None, id="signed and never used"),
        pytest.param(replace(Known(), state=MandateState.DRAFT), TODAY, MandateObstacle.NOT_SIGNED, id="draft"),
        pytest.param(replace(Known(), signature_date=None), TODAY, MandateObstacle.NOT_SIGNED, id="no signature date"),
        pytest.param(Known(), dt.date(2026, 8, 30), MandateObstacle.NOT_SIGNED, id="before its signature"),
        pytest.param(replace(Known(), state=MandateState.SUSPENDED), TODAY, MandateObstacle.SUSPENDED, id="suspended"),
        *[
            pytest.param(replace(Known(), state=state), TODAY, MandateObstacle.ENDED, id=state.value)
            for state in (MandateState.REVOKED, MandateState.EXPIRED, MandateState.CONSUMED)
        ],
        pytest.param(USED, dt.date(2029, 8, 31), None, id="the last day of 36 months after its last use"),
        pytest.param(USED, dt.date(2029, 9, 1), MandateObstacle.UNUSED_TOO_LONG, id="a day later"),
        pytest.param(Known(), dt.date(2029, 9, 1), MandateObstacle.UNUSED_TOO_LONG, id="never used for 36 months"),
        pytest.param(replace(Known(), type="one_off"), TODAY, None, id="one-off, not used"),
        pytest.param(replace(USED, type="one_off"), TODAY, MandateObstacle.USED_ALREADY, id="one-off, used"),
        pytest.param(B2B, TODAY, MandateObstacle.NOT_CONFIRMED, id="B2B without confirmation"),
        pytest.param(replace(B2B, b2b_confirmed_date=TODAY), TODAY, None, id="B2B, confirmed"),
        pytest.param(
            replace(B2B, b2b_confirmed_date=TODAY), dt.date(2026, 11, 21), MandateObstacle.NOT_CONFIRMED,
            id="B2B, confirmed later",
        ),
        pytest.param(
            replace(USED, not_before_date=dt.date(2026, 11, 23)), TODAY, MandateObstacle.RESTS, id="its account is new"
        ),
        pytest.param(replace(USED, not_before_date=TODAY), TODAY, None, id="the rest is over"),
    ],
)  # fmt: skip
def test_whether_a_mandate_may_be_collected(mandate: Known, on_date: dt.date, obstacle: MandateObstacle | None) -> None:
    assert is_collectable(mandate, on_date) is obstacle


@pytest.mark.parametrize(
    ("mandate", "today", "last_day"),
    [
        pytest.param(USED, dt.date(2029, 5, 31), None, id="33 months to the day"),
        pytest.param(USED, dt.date(2029, 6, 1), dt.date(2029, 8, 31), id="a day more"),
        pytest.param(replace(USED, state=MandateState.REVOKED), dt.date(2029, 6, 1), None, id="it ended"),
        pytest.param(replace(USED, signature_date=None, last_collected_date=None), TODAY, None, id="a bare draft"),
    ],
)
def test_a_mandate_unused_for_33_months_is_warned_about(
    mandate: Known, today: dt.date, last_day: dt.date | None
) -> None:
    assert expires_soon(mandate, today) == last_day


def test_months_are_calendar_months() -> None:
    assert months_after(dt.date(2024, 2, 29), 36) == dt.date(2027, 2, 28)
    assert months_after(dt.date(2026, 1, 31), 1) == dt.date(2026, 2, 28)
    assert months_after(dt.date(2026, 12, 1), 1) == dt.date(2027, 1, 1)


ENTRY = MandateEntry(LocalInstrument.CORE, MandateType.RECURRENT, GERMAN, "Anna Muster")


@pytest.mark.parametrize(
    ("entry", "fields"),
    [
        pytest.param(ENTRY, [], id="the least that is needed"),
        pytest.param(ENTRY._replace(signature_date=TODAY + dt.timedelta(1)), ["signature_date"], id="signed tomorrow"),
        pytest.param(ENTRY._replace(debtor_name=""), ["debtor_name"], id="nobody"),
        pytest.param(ENTRY._replace(debtor_name="x" * 71), ["debtor_name"], id="a name too long"),
        pytest.param(ENTRY._replace(ultimate_debtor="x" * 71), ["ultimate_debtor"], id="another name too long"),
        pytest.param(ENTRY._replace(debtor_country="Germany"), ["debtor_country"], id="a country in words"),
        pytest.param(ENTRY._replace(b2b_confirmed_date=TODAY), ["b2b_confirmed_date"], id="CORE is not confirmed"),
        pytest.param(
            ENTRY._replace(scheme=LocalInstrument.B2B, signature_date=TODAY, b2b_confirmed_date=dt.date(2026, 1, 1)),
            ["b2b_confirmed_date"], id="confirmed before it was signed",
        ),
        pytest.param(ENTRY._replace(iban=BRAZILIAN), ["iban"], id="outside SEPA"),
        pytest.param(ENTRY._replace(iban=SWISS), ["bic", "debtor_country", "debtor_town"], id="a bank outside the EEA"),
        pytest.param(
            ENTRY._replace(iban=SWISS, bic=Bic("POFICHBEXXX"), debtor_town="Bern", debtor_country="CH"), [],
            id="a bank outside the EEA with all that it asks for",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(entry: MandateEntry, fields: list[str]) -> None:
    found: dict[str, str] = {}
    try:
        check_entry(entry, today=TODAY)
    except InvalidMandate as error:
        found = error.faults

    assert sorted(found) == fields


@pytest.mark.parametrize(
    ("pattern", "number", "reference"),
    [
        pytest.param("{customer}-{number}", "K 100/7", "K-100-7-2", id="signs become hyphens"),
        pytest.param("MND-{customer}-{number}", "öko-3", "MND-KO-3-2", id="letters outside the set are left out"),
        pytest.param("{customer}-{number}", "9" * 60, "9" * 33 + "-2", id="the number stays"),
        pytest.param("SUB{number}", "C1", "SUB2", id="without the customer"),
    ],
)
def test_a_reference_is_made_by_rule(pattern: str, number: str, reference: str) -> None:
    assert make_reference(pattern, customer_number=number, number=2) == reference


def test_a_rule_that_gives_nothing_is_refused() -> None:
    with pytest.raises(InvalidMandateReference):
        make_reference("{customer}", customer_number="///", number=1)
