"""One rule of the company: written, changed, and tried on what is stored before it is kept."""

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aiohttp import web
from multidict import MultiMapping

from gateway.domain.access import Right
from gateway.domain.matching.user_rules import UserRule
from gateway.services import manage_rules
from gateway.services.manage_rules import NoSuchRule
from gateway.services.try_rule import Tried, TryWanted
from gateway.store import accounts, matching_rules, parties, reviews, rule_transactions, transaction_history
from gateway.store.bank_transactions import BankTransaction
from gateway.store.database import ReadSession
from gateway.store.matching_rules import MatchingRule, MatchingRuleVersion, user_rule_of
from gateway.store.progress import Progress, ProgressNote
from gateway.web.context import Call
from gateway.web.errors import status_of
from gateway.web.faults import faults_of
from gateway.web.match_again import match_soon
from gateway.web.pages.queries import PageQuery
from gateway.web.pages.review import NoSuchQuestion
from gateway.web.pages.rules import is_stopped
from gateway.web.routing import page
from gateway.web.views import rule_forms as forms
from gateway.web.views import rules as views
from gateway.web.views.questions import load_question
from gateway.web.views.rule_forms import number_of
from schemas.errors import GatewayError
from schemas.states import Direction, IgnoreCategory, RuleAction, TextMatch

MONTHS = (3, 6, 12, 24)
_MONTHS_USUAL = 6
_MONTH_DAYS = 31
_VERSIONS_SHOWN, _USES_SHOWN = 50, 8
_KEPT_S = 600.0  # So long somebody may be away while a rule is tried.


class NewRuleQuery(PageQuery):
    """The question that the rule is made of."""

    question: int = 0


class Trial(NamedTuple):
    """What came of trying a rule, with the form that was typed."""

    values: Mapping[str, str]
    rule: UserRule
    tried: Tried
    since_date: dt.date


class VersionLine(NamedTuple):
    """A version of a rule as its history shows it."""

    version: MatchingRuleVersion
    who: str
    sentence: str


async def show_new(call: Call) -> web.StreamResponse:
    """Show an empty form, or one that a question fills."""
    key = call.query(NewRuleQuery).question
    values: Mapping[str, str] = {"action": RuleAction.SET_ASIDE, "category": IgnoreCategory.OTHER}
    if key:
        async with call.gateway.database.read() as session:
            values = await _of_question(session, call, key)
    return await _answer(call, values)


async def _of_question(session: ReadSession, call: Call, key: int) -> Mapping[str, str]:
    item = await reviews.get(session, company_id=call.company_id, review_item_id=key)
    if item is None:
        raise NoSuchQuestion(f"there is no question {key}")
    question = await load_question(session, item, language=call.language, today=call.now.date())
    customers = {card.customer_id for card in question.cards}
    return forms.suggested(question, await _number(session, call, customers.pop() if len(customers) == 1 else None))


async def _number(session: ReadSession, call: Call, customer_id: int | None) -> str:
    if customer_id is None:
        return ""
    customer = await parties.get_customer(session, company_id=call.company_id, customer_id=customer_id)
    return customer.number if customer else ""


async def show_rule(call: Call) -> web.StreamResponse:
    """Show a rule with its form, what it decided last, and its versions."""
    async with call.gateway.database.read() as session:
        row = await _row(session, call)
        rule = user_rule_of(row)
        values = forms.values_of(call, rule, await _number(session, call, rule.customer_id))
    return await _answer(call, values, row=row)


async def _row(session: ReadSession, call: Call) -> MatchingRule:
    row = await matching_rules.get_rule(session, company_id=call.company_id, rule_id=call.key())
    if row is None:
        raise NoSuchRule(f"there is no rule {call.key()}")
    return row


async def _answer(
    call: Call,
    values: Mapping[str, str],
    *,
    row: MatchingRule | None = None,
    error: GatewayError | None = None,
    trial: Trial | None = None,
) -> web.StreamResponse:
    async with call.gateway.database.read() as session:
        ours = await accounts.list_accounts(session, company_id=call.company_id, with_closed=False)
        history = await _history(session, call, row) if row else []
        uses = await _uses(session, call, row) if row else []
        names = await views.names_in(session, call.company_id, [trial.rule] if trial else [])
    return call.page(
        "settings/matching_rule.html",
        status=status_of(error) if error else 200,
        row=row,
        values={"seen": str(row.version) if row else "", "months": str(_MONTHS_USUAL), **values},
        faults=faults_of(error) if error else {},
        trial=trial,
        sentence=views.sentence(call, trial.rule, names) if trial else "",
        history=history,
        uses=uses,
        is_stopped=row is not None and is_stopped(row),
        accounts=ours,
        matches=list(TextMatch),
        directions=list(Direction),
        actions=list(RuleAction),
        categories=[category for category in IgnoreCategory if category is not IgnoreCategory.NOT_OURS],
        months=MONTHS,
    )


async def _history(session: ReadSession, call: Call, row: MatchingRule) -> list[VersionLine]:
    versions = await matching_rules.versions_of(session, row.id, limit=_VERSIONS_SHOWN)
    rules = [matching_rules.rule_of_version(version) for version in versions]
    names = await views.names_in(session, call.company_id, rules)
    people = await transaction_history.names_of(session, [version.actor for version in versions])
    return [
        VersionLine(version, people.get(version.actor, version.actor), views.sentence(call, rule, names))
        for version, rule in zip(versions, rules, strict=True)
    ]


async def _uses(session: ReadSession, call: Call, row: MatchingRule) -> Sequence[BankTransaction]:
    if not call.may(Right.SEE):
        return []
    return await rule_transactions.decided_last(session, rule_id=row.id, limit=_USES_SHOWN)


async def create(call: Call) -> web.StreamResponse:
    """Keep a new rule."""
    form = await call.form()
    try:
        async with call.begin(ids=10) as work:
            rule = await forms.read_rule(work.session, call, form)
            await manage_rules.add_rule(work, rule=rule, reason=_reason(form))
    except GatewayError as error:
        return await _answer(call, form, error=error)
    match_soon(call)
    return call.redirect("/settings/rules", say=call._("Saved. What waits in Review is looked at again."))


async def change(call: Call) -> web.StreamResponse:
    """Change a rule."""
    form = await call.form()
    async with call.gateway.database.read() as session:
        row = await _row(session, call)
    try:
        async with call.begin(ids=10) as work:
            rule = await forms.read_rule(work.session, call, form, rule_id=row.id)
            seen = number_of(form.get("seen", "")) or 0
            is_new = await manage_rules.change_rule(work, rule=rule, seen=seen, reason=_reason(form))
    except GatewayError as error:
        return await _answer(call, form, row=row, error=error)
    if not is_new:
        return call.redirect("/settings/rules", say=call._("Nothing differed."))
    match_soon(call)
    return call.redirect("/settings/rules", say=call._("Saved. What waits in Review is looked at again."))


def _reason(form: MultiMapping[str]) -> str:
    return form.get("reason", "").strip()[:200]


async def try_it(call: Call) -> web.StreamResponse:
    """Run what was typed over what is stored; show what came of it, or how far it is."""
    form = await call.form()
    rule_id = number_of(form.get("rule", "")) or 0
    try:
        async with call.gateway.database.read() as session:
            rule = await forms.read_rule(session, call, form, rule_id=rule_id)
    except GatewayError as error:
        return await _answer(call, form, row=await _known_row(call, rule_id), error=error)
    word = secrets.token_hex(8)
    since_date = call.now.date() - dt.timedelta(days=_months(form) * _MONTH_DAYS)
    wanted, note = TryWanted(call.company_id, rule, since_date), _note(call, word)
    call.gateway.slow_work.begin(_key(call, word), lambda: _try(call, wanted, note, dict(form)), kept_s=_KEPT_S)
    return await _show_trial(call, word)


async def show_trial(call: Call) -> web.StreamResponse:
    """Show how far trying a rule is, and then what came of it."""
    if not call.gateway.slow_work.is_known(_key(call, call.word("word"))):
        return call.redirect("/settings/rules", say=call._("That was some time ago; try the rule again."))
    return await _show_trial(call, call.word("word"))


async def _show_trial(call: Call, word: str) -> web.StreamResponse:
    trial: Trial | None = await call.gateway.slow_work.take(_key(call, word))
    if trial is not None:
        return await _answer(call, trial.values, row=await _known_row(call, trial.rule.id), trial=trial)
    if call.request.method == "POST":
        return call.redirect(f"/settings/rules/tried/{word}")
    progress = _note(call, word).read() or Progress("trying")
    return call.page("settings/trying.html", path=f"/settings/rules/tried/{word}", progress=progress)


async def _try(call: Call, wanted: TryWanted, note: ProgressNote, values: Mapping[str, str]) -> Trial:
    try:
        tried = await call.gateway.workers.try_rule(wanted._replace(note=note))
    finally:
        note.end()
    return Trial(values, wanted.rule, tried, wanted.since_date)


async def _known_row(call: Call, rule_id: int) -> MatchingRule | None:
    async with call.gateway.database.read() as session:
        return await matching_rules.get_rule(session, company_id=call.company_id, rule_id=rule_id)


def _months(form: MultiMapping[str]) -> int:
    months = number_of(form.get("months", "")) or _MONTHS_USUAL
    return months if months in MONTHS else _MONTHS_USUAL


def _key(call: Call, word: str) -> tuple[str, int, str, str]:
    return "try_rule", call.company_id, call.actor.word, word


def _note(call: Call, word: str) -> ProgressNote:
    return ProgressNote(call.gateway.data_dir / "progress" / f"trying-{word}")


ROUTES = (
    page("GET", "/settings/rules/new", Right.SET_POLICY, show_new),
    page("POST", "/settings/rules", Right.SET_POLICY, create),
    page("POST", "/settings/rules/try", Right.SET_POLICY, try_it),
    page("GET", "/settings/rules/tried/{word}", Right.SET_POLICY, show_trial),
    page("GET", "/settings/rules/{id}", Right.SEE_SETTINGS, show_rule),
    page("POST", "/settings/rules/{id}", Right.SET_POLICY, change),
)
