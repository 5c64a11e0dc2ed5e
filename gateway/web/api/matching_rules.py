"""The API of the rules of the company. A machine may write them; a person switches on what a machine wrote."""

import datetime as dt
from collections.abc import Sequence

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.matching.user_rules import Conditions, TextCondition, UserRule
from gateway.domain.matching.written_rules import checked
from gateway.services import manage_rules
from gateway.services.manage_rules import NoSuchRule
from gateway.services.try_rule import Tried, TryWanted
from gateway.store import matching_rules
from gateway.store.database import ReadSession
from gateway.store.matching_rules import MatchingRule, user_rule_of
from gateway.web.context import Call
from gateway.web.pages.rules import USED
from gateway.web.routing import api
from gateway.web.views import rules as views
from schemas.identifiers import mask_account
from schemas.payloads.matching_rules import (
    ConditionsShape,
    NewRule,
    RuleChange,
    RuleFacts,
    RuleList,
    RuleMove,
    RuleShape,
    RuleSwitch,
    RuleTry,
    TextAsked,
    TriedExample,
    TriedShape,
)

_MONTH_DAYS = 31


async def list_rules(call: Call) -> web.StreamResponse:
    """List the rules in their order."""
    async with call.gateway.database.read() as session:
        rows = await matching_rules.list_rules(session, company_id=call.company_id)
        return call.answer(RuleList(items=await _shapes(session, call, rows)))


async def _shapes(session: ReadSession, call: Call, rows: Sequence[MatchingRule]) -> list[RuleShape]:
    rules = [user_rule_of(row) for row in rows]
    names = await views.names_in(session, call.company_id, rules)
    used = await matching_rules.used_since(session, rule_ids=[row.id for row in rows], since=call.now - USED)
    return [
        RuleShape(
            id=str(row.id), place=row.place, is_on=row.is_on, version=row.version, name=rule.name,
            sentence=views.sentence(call, rule, names), conditions=_conditions_shape(rule.conditions),
            action=rule.action, category=rule.category, account_word=rule.account_word,
            customer_id=str(rule.customer_id) if rule.customer_id else None, books_exact=rule.books_exact,
            decided_in_90_days=used.get(row.id, 0), wrong_count=row.wrong_count,
        )
        for row, rule in zip(rows, rules, strict=True)
    ]  # fmt: skip


def _conditions_shape(asked: Conditions) -> ConditionsShape:
    return ConditionsShape(
        texts=[TextAsked(how=one.how, words=one.words) for one in asked.texts],
        name=TextAsked(how=asked.name.how, words=asked.name.words) if asked.name else None,
        account=mask_account(asked.account) if asked.account else "",
        least_minor=asked.least_minor, most_minor=asked.most_minor, currency=asked.currency,
        direction=asked.direction, code=asked.code,
        bank_account_id=str(asked.bank_account_id) if asked.bank_account_id else None,
    )  # fmt: skip


def _rule(body: RuleFacts, *, rule_id: int = 0, before: MatchingRule | None = None) -> UserRule:
    """Return what was sent as a rule; a masked account is that of the rule as it was."""
    said = body.conditions
    account, known = said.account, user_rule_of(before).conditions.account if before else ""
    conditions = Conditions(
        texts=tuple([TextCondition(one.how, one.words) for one in said.texts]),
        name=TextCondition(said.name.how, said.name.words) if said.name else None,
        account=known if known and account == mask_account(known) else account,
        least_minor=said.least_minor, most_minor=said.most_minor, currency=said.currency,
        direction=said.direction, code=said.code.upper(),
        bank_account_id=int(said.bank_account_id) if said.bank_account_id else None,
    )  # fmt: skip
    return UserRule(
        rule_id, body.name, conditions, body.action, body.category, body.account_word,
        int(body.customer_id) if body.customer_id else None, body.books_exact,
    )  # fmt: skip


async def read_rule(call: Call) -> web.StreamResponse:
    """Read one rule."""
    async with call.gateway.database.read() as session:
        return await _answer(session, call, await _row(session, call, call.key()))


async def _row(session: ReadSession, call: Call, rule_id: int) -> MatchingRule:
    row = await matching_rules.get_rule(session, company_id=call.company_id, rule_id=rule_id)
    if row is None:
        raise NoSuchRule(f"there is no rule {rule_id}")
    return row


async def _answer(session: ReadSession, call: Call, row: MatchingRule) -> web.StreamResponse:
    [shape] = await _shapes(session, call, [row])
    return call.answer(shape)


async def create_rule(call: Call) -> web.StreamResponse:
    """Store a rule; it is off."""
    body = await call.json(NewRule)
    async with call.begin(ids=20) as work:
        row = await manage_rules.add_rule(work, rule=_rule(body), reason=body.reason)
        [shape] = await _shapes(work.session, call, [row])
        return await call.created(work, shape)


async def change_rule(call: Call) -> web.StreamResponse:
    """Change what a rule says; it is off then."""
    body = await call.json(RuleChange)
    async with call.begin(ids=20) as work:
        before = await _row(work.session, call, call.key())
        rule = _rule(body, rule_id=before.id, before=before)
        await manage_rules.change_rule(work, rule=rule, seen=body.version, reason=body.reason)
    return await read_rule(call)


async def move_rule(call: Call) -> web.StreamResponse:
    """Move a rule one place up or down; it is off then."""
    body = await call.json(RuleMove)
    async with call.begin(ids=20) as work:
        await manage_rules.move_rule(work, rule_id=call.key(), is_up=body.way == "up", reason=body.reason)
    return await read_rule(call)


async def switch_rule(call: Call) -> web.StreamResponse:
    """Switch a rule off, or on if a person asks for it."""
    body = await call.json(RuleSwitch)
    async with call.begin(ids=20) as work:
        await manage_rules.switch_rule(work, rule_id=call.key(), is_on=body.is_on, reason=body.reason)
    return await read_rule(call)


async def try_rule(call: Call) -> web.StreamResponse:
    """Say what a rule would have taken of what is stored; nothing is changed."""
    body = await call.json(RuleTry)
    before: MatchingRule | None = None
    if body.id:
        async with call.gateway.database.read() as session:
            before = await _row(session, call, body.id)
    rule = checked(_rule(body, rule_id=body.id, before=before))
    since_date = call.now.date() - dt.timedelta(days=body.months * _MONTH_DAYS)
    tried = await call.gateway.workers.try_rule(TryWanted(call.company_id, rule, since_date))
    return call.answer(_tried_shape(tried, since_date))


def _tried_shape(tried: Tried, since_date: dt.date) -> TriedShape:
    return TriedShape(
        since_date=since_date, looked_at=tried.looked_at, taken=tried.taken,
        counts={verdict.value: count for verdict, count in tried.counts.items()}, sums_minor=dict(tried.sums),
        examples=[
            TriedExample(
                bank_transaction_id=str(one.id), booking_date=one.booking_date, amount_minor=one.amount_minor,
                currency=one.currency, name=one.name, text=one.text, verdict=one.verdict.value, by=one.by,
            )
            for one in tried.examples
        ],
    )  # fmt: skip


ROUTES = (
    api("GET", "/matching-rules", Right.SEE, list_rules, summary="List the rules of the company", gives=RuleList),
    api("GET", "/matching-rules/{id}", Right.SEE, read_rule, summary="Read a rule", gives=RuleShape),
    api(
        "POST", "/matching-rules", Right.WORK, create_rule,
        summary="Store a rule; it is off until an approver switches it on", takes=NewRule, gives=RuleShape, status=201,
        creates=True,
    ),
    api(
        "PUT", "/matching-rules/{id}", Right.WORK, change_rule,
        summary="Change a rule; it is off until an approver switches it on", takes=RuleChange, gives=RuleShape,
    ),
    api(
        "POST", "/matching-rules/{id}/move", Right.WORK, move_rule,
        summary="Move a rule up or down; it is off until an approver switches it on", takes=RuleMove, gives=RuleShape,
    ),
    api(
        "POST", "/matching-rules/{id}/switch", Right.WORK, switch_rule,
        summary="Switch a rule off; a person switches it on", takes=RuleSwitch, gives=RuleShape,
    ),
    api(
        "POST", "/matching-rules/try", Right.WORK, try_rule, summary="Try a rule on what is stored", takes=RuleTry,
        gives=TriedShape,
    ),
)  # fmt: skip
