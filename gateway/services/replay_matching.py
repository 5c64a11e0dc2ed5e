"""Decide the bank transactions of a period again in memory, under other rules. Nothing is written.

Two courses of things go side by side from the day on which the first of them was looked at: one under the rules as they
were, one under the change. Items, what people decided and whose accounts were known come at the moments at which they
came. What differs between the two is what the change does; where the first does not come to what was decided then, it
says so.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from gateway.domain.matching.candidates import ItemIndex
from gateway.domain.matching.model import Credit, Policy
from gateway.domain.matching.user_rules import UserRules
from gateway.domain.replay.change import NO_CHANGE, ReplayChange
from gateway.domain.replay.habits import HabitsThen, habits_then
from gateway.domain.replay.looks import look_steps
from gateway.domain.replay.past import Past
from gateway.domain.replay.payers import PayersThen, payers_then
from gateway.domain.replay.result import NOTHING, Replayed, result_of
from gateway.domain.replay.rules import RulesThen, rules_then
from gateway.domain.replay.steps import (
    Advises,
    Came,
    InHand,
    Learned,
    Look,
    Moved,
    Ruled,
    Said,
    Step,
    Usual,
    Waits,
    Withdrawn,
)
from gateway.domain.replay.timeline import Standing, Start, other_steps, standing_of, start_of
from gateway.domain.replay.waiting import wait_steps
from gateway.domain.replay.world import World
from gateway.services.load_candidates import SETTLED
from gateway.services.load_past import Period, load_past
from gateway.services.match_transactions import CHUNK, no_progress
from gateway.store import accounts, match_facts, parties, past, sent_debits, sent_refunds
from gateway.store.database import Database, ReadSession

Progress = Callable[[int, int], Awaitable[None]]


async def replay_matching(
    database: Database, period: Period, change: ReplayChange, *, progress: Progress = no_progress
) -> Replayed:
    """Decide all bank transactions of a period again and compare. Raises PeriodTooLong."""
    async with database.read() as session:
        loaded = await load_past(session, period)
        if loaded is None:
            return NOTHING
        replay = await _begin(session, period, loaded.past, change)
    await replay.run(database, progress)
    return replay.result(loaded.own_count)


class _Replay:
    """The two courses of things of one replay; under no change they are one."""

    def __init__(self, happened: Past, standing: Standing, steps: list[Step], worlds: Sequence[World]) -> None:
        self._past = happened
        self._standing = standing
        self._steps = steps
        self._worlds = worlds
        self._last_file_id = 0
        self._again_at: dt.datetime | None = None  # When last came what may explain more of what waits.

    async def run(self, database: Database, progress: Progress) -> None:
        """Take all steps."""
        done, total = 0, len(self._past.transactions)
        places = {key: place for place, key in enumerate(self._past.transactions)}
        for looks in _together(self._steps):
            first = looks[0]
            if self._again_at is not None and not first.may_explain_more:
                await self._look_again(database, self._again_at)
            if not isinstance(first.act, Look):
                self._happen(first)
                continue
            self._begin_run(first.act.file_id)
            acts = {step.act.bank_transaction_id: step.act for step in looks if isinstance(step.act, Look)}
            ids = sorted(acts, key=places.__getitem__)
            for start in range(0, len(ids), CHUNK):
                piece = ids[start : start + CHUNK]
                async with database.read() as session:
                    credits_ = await past.whole_credits(session, piece)
                await asyncio.to_thread(self._look, credits_, first.at, acts)
                done += len(piece)
                await progress(min(done, total), total)

    def _begin_run(self, file_id: int) -> None:
        if file_id != self._last_file_id:
            self._last_file_id = file_id
            for world in self._worlds:
                world.begin_run()

    async def _look_again(self, database: Database, at: dt.datetime) -> None:
        self._last_file_id, self._again_at = 0, None
        ids = sorted(set().union(*[world.taken_back() for world in self._worlds]))
        async with database.read() as session:
            taken_back = await past.whole_credits(session, ids) if ids else []
        for world in self._worlds:
            world.begin_run()
            await asyncio.to_thread(world.look_again, at, taken_back)

    def _look(self, credits_: Sequence[Credit], at: dt.datetime, acts: Mapping[int, Look]) -> None:
        for world in self._worlds:
            world.look(credits_, at)
            for credit in credits_:
                world.take_over(credit.id, acts[credit.id].stands)

    def _happen(self, step: Step) -> None:
        act = step.act
        if step.may_explain_more:
            self._again_at = step.at
        for world in self._worlds:
            if isinstance(act, Moved):
                world.move(act)
            elif isinstance(act, Came):
                world.come(act)
            elif isinstance(act, Withdrawn):
                world.withdraw(act)
            elif isinstance(act, InHand):
                world.in_hand(act.bank_transaction_id)
            elif isinstance(act, Said):
                world.say(act)
            elif isinstance(act, Learned):
                world.learn(act)
            elif isinstance(act, Usual):
                world.be_usual(act)
            elif isinstance(act, Waits):
                world.wait(act)
            elif isinstance(act, Advises):
                world.advise(act, step.at)
            elif isinstance(act, Ruled) and act.rules is not None:
                world.rule(act.rules)

    def result(self, own_count: int) -> Replayed:
        """Return what the replay found, once all steps were taken."""
        verdicts = [world.verdicts for world in self._worlds]
        return result_of(self._past.transactions, self._standing, verdicts[0], verdicts[-1], own_count=own_count)


def _together(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Yield the looks at one file that were taken together as one list, every other step as a list of its own."""

    def run_of(step: Step) -> tuple[dt.datetime, int] | None:
        return (step.at, step.act.file_id) if isinstance(step.act, Look) else None

    for run, some in groupby(steps, key=run_of):
        if run is None:
            yield from ([step] for step in some)
        else:
            yield list(some)


class _Then(NamedTuple):
    """What was known when the period began."""

    start: Start
    payers: PayersThen
    habits: HabitsThen
    rules: RulesThen


async def _begin(session: ReadSession, period: Period, happened: Past, change: ReplayChange) -> _Replay:
    standing = standing_of(happened)
    then = _Then(start_of(happened), payers_then(happened), habits_then(happened), rules_then(happened))
    steps = [
        *look_steps(happened, standing), *other_steps(happened), *then.payers.steps, *then.habits.steps,
        *then.rules.steps, *wait_steps(happened),
    ]  # fmt: skip
    steps.sort(key=lambda step: step[:2])
    while not isinstance(steps[-1].act, Look):
        steps.pop()
    worlds = [await _world(session, period, happened, then, NO_CHANGE)]
    if not change.is_nothing:
        worlds.append(await _world(session, period, happened, then, change))
    return _Replay(happened, standing, steps, worlds)


async def _world(session: ReadSession, period: Period, happened: Past, then: _Then, change: ReplayChange) -> World:
    company_id = period.company_id
    since_date = period.from_date - SETTLED
    index = ItemIndex(
        then.start.items,
        await parties.load_customers(session, company_id),
        change.knows(then.payers.known),
        settled=then.start.settled,
        mandates=await match_facts.mandate_customers(session, company_id=company_id),
        own_ibans=await accounts.own_ibans(session, company_id=company_id),
        own_end_to_end_ids=await sent_debits.open_end_to_end_ids(session, company_id=company_id),
        refunds=await sent_refunds.load_refunds(session, company_id=company_id, since_date=since_date),
        habits=change.keeps(then.habits.known),
        rules=UserRules(then.rules.known if change.rules is None else change.rules),
    )
    for item_id in then.start.to_come:
        index.hide(item_id)
    policy_at = _policy_of(happened) if change.policy is None else _always(change.policy)
    ids = happened.transactions.keys()
    return World(index, policy_at, today=happened.begin.date(), period=ids, change=change)


def _policy_of(happened: Past) -> Callable[[dt.datetime], Policy]:
    """Return what tells the policy of a moment."""

    def policy_at(at: dt.datetime) -> Policy:
        return next((policy for since, policy in reversed(happened.policies) if since <= at), Policy())

    return policy_at


def _always(policy: Policy) -> Callable[[dt.datetime], Policy]:
    def policy_at(_at: dt.datetime) -> Policy:
        return policy

    return policy_at
