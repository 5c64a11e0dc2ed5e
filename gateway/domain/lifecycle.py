"""Life cycles as tables: which state may follow which (design section 4).

A final state has no moves: what is finished is never revived. Who moves, when and why is written by the services.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from schemas.errors import GatewayError
from schemas.states import (
    BankTransactionState,
    CollectionState,
    MandateState,
    RefundState,
    ReviewState,
    RunState,
    StatementFileState,
    StatementState,
    SubmissionState,
)

State = TypeVar("State", bound=StrEnum)


class ImpossibleMove(GatewayError):
    """The life cycle does not allow this move."""

    code = "impossible_move"


@dataclass(frozen=True, slots=True)
class Lifecycle(Generic[State]):
    """The moves of one kind of thing: where it starts, and what may follow each state.

    ``back`` are the moves by which a decision that was wrong is taken back: the thing never was in that state.
    """

    start: State
    moves: Mapping[State, AbstractSet[State]]
    back: Mapping[State, AbstractSet[State]] = field(default_factory=dict)

    def allows(self, from_state: State, to_state: State) -> bool:
        """Tell whether a thing in one state may move to another. Staying is no move."""
        return to_state in self.moves.get(from_state, frozenset())

    def move(self, from_state: State, to_state: State) -> State:
        """Return the new state. Raises ImpossibleMove, which names what would be allowed."""
        if not self.allows(from_state, to_state):
            allowed = ", ".join(sorted(self.moves.get(from_state, ()))) or "nothing, it is final"
            raise ImpossibleMove(f"from {from_state} to {to_state} is no move; allowed: {allowed}")
        return to_state

    def takes_back(self, from_state: State, to_state: State) -> bool:
        """Tell whether a move puts a thing back where it was before a decision that was wrong."""
        return to_state in self.back.get(from_state, frozenset())

    def is_final(self, state: State) -> bool:
        """Tell whether nothing follows a state."""
        return not self.moves.get(state)


_M = MandateState
MANDATE = Lifecycle(
    start=_M.DRAFT,
    moves={
        _M.DRAFT: {_M.ACTIVE, _M.REVOKED},
        _M.ACTIVE: {_M.SUSPENDED, _M.REVOKED, _M.EXPIRED, _M.CONSUMED},
        _M.SUSPENDED: {_M.ACTIVE, _M.REVOKED, _M.EXPIRED, _M.CONSUMED},
    },
    # The debit that used it up, or whose return ended it, was another one.
    back={_M.REVOKED: {_M.ACTIVE, _M.SUSPENDED}, _M.CONSUMED: {_M.ACTIVE, _M.SUSPENDED}},
)

_F = StatementFileState
STATEMENT_FILE = Lifecycle(
    start=_F.RECEIVED,
    moves={
        _F.RECEIVED: {_F.READ, _F.REFUSED},
        # Its bytes were kept: after a correction of the reader the same file is read again.
        _F.REFUSED: {_F.RECEIVED},
    },
)

_S = StatementState
STATEMENT = Lifecycle(
    start=_S.RECEIVED,
    moves={
        _S.RECEIVED: {_S.IMPORTED, _S.HELD, _S.REJECTED},
        _S.HELD: {_S.IMPORTED, _S.REJECTED},
        _S.IMPORTED: {_S.WITHDRAWN},
    },
)

_B = BankTransactionState
_ENDS = {_B.SPLIT, _B.CANCELLED_BY_BANK}
BANK_TRANSACTION = Lifecycle(
    start=_B.NEW,
    moves={
        _B.NEW: {_B.IN_REVIEW, _B.PARTLY_ALLOCATED, _B.ALLOCATED, _B.IGNORED, *_ENDS},
        _B.IN_REVIEW: {_B.PARTLY_ALLOCATED, _B.ALLOCATED, _B.IGNORED, *_ENDS},
        _B.PARTLY_ALLOCATED: {_B.ALLOCATED, _B.IN_REVIEW, *_ENDS},
        _B.ALLOCATED: {_B.IN_REVIEW, *_ENDS},
        _B.IGNORED: {_B.IN_REVIEW, *_ENDS},
    },
)

_R = ReviewState
REVIEW_ITEM = Lifecycle(start=_R.OPEN, moves={_R.OPEN: {_R.RESOLVED, _R.DISMISSED}})

_C = CollectionState
COLLECTION = Lifecycle(
    start=_C.PLANNED,
    moves={
        _C.PLANNED: {_C.NOTIFIED, _C.BATCHED, _C.CANCELLED},
        _C.NOTIFIED: {_C.BATCHED, _C.CANCELLED},
        _C.BATCHED: {_C.SUBMITTED, _C.CANCELLED},
        _C.SUBMITTED: {_C.SETTLED, _C.REJECTED, _C.CANCELLED},
        _C.SETTLED: {_C.RETURNED},
    },
    # The money, or what took it back, was another debit's.
    back={_C.SETTLED: {_C.SUBMITTED}, _C.RETURNED: {_C.SETTLED}},
)

_U = RunState
COLLECTION_RUN = Lifecycle(
    start=_U.OPEN,
    moves={
        _U.OPEN: {_U.FROZEN, _U.DISCARDED},
        _U.FROZEN: {_U.APPROVED, _U.DISCARDED},
        _U.APPROVED: {_U.SUBMITTED, _U.DISCARDED},
        _U.SUBMITTED: {_U.CLOSED},
    },
    back={_U.CLOSED: {_U.SUBMITTED}},
)

_X = SubmissionState
RUN_SUBMISSION = Lifecycle(
    start=_X.SENDING,
    moves={_X.SENDING: {_X.SENT, _X.NOT_SENT, _X.UNKNOWN}, _X.UNKNOWN: {_X.SENT, _X.NOT_SENT}},
)

_Z = RefundState
REFUND = Lifecycle(
    start=_Z.PROPOSED,
    moves={
        _Z.PROPOSED: {_Z.APPROVED, _Z.CANCELLED},
        _Z.APPROVED: {_Z.BATCHED, _Z.CANCELLED},
        _Z.BATCHED: {_Z.SUBMITTED, _Z.CANCELLED},
        _Z.SUBMITTED: {_Z.SETTLED, _Z.FAILED},
        _Z.SETTLED: {_Z.FAILED},
    },
    # The booking, or what came back, was another one's.
    back={_Z.SETTLED: {_Z.SUBMITTED}, _Z.FAILED: {_Z.SETTLED}},
)
