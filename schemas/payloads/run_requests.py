"""Shapes of requests to the bank about a run that it has."""

import datetime as dt
from typing import Literal

from pydantic import Field

from schemas.payloads.common import Body, Key, Sentence, Shape


class NewCancellation(Body):
    """Ask the bank not to collect some debits, or all that it has not collected. The reason is an ISO 20022 code."""

    collection_ids: list[Key] = Field(default_factory=list, max_length=5000)
    reason: Literal["DUPL", "CUST", "UPAY", "TECH", "FRAD", "AM09", "AC02", "DT01"]


class NewReversal(Body):
    """Ask the bank to give some debits back, or all that can be. The reason is an ISO 20022 code."""

    collection_ids: list[Key] = Field(default_factory=list, max_length=5000)
    reason: Literal["AM05", "MS02"]


class RequestShape(Shape):
    """One request: its file has this hash; the amount is cents of euro."""

    kind: Literal["cancellation", "reversal"]
    sha256: str
    made_at: dt.datetime
    made_by: str
    collections: int
    amount_minor: int


class RequestList(Shape):
    """What the bank was asked about a run, the latest first."""

    items: list[RequestShape]


class CancelledBody(Body):
    """Which debits the bank cancelled, and how it said so."""

    collection_ids: list[Key] = Field(min_length=1, max_length=5000)
    proof: Sentence


class CancelledShape(Shape):
    """How many debits were cancelled."""

    cancelled: int
