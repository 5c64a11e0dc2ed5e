"""One booking is one booking, whatever file brings it; two equal ones stay two."""

import datetime as dt

import pytest

from gateway.domain.bank_entry import EntryFacts, conflicts, fingerprint, known_reference, pair
from gateway.domain.entry_plan import IncomingEntry, KnownEntry, plan_entries
from schemas.statement import BankEntry, BankTransaction

DAY = dt.date(2026, 11, 16)


def entry(amount: int = 100, reference: str | None = "REF1", remittance: str = "Rechnung 7") -> BankEntry:
    payment = BankTransaction(amount, "EUR", remittance=remittance)
    return BankEntry(DAY, DAY, amount, "EUR", "BOOK", False, None, reference, None, "", None, None, (payment,), None)


def facts(key: str = "k1", occurrence: int = 1, **values: object) -> EntryFacts:
    return EntryFacts(key, occurrence, DAY, 100, "EUR", None, None, None, "")._replace(**values)


def incoming(position: int, one: EntryFacts, *, divided: bool = False, provisional: bool = False) -> IncomingEntry:
    return IncomingEntry(position, one, divided, provisional)


def known(handle: int, one: EntryFacts, *, divided: bool = False, provisional: bool = False) -> KnownEntry:
    return KnownEntry(handle, one, divided, provisional)


@pytest.mark.parametrize("text", ["NONREF", " nonref ", "", None, "NOTPROVIDED"])
def test_a_reference_that_says_none_is_none(text: str | None) -> None:
    assert known_reference(text) is None


def test_a_text_wrapped_differently_gives_the_same_fingerprint() -> None:
    assert fingerprint(entry(remittance="Rechnung\n 7"), DAY) == fingerprint(entry(remittance="RECHNUNG 7"), DAY)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(entry(amount=101), id="amount"),
        pytest.param(entry(reference="REF2"), id="reference"),
        pytest.param(entry(remittance="Rechnung 8"), id="text"),
    ],
)
def test_another_booking_gives_another_fingerprint(other: BankEntry) -> None:
    assert fingerprint(other, DAY) != fingerprint(entry(), DAY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(facts("a"), facts("a"), id="same fingerprint"),
        pytest.param(facts("a", bank_reference="R"), facts("b", bank_reference="R"), id="same bank reference"),
        pytest.param(facts("a", end_to_end_id="E"), facts("b", end_to_end_id="E"), id="same end-to-end id"),
        pytest.param(facts("a", batch_reference="B"), facts("b", batch_reference="B"), id="same batch"),
        pytest.param(facts("a", text="rechnung7"), facts("b", text="rechnung7"), id="same text"),
    ],
)
def test_entries_are_paired_by_what_they_share(one: EntryFacts, other: EntryFacts) -> None:
    assert pair([one], [other]) == {0: 0}


def test_entries_are_never_paired_by_amount_alone() -> None:
    assert pair([facts("a")], [facts("b")]) == {}


def test_twins_are_paired_one_to_one() -> None:
    assert pair([facts("a", 1), facts("a", 2)], [facts("a", 1)]) == {0: 0}


def test_a_known_reference_with_another_amount_is_a_conflict() -> None:
    found = conflicts([facts(bank_reference="R", amount_minor=120)], [facts(bank_reference="R")], compare_dates=True)

    assert found == ("reference R is known with 100 EUR (minor units), here it has 120 EUR",)


def test_a_known_reference_on_another_day_is_a_conflict_unless_dates_may_differ() -> None:
    later = facts(bank_reference="R", booking_date=DAY + dt.timedelta(1))

    assert conflicts([later], [facts(bank_reference="R")], compare_dates=True) == (
        "reference R is known from 2026-11-16, here it is of 2026-11-17",
    )
    assert conflicts([later], [facts(bank_reference="R")], compare_dates=False) == ()


def test_a_reference_that_the_bank_uses_twice_identifies_nothing() -> None:
    twice = [facts(bank_reference="R", amount_minor=1), facts(bank_reference="R", amount_minor=2)]

    assert conflicts(twice, [facts(bank_reference="R")], compare_dates=True) == ()


def test_a_statement_confirms_what_a_report_announced() -> None:
    plan = plan_entries([incoming(1, facts())], [known(7, facts(), provisional=True)], decides=True, is_taken=False)

    assert (plan.known, plan.confirmed) == (frozenset({1}), (7,))


def test_a_pending_entry_of_a_statement_confirms_nothing() -> None:
    plan = plan_entries(
        [incoming(1, facts(), provisional=True)], [known(7, facts(), provisional=True)], decides=True, is_taken=False
    )

    assert (plan.known, plan.confirmed) == (frozenset({1}), ())


def test_a_report_stores_nothing_that_is_known() -> None:
    plan = plan_entries([incoming(1, facts())], [known(7, facts())], decides=False, is_taken=False)

    assert (plan.known, plan.confirmed) == (frozenset({1}), ())


def test_an_equal_entry_of_the_next_statement_gets_the_next_number() -> None:
    plan = plan_entries([incoming(1, facts())], [known(7, facts())], decides=True, is_taken=False)

    assert (plan.known, plan.occurrences) == (frozenset(), {1: 2})


def test_a_taken_overlap_stores_only_what_is_new() -> None:
    plan = plan_entries(
        [incoming(1, facts()), incoming(2, facts("k2"))], [known(7, facts())], decides=True, is_taken=True
    )

    assert (plan.known, plan.occurrences) == (frozenset({1}), {})


def test_details_divide_an_entry_that_was_booked_as_one_sum() -> None:
    plan = plan_entries(
        [incoming(1, facts("a", bank_reference="R"), divided=True)],
        [known(7, facts("b", bank_reference="R"))],
        decides=False,
        is_taken=False,
    )

    assert (plan.divided, plan.known) == ({1: 7}, frozenset())


def test_parts_that_were_announced_stand_for_the_sum_that_is_booked() -> None:
    plan = plan_entries(
        [incoming(1, facts("a", bank_reference="R"))],
        [known(7, facts("b", bank_reference="R"), divided=True, provisional=True)],
        decides=True,
        is_taken=False,
    )

    assert (plan.known, plan.confirmed, plan.divided) == (frozenset({1}), (7,), {})
