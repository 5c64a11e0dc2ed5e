"""When a debit is best presented again."""

import datetime as dt

import pytest

from gateway.domain.retry import RetryReason, explain_retry, propose_retry
from gateway.domain.returns import ReturnPolicy, treat
from schemas.codes.reason_actions import NextAction, Retry
from schemas.states import Language

BACK = dt.date(2026, 11, 19)  # A Thursday.
FIRST = dt.date(2026, 11, 26)
USUAL = [dt.date(2026, month, day) for month, day in ((11, 3), (10, 5), (9, 4), (8, 4))]


def proposed(code: str = "AM04", **facts: object) -> tuple[dt.date | None, RetryReason]:
    policy = ReturnPolicy()
    known = {"tries": 0, "occurred_date": BACK, **facts}
    plan = propose_retry(treat(code, policy, tries=0), policy, **known)  # type: ignore[arg-type]
    return plan.retry_date, plan.reason


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        pytest.param({}, (FIRST, RetryReason.EARLIEST), id="nothing known of the customer"),
        pytest.param({"paid_dates": USUAL}, (dt.date(2026, 12, 4), RetryReason.USUAL_DAY), id="pays early in the month"),
        pytest.param({"paid_dates": USUAL[:2]}, (FIRST, RetryReason.EARLIEST), id="too few payments"),
        pytest.param(
            {"paid_dates": [dt.date(2026, 1, 2 + 5 * place) for place in range(5)]}, (FIRST, RetryReason.EARLIEST),
            id="pays any day",
        ),
        pytest.param(
            {"paid_dates": [dt.date(2026, month, day) for month, day in ((10, 31), (9, 1), (8, 30), (7, 31))]},
            (dt.date(2026, 11, 30), RetryReason.USUAL_DAY), id="pays around the end of the month",
        ),
        pytest.param({"not_before_date": dt.date(2026, 11, 28)}, (dt.date(2026, 11, 30), RetryReason.EARLIEST), id="late"),
        pytest.param({"code": "DT01"}, (FIRST, RetryReason.AFTER_CORRECTION), id="to be corrected first"),
        pytest.param({"code": "MD06"}, (None, RetryReason.NOT_AGAIN), id="taken back by the customer"),
        pytest.param({"code": "XX99"}, (None, RetryReason.NOT_AGAIN), id="a code that nobody knows"),
        pytest.param({"tries": 2}, (None, RetryReason.TRIED_ENOUGH), id="tried twice"),
    ],
)  # fmt: skip
def test_a_day_is_proposed_within_the_limits(facts: dict[str, object], wanted: tuple[object, ...]) -> None:
    assert proposed(**facts) == wanted  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "tries", "retry", "action"),
    [
        pytest.param("AM04", 1, Retry.LATER, NextAction.PRESENT_AGAIN, id="once more"),
        pytest.param("AM04", 2, Retry.NO, NextAction.ASK_DEBTOR, id="twice was enough"),
        pytest.param("MS03", 0, Retry.LATER_ONCE, NextAction.PRESENT_AGAIN, id="no reason given"),
        pytest.param("MS03", 1, Retry.NO, NextAction.ASK_DEBTOR, id="no reason given again"),
    ],
)
def test_the_customer_is_asked_when_it_was_tried_enough(
    code: str, tries: int, retry: Retry, action: NextAction
) -> None:
    rule = treat(code, ReturnPolicy(), tries=tries)

    assert (rule.retry, rule.action) == (retry, action)


@pytest.mark.parametrize("language", list(Language))
def test_each_plan_has_a_sentence(language: Language) -> None:
    for facts in ({}, {"paid_dates": USUAL}, {"tries": 2}):
        policy = ReturnPolicy()
        known = {"tries": 0, "occurred_date": BACK, **facts}
        plan = propose_retry(treat("AM04", policy, tries=0), policy, **known)  # type: ignore[arg-type]
        assert explain_retry(plan, language, day=dt.date.isoformat)
