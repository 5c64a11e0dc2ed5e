"""One credit with all that is asked about it, and what may stand against booking it."""

from typing import NamedTuple

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.evidence import Evidence
from gateway.domain.matching.model import Credit, Policy, Sign
from gateway.domain.matching.resolve import Named
from schemas.states import ReviewReason


class Case(NamedTuple):
    """One credit with all that is asked about it."""

    credit: Credit
    item_index: ItemIndex
    policy: Policy
    evidence: Evidence
    named: Named


class Obstacle(NamedTuple):
    """Why a person must look, and the sentence that says so."""

    reason: ReviewReason
    sign: Sign
