"""Which booking pays our refunds or brings one back, and what is asked instead."""

import datetime as dt
from typing import Any

import pytest

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.decide import decide
from gateway.domain.matching.model import Ask, Book, Credit, Decision, Ignore, OpenItem, Policy, Strength
from gateway.domain.matching.refunds import SentRefund, SentRefunds
from schemas.states import OpenItemKind, RefundState

DAY = dt.date(2026, 11, 17)
_Z = RefundState


def owed(key: int, minor: int) -> OpenItem:
    return OpenItem(key, key, OpenItemKind.CREDIT_NOTE, f"GS-{key}", "EUR", -minor, -minor, DAY, None)


def refund(key: int, minor: int, state: RefundState = _Z.SUBMITTED, **values: Any) -> SentRefund:
    return SentRefund(key, key, key, state, f"R-{key}", minor, "EUR", "MSG-B1", "MSG", DAY, **values)


def money(minor: int, **values: Any) -> Credit:
    code = "PMNT-ICDT-ESCT" if minor < 0 else "PMNT-ICDT-RRTN"
    return Credit(99, minor, values.pop("currency", "EUR"), DAY, "", **{"bank_transaction_code": code, **values})


def decided(credit: Credit, *refunds: SentRefund, **left: int) -> Decision:
    index = ItemIndex([owed(1, left.get("left", 500)), owed(2, 300)], refunds=SentRefunds(refunds))
    return decide(credit, index, Policy())


def signs(decision: Decision) -> list[str]:
    assert isinstance(decision, Ask)
    return [sign.code for one in decision.explanations for sign in one.proof]


BOTH = (refund(1, 500), refund(2, 300))


@pytest.mark.parametrize(
    ("credit", "refunds", "found"),
    [
        pytest.param(money(-500, end_to_end_id="R-1"), BOTH, (1,), id="by its id"),
        pytest.param(money(-800, payment_information_id="MSG-B1"), BOTH, (1, 2), id="the block"),
        pytest.param(
            money(-500, message_id="MSG"), (BOTH[0], refund(2, 300, _Z.FAILED)), (1,), id="the block without a reject"
        ),
        pytest.param(
            money(500, end_to_end_id="R-1"), (refund(1, 500, _Z.SETTLED, is_whole=True),), (1,), id="it came back"
        ),
    ],
)
def test_what_is_exact_is_booked(credit: Credit, refunds: tuple[SentRefund, ...], found: tuple[int, ...]) -> None:
    decision = decided(credit, *refunds)

    assert isinstance(decision, Book)
    assert decision.explanation.refunds == found


@pytest.mark.parametrize(
    ("credit", "refunds", "reason", "said"),
    [
        pytest.param(money(-499, end_to_end_id="R-1"), BOTH, "amount_differs", "refund_amount", id="another amount"),
        pytest.param(
            money(-500, end_to_end_id="R-1", currency="CHF"), BOTH, "amount_differs", "refund_amount", id="currency"
        ),
        pytest.param(money(-799, message_id="MSG"), BOTH, "amount_differs", "refund_amount", id="another sum"),
        pytest.param(
            money(-500, message_id="MSG"), (refund(1, 500, _Z.SETTLED),), "paid_already", "refund_paid", id="block twice"
        ),
        pytest.param(
            money(-500, end_to_end_id="R-1"), (refund(1, 500, _Z.SETTLED),), "paid_already", "refund_paid", id="twice"
        ),
        pytest.param(
            money(-500, end_to_end_id="R-1"), (refund(1, 500, _Z.FAILED),), "weak_evidence", "refund_failed", id="failed"
        ),
        pytest.param(
            money(-500, end_to_end_id="R-1"), (refund(1, 500, _Z.BATCHED),), "weak_evidence", "refund_not_sent",
            id="nobody said that it was sent",
        ),
        pytest.param(
            money(500, end_to_end_id="R-1"), BOTH, "returned_transfer", "refund_not_paid", id="back before it was paid"
        ),
        pytest.param(
            money(501, end_to_end_id="R-1", return_reason="AC04"), (refund(1, 500, _Z.SETTLED),), "returned_transfer",
            "refund_amount", id="more came back",
        ),
        pytest.param(money(500, end_to_end_id="R-7"), BOTH, "returned_transfer", "", id="no refund of ours"),
    ],
)  # fmt: skip
def test_what_is_not_exact_is_asked(credit: Credit, refunds: tuple[SentRefund, ...], reason: str, said: str) -> None:
    decision = decided(credit, *refunds)

    assert isinstance(decision, Ask)
    assert decision.reason == reason
    assert signs(decision)[-1:] == [said] * bool(said)
    assert all(not one.refunds for one in decision.explanations)


OTHER = tuple(
    one._replace(id=one.id + 10, end_to_end_id=f"S-{one.id}", payment_information_id="NEXT-B1", message_id="NEXT")
    for one in BOTH
)
LATE = money(-800)._replace(booking_date=DAY + dt.timedelta(10))


@pytest.mark.parametrize(
    ("credit", "refunds"),
    [
        pytest.param(money(-800), BOTH, id="by its sum and day"),
        pytest.param(money(-800, is_batch=True, batch_count=2, name="Our Company"), BOTH, id="with its count"),
        pytest.param(LATE, BOTH, id="ten days later"),
        pytest.param(money(-800, bank_transaction_code=None), BOTH, id="under no code"),
        pytest.param(money(-800, message_id="BANK-4711"), BOTH, id="by a name that only the bank knows"),
        pytest.param(
            money(-800, is_batch=True, batch_count=3), (*BOTH, refund(3, 90, _Z.FAILED)), id="the count with a reject"
        ),
        pytest.param(money(-800), (*BOTH, *[one._replace(execution_date=DAY + dt.timedelta(1)) for one in OTHER]), id="of two the one whose day came"),
        pytest.param(money(-800), (*BOTH, *[one._replace(state=_Z.SETTLED) for one in OTHER]), id="of two the one that is not paid"),
    ],
)  # fmt: skip
def test_a_sum_without_a_name_pays_the_only_block_that_fits(credit: Credit, refunds: tuple[SentRefund, ...]) -> None:
    decision = decided(credit, *refunds)

    assert isinstance(decision, Book)
    assert decision.explanation.refunds == (1, 2)


@pytest.mark.parametrize(
    ("credit", "refunds"),
    [
        pytest.param(money(-801), BOTH, id="another sum"),
        pytest.param(money(-800, currency="CHF"), BOTH, id="another currency"),
        pytest.param(money(-800, is_batch=True, batch_count=5), BOTH, id="another count"),
        pytest.param(money(-800)._replace(booking_date=DAY - dt.timedelta(1)), BOTH, id="before its day"),
        pytest.param(LATE._replace(booking_date=DAY + dt.timedelta(11)), BOTH, id="long after it"),
        pytest.param(money(-800, iban="DE02120300000000202051"), BOTH, id="to an account"),
        pytest.param(money(-800, end_to_end_id="SUPPLIER-1"), BOTH, id="with an id of something else"),
        pytest.param(money(-500), BOTH[:1], id="a block of one"),
        pytest.param(money(-800, bank_transaction_code="PMNT-RDDT-ESDD"), BOTH, id="a debit by a supplier"),
    ],
)
def test_a_sum_that_fits_no_block_is_none_of_them(credit: Credit, refunds: tuple[SentRefund, ...]) -> None:
    assert isinstance(decided(credit, *refunds), Ignore)


def test_two_blocks_that_fit_are_asked() -> None:
    decision = decided(money(-800), *BOTH, *OTHER)

    assert isinstance(decision, Ask)
    assert decision.reason == "several_explanations"
    assert [one.refunds for one in decision.explanations] == [(1, 2), (11, 12)]
    assert {one.strength for one in decision.explanations} == {Strength.POSSIBLE}


def test_a_block_that_nobody_sent_is_asked_about() -> None:
    decision = decided(money(-800), *[one._replace(state=_Z.BATCHED) for one in BOTH])

    assert signs(decision) == ["refund_unnamed", "refund_not_sent"]


@pytest.mark.parametrize(
    ("credit", "on_account_minor", "kept"),
    [
        pytest.param(money(-500, end_to_end_id="R-1"), -400, (), id="of one customer"),
        pytest.param(money(-800, message_id="MSG"), 0, ((1, -400),), id="of one among several"),
    ],
)
def test_what_was_used_meanwhile_the_customer_owes(
    credit: Credit, on_account_minor: int, kept: tuple[Any, ...]
) -> None:
    decision = decided(credit, *BOTH, left=100)

    assert isinstance(decision, Ask)
    assert decision.reason == "more_than_open"
    (explanation,) = decision.explanations
    assert (explanation.on_account_minor, tuple(map(tuple, explanation.kept))) == (on_account_minor, kept)
