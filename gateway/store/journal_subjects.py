"""What the journal's keys stand for: the names of people and machines, and of the things that were acted on."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Select, func, literal, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.store.accounts import BankAccount
from gateway.store.advices import advices
from gateway.store.bank_transactions import BankTransaction
from gateway.store.collection_runs import runs
from gateway.store.collections import collections
from gateway.store.columns import table_of
from gateway.store.companies import Company
from gateway.store.creditors import creditors
from gateway.store.fetch import among
from gateway.store.mandates import mandates
from gateway.store.matching_rules import matching_rules
from gateway.store.open_items import open_items
from gateway.store.parties import parties
from gateway.store.refunds import refunds
from gateway.store.reviews import ReviewItem
from gateway.store.statements import Statement, StatementFile
from gateway.store.users import ApiToken, User

SUBJECT = re.compile(r"([a-z_]+):([0-9]{1,18})", re.ASCII)
_transactions, _reviews = table_of(BankTransaction), table_of(ReviewItem)
_statements, _files, _accounts = table_of(Statement), table_of(StatementFile), table_of(BankAccount)
_users, _tokens, _companies = table_of(User), table_of(ApiToken), table_of(Company)


class Named(NamedTuple):
    """A thing by its name; a bank transaction has its amount too. A question goes by its bank transaction."""

    kind: str
    key: int
    name: str
    amount_minor: int | None = None
    currency: str = ""


async def named(session: AsyncSession, *, company_id: int, words: Iterable[str]) -> dict[str, Named]:
    """Return the things of the company (people: of all) behind words such as ``open_item:12``."""
    keys: dict[str, list[int]] = defaultdict(list)
    for word in words:
        if match := SUBJECT.fullmatch(word):
            keys[match[1]].append(int(match[2]))
    found: dict[str, Named] = {}
    for kind, query in _queries(session, company_id, keys).items():
        shown = "bank_transaction" if kind == "review_item" else kind
        for asked, key, name, minor, currency in await session.execute(query):
            found[f"{kind}:{asked}"] = Named(shown, key, name or "", minor, currency or "")
    return found


def _queries(session: AsyncSession, company_id: int, keys: Mapping[str, list[int]]) -> dict[str, Select[Any]]:
    t, q, s = _transactions.c, _reviews.c, _statements.c
    other = func.coalesce(t.counterparty_name, t.ultimate_debtor, "")
    of_company = {
        "bank_transaction": (t.id, select(t.id, t.id, other, t.amount_minor, t.currency), t.company_id),
        "review_item": (
            q.id,
            select(q.id, t.id, other, t.amount_minor, t.currency).join(_transactions, t.id == q.bank_transaction_id),
            q.company_id,
        ),
        "statement": (s.id, _plain(s.id, func.coalesce(s.number, s.statement_id, "")), s.company_id),
        "file": (_files.c.id, _plain(_files.c.id, _files.c.name), _files.c.company_id),
        "advice": (advices.c.id, _plain(advices.c.id, advices.c.name), advices.c.company_id),
        "open_item": (open_items.c.id, _plain(open_items.c.id, open_items.c.number), open_items.c.company_id),
        "party": (parties.c.id, _plain(parties.c.id, parties.c.name), parties.c.company_id),
        "mandate": (mandates.c.id, _plain(mandates.c.id, mandates.c.reference), mandates.c.company_id),
        "creditor": (creditors.c.id, _plain(creditors.c.id, creditors.c.identifier), creditors.c.company_id),
        "run": (runs.c.id, _plain(runs.c.id, runs.c.message_id), runs.c.company_id),
        "collection": (
            collections.c.id,
            _plain(collections.c.id, collections.c.end_to_end_id),
            collections.c.company_id,
        ),
        "matching_rule": (
            matching_rules.c.id,
            _plain(matching_rules.c.id, matching_rules.c.name),
            matching_rules.c.company_id,
        ),
        "refund": (refunds.c.id, _plain(refunds.c.id, refunds.c.end_to_end_id), refunds.c.company_id),
        "bank_account": (_accounts.c.id, _plain(_accounts.c.id, _accounts.c.name), _accounts.c.company_id),
        "token": (_tokens.c.id, _plain(_tokens.c.id, _tokens.c.name), _tokens.c.company_id),
        "company": (_companies.c.id, _plain(_companies.c.id, _companies.c.name), _companies.c.id),
    }
    queries: dict[str, Select[Any]] = {
        kind: query.where(among(session, key, keys[kind]), owner == company_id)
        for kind, (key, query, owner) in of_company.items()
        if kind in keys
    }
    if "user" in keys:
        queries["user"] = _plain(_users.c.id, _users.c.name).where(among(session, _users.c.id, keys["user"]))
    return queries


def _plain(key: Any, name: Any) -> Select[Any]:
    return select(key, key, name, null(), literal(""))
