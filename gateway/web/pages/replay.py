"""Try a change on the past: other rules, or accounts and habits as if never learned. Nothing is written."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiMapping

from gateway.domain.access import Right
from gateway.domain.matching.model import Policy
from gateway.domain.matching.policy import changes
from gateway.domain.replay.change import ReplayChange
from gateway.domain.replay.result import Replayed
from gateway.services.choose_change import name_of
from gateway.services.load_past import Period
from gateway.services.replay_in_worker import ReplayWanted
from gateway.store import companies, learned_lists, matching_rules, replay_lists
from gateway.store.database import ReadSession
from gateway.store.learned_lists import CustomersHabit
from gateway.store.matching_rules import MatchingRule, user_rule_of
from gateway.store.progress import Progress, ProgressNote
from gateway.store.replay_lists import PayerAccount
from gateway.web.context import Call
from gateway.web.errors import status_of
from gateway.web.pages.queries import PageQuery
from gateway.web.routing import page
from gateway.web.views import policy as rules
from gateway.web.views.policy import Kind
from gateway.web.views.replay import view_of
from schemas.errors import GatewayError, NotFound

_DAYS = dt.timedelta(days=30)
_ACCOUNTS_SHOWN = 10
_CHOSEN_MAX = 500
_KEPT_S = 600  # A replay may take minutes, and whoever began it may look elsewhere meanwhile.


class ReplayQuery(PageQuery):
    """Which booking dates are decided again; with ``rules`` under the policy of the URL, else under that of each day.

    With ``own`` the rules of the company are those of the URL.
    """

    from_date: dt.date | None = None
    to_date: dt.date | None = None
    rules: bool = False
    own: bool = False


class Tried(NamedTuple):
    """What a page tries: the rules as typed and what differs from those that hold, and the accounts to choose from."""

    values: Mapping[str, str]
    faults: Mapping[str, str]
    change: ReplayChange
    is_policy: bool  # Whether values of the policy differ from those that hold.
    changed: Sequence[tuple[str, str, str]]  # Name, before, after.
    rules: Sequence[tuple[MatchingRule, bool]]  # Those of the company, and whether each is tried.
    forgotten: Sequence[PayerAccount]
    habits: Sequence[CustomersHabit]
    accounts: Sequence[PayerAccount]
    currency: str
    seen: int  # The version of the policy that holds.


class _GoingOn(Exception):
    """The replay goes on."""


async def show_replay(call: Call) -> web.StreamResponse:
    """Show what can be tried, and what would have changed."""
    query = call.query(ReplayQuery)
    async with call.gateway.database.read() as session:
        tried = await _tried(session, call, query)
    if tried.faults or query.from_date is None or query.to_date is None:
        return _answer(call, query, tried, status=422 if tried.faults else 200)
    wanted = ReplayWanted(Period(call.company_id, query.from_date, query.to_date), tried.change, _note(call))
    try:
        async with call.gateway.database.read() as session:
            found = await _replayed(session, call, wanted)
            view = await view_of(session, call.company_id, found)
    except _GoingOn:
        progress = _note(call).read() or Progress("reading")
        return call.page("replay/wait.html", path=call.request.path_qs, progress=progress)
    except GatewayError as error:
        return _answer(call, query, tried._replace(faults={"": str(error)}), status=status_of(error))
    return _answer(call, query, tried, view=view)


def _answer(call: Call, query: ReplayQuery, tried: Tried, *, status: int = 200, view: object = None) -> web.Response:
    today = call.now.date()
    return call.page(
        "replay/replay.html",
        status=status,
        query=query,
        tried=tried,
        view=view,
        values=tried.values,
        faults=tried.faults,
        rules={kind.value: rules.rules_of(kind) for kind in Kind},
        from_date=query.from_date or today - _DAYS,
        to_date=query.to_date or today,
        today=today,
    )


async def _tried(session: ReadSession, call: Call, query: ReplayQuery) -> Tried:
    company = await companies.company_by_id(session, call.company_id)
    if company is None:
        raise NotFound("there is no such company")
    versions = await companies.policy_versions(session, call.company_id, limit=1)
    holds = Policy(**versions[0].record) if versions else Policy()
    asked = call.request.query
    typed = rules.read_policy(call, asked, company.currency) if query.rules else rules.TypedPolicy(holds, {})
    faults = dict(typed.faults)
    if query.from_date and query.to_date and query.to_date < query.from_date:
        faults["to_date"] = call._("Type a day that is not before the first one.")
    written = rules.values_of(holds, company.currency, call.language)
    learned = await _learned(session, call)
    own = await matching_rules.list_rules(session, company_id=call.company_id)
    ticked = set(_keys(asked, "rule")) if query.own else {row.id for row in own if row.is_on}
    policy = typed.policy if query.rules and not typed.faults else None
    values = [] if policy is None else _changed(call, holds, policy, company.currency)
    return Tried(
        values={name: asked[name] for name in asked} if query.rules else written,
        faults=faults,
        change=ReplayChange(
            policy,
            frozenset(one.iban for one in learned.forgotten),
            tuple(user_rule_of(row) for row in own if row.id in ticked) if query.own else None,
            frozenset(name_of(one.known) for one in learned.habits),
        ),
        is_policy=bool(values),
        changed=[*values, *_switched(call, own, ticked)],
        rules=[(row, row.id in ticked) for row in own],
        forgotten=learned.forgotten,
        habits=learned.habits,
        accounts=learned.accounts,
        currency=company.currency,
        seen=versions[0].position if versions else 0,
    )


class _Learned(NamedTuple):
    """What was learned: the accounts and habits that are forgotten, and the accounts to choose from."""

    forgotten: Sequence[PayerAccount]
    habits: Sequence[CustomersHabit]
    accounts: Sequence[PayerAccount]


async def _learned(session: ReadSession, call: Call) -> _Learned:
    """Return what the URL names by its keys: never by the numbers of accounts, which no URL shows."""
    company_id, asked = call.company_id, call.request.query
    forgotten = await replay_lists.known_accounts(session, company_id=company_id, ids=_keys(asked, "forget"))
    habits = [
        await learned_lists.get_habit(session, company_id=company_id, habit_id=key) for key in _keys(asked, "habit")
    ]
    lately = await replay_lists.lately_learned(session, company_id=company_id, limit=_ACCOUNTS_SHOWN)
    others = [one for one in lately if one not in forgotten]
    return _Learned(forgotten, [one for one in habits if one is not None], [*forgotten, *others])


def _keys(asked: MultiMapping[str], name: str) -> list[int]:
    texts = asked.getall(name, [])[:_CHOSEN_MAX]
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]


def _switched(call: Call, own: Sequence[MatchingRule], ticked: Collection[int]) -> list[tuple[str, str, str]]:
    words = {True: call._("on"), False: call._("off")}
    return [(row.name, words[row.is_on], words[row.id in ticked]) for row in own if row.is_on is not (row.id in ticked)]


def _changed(call: Call, holds: Policy, policy: Policy, currency: str) -> list[tuple[str, str, str]]:
    return [
        (
            call._(rules.name_of(one.field)),
            rules.said(call, one.field, one.before, currency),
            rules.said(call, one.field, one.after, currency),
        )
        for one in changes(holds, policy)
    ]


async def _replayed(session: ReadSession, call: Call, wanted: ReplayWanted) -> Replayed:
    """Return what a replay found; it holds until something is written. Raises _GoingOn while it works."""
    slow, key = call.gateway.slow_work, ("replay", wanted)

    async def look() -> Replayed:
        if not slow.is_known(key):
            slow.begin(key, lambda: _replay(call, wanted), kept_s=_KEPT_S)
        found: Replayed | None = await slow.take(key)
        if found is None:
            raise _GoingOn
        return found

    return await call.gateway.kept.ask(session, call.company_id, key, look)


async def _replay(call: Call, wanted: ReplayWanted) -> Replayed:
    try:
        return await call.gateway.workers.replay(wanted)
    finally:
        _note(call).end()


def _note(call: Call) -> ProgressNote:
    return ProgressNote(call.gateway.data_dir / "progress" / f"replay-{call.company_id}")


async def try_rules(call: Call) -> web.StreamResponse:
    """Take rules that were typed in Settings and are not saved yet, and try them on the last days."""
    form = await call.form()
    today = call.now.date()
    typed = {rule.field: form[rule.field][:20] for rule in rules.RULES if rule.field in form}
    asked = {"from_date": str(today - _DAYS), "to_date": str(today), "rules": "1"} | typed
    return call.redirect(f"/settings/replay?{urlencode(asked)}")


ROUTES = (
    page("GET", "/settings/replay", Right.SEE, show_replay),
    page("POST", "/settings/replay", Right.SEE, try_rules),
)
