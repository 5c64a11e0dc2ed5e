"""Parties: how they are searched, their families, and whose account a payer's IBAN is."""

import datetime as dt
from typing import Any

import pytest

from gateway.domain.customer_import import (
    CustomerFacts,
    KnownCustomer,
    parents_first,
    plan_customer,
    wrong_parents,
)
from gateway.domain.import_step import Outcome
from gateway.domain.matching.model import KnownIban
from gateway.domain.party import PayerFact, family_ids, known_ibans, search_key
from schemas.identifiers import Bic
from schemas.states import IbanSource
from support.master_data import customer, german_iban

RECORD, MANDATE, DECISION, COLLECTOR = (
    IbanSource.CUSTOMER_RECORD, IbanSource.MANDATE, IbanSource.DECISION, IbanSource.COLLECTOR,
)  # fmt: skip
IBAN = german_iban(1)


def fact(customer_id: int, source: IbanSource, decisions: int = 0, **values: Any) -> PayerFact:
    return PayerFact(IBAN, customer_id, source, decisions, **values)


@pytest.mark.parametrize(
    ("facts", "confirmed"),
    [
        pytest.param([fact(1, RECORD)], {1: True}, id="on the customer's record"),
        pytest.param([fact(1, MANDATE)], {1: True}, id="on an active mandate"),
        pytest.param([fact(1, DECISION, 1)], {1: False}, id="decided once"),
        pytest.param([fact(1, DECISION, 2)], {1: True}, id="decided twice"),
        pytest.param([fact(1, DECISION, 2), fact(2, DECISION, 1)], {1: False, 2: False}, id="and once for another"),
        pytest.param([fact(1, RECORD), fact(2, RECORD)], {1: False, 2: False}, id="on two records"),
        pytest.param([fact(1, RECORD), fact(2, DECISION, 1)], {1: False, 2: False}, id="record and another's decision"),
        pytest.param([fact(1, RECORD), fact(1, COLLECTOR)], {1: False}, id="marked as collector"),
        pytest.param([fact(1, RECORD), fact(2, COLLECTOR)], {1: False, 2: False}, id="marked at another customer"),
        pytest.param([fact(1, DECISION, 1), fact(1, MANDATE)], {1: True}, id="decision and mandate of one customer"),
    ],
)
def test_an_iban_is_confirmed_only_where_no_doubt_is(facts: list[PayerFact], confirmed: dict[int, bool]) -> None:
    found = known_ibans(facts)

    assert {one.customer_id: one.is_confirmed for one in found} == confirmed


def test_the_strongest_source_is_named() -> None:
    day = dt.date(2026, 5, 12)

    found = known_ibans([fact(1, DECISION, 3, by="Clara"), fact(1, RECORD, since_date=day, by="Import")])

    assert found == [KnownIban(IBAN, 1, RECORD, True, day, "Import")]
    assert known_ibans([fact(1, COLLECTOR)])[0].source is COLLECTOR


@pytest.mark.parametrize(
    ("parents", "families"),
    [
        pytest.param({1: None, 2: 1, 3: 2}, {1: 1, 2: 1, 3: 1}, id="three generations"),
        pytest.param({3: 2, 2: 1, 1: None}, {1: 1, 2: 1, 3: 1}, id="the youngest first"),
        pytest.param({1: None, 2: None}, {1: 1, 2: 2}, id="alone"),
        pytest.param({2: 9}, {2: 2}, id="the parent is unknown"),
        pytest.param({3: 4, 4: 3, 5: 3}, {3: 3, 4: 3, 5: 3}, id="a circle"),
        pytest.param({5: 3, 3: 4, 4: 3}, {3: 3, 4: 3, 5: 3}, id="a circle entered from outside"),
        pytest.param({1: 1}, {1: 1}, id="his own parent"),
    ],
)
def test_a_family_is_named_by_its_top(parents: dict[int, int | None], families: dict[int, int]) -> None:
    assert family_ids(parents) == families


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("  ACME  Corp ", "acme corp", id="blanks and capitals"),
        pytest.param("Müller & Söhne", "muller & sohne", id="umlauts"),
        pytest.param("Straße", "strasse", id="sharp s"),
        pytest.param("Łódź Œuvre Ærø", "lodz oeuvre aero", id="letters that do not fall apart"),
    ],
)
def test_names_are_searched_without_accents(text: str, key: str) -> None:
    assert search_key(text) == key


KNOWN = KnownCustomer(4, CustomerFacts("Alt GmbH", street="Weg 1", email="a@b.de"), (german_iban(1),))


def test_a_new_customer_takes_what_the_row_says() -> None:
    step = plan_customer(customer("C1", "Neu GmbH", town="Bonn", iban=german_iban(2), bic=Bic("INGDDEFFXXX")), None)

    assert step.outcome is Outcome.NEW
    assert step.facts == CustomerFacts("Neu GmbH", town="Bonn")
    assert (step.iban, step.bic, step.differences) == (german_iban(2), "INGDDEFFXXX", ())


def test_what_a_row_leaves_empty_stays() -> None:
    step = plan_customer(customer("C1", "Neu GmbH", iban=german_iban(1)), KNOWN)

    assert step.outcome is Outcome.CHANGED
    assert step.facts == CustomerFacts("Neu GmbH", street="Weg 1", email="a@b.de")
    assert step.iban is None
    assert [difference.name for difference in step.differences] == ["name"]


def test_another_account_takes_the_place_of_the_old_one_and_is_shown_masked() -> None:
    step = plan_customer(customer("C1", "Alt GmbH", iban=german_iban(2)), KNOWN)

    assert (step.outcome, step.iban) == (Outcome.CHANGED, german_iban(2))
    assert [(one.name, one.before, one.after) for one in step.differences] == [
        ("iban", german_iban(1).masked, german_iban(2).masked)
    ]


def test_the_same_row_again_changes_nothing() -> None:
    assert plan_customer(customer("C1", "Alt GmbH", iban=german_iban(1)), KNOWN).outcome is Outcome.UNCHANGED


@pytest.mark.parametrize(
    ("parents", "stored", "wrong"),
    [
        pytest.param({"A": None, "B": "A"}, {}, {}, id="in the same file"),
        pytest.param({"B": "A"}, {"A": None}, {}, id="stored"),
        pytest.param({"B": "X"}, {"A": None}, {"B": "stored or in this file"}, id="nobody"),
        pytest.param({"A": "A"}, {}, {"A": "not below"}, id="himself"),
        pytest.param({"A": "B", "B": "A"}, {}, {"A": "not below", "B": "not below"}, id="each other"),
        pytest.param({"A": "C"}, {"A": None, "B": "A", "C": "B"}, {"A": "not below"}, id="a stored grandchild"),
        pytest.param({"C": "A"}, {"A": "B", "B": "A"}, {}, id="above is a circle that was there before"),
    ],
)
def test_a_parent_is_somebody_above(
    parents: dict[str, str | None], stored: dict[str, str | None], wrong: dict[str, str]
) -> None:
    rows = [customer(number, row=line, parent_number=parent) for line, (number, parent) in enumerate(parents.items())]

    errors = {rows[error.row].number: error.expected for error in wrong_parents(rows, stored)}

    assert errors.keys() == wrong.keys()
    assert all(wrong[number] in expected for number, expected in errors.items())


def test_parents_come_before_those_below_them() -> None:
    rows = [customer("C", parent_number="B"), customer("B", parent_number="A"), customer("A"), customer("D")]

    assert [row.number for row in parents_first(rows)] == ["A", "B", "C", "D"]
