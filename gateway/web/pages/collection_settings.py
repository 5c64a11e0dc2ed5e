"""How we collect: the rules with their history, and what becomes of a debit that comes back, reason by reason."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.collecting.policy import CollectPolicy, changes, collect_policy, with_reason
from gateway.domain.returns import ReasonRule, default_rule, rule_of
from gateway.services.change_collection_policy import change_collection_policy
from gateway.store import creditors, protected_changes, transaction_history
from gateway.store.creditors import CollectionPolicy
from gateway.web import format as formats
from gateway.web.context import Call
from gateway.web.errors import status_of
from gateway.web.faults import faults_of
from gateway.web.pages.queries import PageQuery
from gateway.web.pages.settings import ChangedRule, VersionLine
from gateway.web.routing import page
from gateway.web.views import collect_policy as views
from schemas.codes.reason_actions import MandateAction, NextAction, Retry
from schemas.errors import GatewayError, NotFound
from schemas.states import ProtectedKind

_VERSIONS_SHOWN = 50
_CODE = re.compile(r"[A-Z0-9]{4}")


class ReasonQuery(PageQuery):
    """Which reason is changed."""

    code: str = ""


class Held(NamedTuple):
    """The policy that holds, with its versions, the latest first."""

    policy: CollectPolicy
    position: int
    versions: Sequence[CollectionPolicy]
    names: Mapping[str, str]
    limit: str  # The approval limit that waits for a second person, in cents.


class NoReasonChosen(GatewayError):
    """Say whether the debit is presented again, what becomes of the mandate, and the next step."""

    code = "no_reason_rule"


async def _held(call: Call) -> Held:
    async with call.gateway.database.read() as session:
        found = await creditors.collection_policy_versions(session, call.company_id, limit=_VERSIONS_SHOWN + 1)
        names = await transaction_history.names_of(session, [version.actor for version in found])
        waiting = await protected_changes.open_changes_of(
            session, company_id=call.company_id, kind=ProtectedKind.APPROVAL_LIMIT, subject_ids=[call.company_id]
        )
    limit = waiting[call.company_id].record["after"] if waiting else ""
    return Held(
        collect_policy(found[0].record if found else {}), found[0].position if found else 0, found, names, limit
    )


async def show(call: Call) -> web.StreamResponse:
    """Show the rules and their history."""
    return await _answer(call, await _held(call))


async def _answer(
    call: Call, held: Held, *, typed: Mapping[str, str] | None = None, faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.StreamResponse:  # fmt: skip
    returned, refused = views.reason_lines(call, held.policy)
    return call.page(
        "settings/collections.html", status=status, groups=views.GROUPS, returned=returned, refused=refused,
        seen=held.position,
        values=views.values_of(call, held.policy) if typed is None else typed, faults=faults or {},
        history=_history(call, held), limit=_limit(call, held.limit),
    )  # fmt: skip


def _limit(call: Call, cents: str) -> str:
    """Return what waits for a second person."""
    if not cents:
        return ""
    if cents == "0":
        return call._("That one approver is always enough waits until an approver accepts it under Changes.")
    amount = formats.amount(int(cents), views.EURO, call.language)
    return call._(
        "Two approvers from %(amount)s EUR on: waits until an approver accepts it under Changes.", amount=amount
    )


def _history(call: Call, held: Held) -> list[VersionLine]:
    """Return the versions with what each changed from the one before it; the first of all from the defaults."""
    policies = [collect_policy(version.record) for version in held.versions]
    if len(held.versions) <= _VERSIONS_SHOWN:
        policies.append(CollectPolicy())
    return [
        VersionLine(
            version.recorded_at,
            held.names.get(version.actor, version.actor),
            version.reason,
            [ChangedRule(*words) for words in views.changed_words(call, changes(before, after))],
        )
        for version, (after, before) in zip(held.versions, pairwise(policies), strict=False)
    ]


async def save(call: Call) -> web.StreamResponse:
    """Make a new version of the rules; another approval limit waits for a second person."""
    form, held = await call.form(), await _held(call)
    typed = views.read_policy(call, form, held.policy)
    if typed.faults:
        return await _answer(call, held, typed=form, faults=typed.faults, status=422)
    try:
        async with call.begin(ids=10) as work:
            saved = await change_collection_policy(
                work, policy=typed.policy, seen=_position(form), reason=_reason(form)
            )
    except GatewayError as error:
        return await _answer(call, held, typed=form, faults={"": str(error)}, status=status_of(error))
    say = call._("Saved. What needs a second person waits for one.") if saved.waits else call._("Saved.")
    return call.redirect(
        "/settings/collections", say=say if saved.waits or saved.is_new else call._("Nothing differed.")
    )


def _position(form: Mapping[str, str]) -> int:
    seen = form.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1


def _reason(form: Mapping[str, str]) -> str:
    return form.get("reason", "").strip()[:200]


async def show_reason(call: Call) -> web.StreamResponse:
    """Show what becomes of a debit that comes back for one reason."""
    held, code = await _held(call), _code(call.query(ReasonQuery).code)
    return _reason_page(call, held, code, rule_of(code, held.policy.returns))


def _code(text: str) -> str:
    code = text.strip().upper()
    if not _CODE.fullmatch(code):
        raise NotFound(f"{text[:10]!r} is not a reason code such as AM04")
    return code


def _reason_page(
    call: Call, held: Held, code: str, rule: ReasonRule, *, why: str = "", error: GatewayError | None = None
) -> web.StreamResponse:
    advised = default_rule(code)
    return call.page(
        "settings/reason.html", status=status_of(error) if error else 200, code=code, rule=rule, seen=held.position,
        meaning=views.meaning(call, code), advised=views.done(call, advised), retries=views.retries_of(code),
        retry_words=views.RETRIES, mandate_words=views.MANDATES, actions=views.actions(call), why=why,
        is_changed=rule_of(code, held.policy.returns) != advised, faults=faults_of(error) if error else {},
    )  # fmt: skip


async def save_reason(call: Call) -> web.StreamResponse:
    """Make a new version with another rule about one reason."""
    form, held = await call.form(), await _held(call)
    code = _code(form.get("code", ""))
    rule = rule_of(code, held.policy.returns)
    try:
        rule = default_rule(code) if "reset" in form else _rule(form)
        async with call.begin(ids=10) as work:
            saved = await change_collection_policy(
                work, policy=with_reason(held.policy, code, rule), seen=_position(form), reason=_reason(form)
            )
    except GatewayError as error:
        return _reason_page(call, held, code, rule, why=_reason(form), error=error)
    say = call._("Saved.") if saved.is_new else call._("Nothing differed.")
    return call.redirect("/settings/collections", say=say)


def _rule(form: Mapping[str, str]) -> ReasonRule:
    try:
        return ReasonRule(
            Retry(form.get("retry", "")), MandateAction(form.get("mandate", "")), NextAction(form.get("action", ""))
        )
    except ValueError as error:
        raise NoReasonChosen from error


ROUTES = (
    page("GET", "/settings/collections", Right.SEE_SETTINGS, show),
    page("POST", "/settings/collections", Right.MANAGE_SETTINGS, save),
    page("GET", "/settings/collections/reason", Right.MANAGE_SETTINGS, show_reason),
    page("POST", "/settings/collections/reason", Right.MANAGE_SETTINGS, save_reason),
)
