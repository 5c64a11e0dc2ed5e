"""What becomes of a debit that was rejected or came back: what it is called, and what its reason asks for.

The table of reasons is that of the schemes (schemas.codes.reasons); a company may change what it does about each, but
not present again what the schemes advise against. A code that nobody knows goes to a person.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gateway.domain.calendar import bank_days_after, refund_end
from schemas.codes.booking_kinds import BookingKind
from schemas.codes.lists import LocalInstrument
from schemas.codes.reason_actions import MandateAction, NextAction, Retry, ReturnKind
from schemas.codes.reasons import REASONS, RETRIES_MAX, RETRY_AFTER_BUSINESS_DAYS
from schemas.errors import GatewayError

# Whatever a company sets: who refused, died, closed the account or never agreed is not debited again unasked.
NEVER_AGAIN = frozenset("MD01 MD06 MD07 MS02 AC04 AC06 AC13 SL01 SL11 SL12 SL13 SL14 RR04".split())
_REFUSED = "MS02"
# EPC016-06 4.3: the debtor's bank returns a Core debit within five bank days of settlement, a B2B debit within three.
_RETURN_DAYS = {LocalInstrument.CORE: 5, LocalInstrument.B2B: 3}
RETURN_LIMITS: Mapping[str, tuple[int, int]] = {
    "retries_max": (0, RETRIES_MAX),
    "retry_after_bank_days": (RETRY_AFTER_BUSINESS_DAYS, 60),
    "fee_claim_minor": (0, 100_000),
}


class ReturnPolicyOutOfRange(GatewayError):
    """A rule about returned debits is set to what it cannot be."""

    code = "return_policy_out_of_range"


class ReasonRule(NamedTuple):
    """What a reason asks for: whether to present again, what becomes of the mandate, what a person does."""

    retry: Retry
    mandate: MandateAction
    action: NextAction


UNKNOWN_REASON = ReasonRule(Retry.NO, MandateAction.KEEP, NextAction.READ_TEXT)


@dataclass(frozen=True, slots=True)
class ReturnPolicy:
    """What a company does about debits that come back; the defaults are the careful ones."""

    retries_max: int = RETRIES_MAX
    retry_after_bank_days: int = RETRY_AFTER_BUSINESS_DAYS
    presents_again: bool = False  # A proposed retry is planned without a person.
    rebills_fee: bool = False
    fee_claim_minor: int = 0  # What the customer is asked for; 0: what the banks kept.
    reasons: Mapping[str, ReasonRule] = field(default_factory=dict)


def return_policy(record: Mapping[str, Any]) -> ReturnPolicy:
    """Return the rules in a stored record, which may say more than these. Raises ReturnPolicyOutOfRange."""
    values = {name: record[name] for name in ReturnPolicy.__slots__ if name in record and name != "reasons"}
    for name, (least, most) in RETURN_LIMITS.items():
        value = values.get(name, least)
        if not least <= value <= most:
            raise ReturnPolicyOutOfRange(f"{name} is {value}, it must be from {least} to {most}")
    changed = {code: _read_rule(code, rule) for code, rule in record.get("reasons", {}).items()}
    return ReturnPolicy(**values, reasons=changed)


def _read_rule(code: str, rule: Mapping[str, str]) -> ReasonRule:
    try:
        read = ReasonRule(Retry(rule["retry"]), MandateAction(rule["mandate"]), NextAction(rule["action"]))
    except (KeyError, ValueError) as error:
        raise ReturnPolicyOutOfRange(f"the rule for {code} needs retry, mandate and action: {error}") from error
    if code in NEVER_AGAIN and read.retry is not Retry.NO:
        raise ReturnPolicyOutOfRange(f"a debit that came back with {code} is never presented again by itself")
    return read


def rule_of(code: str, policy: ReturnPolicy) -> ReasonRule:
    """Return what is done about a reason; a code that nobody knows is for a person."""
    return policy.reasons.get(code) or default_rule(code)


def default_rule(code: str) -> ReasonRule:
    """Return what the schemes advise about a reason; a code that nobody knows is for a person."""
    known = REASONS.get(code)
    return ReasonRule(known.retry, known.mandate, known.action) if known else UNKNOWN_REASON


def treat(code: str, policy: ReturnPolicy, *, tries: int) -> ReasonRule:
    """Return what is done about a debit that is the retry number ``tries`` (0: the first) of its debt.

    sepa-rules 4.3: at most two retries; where the bank gives no reason one, then the customer is asked.
    """
    rule = rule_of(code, policy)
    limit = {Retry.LATER: policy.retries_max, Retry.LATER_ONCE: min(1, policy.retries_max)}.get(rule.retry)
    if limit is not None and tries >= limit:
        return rule._replace(retry=Retry.NO, action=NextAction.ASK_DEBTOR)
    return rule


def refundable_until(scheme: LocalInstrument, settled_date: dt.date) -> dt.date | None:
    """Return until when a settled debit may go back without a reason; a B2B debit that was authorised may not.

    One that was never authorised may for 13 months (EPC016-06 4.3.4): it is settled all the same.
    """
    return refund_end(settled_date) if scheme is LocalInstrument.CORE else None


def kind_before(code: str) -> ReturnKind:
    """Return what a rejection before settlement is: the debtor's own, or a bank's."""
    return ReturnKind.REFUSAL if code == _REFUSED else ReturnKind.REJECT


def kind_after(
    code: str, booking: BookingKind, *, scheme: LocalInstrument, settled_date: dt.date, occurred_date: dt.date
) -> ReturnKind:
    """Return what a debit that came back after settlement is: ours, the bank's within its days, or the debtor's."""
    known = REASONS.get(code)
    if known and known.kinds == frozenset({ReturnKind.REFUND}):
        return ReturnKind.REFUND
    may_be_ours = known is None or ReturnKind.REVERSAL in known.kinds
    if booking is BookingKind.OWN_COLLECTION_REVERSAL and may_be_ours:
        return ReturnKind.REVERSAL
    may_be_refund = known is None or ReturnKind.REFUND in known.kinds
    is_late = occurred_date > bank_days_after(settled_date, _RETURN_DAYS[scheme])
    return ReturnKind.REFUND if is_late and may_be_refund else ReturnKind.RETURN
