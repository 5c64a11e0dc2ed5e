"""The API of replays: what would a change of rules, or of what was learned, have done? Nothing is written."""

from collections.abc import Mapping

from aiohttp import web

from gateway.domain.access import Right
from gateway.domain.replay.compare import Finding
from gateway.domain.replay.result import EffectSum, Replayed
from gateway.domain.replay.world import Verdict
from gateway.services.choose_change import choose_change
from gateway.services.load_past import Period
from gateway.services.replay_in_worker import ReplayWanted
from gateway.store import run_lists
from gateway.web.context import Call
from gateway.web.errors import InvalidBody
from gateway.web.routing import api
from schemas.payloads.replays import EffectShape, FindingShape, ReplayBody, ReplayShape, SettledShape, VerdictShape


async def replay(call: Call) -> web.StreamResponse:
    """Decide the payments of a period again under a change."""
    body = await call.json(ReplayBody)
    if body.to_date < body.from_date:
        raise InvalidBody("to_date: it is before from_date", [{"where": "to_date", "what": "it is before from_date"}])
    async with call.gateway.database.read() as session:
        change = await choose_change(
            session, call.company_id, values=body.rules, accounts=body.forget,
            without_rules=[int(key) for key in body.without_rules],
            habit_ids=[int(key) for key in body.forget_habits],
        )  # fmt: skip
    found = await call.gateway.workers.replay(
        ReplayWanted(Period(call.company_id, body.from_date, body.to_date), change)
    )
    async with call.gateway.database.read() as session:
        ids = [item_id for one in found.findings for item_id in one.items]
        numbers = await run_lists.numbers_of_items(session, company_id=call.company_id, ids=ids)
    return call.answer(_shape(found, numbers))


def _shape(found: Replayed, numbers: Mapping[int, str]) -> ReplayShape:
    return ReplayShape(
        bank_transactions=found.looked,
        payments=found.payments,
        booked_before=found.booked_before,
        booked_after=found.booked_after,
        own_debits=found.own_count,
        unlike=found.unlike_count,
        effects=[_effect(one, found, numbers) for one in found.sums],
    )


def _effect(total: EffectSum, found: Replayed, numbers: Mapping[int, str]) -> EffectShape:
    return EffectShape(
        effect=total.effect,
        currency=total.currency,
        bank_transactions=total.transaction_count,
        amount_minor=total.sum_minor,
        largest=[
            _finding(one, numbers)
            for one in found.findings
            if (one.effect, one.transaction.currency) == (total.effect, total.currency)
        ],
    )


def _finding(one: Finding, numbers: Mapping[int, str]) -> FindingShape:
    return FindingShape(
        bank_transaction_id=str(one.transaction.id),
        booking_date=one.transaction.booking_date,
        amount_minor=one.transaction.amount_minor,
        currency=one.transaction.currency,
        before=_verdict(one.before, numbers),
        after=_verdict(one.after, numbers),
        people=None if one.right is None else _verdict(one.right, numbers),
    )


def _verdict(verdict: Verdict, numbers: Mapping[int, str]) -> VerdictShape:
    settles = [
        SettledShape(item_id=str(item_id), number=numbers.get(item_id, ""), minor=minor)
        for item_id, minor in verdict.settles
    ]
    return VerdictShape(outcome=verdict.outcome.value, word=verdict.word, settles=settles)


ROUTES = (
    api("POST", "/replays", Right.SEE, replay, takes=ReplayBody, gives=ReplayShape,
        summary="Decide past payments again under a change, in memory"),
)  # fmt: skip
