"""Shapes of what matching may book by itself, and of how a company collects."""

import datetime as dt

from schemas.codes.reason_actions import MandateAction, NextAction, Retry
from schemas.payloads.common import Shape


class PolicyShape(Shape):
    """The rules that hold now. Amounts are minor units of ``currency``; ``version`` 0 is the defaults."""

    version: int
    currency: str
    changed_at: dt.datetime | None
    book_exact_reference: bool
    book_discount: bool
    book_partial: bool
    book_confirmed_payer: bool
    book_advice: bool
    book_habit: bool
    habit_right_min: int
    discount_rounding_minor: int
    discount_grace_days: int
    tolerance_minor: int
    fee_limit_minor: int
    combination_items_max: int
    combination_steps_max: int
    ignore_outgoing: bool


class ReasonRuleShape(Shape):
    """What is done about debits that come back for one reason."""

    retry: Retry
    mandate: MandateAction
    action: NextAction


class CollectionPolicyShape(Shape):
    """The rules that hold now. Amounts are cents of euro; ``reasons`` are those treated otherwise than advised."""

    version: int
    changed_at: dt.datetime | None
    notice_days: int
    later_days: int
    is_bundled: bool
    nets_credits: bool
    second_approval_minor: int
    retries_max: int
    retry_after_bank_days: int
    presents_again: bool
    rebills_fee: bool
    fee_claim_minor: int
    new_account_rest_days: int
    confirms_by_transfer: bool
    mandate_reference_rule: str
    reasons: dict[str, ReasonRuleShape]
