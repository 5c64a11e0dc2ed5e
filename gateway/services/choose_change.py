"""Choose what is different in a replay, by the names and keys that people and machines use."""

from collections.abc import Collection, Mapping

from gateway.domain.replay.change import HabitName, ReplayChange, policy_with
from gateway.services.learn_habits import NoSuchHabit
from gateway.services.load_candidates import load_policy
from gateway.services.manage_rules import NoSuchRule
from gateway.store import habits, matching_rules
from gateway.store.database import ReadSession
from schemas.statement import account_key


async def choose_change(
    session: ReadSession,
    company_id: int,
    *,
    values: Mapping[str, bool | int],
    without_rules: Collection[int] = (),
    accounts: Collection[str] = (),
    habit_ids: Collection[int] = (),
) -> ReplayChange:
    """Return a change: values of the policy, the others as they hold now; rules of the company as if they were off, the
    others as they are now; accounts of payers and habits as if they had never been learned.

    Where nothing is said of policy or rules, those of each day hold. Raises NoSuchSetting, NoSuchValue,
    PolicyOutOfRange, NoSuchRule or NoSuchHabit.
    """
    change = ReplayChange(forgotten=frozenset(map(account_key, accounts)))
    if values:
        change = change._replace(policy=policy_with(await load_policy(session, company_id), values))
    if without_rules:
        rows = await matching_rules.list_rules(session, company_id=company_id)
        for rule_id in set(without_rules) - {row.id for row in rows}:
            raise NoSuchRule(f"there is no rule {rule_id}")
        kept = [matching_rules.user_rule_of(row) for row in rows if row.is_on and row.id not in without_rules]
        change = change._replace(rules=tuple(kept))
    if habit_ids:
        change = change._replace(forgotten_habits=await _names(session, company_id, habit_ids))
    return change


async def _names(session: ReadSession, company_id: int, ids: Collection[int]) -> frozenset[HabitName]:
    known = await habits.habits_by_id(session, company_id=company_id, ids=ids)
    for habit_id in set(ids) - {one.id for one in known}:
        raise NoSuchHabit(f"there is no habit {habit_id}")
    return frozenset(name_of(one) for one in known)


def name_of(one: habits.KnownHabit) -> HabitName:
    """Return which habit it is."""
    return HabitName(one.habit.customer_id, one.habit.kind, one.habit.basis_points)
