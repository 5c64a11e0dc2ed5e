"""What is no customer's payment is never matched as one."""

from typing import Any

import pytest

from gateway.domain.matching.decide import decide
from gateway.domain.matching.model import Ask, BookedCredit, Credit, Ignore, Line, OpenItem, Policy
from schemas.states import AllocationKind, IgnoreCategory, OpenItemKind
from support.matching import (
    ANNA,
    STRANGER,
    TODAY,
    credit_note,
    decided,
    index_of,
    invoice,
    money,
    offered,
    outcome,
    signs,
)

ITEM = invoice(1, "FA-2026-000101", 10_000)
OWN = {"own_ibans": ("DE00 1",), "own_end_to_end_ids": ("DD1",), "mandates": {"M-1": 1}}
COLLECTION, RETURNED, OUT, FEE = "PMNT-IDDT-ESDD", "PMNT-IDDT-UPDD", "PMNT-ICDT-ESCT", "PMNT-MDOP-CHRG"


@pytest.mark.parametrize(
    ("credit", "reason"),
    [
        pytest.param(
            money(10_000, "FA-2026-000101", return_reason="AC04"), "returned_transfer", id="our transfer came back"
        ),
        pytest.param(
            money(10_000, "FA-2026-000101", bank_transaction_code="PMNT-ICDT-RRTN"),
            "returned_transfer",
            id="by its code",
        ),
        pytest.param(
            money(10_000, "FA-2026-000101", bank_transaction_code=COLLECTION), "own_collection", id="collection"
        ),
        pytest.param(money(10_000, "FA-2026-000101", mandate_reference="M-1"), "own_collection", id="under a mandate"),
        pytest.param(money(10_000, "FA-2026-000101", end_to_end_id="DD1"), "own_collection", id="our end-to-end id"),
        pytest.param(
            money(10_000, "", bank_transaction_code="XTND-NTAV-NTAV", is_batch=True), "own_collection", id="batch"
        ),
        pytest.param(money(10_000, "FA-2026-000101", is_reversal=True), "reversal", id="reversal"),
        pytest.param(money(-10_000, "FA-2026-000101", is_reversal=True), "reversal", id="reversal of a credit"),
        pytest.param(
            money(-10_000, "", bank_transaction_code=RETURNED), "returned_debit", id="returned debit by its code"
        ),
        pytest.param(money(-10_000, "FA-2026-000101", return_reason="MD06"), "returned_debit", id="returned debit"),
        pytest.param(money(-10_000, "", bank_transaction_code=OUT, end_to_end_id="DD1"), "returned_debit", id="our id"),
        pytest.param(money(-10_000, "FA-2026-000101"), "returned_debit", id="a debit under a code for money in"),
        pytest.param(money(-10_000, "", iban=ANNA, bank_transaction_code=None), "returned_debit", id="to a customer"),
    ],
)
def test_it_is_asked_about_and_never_matched(credit: Credit, reason: str) -> None:
    decision = decided(credit, ITEM, **OWN)

    assert outcome(decision) == reason
    assert offered(decision) == []


@pytest.mark.parametrize(
    ("credit", "rule", "category"),
    [
        pytest.param(money(10_000, "FA-2026-000101", iban="DE001"), "own_account", IgnoreCategory.OWN_TRANSFER, id="own"),
        pytest.param(
            money(500, "", iban="de00 1", bank_transaction_code="UNHEARD"), "own_account", IgnoreCategory.OWN_TRANSFER,
            id="own, odd code",
        ),
        pytest.param(
            money(-500, "", iban="DE001", bank_transaction_code=OUT), "own_account", IgnoreCategory.OWN_TRANSFER, id="to own",
        ),
        pytest.param(
            money(500, "", bank_transaction_code="PMNT-RCCN-ICCT"), "own_account", IgnoreCategory.OWN_TRANSFER,
            id="cash concentration",
        ),
        pytest.param(money(-500, "", bank_transaction_code=FEE), "bank_booking", IgnoreCategory.BANK_FEE, id="fee"),
        pytest.param(money(500, "", bank_transaction_code=FEE), "bank_booking", IgnoreCategory.BANK_FEE, id="fee back"),
        pytest.param(
            money(7, "", bank_transaction_code="PMNT-MDOP-INTR"), "bank_booking", IgnoreCategory.INTEREST, id="interest"
        ),
        pytest.param(money(-500, "", bank_transaction_code=OUT), "outgoing", IgnoreCategory.SUPPLIER, id="supplier"),
        pytest.param(
            money(-500, "", bank_transaction_code="PMNT-ICDT-SALA"), "outgoing", IgnoreCategory.TAX_SALARY, id="salary"
        ),
        pytest.param(
            money(-500, "", bank_transaction_code="PMNT-CCRD-POSD"), "outgoing", IgnoreCategory.OTHER, id="card"
        ),
        pytest.param(money(-500, "", bank_transaction_code=None), "outgoing", IgnoreCategory.OTHER, id="nobody knows"),
    ],
)  # fmt: skip
def test_it_is_ignored_under_its_category(credit: Credit, rule: str, category: IgnoreCategory) -> None:
    decision = decided(credit, ITEM, **OWN)

    assert isinstance(decision, Ignore)
    assert (decision.rule.value, decision.category) == (rule, category)


def test_a_payment_under_an_unknown_code_is_matched_all_the_same() -> None:
    assert outcome(decided(money(10_000, "FA-2026-000101", bank_transaction_code=None), ITEM)) == "exact_reference"


def test_outgoing_money_is_asked_about_when_the_policy_says_so() -> None:
    decision = decided(money(-500, "", bank_transaction_code=OUT), ITEM, policy=Policy(ignore_outgoing=False))

    assert outcome(decision) == "no_known_reference"


@pytest.mark.parametrize(
    ("item", "minor", "is_offered"),
    [
        pytest.param(credit_note(3, "GS-2026-000007", 2_000), -2_000, True, id="credit note, exact"),
        pytest.param(credit_note(3, "GS-2026-000007", 2_000), -1_999, False, id="credit note, another amount"),
        pytest.param(
            invoice(3, "GS-2026-000007", -2_000, kind=OpenItemKind.ON_ACCOUNT), -2_000, True, id="money kept on account"
        ),
        pytest.param(credit_note(3, "GS-2026-000007", 2_000, currency="CHF"), -2_000, False, id="another currency"),
    ],
)
def test_a_debit_that_pays_out_what_we_owe_is_offered(item: OpenItem, minor: int, is_offered: bool) -> None:
    decision = decided(money(minor, "GS-2026-000007", bank_transaction_code=OUT), item)

    if is_offered:
        assert outcome(decision) == "weak_evidence"
        assert isinstance(decision, Ask)
        assert decision.explanations[0].lines == (Line(3, AllocationKind.REFUND, minor),)
        assert signs(decision) == ["pays_out"]
    else:
        assert outcome(decision) == "outgoing"


PAID = BookedCredit(
    id=77,
    customer_id=1,
    amount_minor=10_500,
    currency="EUR",
    booking_date=TODAY,
    lines=(Line(1, AllocationKind.PAYMENT, 10_000), Line(1, AllocationKind.DISCOUNT, 200)),
    on_account_minor=500,
    end_to_end_id="E2E-1",
    bank_reference="BANK123",
    iban=STRANGER,
)
COLLECTED = PAID._replace(id=78, mandate_reference="M-1", end_to_end_id="DD9", iban=ANNA, bank_reference=None)
RECALL: dict[str, Any] = {"bank_transaction_code": "PMNT-RCDT-RRTN", "return_reason": "FOCR"}
UNPAID: dict[str, Any] = {"bank_transaction_code": RETURNED, "return_reason": "MD06"}


@pytest.mark.parametrize(
    ("debit", "booked", "reason", "found_by"),
    [
        pytest.param(money(-10_500, "", end_to_end_id="E2E-1", **RECALL), PAID, "returned_transfer", "end-to-end id", id="id"),
        pytest.param(money(-10_500, "", iban=STRANGER, **RECALL), PAID, "returned_transfer", "account", id="account"),
        pytest.param(money(-10_500, "zu BANK123", **RECALL), PAID, "returned_transfer", "bank reference", id="bank"),
        pytest.param(
            money(-10_500, "", end_to_end_id="NOTPROVIDED", mandate_reference="M-1", **UNPAID), COLLECTED,
            "returned_debit", "mandate", id="mandate",
        ),
        pytest.param(money(-10_500, "", end_to_end_id="DD9", **UNPAID), COLLECTED, "returned_debit", "end-to-end id", id="dd"),
    ],
)  # fmt: skip
def test_a_return_of_a_booked_credit_is_offered_as_its_return(
    debit: Credit, booked: BookedCredit, reason: str, found_by: str
) -> None:
    decision = decide(debit, index_of(ITEM, booked=[booked]), Policy())

    assert isinstance(decision, Ask)
    assert outcome(decision) == reason
    (explanation,) = decision.explanations
    assert explanation.lines == (Line(1, AllocationKind.RETURN, -10_000),)
    assert explanation.on_account_minor == -500
    assert explanation.proof[0].facts["found_by"] == found_by


def test_charges_inside_a_return_are_told_apart() -> None:
    debit = money(-10_800, "", end_to_end_id="DD9", charges_minor=300, **UNPAID)

    decision = decide(debit, index_of(ITEM, booked=[COLLECTED]), Policy())

    assert isinstance(decision, Ask)
    (explanation,) = decision.explanations
    assert explanation.bank_fee_minor == -300
    assert sum(line.amount_minor for line in explanation.lines) + explanation.on_account_minor - 300 == -10_800
    assert signs(decision) == ["return_of", "return_fee"]


@pytest.mark.parametrize(
    ("debit", "booked"),
    [
        pytest.param(money(-9_999, "", end_to_end_id="DD9", **UNPAID), [COLLECTED], id="another amount"),
        pytest.param(
            money(-10_800, "", end_to_end_id="DD9", charges_minor=300, charges_included=False, **UNPAID), [COLLECTED],
            id="charges booked apart",
        ),
        pytest.param(money(-10_500, "", end_to_end_id="DD9", currency="CHF", **UNPAID), [COLLECTED], id="currency"),
        pytest.param(money(-10_500, "", mandate_reference="M-1", **UNPAID), [COLLECTED, COLLECTED._replace(id=79)], id="two"),
        pytest.param(money(-10_500, "", **UNPAID), [COLLECTED], id="nothing repeated"),
    ],
)  # fmt: skip
def test_a_return_whose_original_is_not_certain_is_a_bare_question(debit: Credit, booked: list[BookedCredit]) -> None:
    decision = decide(debit, index_of(ITEM, booked=booked), Policy())

    assert outcome(decision) == "returned_debit"
    assert offered(decision) == []
