"""Try a rule on what is stored before it is kept: what it would have taken, and what was decided otherwise."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gateway.domain.matching.decide import decide
from gateway.domain.matching.model import Ask, Decision
from gateway.domain.matching.rule_trial import Verdict, verdict
from gateway.domain.matching.user_rules import UserRule, UserRules
from gateway.services.load_candidates import load_index_for, load_policy
from gateway.store import bank_transactions, matching_rules, reviews, rule_transactions
from gateway.store.database import Database, ReadSession
from gateway.store.progress import ProgressNote
from gateway.store.rule_transactions import Stored
from schemas.states import BankTransactionState, ReviewReason

EXAMPLES = 12  # Of each kind.
_TEXT = 140


class TryWanted(NamedTuple):
    """A checked rule to be tried on what was booked since a day; ``note`` is where it is said how far that is."""

    company_id: int
    rule: UserRule
    since_date: dt.date
    note: ProgressNote | None = None


class Example(NamedTuple):
    """A bank transaction that fits. ``by`` is who decided it: a rule, or user; nothing where it waits."""

    id: int
    booking_date: dt.date
    amount_minor: int
    currency: str
    name: str
    text: str
    verdict: Verdict
    by: str


class Tried(NamedTuple):
    """How many were looked at, how many fit by verdict, what those that it takes amount to by currency, and examples:
    first what was decided otherwise, then what it takes, what stays a question, and what a reference decides, each from
    the latest."""

    looked_at: int
    counts: Counter[Verdict]
    sums: Counter[str]
    examples: tuple[Example, ...]

    @property
    def taken(self) -> int:
        """How many it takes: decided so already, or not yet."""
        return self.counts[Verdict.NEW] + self.counts[Verdict.SAME]


async def try_rule(database: Database, wanted: TryWanted) -> Tried:
    """Run a rule over what is stored, behind the rules that stand before it."""
    company_id, since_date = wanted.company_id, wanted.since_date
    looked_at, found = 0, list[Example]()
    async with database.read() as session:
        total = await rule_transactions.count_since(session, company_id=company_id, since_date=since_date)
        rules = await _rules(session, wanted)
        async for piece in rule_transactions.stored_since(session, company_id=company_id, since_date=since_date):
            found += await _compared(session, rules, wanted.rule, piece)
            looked_at += len(piece)
            if wanted.note:
                wanted.note.write("trying", looked_at, max(total, looked_at))
        waiting = [one.id for one in found if one.verdict is Verdict.NEW and not one.by]
        taken = await _taken(session, wanted, rules, waiting)
    asked = set(waiting) - taken
    return _tried(looked_at, [one._replace(verdict=Verdict.ASKED) if one.id in asked else one for one in found])


async def _taken(session: ReadSession, wanted: TryWanted, rules: UserRules, waiting: Sequence[int]) -> set[int]:
    """Return what of the bank transactions that wait the rule would decide, with all that is open at hand."""
    company_id, states = wanted.company_id, (BankTransactionState.NEW, BankTransactionState.IN_REVIEW)
    ids = await bank_transactions.waiting_ids(session, company_id=company_id, states=states, ids=waiting)
    if not ids:
        return set()
    index = await load_index_for(session, company_id, ids)
    index.rules = rules
    policy = await load_policy(session, company_id)
    undone = await reviews.open_of_transactions(session, ids)
    return {
        one.credit.id
        for one in await bank_transactions.unexplained(session, ids)
        if one.credit.id not in undone or undone[one.credit.id].reason is not ReviewReason.UNDONE
        if _by_rule(decide(one.credit, index, policy)) == wanted.rule.id
    }


def _by_rule(decision: Decision) -> int | None:
    return None if isinstance(decision, Ask) else decision.user_rule_id


def _tried(looked_at: int, found: Sequence[Example]) -> Tried:
    taken = [one for one in found if one.verdict in (Verdict.NEW, Verdict.SAME)]
    otherwise = [one for one in found if one.verdict is Verdict.OTHERWISE]
    others = [[one for one in found if one.verdict is verdict] for verdict in (Verdict.ASKED, Verdict.NAMED)]
    sums = Counter[str]()
    for one in taken:
        sums[one.currency] += one.amount_minor
    examples = [one for some in (otherwise, taken, *others) for one in some[:EXAMPLES]]
    return Tried(looked_at, Counter([one.verdict for one in found]), sums, tuple(examples))


async def _rules(session: ReadSession, wanted: TryWanted) -> UserRules:
    """Return the rules before the wanted one, and it; a new one stands behind all."""
    earlier: list[UserRule] = []
    for row in await matching_rules.list_rules(session, company_id=wanted.company_id):
        if row.id == wanted.rule.id:
            break
        if row.is_on:
            earlier.append(matching_rules.user_rule_of(row))
    return UserRules([*earlier, wanted.rule])


async def _compared(session: ReadSession, rules: UserRules, rule: UserRule, piece: Iterable[Stored]) -> list[Example]:
    alone = UserRules([rule])
    fitting = [one for one in piece if alone.find(one.credit)]
    decided = await rule_transactions.decided_of(session, [one.credit.id for one in fitting if _is_booked(one)])
    compared: list[Example] = []
    for one in fitting:
        by, customer_ids = decided.get(one.credit.id, (one.became.by, frozenset[int]()))
        became = one.became._replace(by=by, customer_ids=customer_ids)
        found = verdict(rule, became) if rules.find(one.credit) is rule else Verdict.EARLIER
        if found:
            compared.append(_example(one, found, by))
    return compared


def _is_booked(one: Stored) -> bool:
    return one.became.state in (BankTransactionState.ALLOCATED, BankTransactionState.PARTLY_ALLOCATED)


def _example(one: Stored, found: Verdict, by: str) -> Example:
    credit = one.credit
    name = credit.name or credit.ultimate_debtor or ""
    return Example(
        credit.id, credit.booking_date, credit.amount_minor, credit.currency, name, credit.text[:_TEXT], found, by
    )
