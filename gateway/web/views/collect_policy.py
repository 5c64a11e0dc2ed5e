"""How we collect, as a person reads and types it: a sentence for each rule, what it means, what a reason asks for."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from multidict import MultiMapping

from gateway.domain.collecting.policy import (
    APPROVAL_LIMIT,
    LIMITS,
    CollectPolicy,
    PolicyChange,
    Value,
    check_reference_rule,
    collect_policy,
    flat,
    record_of,
)
from gateway.domain.returns import NEVER_AGAIN, ReasonRule, default_rule, rule_of
from gateway.web.context import Call
from gateway.web.views.policy import Kind, RuleText, read_values, said_of, written_values
from gateway.web.words import mark
from schemas.codes import REASON_WORDS, words_of
from schemas.codes.reason_actions import ACTION_WORDS, MandateAction, NextAction, Retry, ReturnKind
from schemas.codes.reasons import REASONS
from schemas.errors import GatewayError

EURO = "EUR"  # Direct debits are in euro only.
REFERENCE = "mandate_reference_rule"


class RuleGroup(NamedTuple):
    """Rules that stand together on the page."""

    key: str
    title: str
    rules: Sequence[RuleText]


GROUPS: tuple[RuleGroup, ...] = (
    RuleGroup("told", mark("Telling the customer before"), (
        RuleText(
            "notice_days", Kind.COUNT, mark("Notice"),
            mark("Tell the customer so many calendar days before each debit"),
            mark("The schemes say 14 unless another period is agreed. What was not told in time waits in the plan. "
                 "A period agreed with a customer goes before this one."),
        ),
        RuleText(
            "later_days", Kind.COUNT, mark("Days later than told"),
            mark("Let a debit come so many days after the day that was told, without telling again"),
            mark("At 0 it comes on the day that was told or, where the banks are closed, on the next bank day."),
        ),
    )),
    RuleGroup("debit", mark("What one debit takes"), (
        RuleText(
            "is_bundled", Kind.FLAG, mark("One debit for a day"),
            mark("Take all that a customer owes on a day with one debit."),
            mark("Off: one debit for each invoice, so one that comes back concerns one invoice only."),
        ),
        RuleText(
            "nets_credits", Kind.FLAG, mark("Credit notes"),
            mark("Take credit notes off what is collected."),
            mark("Off: credit notes stay, and the whole invoice is collected."),
        ),
    )),
    RuleGroup("back", mark("Debits that come back"), (
        RuleText(
            "presents_again", Kind.FLAG, mark("Presenting again"),
            mark("Plan the proposed new attempt without asking a person."),
            mark("Off: each attempt is accepted in the register of unpaid debits."),
        ),
        RuleText(
            "rebills_fee", Kind.FLAG, mark("Fee"),
            mark("Claim a fee from the customer when the banks took one."),
            mark("A claim stands beside his invoices. Off: the company bears what the banks take."),
        ),
        RuleText(
            "retries_max", Kind.COUNT, mark("Attempts"),
            mark("Present a debt again at most so many times"),
            mark("At 0 never. The schemes advise no more than 2."),
        ),
        RuleText(
            "retry_after_bank_days", Kind.COUNT, mark("Wait before a new attempt"),
            mark("Wait so many bank days before a debit is presented again"),
            mark("At least 5. A later day is proposed when the customer's money usually comes later."),
        ),
        RuleText(
            "fee_claim_minor", Kind.AMOUNT, mark("Amount of the fee"),
            mark("Claim this fee in EUR for each debit that comes back"),
            mark("At 0 what the banks took. Claim no more than contract and law allow."),
        ),
    )),
    RuleGroup("mandate", mark("Mandates"), (
        RuleText(
            "confirms_by_transfer", Kind.FLAG, mark("First transfer"),
            mark("Take a first transfer from its account as the signature of a mandate that is not signed."),
            mark("Off: a mandate is signed on paper or by the signing link. Ask your bank before you switch this on."),
        ),
        RuleText(
            "new_account_rest_days", Kind.COUNT, mark("Rest after a new account"),
            mark("Wait so many days before the first debit from an account that was changed"),
            mark("Time to notice an account that somebody invented. At 0 it is debited at once."),
        ),
    )),
    RuleGroup("approval", mark("Approval of files"), (
        RuleText(
            APPROVAL_LIMIT, Kind.AMOUNT, mark("Two approvers"),
            mark("Ask for two approvers when a file has this sum in EUR or more"),
            mark("At 0 one is always enough. Another limit holds once an approver accepts it under Changes."),
        ),
    )),
)  # fmt: skip
RULES = tuple(rule for group in GROUPS for rule in group.rules)
_REFERENCE_NAME = mark("Mandate reference")

RETRIES: Mapping[StrEnum, tuple[str, str]] = {
    Retry.NO: (mark("never presented again"), mark("What is owed stays open; a person finds another way.")),
    Retry.FIX: (
        mark("presented again once it is corrected"),
        mark("A day is proposed; a person corrects first, then accepts it."),
    ),
    Retry.LATER: (mark("presented again later"), mark("A day is proposed, as often as the limit allows.")),
    Retry.LATER_ONCE: (mark("presented again once"), mark("A day is proposed once; after that the customer is asked.")),
}
MANDATES: Mapping[StrEnum, tuple[str, str]] = {
    MandateAction.KEEP: (mark("the mandate stays"), mark("Other debits of this customer go on.")),
    MandateAction.SUSPEND: (
        mark("the mandate is suspended"),
        mark("Nothing is collected with it until somebody activates it again."),
    ),
    MandateAction.DECIDE: (
        mark("the mandate is suspended until a person decides"),
        mark("Nothing is collected with it; the register asks whether it goes on or ends."),
    ),
    MandateAction.CANCEL: (mark("the mandate ends"), mark("For good: the customer has to sign a new one.")),
}
_DEBITS = frozenset({ReturnKind.RETURN, ReturnKind.REFUND, ReturnKind.REFUSAL})


class TypedCollectPolicy(NamedTuple):
    """What was typed: the policy, unless a field has a fault."""

    policy: CollectPolicy
    faults: Mapping[str, str]


class ReasonLine(NamedTuple):
    """What is done about one reason, in the reader's words."""

    code: str
    meaning: str
    done: Sequence[str]  # With the debit, with the mandate, by a person.
    is_changed: bool


def values_of(call: Call, policy: CollectPolicy) -> dict[str, str]:
    """Return a policy as the fields of the form; a rule that is off has none, as in a form that was sent."""
    values = flat(policy)
    return written_values(values, RULES, EURO, call.language) | {REFERENCE: values[REFERENCE]}


def read_policy(call: Call, form: MultiMapping[str], held: CollectPolicy) -> TypedCollectPolicy:
    """Return what was typed, with a sentence for each field that is wrong; reasons stay as they are held."""
    values, faults = read_values(call, form, RULES, LIMITS, EURO)
    values[REFERENCE] = form.get(REFERENCE, "").strip()
    try:
        check_reference_rule(values[REFERENCE])
    except GatewayError as error:
        faults[REFERENCE] = str(error)
    return TypedCollectPolicy(held if faults else collect_policy(record_of(held) | values), faults)


def reason_lines(call: Call, policy: CollectPolicy) -> tuple[list[ReasonLine], list[ReasonLine]]:
    """Return what is done about each reason: those with which debits come back, and those of faults in our files."""
    codes = sorted({*REASONS, *policy.returns.reasons})
    lines = [_line(call, policy, code) for code in codes]
    back = {code for code, reason in REASONS.items() if reason.kinds & _DEBITS} | policy.returns.reasons.keys()
    return [one for one in lines if one.code in back], [one for one in lines if one.code not in back]


def _line(call: Call, policy: CollectPolicy, code: str) -> ReasonLine:
    rule = rule_of(code, policy.returns)
    return ReasonLine(code, meaning(call, code), words_for(call, rule), rule != default_rule(code))


def meaning(call: Call, code: str) -> str:
    """Return what a reason code means."""
    return words_of(REASON_WORDS, code, call.language) if code in REASON_WORDS else call._("not known to the schemes")


def words_for(call: Call, rule: ReasonRule) -> list[str]:
    """Return what a rule does with the debit and with the mandate, and what a person does."""
    action = words_of(ACTION_WORDS, rule.action, call.language)
    return [call._(RETRIES[rule.retry][0]), call._(MANDATES[rule.mandate][0]), action]


def done(call: Call, rule: ReasonRule) -> str:
    """Return what a rule does, in one line."""
    return "; ".join(words_for(call, rule))


def retries_of(code: str) -> list[Retry]:
    """Return what may be chosen: what the schemes advise against is not among it."""
    return [Retry.NO] if code in NEVER_AGAIN else list(Retry)


def actions(call: Call) -> list[tuple[NextAction, str]]:
    """Return what a person may do next, in order of the alphabet."""
    found = [(action, words_of(ACTION_WORDS, action, call.language)) for action in NextAction]
    return sorted(found, key=lambda pair: pair[1].casefold())


def changed_words(call: Call, found: Iterable[PolicyChange]) -> list[tuple[str, str, str]]:
    """Return rules that a version changed: name, before, after."""
    return [
        (_name(call, one.field), _said(call, one.field, one.before), _said(call, one.field, one.after)) for one in found
    ]


def _name(call: Call, field: str) -> str:
    if field == REFERENCE:
        return call._(_REFERENCE_NAME)
    rule = next((rule for rule in RULES if rule.field == field), None)
    return call._(rule.name) if rule else field


def _said(call: Call, field: str, value: Value) -> str:
    if isinstance(value, ReasonRule):
        return done(call, value)
    if isinstance(value, str):
        return value
    return said_of(call, next(rule for rule in RULES if rule.field == field), value, EURO)
