"""Write the rules of the company: each change is a version with who, when and why.

A machine has no second factor, so what it writes or changes is off until an approver switches it on.
"""

from collections.abc import Sequence
from typing import Any

from gateway.domain.matching.user_rules import UserRule
from gateway.domain.matching.written_rules import RULES_MAX, WRONGS_MAX, InvalidRule, checked
from gateway.store import accounts, companies, matching_rules, parties
from gateway.store.match_rate import WRONG
from gateway.store.matching_rules import MatchingRule, MatchingRuleVersion, values_of
from gateway.store.work import SYSTEM, Actor, Work
from schemas.errors import Conflict, GatewayError, NotFound


class NoSuchRule(NotFound):
    """There is no such rule in this company."""

    code = "no_such_rule"


class RuleChangedMeanwhile(Conflict):
    """Somebody else changed this rule meanwhile, so nothing is saved yet; see what changed, then save again."""

    code = "rule_changed_meanwhile"


class TooManyRules(GatewayError):
    """The company has as many rules as it can have; change one of them, or do with fewer."""

    code = "too_many_rules"


class SwitchedOnByPersonsOnly(GatewayError):
    """A rule is switched on by an approver on the page Settings, Rules."""

    code = "switched_on_by_persons_only"


async def add_rule(work: Work, *, rule: UserRule, reason: str = "") -> MatchingRule:
    """Add a rule behind the others. Raises InvalidRule, NotFound (customer, account of ours) or TooManyRules."""
    kept = await _checked(work, rule)
    await companies.lock_company(work)
    rules = await matching_rules.list_rules(work.session, company_id=work.company_id)
    if len(rules) >= RULES_MAX:
        raise TooManyRules
    row = MatchingRule(
        id=work.new_id(), company_id=work.company_id, place=rules[-1].place + 1 if rules else 1,
        is_on=not _is_machine(work), created_at=work.now, **values_of(kept),
    )  # fmt: skip
    work.add(row)
    await work.flush()
    _add_version(work, row, reason=reason)
    work.say("add_rule", f"matching_rule:{row.id}", reason=reason)
    return row


async def change_rule(work: Work, *, rule: UserRule, seen: int, reason: str = "") -> bool:
    """Change what a rule says, and tell whether it differs; ``seen`` is the version that the person saw.

    Raises NoSuchRule, RuleChangedMeanwhile, InvalidRule or NotFound (customer, account of ours).
    """
    kept = await _checked(work, rule)
    row = await _locked(work, rule.id, seen)
    values = values_of(kept)
    if all(getattr(row, name) == value for name, value in values.items()):
        return False
    await _set(work, row, reason, wrong_count=0, **values)
    work.say("change_rule", f"matching_rule:{row.id}", reason=reason)
    return True


async def move_rule(work: Work, *, rule_id: int, is_up: bool, reason: str = "") -> bool:
    """Move a rule one place up or down, and tell whether it could be. Raises NoSuchRule."""
    await companies.lock_company(work)
    rules = list(await matching_rules.list_rules(work.session, company_id=work.company_id))
    at = next((place for place, row in enumerate(rules) if row.id == rule_id), None)
    if at is None:
        raise NoSuchRule(f"there is no rule {rule_id}")
    to = at - 1 if is_up else at + 1
    if not 0 <= to < len(rules):
        return False
    row, other = rules[at], rules[to]
    place = other.place
    await matching_rules.set_rule(work, other.id, place=row.place)
    await _set(work, row, reason, place=place)
    work.say("move_rule", f"matching_rule:{row.id}", reason=reason)
    return True


async def switch_rule(work: Work, *, rule_id: int, is_on: bool, reason: str = "") -> bool:
    """Switch a rule on or off, and tell whether it was not so before. Raises NoSuchRule or SwitchedOnByPersonsOnly."""
    if is_on and _is_machine(work):
        raise SwitchedOnByPersonsOnly
    row = await _locked(work, rule_id)
    if row.is_on == is_on:
        return False
    if is_on:
        await _set(work, row, reason, is_on=True, wrong_count=0)
        work.say("switch_rule_on", f"matching_rule:{row.id}", reason=reason)
    else:
        await _set(work, row, reason, is_on=False)
        work.say("switch_rule_off", f"matching_rule:{row.id}", reason=reason)
    return True


async def take_rules_back(work: Work, *, bank_transaction_ids: Sequence[int], reason: str) -> None:
    """Note that what rules decided was taken back; too many that were wrong switch a rule off."""
    was_wrong = reason.partition(": ")[0] == WRONG
    taken = await matching_rules.take_back(work, bank_transaction_ids, was_wrong=was_wrong)
    if not was_wrong:
        return
    for rule_id in sorted(set(taken)):
        row = await _locked(work, rule_id)
        count = row.wrong_count + taken.count(rule_id)
        await matching_rules.set_rule(work, rule_id, wrong_count=count)
        if row.is_on and count >= WRONGS_MAX:
            await _set(work, row, WRONG, actor=SYSTEM, is_on=False)


async def _checked(work: Work, rule: UserRule) -> UserRule:
    kept = checked(rule)
    if kept.customer_id is not None:
        names = await parties.names_of(work.session, company_id=work.company_id, ids=[kept.customer_id])
        if not names:
            raise InvalidRule("customer", f"there is no customer {kept.customer_id}")
    account_id = kept.conditions.bank_account_id
    if account_id is not None:
        account = await accounts.get_account(work.session, company_id=work.company_id, account_id=account_id)
        if account is None:
            raise InvalidRule("bank_account_id", f"there is no bank account {account_id}")
    return kept


async def _locked(work: Work, rule_id: int, seen: int | None = None) -> MatchingRule:
    row = await matching_rules.lock_rule(work, rule_id)
    if row is None:
        raise NoSuchRule(f"there is no rule {rule_id}")
    if seen is not None and row.version != seen:
        raise RuleChangedMeanwhile
    return row


async def _set(work: Work, row: MatchingRule, reason: str, *, actor: Actor | None = None, **values: Any) -> None:
    """Change a rule and add its version. What a machine changed is off."""
    if _is_machine(work):
        values["is_on"] = False
    await matching_rules.set_rule(work, row.id, version=row.version + 1, **values)
    await work.session.refresh(row)
    _add_version(work, row, reason=reason, actor=actor)


def _add_version(work: Work, row: MatchingRule, *, reason: str, actor: Actor | None = None) -> None:
    record = values_of(matching_rules.user_rule_of(row))
    version = MatchingRuleVersion(
        id=work.new_id(), company_id=work.company_id, rule_id=row.id, position=row.version, place=row.place,
        is_on=row.is_on, record=record, recorded_at=work.now, actor=(actor or work.actor).word, reason=reason,
        journal_id=work.journal_id,
    )  # fmt: skip
    work.add(version)


def _is_machine(work: Work) -> bool:
    return work.actor.kind == "token"
