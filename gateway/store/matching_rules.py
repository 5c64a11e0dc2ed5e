"""The rules of a company that people wrote: as they are, every version of each, and what each decided."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from sqlalchemy import Index, UniqueConstraint, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.domain.matching.user_rules import Conditions, TextCondition, UserRule
from gateway.store import columns
from gateway.store.bulk import insert_rows
from gateway.store.columns import Row, table_of
from gateway.store.digest import cover_table
from gateway.store.fetch import among
from gateway.store.keys import of_company, owned, points
from gateway.store.work import Work
from schemas.states import Direction, IgnoreCategory, RuleAction, TextMatch


class MatchingRule(Row, table=True):
    """A rule as it is now. ``wrong_count`` are those of its decisions that were taken back as wrong since somebody
    wrote it or switched it on."""

    __tablename__ = "matching_rule"
    __table_args__ = (
        Index("ix_matching_rule_place", "company_id", "place", "id"),
        of_company(),
        owned(),
        points("party_id", "party"),
        points("bank_account_id", "bank_account"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    place: int = columns.number()
    is_on: bool = columns.flag(default=True)
    name: str = columns.text()
    conditions: dict[str, Any] = columns.facts()
    action: RuleAction = columns.enum(RuleAction)
    category: IgnoreCategory = columns.enum(IgnoreCategory, default=IgnoreCategory.OTHER)
    account_word: str = columns.text(default="")
    party_id: int | None = columns.key(nullable=True)
    books_exact: bool = columns.flag(default=False)
    bank_account_id: int | None = columns.key(nullable=True)
    wrong_count: int = columns.number(default=0)
    version: int = columns.number(default=1)
    created_at: dt.datetime = columns.moment()


class MatchingRuleVersion(Row, table=True):
    """A rule from a moment on: what it says, whether it is on, and its place. Places of others move with it."""

    __tablename__ = "matching_rule_version"
    __table_args__ = (UniqueConstraint("rule_id", "position"), of_company(), points("rule_id", "matching_rule"))

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    rule_id: int = columns.key()
    position: int = columns.number()
    place: int = columns.number()
    is_on: bool = columns.flag()
    record: dict[str, Any] = columns.facts()
    recorded_at: dt.datetime = columns.moment()
    actor: str = columns.text()
    reason: str = columns.text()
    journal_id: int = columns.key()


class MatchingRuleUse(Row, table=True):
    """A bank transaction that a rule decided, and whether that was taken back since."""

    __tablename__ = "matching_rule_use"
    __table_args__ = (
        Index("ix_matching_rule_use_rule", "rule_id", "recorded_at", "id"),
        Index("ix_matching_rule_use_transaction", "bank_transaction_id"),
        of_company(),
        points("rule_id", "matching_rule"),
        points("bank_transaction_id", "bank_transaction"),
    )

    id: int = columns.key(primary=True)
    company_id: int = columns.key()
    rule_id: int = columns.key()
    bank_transaction_id: int = columns.key()
    recorded_at: dt.datetime = columns.moment()
    taken_back_at: dt.datetime | None = columns.moment(nullable=True)
    was_wrong: bool = columns.flag(default=False)


# What a rule says holds names and accounts, so the digest covers who said when that which rule is on, and where.
cover_table("matching_rule_version", "id", "company_id", "rule_id", "position", "place", "is_on")
matching_rules, _versions = table_of(MatchingRule), table_of(MatchingRuleVersion)
rule_uses = table_of(MatchingRuleUse)
_USE_NAMES = ("id", "company_id", "rule_id", "bank_transaction_id", "recorded_at")


class Use(NamedTuple):
    """A rule that decided a bank transaction."""

    rule_id: int
    name: str
    recorded_at: dt.datetime
    taken_back_at: dt.datetime | None


def user_rule_of(row: MatchingRule) -> UserRule:
    """Return a rule as matching sees it."""
    return UserRule(
        row.id, row.name, conditions_of(row.conditions), row.action, row.category, row.account_word, row.party_id,
        row.books_exact,
    )  # fmt: skip


def rule_of_version(version: MatchingRuleVersion) -> UserRule:
    """Return a rule as it was in a version."""
    said = version.record
    return UserRule(
        version.rule_id, said["name"], conditions_of(said["conditions"]), RuleAction(said["action"]),
        IgnoreCategory(said["category"]), said["account_word"], said["party_id"], said["books_exact"],
    )  # fmt: skip


def conditions_of(record: Mapping[str, Any]) -> Conditions:
    """Return conditions from their record."""
    texts = tuple([_text(one) for one in record.get("texts", ())])
    name, direction = record.get("name"), record.get("direction")
    others = {key: record[key] for key in record if key not in ("texts", "name", "direction")}
    return Conditions(
        texts=texts, name=_text(name) if name else None, direction=Direction(direction) if direction else None, **others
    )


def record_of(conditions: Conditions) -> dict[str, Any]:
    """Return conditions as plain values; what asks for nothing is left out."""
    asked = {key: value for key, value in asdict(conditions).items() if value not in (None, "", ())}
    if "texts" in asked:
        asked["texts"] = [list(one) for one in conditions.texts]
    if conditions.name:
        asked["name"] = list(conditions.name)
    return asked


def _text(record: Sequence[str]) -> TextCondition:
    return TextCondition(TextMatch(record[0]), record[1])


def values_of(rule: UserRule) -> dict[str, Any]:
    """Return the columns of what a rule says."""
    return {
        "name": rule.name, "conditions": record_of(rule.conditions), "action": rule.action, "category": rule.category,
        "account_word": rule.account_word, "party_id": rule.customer_id, "books_exact": rule.books_exact,
        "bank_account_id": rule.conditions.bank_account_id,
    }  # fmt: skip


async def load_rules(session: AsyncSession, company_id: int) -> list[UserRule]:
    """Return the rules of a company that are on, in their order."""
    return [user_rule_of(row) for row in await list_rules(session, company_id=company_id) if row.is_on]


async def list_rules(session: AsyncSession, *, company_id: int) -> Sequence[MatchingRule]:
    """Return all rules of a company in their order."""
    query = (
        select(MatchingRule)
        .where(matching_rules.c.company_id == company_id)
        .order_by(matching_rules.c.place, matching_rules.c.id)
    )
    return (await session.execute(query)).scalars().all()


async def get_rule(session: AsyncSession, *, company_id: int, rule_id: int) -> MatchingRule | None:
    """Return a rule of the company."""
    query = select(MatchingRule).where(matching_rules.c.company_id == company_id, matching_rules.c.id == rule_id)
    return (await session.execute(query)).scalar_one_or_none()


async def lock_rule(work: Work, rule_id: int) -> MatchingRule | None:
    """Return a rule of the company and let nobody else change it meanwhile."""
    query = select(MatchingRule).where(matching_rules.c.company_id == work.company_id, matching_rules.c.id == rule_id)
    fresh = query.with_for_update().execution_options(populate_existing=True)
    return (await work.session.execute(fresh)).scalar_one_or_none()


async def set_rule(work: Work, rule_id: int, **values: Any) -> None:
    """Change columns of a rule."""
    await work.session.execute(update(matching_rules).where(matching_rules.c.id == rule_id).values(**values))


async def versions_of(session: AsyncSession, rule_id: int, *, limit: int) -> Sequence[MatchingRuleVersion]:
    """Return the last versions of a rule, the latest first."""
    query = select(MatchingRuleVersion).where(_versions.c.rule_id == rule_id).order_by(_versions.c.position.desc())
    return (await session.execute(query.limit(limit))).scalars().all()


async def add_uses(work: Work, used: Iterable[tuple[int | None, int]]) -> None:
    """Write down which rule decided which bank transactions: (rule or none, bank transaction)."""
    pairs = [(rule_id, key) for rule_id, key in used if rule_id is not None]
    ids = work.new_ids(len(pairs))
    rows = [(key, work.company_id, *pair, work.now) for key, pair in zip(ids, pairs, strict=True)]
    await insert_rows(work, rule_uses, _USE_NAMES, rows)


async def take_back(work: Work, bank_transaction_ids: Sequence[int], *, was_wrong: bool) -> list[int]:
    """Note that what rules decided on bank transactions was taken back; return the rule of each such decision."""
    standing = (
        among(work.session, rule_uses.c.bank_transaction_id, bank_transaction_ids),
        rule_uses.c.taken_back_at.is_(None),
    )
    found = list((await work.session.execute(select(rule_uses.c.rule_id).where(*standing))).scalars())
    if found:
        await work.session.execute(
            update(rule_uses).where(*standing).values(taken_back_at=work.now, was_wrong=was_wrong)
        )
    return found


async def used_since(session: AsyncSession, *, rule_ids: Sequence[int], since: dt.datetime) -> dict[int, int]:
    """Return how many bank transactions each of some rules decided since a moment."""
    u = rule_uses.c
    query = select(u.rule_id, func.count()).where(u.rule_id.in_(rule_ids), u.recorded_at >= since).group_by(u.rule_id)
    return {rule_id: int(count) for rule_id, count in await session.execute(query)}


async def uses_of_transaction(session: AsyncSession, bank_transaction_id: int) -> list[Use]:
    """Return the rules that decided a bank transaction, oldest first."""
    u = rule_uses.c
    query = (
        select(u.rule_id, matching_rules.c.name, u.recorded_at, u.taken_back_at)
        .join(matching_rules, matching_rules.c.id == u.rule_id)
        .where(u.bank_transaction_id == bank_transaction_id)
        .order_by(u.id)
    )
    return [Use(*row) for row in await session.execute(query)]
