"""Settings of the company: the rules of matching with their history, and its record."""

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.matching.model import Policy
from gateway.domain.matching.policy import changes
from gateway.services.change_policy import PolicyChangedMeanwhile, change_policy
from gateway.services.manage_company import change_company
from gateway.store import companies, transaction_history
from gateway.store.companies import Company, PolicyVersion
from gateway.store.database import ReadSession
from gateway.web.context import Call
from gateway.web.errors import status_of
from gateway.web.faults import faults_of
from gateway.web.match_again import match_soon
from gateway.web.pages.dashboard import next_step
from gateway.web.routing import page
from gateway.web.views import policy as views
from gateway.web.views.policy import Kind
from schemas.errors import GatewayError, NotFound

_VERSIONS_SHOWN = 50


class ChangedRule(NamedTuple):
    """One rule that a version changed, in the reader's words."""

    name: str
    before: str
    after: str


class VersionLine(NamedTuple):
    """One version of the policy as the history shows it."""

    at: dt.datetime
    who: str
    reason: str
    changed: list[ChangedRule]


async def show_settings(call: Call) -> web.StreamResponse:
    """Show the rules, their history and the company."""
    return await _answer(call)


async def _answer(
    call: Call,
    *,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    company_typed: Mapping[str, str] | None = None,
    company_faults: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    async with call.gateway.database.read() as session:
        company = await _company(session, call)
        versions = await companies.policy_versions(session, call.company_id, limit=_VERSIONS_SHOWN + 1)
        names = await transaction_history.names_of(session, [version.actor for version in versions])
    policy = Policy(**versions[0].record) if versions else Policy()
    record = {"name": company.name, "creditor_identifier": company.creditor_identifier}
    return call.page(
        "settings/settings.html",
        status=status,
        company=company,
        values=typed if typed is not None else views.values_of(policy, company.currency, call.language),
        faults=faults or {},
        rules={kind.value: views.rules_of(kind) for kind in Kind},
        seen=versions[0].position if versions else 0,
        history=_history(call, versions, names, company.currency),
        record=company_typed if company_typed is not None else record,
        company_faults=company_faults or {},
    )


async def _company(session: ReadSession, call: Call) -> Company:
    company = await companies.company_by_id(session, call.company_id)
    if company is None:
        raise NotFound("there is no such company")
    return company


def _history(
    call: Call, versions: Sequence[PolicyVersion], names: Mapping[str, str], currency: str
) -> list[VersionLine]:
    """Return the versions with what each changed from the one before it; the first of all from the defaults."""
    policies = [Policy(**version.record) for version in versions]
    if len(versions) <= _VERSIONS_SHOWN:
        policies.append(Policy())
    return [
        VersionLine(
            version.recorded_at,
            names.get(version.actor, version.actor),
            version.reason,
            [
                ChangedRule(call._(views.name_of(change.field)), *_values(call, change.field, change[1:], currency))
                for change in changes(before, after)
            ],
        )
        for version, (after, before) in zip(versions, pairwise(policies), strict=False)
    ]


def _values(call: Call, field: str, values: tuple[bool | int, ...], currency: str) -> list[str]:
    return [views.said(call, field, value, currency) for value in values]


async def save_policy(call: Call) -> web.StreamResponse:
    """Make a new version of the rules; what waits in review is looked at again under them."""
    form = await call.form()
    async with call.gateway.database.read() as session:
        company = await _company(session, call)
    typed = views.read_policy(call, form, company.currency)
    if typed.faults:
        return await _answer(call, status=422, typed=form, faults=typed.faults)
    seen, reason = form.get("seen", ""), form.get("reason", "").strip()[:200]
    try:
        async with call.begin(ids=10) as work:
            position = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1
            is_new = await change_policy(work, policy=typed.policy, seen=position, reason=reason)
    except PolicyChangedMeanwhile as error:
        return await _answer(call, status=409, typed=form, faults={"": str(error)})
    if not is_new:
        return call.redirect("/settings", say=call._("Nothing differed."))
    match_soon(call)
    return call.redirect("/settings", say=call._("Saved. What waits in Review is looked at again."))


async def save_company(call: Call) -> web.StreamResponse:
    """Change the record of the company."""
    form = await call.form()
    typed = {name: " ".join(form.get(name, "").split())[:140] for name in ("name", "creditor_identifier")}
    try:
        async with call.begin(ids=10) as work:
            is_new = await change_company(work, **typed)
    except GatewayError as error:
        return await _answer(call, status=status_of(error), company_typed=typed, company_faults=faults_of(error))
    say = call._("Saved.") if is_new else call._("Nothing differed.")
    return call.redirect(await next_step(call, "/settings"), say=say)


ROUTES = (
    page("GET", "/settings", Right.SEE_SETTINGS, show_settings),
    page("POST", "/settings/policy", Right.SET_POLICY, save_policy),
    page("POST", "/settings/company", Right.MANAGE_SETTINGS, save_company),
)
