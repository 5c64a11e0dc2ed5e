"""The rules of matching as a person reads and types them: one sentence each, and what it means for the clerk."""

import dataclasses
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from multidict import MultiMapping

from gateway.domain.matching.model import Policy
from gateway.domain.matching.policy import LIMITS, Limits
from gateway.web import format as formats
from gateway.web.context import Call
from gateway.web.typed import TypedAmount, read_amount
from gateway.web.words import mark
from schemas.states import Language


class Kind(StrEnum):
    """How a rule is typed."""

    FLAG = "flag"
    AMOUNT = "amount"
    COUNT = "count"


class RuleText(NamedTuple):
    """A rule in words: its short name, the sentence of the form, and what it means."""

    field: str
    kind: Kind
    name: str
    sentence: str
    meaning: str


RULES: tuple[RuleText, ...] = (
    RuleText(
        "book_exact_reference", Kind.FLAG, mark("Reference and exact amount"),
        mark("Book payments that name invoices and have exactly their open amount."),
        mark("Whoever pays; also where the statement itself carries the charges that are missing. "
              "Off: each waits in Review."),
    ),
    RuleText(
        "book_discount", Kind.FLAG, mark("Agreed discount"),
        mark("Book payments that name invoices and lack exactly the agreed discount."),
        mark("Within its date, and only when the customer pays. Off: each waits in Review."),
    ),
    RuleText(
        "book_partial", Kind.FLAG, mark("Part payments"),
        mark("Book payments that name one invoice and bring less."),
        mark("Only when the customer pays and nothing that he owes fits exactly; the rest stays open. "
              "Off: each waits in Review."),
    ),
    RuleText(
        "book_confirmed_payer", Kind.FLAG, mark("Confirmed account and exact amount"),
        mark("Book payments without a reference when a confirmed account pays exactly one open item, "
              "or the only set that fits."),
        mark("An account is confirmed by a mandate, the customer record or two decisions of people. "
              "Off: each waits in Review, with this explanation on top."),
    ),
    RuleText(
        "book_advice", Kind.FLAG, mark("Remittance advice"),
        mark("Book payments as the customer's own list of invoices says."),
        mark("Only when it adds up to the cent, every number is known, the payer agrees and nothing points elsewhere. "
              "Off: each waits in Review, with this explanation on top."),
    ),
    RuleText(
        "book_habit", Kind.FLAG, mark("Habits"),
        mark("Book payments as the customer usually pays: oldest items first, less a usual deduction, rounded."),
        mark("Once decisions of people showed it often enough, never against a reference. A deduction or a rounding "
              "needs a reference. Off: each waits in Review, with this explanation on top."),
    ),
    RuleText(
        "ignore_outgoing", Kind.FLAG, mark("Money paid out"),
        mark("Set money that the company pays out aside."),
        mark("Suppliers, salaries, taxes: nobody is asked. Off: each waits in Review."),
    ),
    RuleText(
        "tolerance_minor", Kind.AMOUNT, mark("Tolerance"),
        mark("Let a missing rest go up to"),
        mark("The invoice counts as paid and the rest is written off. At 0 nothing is written off by itself."),
    ),
    RuleText(
        "fee_limit_minor", Kind.AMOUNT, mark("Limit for bank charges"),
        mark("Take a missing rest as charges of the payer's bank up to"),
        mark("The invoice counts as paid. At 0 each such payment waits in Review, unless the statement shows "
              "the charges."),
    ),
    RuleText(
        "discount_rounding_minor", Kind.AMOUNT, mark("Rounding of discounts"),
        mark("Let a discount differ from the agreed one by up to"),
        mark("Payers round differently. What differs by more waits in Review."),
    ),
    RuleText(
        "discount_grace_days", Kind.COUNT, mark("Days of grace"),
        mark("Grant a discount so many days after its date"),
        mark("At 0 each discount that is taken a day late waits in Review."),
    ),
    RuleText(
        "habit_right_min", Kind.COUNT, mark("Right before a habit books"),
        mark("Let a habit book once it was right so many times"),
        mark("Counted from the decisions of people since it was last wrong."),
    ),
    RuleText(
        "combination_items_max", Kind.COUNT, mark("Items in one sum"),
        mark("Look for sums of up to so many open items"),
        mark("At most 3 where a customer has more than 20 open items, 2 beyond 50: "
              "larger sums fit by accident."),
    ),
    RuleText(
        "combination_steps_max", Kind.COUNT, mark("Length of one search"),
        mark("Stop such a search after so many steps"),
        mark("What was not searched to its end waits in Review. More steps take longer with each import."),
    ),
)  # fmt: skip


class TypedPolicy(NamedTuple):
    """What was typed: the policy, unless a field has a fault."""

    policy: Policy
    faults: Mapping[str, str]


def rules_of(kind: Kind) -> Sequence[RuleText]:
    """Return the rules that are typed in one way."""
    return [rule for rule in RULES if rule.kind is kind]


def values_of(policy: Policy, currency: str, language: Language) -> dict[str, str]:
    """Return a policy as the fields of the form; a rule that is off has none, as in a form that was sent."""
    return written_values(dataclasses.asdict(policy), RULES, currency, language)


def written_values(
    values: Mapping[str, bool | int], rules: Sequence[RuleText], currency: str, language: Language
) -> dict[str, str]:
    """Return values as the fields of a form."""
    written = {rule.field: _written(rule, values[rule.field], currency, language) for rule in rules}
    return {field: text for field, text in written.items() if text}


def _written(rule: RuleText, value: bool | int, currency: str, language: Language) -> str:
    if rule.kind is Kind.FLAG:
        return "on" if value else ""
    return formats.amount(value, currency, language) if rule.kind is Kind.AMOUNT else formats.number(value, language)


def read_policy(call: Call, form: MultiMapping[str], currency: str) -> TypedPolicy:
    """Return what was typed, with a sentence for each field that is wrong."""
    values, faults = read_values(call, form, RULES, LIMITS, currency)
    return TypedPolicy(Policy(**{**dataclasses.asdict(Policy()), **values}), faults)


def read_values(
    call: Call, form: MultiMapping[str], rules: Sequence[RuleText], all_limits: Mapping[str, Limits], currency: str
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what was typed for some rules by their fields, and a sentence for each that is wrong."""
    values: dict[str, bool | int] = {rule.field: rule.field in form for rule in rules if rule.kind is Kind.FLAG}
    faults: dict[str, str] = {}
    for rule in (rule for rule in rules if rule.kind is not Kind.FLAG):
        # A count is read as an amount of a currency without decimals.
        unit = currency if rule.kind is Kind.AMOUNT else "JPY"
        limits, text = all_limits[rule.field], form.get(rule.field, "")
        try:
            value = read_amount(text, unit, call.language) if text.strip() else -1
        except TypedAmount as error:
            faults[rule.field] = str(error) if rule.kind is Kind.AMOUNT else call._("Type a whole number.")
            continue
        values[rule.field] = value
        if not limits.least <= value <= limits.most:
            least, most = (_written(rule, limit, currency, call.language) for limit in limits)
            faults[rule.field] = call._("Type a value from %(least)s to %(most)s.", least=least, most=most)
    return values, faults


def said(call: Call, field: str, value: bool | int, currency: str) -> str:
    """Return the value of a rule as the history shows it."""
    return said_of(call, next(rule for rule in RULES if rule.field == field), value, currency)


def said_of(call: Call, rule: RuleText, value: bool | int, currency: str) -> str:
    """Return the value of a rule in the reader's words."""
    if rule.kind is Kind.FLAG:
        return call._("on") if value else call._("off")
    text = _written(rule, value, currency, call.language)
    return f"{text} {currency}" if rule.kind is Kind.AMOUNT else text


def name_of(field: str) -> str:
    """Return the short name of a rule, in English."""
    return next(rule.name for rule in RULES if rule.field == field)
