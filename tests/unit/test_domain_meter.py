"""How well matching does: four shares together, unknown where nothing came, wrong never hidden."""

import pytest

from gateway.domain.matching.proof import SignCode
from gateway.domain.meter import Figure, Share, evidence_of, meters_by, read_meter
from schemas.states import MatchEvidence, MatchOutcome

_O = MatchOutcome


def figure(
    outcome: MatchOutcome,
    lines: int = 1,
    minor: int = 100,
    *,
    currency: str = "EUR",
    why: str = "exact_reference",
    is_payment: bool = True,
    month: str = "2026-11",
) -> Figure:
    return Figure(month, 1, "MT940", currency, outcome, why, MatchEvidence.NUMBER, is_payment, lines, minor)


def test_nothing_gives_no_figure_instead_of_none_of_a_hundred() -> None:
    meter = read_meter([])

    assert (meter.payments.basis_points, meter.lines.basis_points, meter.values) == (None, None, {})
    assert (meter.wrong.one_in, meter.wrong.whole) == (None, 0)


def test_payments_lines_value_and_wrong_are_told_together() -> None:
    figures = [
        figure(_O.BOOKED, 6, 600), figure(_O.BOOKED_LATER, 1, 50), figure(_O.ASKED, 3, 1_350, why="amount_differs"),
        figure(_O.ASKED, 2, 0, why="no_known_reference"), figure(_O.SET_ASIDE, 5, 90, is_payment=False),
        figure(_O.ASKED, 3, 70, is_payment=False), figure(_O.WRONG, 2, 900), figure(_O.TAKEN_BACK, 1, 8),
    ]  # fmt: skip

    meter = read_meter(figures)

    assert meter.payments == Share(7, 12)
    assert (meter.payments_later, meter.nothing_found) == (1, 2)
    assert meter.lines == Share(12, 20)
    assert meter.values == {"EUR": Share(650, 2_000)}
    assert meter.wrong == Share(2, 15)
    assert meter.taken_back == 1


def test_money_of_each_currency_is_added_up_by_itself() -> None:
    meter = read_meter([figure(_O.BOOKED, currency="EUR"), figure(_O.ASKED, minor=7, currency="CHF")])

    assert meter.values == {"CHF": Share(0, 7), "EUR": Share(100, 100)}


@pytest.mark.parametrize(
    ("share", "basis_points", "one_in"),
    [
        pytest.param(Share(9_999_999, 10_000_000), 9_999, 1, id="one that is missing is never rounded away"),
        pytest.param(Share(10, 10), 10_000, 1, id="all"),
        pytest.param(Share(0, 41_000), 0, None, id="none"),
        pytest.param(Share(3, 41_000), 0, 13_666, id="few of very many still are one in so many"),
    ],
)
def test_a_share_is_never_rounded_in_our_favour(share: Share, basis_points: int, one_in: int | None) -> None:
    assert (share.basis_points, share.one_in) == (basis_points, one_in)


def test_figures_are_added_up_for_each_month() -> None:
    months = meters_by([figure(_O.BOOKED), figure(_O.ASKED, month="2026-12"), figure(_O.ASKED)], lambda one: one.month)

    assert {month: meter.payments for month, meter in months.items()} == {
        "2026-11": Share(1, 2),
        "2026-12": Share(0, 1),
    }


@pytest.mark.parametrize(
    ("signs", "evidence"),
    [
        pytest.param([], MatchEvidence.NONE, id="no proof"),
        pytest.param([None, None], MatchEvidence.NONE, id="an empty proof"),
        pytest.param([SignCode.NAMES_REFERENCE, SignCode.AMOUNT_EXACT], MatchEvidence.REFERENCE, id="reference"),
        pytest.param([SignCode.NAMES_ITEM], MatchEvidence.NUMBER, id="number"),
        pytest.param([SignCode.AMOUNT_EXACT, SignCode.IBAN_CONFIRMED], MatchEvidence.ACCOUNT, id="account"),
        pytest.param(
            [SignCode.AMOUNT_EXACT, SignCode.IBAN_CONFIRMED, SignCode.MISTYPED], MatchEvidence.MISTYPED, id="mistyped"
        ),
        pytest.param([SignCode.TAKES_BACK], MatchEvidence.OWN_ORDER, id="our own debit"),
        pytest.param(["of_tomorrow"], MatchEvidence.OTHER, id="a sign that is not known here"),
    ],
)
def test_the_first_sign_of_a_proof_tells_the_evidence(signs: list[str | None], evidence: MatchEvidence) -> None:
    assert evidence_of("exact_reference", signs) is evidence


@pytest.mark.parametrize(
    ("rule", "evidence"),
    [("habit", MatchEvidence.HABIT), ("advice", MatchEvidence.ADVICE), ("user_rule", MatchEvidence.USER_RULE)],
)
def test_what_was_learned_listed_or_ruled_is_its_own_evidence(rule: str, evidence: MatchEvidence) -> None:
    assert evidence_of(rule, [SignCode.NAMES_ITEM]) is evidence
    assert evidence_of(rule, [None]) is MatchEvidence.NONE
