"""Rules of the company: the list in its order, each in words, with what it did; moving them and switching them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.matching.written_rules import WRONGS_MAX
from gateway.services import manage_rules
from gateway.store import matching_rules
from gateway.store.matching_rules import MatchingRule, user_rule_of
from gateway.web.context import Call
from gateway.web.match_again import match_soon
from gateway.web.routing import page
from gateway.web.views import rules as views

USED = dt.timedelta(days=90)  # How far back the list counts.


class RuleLine(NamedTuple):
    """A rule as the list shows it. ``is_stopped``: the gateway switched it off, because too much of it was wrong."""

    rule: MatchingRule
    sentence: str
    used: int
    is_stopped: bool


async def show_rules(call: Call) -> web.StreamResponse:
    """Show the rules in their order."""
    async with call.gateway.database.read() as session:
        rows = await matching_rules.list_rules(session, company_id=call.company_id)
        said = [user_rule_of(row) for row in rows]
        names = await views.names_in(session, call.company_id, said)
        used = await matching_rules.used_since(session, rule_ids=[row.id for row in rows], since=call.now - USED)
    sentences = {rule.id: views.sentence(call, rule, names) for rule in said}
    lines = _lines(rows, sentences, used)
    return call.page("settings/matching_rules.html", lines=lines, on=sum(line.rule.is_on for line in lines))


def _lines(rows: Sequence[MatchingRule], sentences: Mapping[int, str], used: Mapping[int, int]) -> list[RuleLine]:
    return [RuleLine(row, sentences[row.id], used.get(row.id, 0), is_stopped(row)) for row in rows]


def is_stopped(row: MatchingRule) -> bool:
    """Return whether the gateway switched a rule off, because too many of its decisions were wrong."""
    return not row.is_on and row.wrong_count >= WRONGS_MAX


async def move(call: Call) -> web.StreamResponse:
    """Move a rule one place up or down."""
    is_up = (await call.form()).get("way") == "up"
    async with call.begin(ids=10) as work:
        is_moved = await manage_rules.move_rule(work, rule_id=call.key(), is_up=is_up)
    if is_moved:
        match_soon(call)
    return call.redirect("/settings/rules")


async def switch(call: Call) -> web.StreamResponse:
    """Switch a rule on or off."""
    is_on = (await call.form()).get("to") == "on"
    async with call.begin(ids=10) as work:
        is_new = await manage_rules.switch_rule(work, rule_id=call.key(), is_on=is_on)
    if not is_new:
        return call.redirect("/settings/rules")
    match_soon(call)
    say = call._("The rule is on; what waits in Review is looked at again.") if is_on else call._("The rule is off.")
    return call.redirect("/settings/rules", say=say)


ROUTES = (
    page("GET", "/settings/rules", Right.SEE_SETTINGS, show_rules),
    page("POST", "/settings/rules/{id}/move", Right.SET_POLICY, move),
    page("POST", "/settings/rules/{id}/switch", Right.SET_POLICY, switch),
)
