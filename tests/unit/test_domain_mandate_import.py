"""What importing a mandate does; what it may not do without a second person."""

import datetime as dt
from typing import Any

import pytest

from gateway.domain.import_step import Outcome
from gateway.domain.mandate_import import KnownMandate, MandateStep, plan_mandate
from schemas.codes.lists import LocalInstrument
from schemas.states import MandateState
from schemas.tables import MandateRow, MandateType, RowError
from support.master_data import german_iban, mandate

ROW = mandate("M-1", debtor_name="Alt GmbH")
CREDITOR = "DE98ZZZ09999999999"


def plan(row: MandateRow, known: KnownMandate | None = None, *, party_id: int | None = 5) -> MandateStep | RowError:
    return plan_mandate(row, party_id=party_id, customer_name="Kunde", mandate=known, creditor_identifier=CREDITOR)


def step(row: MandateRow, known: KnownMandate | None = None) -> MandateStep:
    found = plan(row, known)
    assert isinstance(found, MandateStep)
    return found


def known(row: MandateRow = ROW, *, state: MandateState = MandateState.ACTIVE, **facts: Any) -> KnownMandate:
    said = step(row).facts._replace(**facts)
    return KnownMandate(3, 5, row.scheme.value, row.type.value, row.iban, state, said)


def test_a_new_mandate_is_active_and_takes_what_is_missing_from_customer_and_company() -> None:
    found = step(mandate("M-1"))

    assert (found.outcome, found.state, found.differences) == (Outcome.NEW, MandateState.ACTIVE, ())
    assert (found.facts.debtor_name, found.facts.creditor_identifier) == ("Kunde", CREDITOR)


@pytest.mark.parametrize(
    ("row", "before", "outcome", "names"),
    [
        pytest.param(ROW, known(), Outcome.UNCHANGED, [], id="as stored"),
        pytest.param(mandate("M-1"), known(), Outcome.UNCHANGED, [], id="an empty name stays"),
        pytest.param(ROW._replace(debtor_town="Bonn"), known(), Outcome.CHANGED, ["debtor_town"], id="another town"),
        pytest.param(
            ROW._replace(status=MandateState.REVOKED), known(), Outcome.CHANGED, ["state"], id="revoked over there"
        ),
        pytest.param(ROW._replace(iban=german_iban(2)), known(), Outcome.PROPOSED, ["iban"], id="another account"),
        pytest.param(
            ROW, known(creditor_identifier=""), Outcome.CHANGED, ["creditor_identifier"], id="without identifier"
        ),
        pytest.param(
            ROW._replace(last_collected_date=dt.date(2026, 1, 1)),
            known(last_collected_date=dt.date(2026, 5, 1)), Outcome.UNCHANGED, [], id="an older collection",
        ),
        pytest.param(
            ROW._replace(last_collected_date=dt.date(2026, 6, 1)),
            known(last_collected_date=dt.date(2026, 5, 1)), Outcome.CHANGED, ["last_collected_date"],
            id="a later collection",
        ),
        pytest.param(
            ROW._replace(status=MandateState.EXPIRED), known(state=MandateState.EXPIRED), Outcome.UNCHANGED, [],
            id="final, as it is",
        ),
    ],
)  # fmt: skip
def test_a_known_mandate_changes_by_what_the_row_says(
    row: MandateRow, before: KnownMandate, outcome: Outcome, names: list[str]
) -> None:
    found = step(row, before)

    assert found.outcome is outcome
    assert [difference.name for difference in found.differences] == names


def test_another_account_is_withheld_and_shown_masked() -> None:
    found = step(ROW._replace(iban=german_iban(2)), known())

    assert found.withheld_iban == german_iban(2).masked
    assert found.differences[-1].before == german_iban(1).masked


@pytest.mark.parametrize(
    ("row", "before", "column", "expected"),
    [
        pytest.param(ROW._replace(scheme=LocalInstrument.B2B), known(), "scheme", "new mandate", id="other scheme"),
        pytest.param(ROW._replace(type=MandateType.ONE_OFF), known(), "type", "new mandate", id="other type"),
        pytest.param(
            ROW._replace(status=MandateState.ACTIVE), known(state=MandateState.REVOKED), "status", "revoked",
            id="revived",
        ),
        pytest.param(ROW._replace(status=MandateState.DRAFT), known(), "status", "suspended", id="back to the start"),
        pytest.param(ROW, known()._replace(party_id=6), "customer_number", "gave this", id="of another customer"),
    ],
)  # fmt: skip
def test_what_a_mandate_cannot_become_is_an_error(
    row: MandateRow, before: KnownMandate, column: str, expected: str
) -> None:
    error = plan(row, before)

    assert isinstance(error, RowError)
    assert error.column == column
    assert expected in error.expected


def test_a_mandate_of_nobody_is_an_error() -> None:
    error = plan(ROW, party_id=None)

    assert isinstance(error, RowError)
    assert (error.column, error.found) == ("customer_number", "C1")
