"""Shapes of what matching may book by itself."""

import datetime as dt

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
    discount_rounding_minor: int
    discount_grace_days: int
    tolerance_minor: int
    fee_limit_minor: int
    combination_items_max: int
    combination_steps_max: int
    ignore_outgoing: bool
