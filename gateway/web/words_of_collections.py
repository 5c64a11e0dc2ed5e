"""The words of collections, runs and refunds as pages show them."""

from collections.abc import Mapping
from enum import StrEnum

from gateway.domain.collecting.model import LeftOutReason
from schemas.cancellation import CancellationReason
from schemas.reversal import ReversalReason
from schemas.states import CollectionState, NoticeKind, RefundState, RunState, SubmissionState


def mark(label: str) -> str:
    """Mark a text for translation."""
    return label


_R = LeftOutReason
REASONS: Mapping[StrEnum, str] = {
    _R.NO_MANDATE: mark("No mandate"),
    _R.SEVERAL_MANDATES: mark("Several mandates, none used before"),
    _R.NOT_SIGNED: mark("Mandate not signed"),
    _R.SUSPENDED: mark("Mandate suspended"),
    _R.ENDED: mark("Mandate ended"),
    _R.UNUSED_TOO_LONG: mark("Mandate unused for 36 months"),
    _R.USED_ALREADY: mark("One-off mandate used already"),
    _R.NOT_CONFIRMED: mark("B2B mandate not confirmed to the debtor's bank"),
    _R.RESTS: mark("New account, the first debit waits"),
    _R.NO_CREDITOR: mark("Creditor identifier of the mandate is not ours"),
    _R.NO_ACCOUNT: mark("No account named for the money"),
    _R.OTHER_CURRENCY: mark("Not in euro"),
    _R.DISPUTED: mark("In dispute"),
    _R.CAME_BACK: mark("An earlier debit came back"),
    _R.CREDIT_COVERS: mark("Covered by credit notes"),
    _R.NOTICE_MISSING: mark("The debtor was not told"),
    _R.NOTICE_LATE: mark("The debtor was told too late"),
    _R.NOTICE_DIFFERS: mark("The debtor was told another day or less"),
    _R.AMOUNT_TOO_LARGE: mark("More than SEPA takes in one debit"),
    _R.TOO_LATE: mark("The day cannot be reached any more"),
    _R.CHANGED_MEANWHILE: mark("Changed meanwhile"),
    _R.TAKEN_OUT: mark("Taken out by a person"),
    _R.BREAKS_RULE: mark("Against a rule of SEPA"),
}
RUN_STATES: Mapping[StrEnum, str] = {
    RunState.OPEN: mark("being written"),
    RunState.FROZEN: mark("waits for approval"),
    RunState.APPROVED: mark("approved"),
    RunState.SUBMITTED: mark("at the bank"),
    RunState.CLOSED: mark("closed"),
    RunState.DISCARDED: mark("discarded"),
}
COLLECTION_STATES: Mapping[StrEnum, str] = {
    CollectionState.PLANNED: mark("planned"),
    CollectionState.NOTIFIED: mark("announced"),
    CollectionState.BATCHED: mark("in the file"),
    CollectionState.SUBMITTED: mark("at the bank"),
    CollectionState.SETTLED: mark("credited"),
    CollectionState.REJECTED: mark("rejected"),
    CollectionState.CANCELLED: mark("cancelled"),
    CollectionState.RETURNED: mark("returned"),
}
SUBMISSION_STATES: Mapping[StrEnum, str] = {
    SubmissionState.SENDING: mark("on its way"),
    SubmissionState.SENT: mark("sent"),
    SubmissionState.NOT_SENT: mark("not sent"),
    SubmissionState.UNKNOWN: mark("nobody knows"),
}
REFUND_STATES: Mapping[StrEnum, str] = {
    RefundState.PROPOSED: mark("proposed"),
    RefundState.APPROVED: mark("approved"),
    RefundState.BATCHED: mark("in the file"),
    RefundState.SUBMITTED: mark("at the bank"),
    RefundState.SETTLED: mark("paid out"),
    RefundState.FAILED: mark("came back"),
    RefundState.CANCELLED: mark("cancelled"),
}
NOTICE_KINDS: Mapping[StrEnum, str] = {
    NoticeKind.INVOICE: mark("invoice"),
    NoticeKind.SCHEDULE: mark("schedule"),
    NoticeKind.MAIL: mark("mail"),
    NoticeKind.LETTER: mark("letter"),
}
TROUBLES: Mapping[str, str] = {
    "paid": mark("an invoice was paid or cancelled meanwhile"),
    "disputed": mark("an invoice is in dispute now"),
    "mandate_changed": mark("the mandate changed"),
    "mandate_ended": mark("the mandate ended"),
    "refund_shaken": mark("less is kept for the customer than is paid back"),
}
CANCELLATION_REASONS: Mapping[StrEnum, str] = {
    CancellationReason.DUPLICATE: mark("it was sent twice"),
    CancellationReason.BY_CUSTOMER: mark("the customer asked for it"),
    CancellationReason.UNJUSTIFIED: mark("it is not owed"),
    CancellationReason.TECHNICAL: mark("a technical problem"),
    CancellationReason.FRAUD: mark("fraud"),
    CancellationReason.WRONG_AMOUNT: mark("the amount is wrong"),
    CancellationReason.WRONG_ACCOUNT: mark("the account is wrong"),
    CancellationReason.WRONG_DATE: mark("the day is wrong"),
}
REVERSAL_REASONS: Mapping[StrEnum, str] = {
    ReversalReason.DUPLICATE: mark("it was collected twice"),
    ReversalReason.UNSPECIFIED: mark("no reason is given"),
}
WORD_SETS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    LeftOutReason: REASONS,
    RunState: RUN_STATES,
    CollectionState: COLLECTION_STATES,
    SubmissionState: SUBMISSION_STATES,
    RefundState: REFUND_STATES,
    NoticeKind: NOTICE_KINDS,
    CancellationReason: CANCELLATION_REASONS,
    ReversalReason: REVERSAL_REASONS,
}
